"""A quiz and its questions as they go out over the wire."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from quizzler.game.questions import Question
from quizzler.store.pool import Row
from quizzler.web.api import Moment
from quizzler.web.quiz_bodies import LETTERS

Letter = Literal["a", "b", "c", "d", "e", "f"]


class SavedQuiz(Struct):
    quiz_id: str
    title: str


class QuizView(Struct):
    """A quiz without its questions. ``creator_id`` is null for one that came with the server, or whose creator is
    gone; ``status`` is ``assigned`` before the start time, ``active`` while open, ``ended`` after. ``duration`` in
    minutes."""

    id: str
    creator_id: str | None
    title: str
    description: str
    is_trivia: bool
    topic: str | None
    difficulty: Literal["easy", "medium", "hard"] | None
    start_time: Moment | None
    end_time: Moment | None
    duration: int
    positive_mark: float
    negative_mark: float
    navigation_type: str
    tab_switch_exit: bool
    popularity: int
    created_at: Moment
    question_count: int
    status: Literal["assigned", "active", "ended"]


class QuestionView(Struct):
    """Both views of a question at once, with the right answer: as a letter, and as an index of ``options``.
    ``time_limit`` in seconds."""

    id: str
    kind: str
    question_text: str
    options: list[str]
    correct_answer: int
    correct_option: Letter
    time_limit: float
    explanation: str
    option_a: str
    option_b: str
    option_c: str | UnsetType = UNSET
    option_d: str | UnsetType = UNSET
    option_e: str | UnsetType = UNSET
    option_f: str | UnsetType = UNSET


class QuestionList(Struct):
    questions: list[QuestionView]


class TopicList(Struct):
    topics: list[str]


def question_view(question_id: str, question: Question) -> QuestionView:
    """For the quiz's creator alone."""
    options = list(question.body.options)
    return QuestionView(
        id=question_id,
        kind=question.body.kind,
        question_text=question.text,
        options=options,
        correct_answer=question.body.correct,
        correct_option=LETTERS[question.body.correct],
        time_limit=question.time_limit,
        explanation=question.explanation,
        **{f"option_{letter}": option for letter, option in zip(LETTERS, options)},
    )


def quiz_view(quiz: Row, now: datetime) -> QuizView:
    return msgspec.convert({**quiz, "status": status(quiz["start_time"], quiz["end_time"], now)}, QuizView)


def status(start: datetime | None, end: datetime | None, now: datetime) -> str:
    if start is not None and now < start:
        return "assigned"
    return "ended" if end is not None and now > end else "active"
