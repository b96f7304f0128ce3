"""Saved quizzes and public trivia."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct
from tornado.httputil import url_concat

from quizzler.errors import Forbidden, Invalid, NotFound
from quizzler.store import quizzes
from quizzler.store.pool import Row
from quizzler.web.api import CREATOR, USER, Message, operation
from quizzler.web.base import ApiHandler
from quizzler.web.paging import MAX_LIMIT
from quizzler.web.quiz_bodies import MAX_TITLE, QuizBody
from quizzler.web.quiz_views import QuestionList, QuizView, SavedQuiz, TopicList, question_view, quiz_view
from quizzler.web.services import is_uuid

NO_QUIZ = "There is no such quiz"
COPY_MARK = " (copy)"


class ListQuery(Struct):
    """Without a ``limit`` the list is whole. With one the header ``Link`` (RFC 8288) has the address of the next page;
    ``cursor`` is the id of the quiz before it."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] | None = None
    cursor: str | None = None


class TriviaQuery(ListQuery):
    topic: str | None = None
    difficulty: Literal["easy", "medium", "hard"] | None = None
    sort_by: Literal["popularity", "difficulty", "recent"] = "popularity"


class Quizzes(ApiHandler):
    @operation("Save a quiz", who=USER, body=QuizBody, answer=SavedQuiz, errors=(Invalid, Forbidden))
    async def post(self) -> None:
        user = await self.user()
        body = self.body(QuizBody)
        check_trivia(body, user)
        columns, questions = body.columns(datetime.now(UTC)), body.checked_questions()
        quiz_id = await quizzes.create(self.services.database, columns, questions, creator_id=user["id"])
        self.reply(SavedQuiz(quiz_id, columns["title"]))

    @operation(
        "One's own quizzes, without trivia, the newest first",
        who=USER,
        query=ListQuery,
        answer=list[QuizView],
        errors=(Invalid,),
    )
    async def get(self) -> None:
        user = await self.user()
        wanted = self.query(ListQuery)
        own = await quizzes.of_creator(self.services.database, user["id"], **window(wanted))
        reply_page(self, own, wanted.limit)


class Quiz(ApiHandler):
    @operation("A quiz, without its questions", who=USER, answer=QuizView, errors=(NotFound,))
    async def get(self, quiz_id: str) -> None:
        await self.user()
        quiz = await quizzes.by_id(self.services.database, known_id(quiz_id))
        if quiz is None:
            raise NotFound(NO_QUIZ)
        self.reply(quiz_view(quiz, datetime.now(UTC)))

    @operation(
        "Save a quiz anew, whole",
        who=CREATOR,
        body=QuizBody,
        answer=SavedQuiz,
        errors=(Invalid, Forbidden, NotFound),
    )
    async def put(self, quiz_id: str) -> None:
        user = await self.user()
        body = self.body(QuizBody)
        check_trivia(body, user)
        before = await own_quiz(self, quiz_id, user["id"])
        columns, questions = body.columns(earliest_start(before)), body.checked_questions()
        if not await quizzes.replace(self.services.database, quiz_id, columns, questions, creator_id=user["id"]):
            raise NotFound(NO_QUIZ)
        self.reply(SavedQuiz(quiz_id, columns["title"]))

    @operation("Delete a quiz; what was played stays", who=CREATOR, answer=Message, errors=(NotFound,))
    async def delete(self, quiz_id: str) -> None:
        user = await self.user()
        if not await quizzes.deactivate(self.services.database, known_id(quiz_id), creator_id=user["id"]):
            raise NotFound(NO_QUIZ)
        self.reply(Message("The quiz is deleted"))


class Questions(ApiHandler):
    @operation("A quiz's questions with the right answers", who=CREATOR, answer=QuestionList, errors=(NotFound,))
    async def get(self, quiz_id: str) -> None:
        user = await self.user()
        await own_quiz(self, quiz_id, user["id"])
        questions = await quizzes.questions(self.services.database, quiz_id)
        self.reply(QuestionList([question_view(*question) for question in questions]))


class Copy(ApiHandler):
    @operation(
        "Copy a quiz",
        who=USER,
        answer=SavedQuiz,
        errors=(NotFound, Forbidden),
        description="One's own, or public trivia that has begun, as a private quiz of one's own that is open at once.",
    )
    async def post(self, quiz_id: str) -> None:
        user = await self.user()
        quiz = await quizzes.by_id(self.services.database, known_id(quiz_id))
        if quiz is None or not (quiz["is_trivia"] or quiz["creator_id"] == user["id"]):
            raise NotFound(NO_QUIZ)
        if quiz["creator_id"] != user["id"] and quiz["start_time"] and quiz["start_time"] > datetime.now(UTC):
            raise Forbidden("This quiz has not begun yet: until then its questions are its author's")
        title = copied_title(quiz["title"])
        self.reply(
            SavedQuiz(await quizzes.copy(self.services.database, quiz, title=title, creator_id=user["id"]), title)
        )


class Trivia(ApiHandler):
    @operation("Public trivia", query=TriviaQuery, answer=list[QuizView], errors=(Invalid,))
    async def get(self) -> None:
        wanted = self.query(TriviaQuery)
        found = await quizzes.trivia(
            self.services.database,
            topic=wanted.topic,
            difficulty=wanted.difficulty,
            sort_by=wanted.sort_by,
            **window(wanted),
        )
        reply_page(self, found, wanted.limit)


class Topics(ApiHandler):
    @operation("The topics that there is trivia of", answer=TopicList)
    async def get(self) -> None:
        self.reply(TopicList(await quizzes.topics(self.services.database)))


def window(wanted: ListQuery) -> dict:
    """One more than asked for: it tells whether there is a next page."""
    return {
        "limit": wanted.limit and wanted.limit + 1,
        "after": known_cursor(wanted.cursor),
    }


def known_cursor(cursor: str | None) -> str | None:
    if cursor is not None and not is_uuid(cursor):
        raise Invalid("That is not a cursor of this list")
    return cursor


def reply_page(handler: ApiHandler, found: list[Row], limit: int | None) -> None:
    """The list is the whole body, as the wire contract has it; so where the next page is stands in a header."""
    page = found[:limit]
    if limit is not None and len(found) > limit:
        address = url_concat(handler.request.path, {**rest_of_query(handler), "cursor": page[-1]["id"]})
        handler.set_header("Link", f'<{address}>; rel="next"')
    now = datetime.now(UTC)
    handler.reply([quiz_view(quiz, now) for quiz in page])


def rest_of_query(handler: ApiHandler) -> dict[str, str]:
    return {name: handler.get_query_argument(name) for name in handler.request.query_arguments if name != "cursor"}


def check_trivia(body: QuizBody, user: Row) -> None:
    if body.is_trivia and not user["is_admin"]:
        raise Forbidden("Only admins can create trivia quizzes")


def copied_title(title: str) -> str:
    return title[: MAX_TITLE - len(COPY_MARK)] + COPY_MARK


def earliest_start(before: Row) -> datetime:
    """A quiz that has begun may be saved again with the start that it had."""
    now = datetime.now(UTC)
    return min(now, before["start_time"] or now)


async def own_quiz(handler: ApiHandler, quiz_id: str, user_id: str) -> Row:
    """Raises ``NotFound`` for one that is somebody else's too: nobody learns which ids exist."""
    quiz = await quizzes.by_id(handler.services.database, known_id(quiz_id))
    if quiz is None or quiz["creator_id"] != user_id:
        raise NotFound(NO_QUIZ)
    return quiz


def known_id(quiz_id: str) -> str:
    if not is_uuid(quiz_id):
        raise NotFound(NO_QUIZ)
    return quiz_id


routes = [
    (r"/quizzes/?", Quizzes),
    (r"/quizzes/trivia/?", Trivia),
    (r"/trivia/?", Trivia),
    (r"/quizzes/topics/list/?", Topics),
    (r"/quizzes/([^/]+)/questions/?", Questions),
    (r"/quizzes/([^/]+)/copy/?", Copy),
    (r"/quizzes/([^/]+)/?", Quiz),
]
