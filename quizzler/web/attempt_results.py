"""What everybody achieved in a quiz, for its creator: page by page, and as a file for a spreadsheet."""

import re
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct
from tornado.iostream import StreamClosedError

from quizzler.errors import Forbidden, Invalid, NotFound
from quizzler.formats import csv_text
from quizzler.store import attempts, quizzes
from quizzler.store.pool import Row
from quizzler.web.api import CREATOR, Moment, operation
from quizzler.web.attempt_views import minutes
from quizzler.web.base import ApiHandler
from quizzler.web.quizzes import NO_QUIZ, known_id

MAX_PAGE = 1000


class ResultsQuery(Struct):
    """``cursor`` is what the page before gave as ``next_cursor``. Who knows no pages gets a long first one."""

    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = MAX_PAGE
    cursor: str | None = None


class QuizInfo(Struct):
    id: str
    title: str
    description: str


class Result(Struct):
    """``email`` is null for somebody whose account is gone; ``date`` is when it was submitted."""

    quiz_name: str
    date: Moment
    student_name: str
    email: str | None
    score: float
    correct_count: int
    total_questions: int
    time_taken_minutes: float
    late: bool


class QuizResults(Struct):
    """The best first; of equals, the earlier. ``total_participants`` counts all pages; ``next_cursor`` is null on the
    last."""

    quiz: QuizInfo
    results: list[Result]
    total_participants: int
    next_cursor: str | None


class Results(ApiHandler):
    @operation(
        "Everybody's results of a quiz",
        who=CREATOR,
        query=ResultsQuery,
        answer=QuizResults,
        errors=(Invalid, Forbidden, NotFound),
        description="For a quiz that was deleted, too.",
    )
    async def get(self, quiz_id: str) -> None:
        user = await self.user()
        page = self.query(ResultsQuery)
        quiz = await created_quiz(self, quiz_id, user["id"])
        database = self.services.database
        rows, cursor = await attempts.of_quiz(database, quiz["id"], page.limit, page.cursor)
        self.reply(
            QuizResults(
                quiz=QuizInfo(quiz["id"], quiz["title"], quiz["description"]),
                results=[result_view(quiz, row) for row in rows],
                total_participants=await attempts.count_of_quiz(database, quiz["id"]),
                next_cursor=cursor,
            )
        )


class ResultsFile(ApiHandler):
    @operation(
        "Everybody's results of a quiz, as a CSV file",
        who=CREATOR,
        answer=str,
        media="text/csv",
        errors=(Forbidden, NotFound),
    )
    async def get(self, quiz_id: str) -> None:
        user = await self.user()
        quiz = await created_quiz(self, quiz_id, user["id"])
        rows, cursor = await attempts.of_quiz(self.services.database, quiz["id"], MAX_PAGE)
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", f"attachment; {file_name(quiz['title'])}")
        self.write(csv_text.BYTE_ORDER_MARK + csv_text.write([HEADER]))
        self.write(csv_text.write(file_rows(quiz, rows)))
        while cursor:
            # Page by page, so that neither memory nor a live game feels a long list.
            try:
                await self.flush()
            except StreamClosedError:
                return
            rows, cursor = await attempts.of_quiz(self.services.database, quiz["id"], MAX_PAGE, cursor)
            self.write(csv_text.write(file_rows(quiz, rows)))
        self.finish()


async def created_quiz(handler: ApiHandler, quiz_id: str, user_id: str) -> Row:
    quiz = await quizzes.by_id(handler.services.database, known_id(quiz_id), even_deleted=True)
    if quiz is None:
        raise NotFound(NO_QUIZ)
    if quiz["creator_id"] != user_id:
        raise Forbidden("Only the creator of a quiz sees everybody's results")
    return quiz


def result_view(quiz: Row, attempt: Row) -> Result:
    return Result(
        quiz_name=quiz["title"],
        date=attempt["submitted_at"],
        student_name=attempt["name"],
        email=attempt["email"],
        score=attempt["score"],
        correct_count=attempt["correct_count"],
        total_questions=attempt["total_questions"],
        time_taken_minutes=minutes(attempt["seconds"]),
        late=attempts.terms(attempt).is_late(attempt["seconds"]),
    )


HEADER = ("Quiz", "Submitted", "Name", "Email", "Score", "Right answers", "Questions", "Minutes", "Late")


def file_rows(quiz: Row, page: Iterable[Row]) -> Iterable[tuple[str | float | None, ...]]:
    for result in (result_view(quiz, attempt) for attempt in page):
        yield (
            result.quiz_name,
            result.date.isoformat(timespec="seconds"),
            result.student_name,
            result.email,
            result.score,
            result.correct_count,
            result.total_questions,
            result.time_taken_minutes,
            "yes" if result.late else "no",
        )


def file_name(title: str) -> str:
    """As RFC 6266, 5 has it: in ASCII for everyone, and whole for who knows better."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower() or "quiz"
    return f"filename=\"results-{plain}.csv\"; filename*=UTF-8''{quote(f'results {title}.csv', safe='')}"


routes = [
    (r"/results/([^/]+)/results/?", Results),
    (r"/results/([^/]+)/results\.csv/?", ResultsFile),
]
