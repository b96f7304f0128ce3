"""Questions out of a file, to be looked at and then saved with a quiz: nothing is stored here."""

from msgspec import UNSET, Struct, UnsetType
from tornado.httputil import HTTPFile, HTTPInputError, parse_body_arguments

from quizzler.errors import Invalid, InvalidBody, InvalidRows
from quizzler.formats import csv_questions
from quizzler.game.questions import Question
from quizzler.web.api import USER, operation
from quizzler.web.base import ApiHandler
from quizzler.web.quiz_bodies import LETTERS, MAX_QUESTIONS
from quizzler.web.quiz_views import Letter


class ImportedQuestion(Struct):
    """As ``POST /quizzes`` takes it. ``time_limit`` in seconds."""

    question_text: str
    option_a: str
    option_b: str
    correct_option: Letter
    time_limit: float
    explanation: str
    option_c: str | UnsetType = UNSET
    option_d: str | UnsetType = UNSET


class Imported(Struct):
    message: str
    questions: list[ImportedQuestion]


class ImportQuestions(ApiHandler):
    @operation(
        "Read questions from a CSV file",
        who=USER,
        upload="file",
        answer=Imported,
        errors=(Invalid, InvalidRows),
        description="Its first row names the columns: question_text, option_a, option_b, option_c, option_d, "
        "correct_option, and if you like time_limit and explanation. One bad row and nothing is imported: the error "
        "then lists all bad rows, each with its number and why.",
    )
    async def post(self) -> None:
        await self.user()
        found = csv_questions.parse(uploaded(self, "file").body, MAX_QUESTIONS)
        count = "1 question" if len(found) == 1 else f"{len(found)} questions"
        self.reply(Imported(f"Imported {count}", [imported_view(question) for question in found]))


def uploaded(handler: ApiHandler, name: str) -> HTTPFile:
    """Raises ``InvalidBody`` where the body is no form, or has no such file."""
    content_type = handler.request.headers.get("Content-Type", "")
    files: dict[str, list[HTTPFile]] = {}
    try:
        parse_body_arguments(content_type, handler.received(), {}, files, handler.request.headers)
    except HTTPInputError:
        raise InvalidBody("The body is not a valid form", (), "form_invalid") from None
    if name not in files:
        raise InvalidBody("Field required: a file, in a multipart form", (name,), "missing")
    return files[name][0]


def imported_view(question: Question) -> ImportedQuestion:
    return ImportedQuestion(
        question_text=question.text,
        correct_option=LETTERS[question.body.correct],
        time_limit=question.time_limit,
        explanation=question.explanation,
        **{f"option_{letter}": option for letter, option in zip(LETTERS, question.body.options)},
    )


routes = [(r"/quizzes/import-questions/?", ImportQuestions)]
