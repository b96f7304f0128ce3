"""An attempt and its result as they go out over the wire, and the answers as they come in."""

from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from quizzler.game.questions import Question
from quizzler.store import attempts
from quizzler.store.pool import Row
from quizzler.web.api import Moment
from quizzler.web.quiz_bodies import LETTERS
from quizzler.web.quiz_views import Letter, QuestionView, question_view

LATE = "Submitted after the time was over: this attempt scores 0"


class Answers(Struct):
    """The letter of an option for a question's id. A question that is missing, null or empty is not answered."""

    answers: dict[str, Literal["a", "b", "c", "d", "e", "f", ""] | None]

    def places(self) -> dict[str, int]:
        return {question_id: LETTERS.index(letter) for question_id, letter in self.answers.items() if letter}


class AskedQuestion(Struct):
    """Without the right answer."""

    id: str
    kind: str
    question_text: str
    options: list[str]
    option_a: str
    option_b: str
    option_c: str | UnsetType = UNSET
    option_d: str | UnsetType = UNSET
    option_e: str | UnsetType = UNSET
    option_f: str | UnsetType = UNSET


class AttemptedQuiz(Struct):
    """``duration`` in minutes. Duration and marks are those that hold for this attempt."""

    id: str
    title: str
    description: str
    duration: int
    positive_mark: float
    negative_mark: float
    navigation_type: str
    tab_switch_exit: bool


class RunningAttempt(Struct):
    """``server_time`` is now, by the clock that ``ends_at`` is of. After ``ends_at`` there are 30 seconds of grace;
    a submit later than that scores 0. ``answers`` are those saved so far."""

    session_id: str
    started_at: Moment
    ends_at: Moment
    server_time: Moment
    quiz: AttemptedQuiz
    questions: list[AskedQuestion]
    total_questions: int
    answers: dict[str, Letter]


class Outcome(Struct):
    """``score`` is of at most ``max_score``; ``rating`` is null for a quiz that is not trivia; ``message`` says so
    where the submit came too ``late``."""

    message: str
    score: float
    max_score: float
    correct_count: int
    total_questions: int
    submitted_at: Moment
    time_taken_minutes: float
    rating: int | None
    late: bool


class MyResult(Struct):
    """Questions are as they were when they were asked, in order; in ``answers`` are those that were answered, in
    ``correct_answers`` all."""

    quiz_title: str
    score: float
    max_score: float
    answers: dict[str, Letter]
    correct_answers: dict[str, Letter]
    questions: dict[str, QuestionView]
    correct_count: int
    total_questions: int
    submitted_at: Moment
    time_taken_minutes: float
    rating: int | None
    late: bool


def running_view(attempt: Row) -> RunningAttempt:
    return RunningAttempt(
        session_id=attempt["session_id"],
        started_at=attempt["started_at"],
        ends_at=attempt["ends_at"],
        server_time=attempt["server_time"],
        quiz=msgspec.convert({**attempt, "id": attempt["quiz_id"]}, AttemptedQuiz),
        questions=[asked_view(*question) for question in attempt["questions"]],
        total_questions=attempt["total_questions"],
        answers=letters(attempt["answers"]),
    )


def asked_view(question_id: str, question: Question) -> AskedQuestion:
    options = list(question.body.options)
    return AskedQuestion(
        id=question_id,
        kind=question.body.kind,
        question_text=question.text,
        options=options,
        **{f"option_{letter}": option for letter, option in zip(LETTERS, options)},
    )


def outcome_view(attempt: Row) -> Outcome:
    earned = _earned(attempt)
    return Outcome(message=LATE if earned["late"] else "Your answers are submitted", **earned)


def result_view(attempt: Row) -> MyResult:
    questions = dict(attempt["questions"])
    return MyResult(
        quiz_title=attempt["title"],
        answers=letters(attempt["answers"]),
        correct_answers=letters({id: question.body.correct for id, question in questions.items()}),
        questions={id: question_view(id, question) for id, question in questions.items()},
        **_earned(attempt),
    )


def letters(answers: dict[str, int]) -> dict[str, str]:
    return {question_id: LETTERS[place] for question_id, place in answers.items()}


def minutes(seconds: float) -> float:
    return round(seconds / 60, 2)


def _earned(attempt: Row) -> Row:
    """What an outcome and a result have in common."""
    terms = attempts.terms(attempt)
    same = ("score", "correct_count", "total_questions", "submitted_at", "rating")
    return {
        **{name: attempt[name] for name in same},
        "max_score": terms.best_score(attempt["total_questions"]),
        "time_taken_minutes": minutes(attempt["seconds"]),
        "late": terms.is_late(attempt["seconds"]),
    }
