"""A quiz as it comes over the wire, and what makes one invalid.

A question has two views: the wire contract's (``option_a`` to ``option_d``, ``correct_option``), and the general one
(``options``, ``correct_answer`` as an index). Inside there is only ``Question``.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Struct

from quizzler.errors import Invalid, InvalidBody
from quizzler.game.questions import DEFAULT_TIME_LIMIT, Question, SingleChoice, check_text, unstorable
from quizzler.store.pool import Row
from quizzler.web import fields

MAX_QUESTIONS = 50
MAX_TITLE, MAX_DESCRIPTION, MAX_TOPIC, MAX_NAVIGATION = 200, 2000, 100, 50
MAX_DURATION = 366 * 24 * 60
MAX_MARK = 1000
LETTERS = "abcdef"
# By how much a client's clock may be behind: its "now" must not be our past.
CLOCK_SKEW = timedelta(seconds=60)
# Far enough from Python's own limits that a duration may be added or taken away.
OLDEST_TIME, LATEST_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class QuestionBody(Struct):
    """In one of two views: ``option_a`` to ``option_d`` and ``correct_option``, or ``options``, two to six, and
    ``correct_answer``, an index. ``time_limit`` in seconds."""

    question_text: Annotated[str, fields.QUESTION_TEXT]
    option_a: Annotated[str, fields.OPTIONAL_OPTION] | None = None
    option_b: Annotated[str, fields.OPTIONAL_OPTION] | None = None
    option_c: Annotated[str, fields.OPTIONAL_OPTION] | None = None
    option_d: Annotated[str, fields.OPTIONAL_OPTION] | None = None
    correct_option: Literal["a", "b", "c", "d"] | None = None
    options: Annotated[list[Annotated[str, fields.OPTION]], fields.OPTIONS] | None = None
    correct_answer: Annotated[int, fields.INDEX] | None = None
    time_limit: Annotated[float, fields.TIME_LIMIT] | None = None
    explanation: Annotated[str, fields.EXPLANATION] | None = None

    def question(self) -> Question:
        """Raises ``InvalidBody`` with the field in this question's view."""
        options, correct = self._choice()
        limit = DEFAULT_TIME_LIMIT if self.time_limit is None else self.time_limit
        explanation = (self.explanation or "").strip()
        question = Question(self.question_text.strip(), SingleChoice(tuple(options), correct), limit, explanation)
        try:
            question.check()
        except InvalidBody as error:
            raise InvalidBody(error.sentence, self._field(error.field), error.kind) from None
        return question

    def _choice(self) -> tuple[list[str], int]:
        if self.options is not None:
            if self.correct_answer is None:
                raise InvalidBody("Field required", ("correct_answer",), "missing")
            return [option.strip() for option in self.options], self.correct_answer
        given = [(option or "").strip() for option in (self.option_a, self.option_b, self.option_c, self.option_d)]
        while len(given) > 2 and not given[-1]:
            given.pop()  # a question of two or three options, in a client that always sends four
        for letter, option in zip(LETTERS, given):
            if not option:
                raise InvalidBody("An option is empty", (f"option_{letter}",))
        if self.correct_option is None:
            raise InvalidBody("Field required", ("correct_option",), "missing")
        return given, LETTERS.index(self.correct_option)

    def _field(self, field: tuple[str | int, ...]) -> tuple[str | int, ...]:
        if field == ("question",):
            return ("question_text",)
        if self.options is None:
            if field[0] == "options":
                return (f"option_{LETTERS[field[1]]}",) if len(field) > 1 else ("option_a",)
            if field[0] == "correct_answer":
                return ("correct_option",)
        return field


class QuizBody(Struct):
    """``duration`` in minutes. Of ``start_time`` and ``end_time``, ISO 8601, one is enough: the other follows from
    the duration. Without both the quiz is open at once and stays open. ``navigation_type`` is for the client that
    shows the quiz: any word."""

    title: Annotated[str, fields.text(MAX_TITLE, "Capitals of Europe")]
    description: Annotated[str, fields.optional_text(MAX_DESCRIPTION)] | None = ""
    is_trivia: bool = False
    topic: Annotated[str, fields.optional_text(MAX_TOPIC)] | None = None
    difficulty: Literal["easy", "medium", "hard"] | None = None
    start_time: Annotated[str, fields.TIME] | None = None
    end_time: Annotated[str, fields.TIME] | None = None
    duration: Annotated[int, fields.number(1, MAX_DURATION)] = 60
    positive_mark: Annotated[float, fields.number(0, MAX_MARK)] = 1.0
    negative_mark: Annotated[float, fields.number(0, MAX_MARK)] = 0.0
    navigation_type: Annotated[str, fields.text(MAX_NAVIGATION, "omni")] = "omni"
    tab_switch_exit: bool = True
    questions: Annotated[list[Annotated[QuestionBody, fields.EITHER_VIEW]], fields.at_most(MAX_QUESTIONS)] = []

    def columns(self, earliest_start: datetime) -> Row:
        """What is stored of the quiz itself. Raises ``InvalidBody`` or, for the schedule, ``Invalid``."""
        check_text(self.title, MAX_TITLE, "A title", ("title",))
        _check_optional(self.description, MAX_DESCRIPTION, "A description", "description")
        _check_optional(self.topic, MAX_TOPIC, "A topic", "topic")
        check_text(self.navigation_type, MAX_NAVIGATION, "A navigation type", ("navigation_type",))
        if not 1 <= self.duration <= MAX_DURATION:
            raise InvalidBody(f"A quiz lasts 1 to {MAX_DURATION} minutes", ("duration",))
        for name in ("positive_mark", "negative_mark"):
            if not 0 <= getattr(self, name) <= MAX_MARK:
                raise InvalidBody(f"A mark is a number from 0 to {MAX_MARK}", (name,))
        start, end = self._schedule(earliest_start)
        return {
            "title": self.title.strip(),
            "description": (self.description or "").strip(),
            "is_trivia": self.is_trivia,
            "topic": (self.topic or "").strip() or None,
            "difficulty": self.difficulty,
            "start_time": start,
            "end_time": end,
            "duration": self.duration,
            "positive_mark": self.positive_mark,
            "negative_mark": self.negative_mark,
            "navigation_type": self.navigation_type,
            "tab_switch_exit": self.tab_switch_exit,
        }

    def checked_questions(self) -> list[Question]:
        """Raises ``InvalidBody`` that says which one is wrong."""
        if len(self.questions) > MAX_QUESTIONS:
            raise InvalidBody(f"A quiz has at most {MAX_QUESTIONS} questions", ("questions",))
        checked = []
        for place, body in enumerate(self.questions):
            try:
                checked.append(body.question())
            except InvalidBody as error:
                raise InvalidBody(error.sentence, ("questions", place, *error.field), error.kind) from None
        return checked

    def _schedule(self, earliest_start: datetime) -> tuple[datetime | None, datetime | None]:
        start, end = _read_time(self.start_time, "start_time"), _read_time(self.end_time, "end_time")
        lasting = timedelta(minutes=self.duration)
        if start is None and end is None:
            return None, None
        start, end = start or end - lasting, end or start + lasting
        if start < earliest_start - CLOCK_SKEW:
            raise Invalid("Start time must be in the future")
        if end <= start:
            raise Invalid("End time must be after the start time")
        return start, end


def _check_optional(text: str | None, longest: int, what: str, field: str) -> None:
    if text and len(text) > longest:
        raise InvalidBody(f"{what} has at most {longest} characters", (field,))
    if text and unstorable(text):
        raise InvalidBody(f"{what} has a character that cannot be stored", (field,))


def _read_time(text: str | None, field: str) -> datetime | None:
    """In UTC, which is also what a time without an offset is in. An empty text is no time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidBody("A time is written like 2030-01-31T18:00:00+01:00", (field,), "datetime_parsing") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not OLDEST_TIME < moment < LATEST_TIME:
        raise InvalidBody("That time is too far away", (field,))
    return moment.astimezone(UTC)
