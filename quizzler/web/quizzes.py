"""Saved quizzes and public trivia."""

from datetime import UTC, datetime

from quizzler.errors import Forbidden, InvalidBody, NotFound
from quizzler.store import quizzes
from quizzler.store.pool import Row
from quizzler.web.base import ApiHandler, is_uuid
from quizzler.web.quiz_bodies import QuizBody, question_view, quiz_view

SORT_ORDERS = ("popularity", "difficulty", "recent")
DIFFICULTIES = ("easy", "medium", "hard")
NO_QUIZ = "There is no such quiz"


class Quizzes(ApiHandler):
    async def post(self) -> None:
        user = await self.user()
        body = self.body(QuizBody)
        check_trivia(body, user)
        columns, questions = body.columns(datetime.now(UTC)), body.checked_questions()
        quiz_id = await quizzes.create(self.services.database, columns, questions, creator_id=user["id"])
        self.reply({"quiz_id": quiz_id, "title": columns["title"]})

    async def get(self) -> None:
        user = await self.user()
        now = datetime.now(UTC)
        own = await quizzes.of_creator(self.services.database, user["id"])
        self.reply([quiz_view(quiz, now) for quiz in own])


class Quiz(ApiHandler):
    async def get(self, quiz_id: str) -> None:
        await self.user()
        quiz = await quizzes.by_id(self.services.database, known_id(quiz_id))
        if quiz is None:
            raise NotFound(NO_QUIZ)
        self.reply(quiz_view(quiz, datetime.now(UTC)))

    async def put(self, quiz_id: str) -> None:
        user = await self.user()
        body = self.body(QuizBody)
        check_trivia(body, user)
        before = await own_quiz(self, quiz_id, user["id"])
        columns, questions = body.columns(earliest_start(before)), body.checked_questions()
        if not await quizzes.replace(self.services.database, quiz_id, columns, questions, creator_id=user["id"]):
            raise NotFound(NO_QUIZ)
        self.reply({"quiz_id": quiz_id, "title": columns["title"]})

    async def delete(self, quiz_id: str) -> None:
        user = await self.user()
        if not await quizzes.deactivate(self.services.database, known_id(quiz_id), creator_id=user["id"]):
            raise NotFound(NO_QUIZ)
        self.reply({"message": "The quiz is deleted"})


class Questions(ApiHandler):
    async def get(self, quiz_id: str) -> None:
        user = await self.user()
        await own_quiz(self, quiz_id, user["id"])
        questions = await quizzes.questions(self.services.database, quiz_id)
        self.reply({"questions": [question_view(*question) for question in questions]})


class Trivia(ApiHandler):
    async def get(self) -> None:
        found = await quizzes.trivia(
            self.services.database,
            topic=self.get_query_argument("topic", None) or None,
            difficulty=choice(self, "difficulty", DIFFICULTIES, None),
            sort_by=choice(self, "sort_by", SORT_ORDERS, "popularity"),
        )
        now = datetime.now(UTC)
        self.reply([quiz_view(quiz, now) for quiz in found])


class Topics(ApiHandler):
    async def get(self) -> None:
        self.reply({"topics": await quizzes.topics(self.services.database)})


def check_trivia(body: QuizBody, user: Row) -> None:
    if body.is_trivia and not user["is_admin"]:
        raise Forbidden("Only admins can create trivia quizzes")


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


def choice(handler: ApiHandler, name: str, known: tuple[str, ...], default: str | None) -> str | None:
    given = handler.get_query_argument(name, "") or default
    if given is not None and given not in known:
        raise InvalidBody(f"{name} is one of {', '.join(known)}", (name,), part="query")
    return given


routes = [
    (r"/quizzes/?", Quizzes),
    (r"/quizzes/trivia/?", Trivia),
    (r"/trivia/?", Trivia),
    (r"/quizzes/topics/list/?", Topics),
    (r"/quizzes/([^/]+)/questions/?", Questions),
    (r"/quizzes/([^/]+)/?", Quiz),
]
