"""Taking a quiz alone: one attempt for each user and quiz."""

from quizzler.errors import Invalid, NotFound
from quizzler.store import attempts
from quizzler.web.api import USER, Message, operation
from quizzler.web.attempt_views import (
    Answers,
    MyResult,
    Outcome,
    RunningAttempt,
    outcome_view,
    result_view,
    running_view,
)
from quizzler.web.base import ApiHandler
from quizzler.web.quizzes import NO_QUIZ, known_id


class Start(ApiHandler):
    @operation(
        "Start a quiz",
        who=USER,
        answer=RunningAttempt,
        errors=(Invalid, NotFound),
        description="Once for each user and quiz, while it is open. From then on the quiz's duration runs.",
    )
    async def post(self, quiz_id: str) -> None:
        user = await self.user()
        attempt = await attempts.start(self.services.database, known_id(quiz_id), user["id"])
        if attempt is None:
            raise NotFound(NO_QUIZ)
        self.reply(running_view(attempt))


class Attempt(ApiHandler):
    @operation(
        "The attempt that is under way",
        who=USER,
        answer=RunningAttempt,
        errors=(Invalid, NotFound),
        description="To go on with it after a reload, or on another device.",
    )
    async def get(self, quiz_id: str) -> None:
        user = await self.user()
        self.reply(running_view(await attempts.running(self.services.database, known_id(quiz_id), user["id"])))

    @operation(
        "Save the answers so far",
        who=USER,
        body=Answers,
        answer=Message,
        errors=(Invalid, NotFound),
        description="They take the place of those saved before, and are not submitted yet.",
    )
    async def put(self, quiz_id: str) -> None:
        user = await self.user()
        given = self.body(Answers).places()
        await attempts.save(self.services.database, known_id(quiz_id), user["id"], given)
        self.reply(Message("Your answers are saved"))


class Submit(ApiHandler):
    @operation(
        "Submit a quiz",
        who=USER,
        body=Answers,
        answer=Outcome,
        errors=(NotFound,),
        description="Sent again, it answers with the first outcome and changes nothing, so it may be retried. Later "
        "than the duration and 30 seconds of grace it scores 0.",
    )
    async def post(self, quiz_id: str) -> None:
        user = await self.user()
        given = self.body(Answers).places()
        self.reply(outcome_view(await attempts.submit(self.services.database, known_id(quiz_id), user["id"], given)))


class MyQuizResult(ApiHandler):
    @operation("My result of a quiz", who=USER, answer=MyResult, errors=(NotFound,))
    async def get(self, quiz_id: str) -> None:
        user = await self.user()
        self.reply(result_view(await attempts.finished(self.services.database, known_id(quiz_id), user["id"])))


routes = [
    (r"/quizzes/([^/]+)/start/?", Start),
    (r"/quizzes/([^/]+)/attempt/?", Attempt),
    (r"/quizzes/([^/]+)/submit/?", Submit),
    (r"/results/([^/]+)/my-result/?", MyQuizResult),
]
