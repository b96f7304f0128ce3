"""All that is stored about oneself, as a file."""

import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from tornado.iostream import StreamClosedError

from quizzler.game.questions import Question
from quizzler.store import sign_ins, takeout
from quizzler.store.pool import Row
from quizzler.web.api import USER, Moment, operation
from quizzler.web.base import ApiHandler
from quizzler.web.profile import Person, person
from quizzler.web.results import HostedGame

log = logging.getLogger(__name__)

FILE = "quizzler-data.json"


class SignInView(Struct):
    signed_in_at: Moment
    renewed_at: Moment
    expires_at: Moment


class OwnQuestion(Struct):
    """``correct_answer`` is an index of ``options``; ``time_limit`` in seconds."""

    kind: str
    question_text: str
    options: list[str]
    correct_answer: Any
    time_limit: float
    explanation: str


class OwnQuiz(Struct):
    """As ``POST /quizzes`` takes it. ``is_active`` is false for one that was deleted."""

    id: str
    title: str
    description: str
    is_trivia: bool
    topic: str | None
    difficulty: str | None
    start_time: Moment | None
    end_time: Moment | None
    duration: int
    positive_mark: float
    negative_mark: float
    navigation_type: str
    tab_switch_exit: bool
    is_active: bool
    popularity: int
    created_at: Moment
    questions: list[OwnQuestion]


class OwnAnswer(Struct):
    """``answer`` and ``correct_answer`` are indexes of ``options``; ``answer`` is null where there is none, the other
    two are before the attempt is submitted."""

    question: str
    kind: str
    options: list[str]
    answer: Any
    correct_answer: Any
    correct: bool | None


class OwnAttempt(Struct):
    """``seconds`` is the time taken. What it earned is null before it is submitted."""

    quiz_id: str
    quiz_title: str
    started_at: Moment
    submitted_at: Moment | None
    total_questions: int
    correct_answers: int | None
    score: float | None
    seconds: float | None
    rating: int | None
    answers: list[OwnAnswer]


class PastAttempt(Struct):
    quiz_id: str
    quiz_title: str


class Takeout(Struct):
    """``sign_ins`` are those that are alive; of ``past_attempts`` nothing else is stored any more."""

    exported_at: Moment
    profile: Person
    sign_ins: list[SignInView]
    quizzes: list[OwnQuiz]
    attempts: list[OwnAttempt]
    past_attempts: list[PastAttempt]
    games: list[HostedGame]


class OwnData(ApiHandler):
    @operation("All that is stored about oneself, as a file", who=USER, answer=Takeout)
    async def get(self) -> None:
        user = await self.user()
        database = self.services.database
        begun = {
            "exported_at": datetime.now(UTC),
            "profile": person(user),
            "sign_ins": msgspec.convert(await sign_ins.of_user(database, user["id"]), list[SignInView]),
        }
        self.set_header("Content-Disposition", f"attachment; filename=\"{FILE}\"; filename*=UTF-8''{FILE}")
        self.write(msgspec.json.encode(begun)[:-1])
        try:
            await self._write_list("quizzes", takeout.quizzes_of(database, user["id"]), quiz_view)
            await self._write_list("attempts", takeout.attempts_of(database, user["id"]), attempt_view)
            await self._write_list("past_attempts", takeout.past_attempts_of(database, user["id"]), past_attempt_view)
            await self._write_list("games", takeout.games_of(database, user["id"]), game_view)
        except StreamClosedError:
            return
        except Exception:
            # Half a file must not look like a whole one.
            log.exception("A download of somebody's data broke off")
            self.request.connection.close()
            return
        self.finish(b"}")

    async def _write_list(self, name: str, rows: AsyncIterator[Row], view: Callable[[Row], Struct]) -> None:
        """One entry after the other, each when the one before is on its way: memory holds one."""
        self.write(f',"{name}":[')
        separator = b""
        async for row in rows:
            self.write(separator + msgspec.json.encode(view(row)))
            await self.flush()
            separator = b","
        self.write(b"]")


def quiz_view(quiz: Row) -> OwnQuiz:
    return OwnQuiz(**{**quiz, "questions": [question_view(question) for question in quiz["questions"]]})


def question_view(question: Question) -> OwnQuestion:
    body = question.body
    return OwnQuestion(
        body.kind, question.text, list(body.options), body.correct, question.time_limit, question.explanation
    )


def attempt_view(attempt: Row) -> OwnAttempt:
    return OwnAttempt(**{**attempt, "answers": [OwnAnswer(**answer) for answer in attempt["answers"]]})


def past_attempt_view(attempt: Row) -> PastAttempt:
    return PastAttempt(**attempt)


def game_view(game: Row) -> HostedGame:
    return msgspec.convert(game, HostedGame)


routes = [(r"/users/me/data/?", OwnData)]
