"""A quiz that somebody takes alone, once: when it may begin, when it is late, what it earns.

The rules are the wire contract's. Whoever began in time has the whole duration, also past the quiz's end time.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

from quizzler.errors import Invalid, InvalidBody
from quizzler.game.grading import grade
from quizzler.game.questions import Question

# For what a slow connection takes between the end of the time and the server.
GRACE_SECONDS = 30.0
SPEED_BONUS = 20
# Decimal places: marks such as 0.1 add up to what a person would write, without the noise of binary fractions.
PLACES = 9


class Moment(Protocol):
    """A point in time of whichever clock the caller reads."""

    def __lt__(self, other: Any, /) -> bool: ...


class Terms(Struct, frozen=True):
    """What holds for an attempt from its start to its end: the duration in minutes, and the marks."""

    duration: int
    positive_mark: float
    negative_mark: float

    def best_score(self, question_count: int) -> float:
        return round(question_count * self.positive_mark, PLACES)

    def is_late(self, seconds: float) -> bool:
        """``seconds`` from start to submit."""
        return seconds > 60 * self.duration + GRACE_SECONDS


class Outcome(Struct, frozen=True):
    """``right`` says of each answered question whether the answer was; ``perfect`` is all of them, in time."""

    score: float
    rating: int
    late: bool
    perfect: bool
    right: dict[str, bool]

    @property
    def correct_count(self) -> int:
        return sum(self.right.values())


def check_open(now: Moment, start: Moment | None, end: Moment | None) -> None:
    """Raises ``Invalid`` before the start time and after the end time; without them a quiz is always open."""
    if start is not None and now < start:
        raise Invalid("This quiz has not begun yet")
    if end is not None and end < now:
        raise Invalid("This quiz is over")


def check_answers(questions: Mapping[str, Question], answers: Mapping[str, Any]) -> None:
    """Raises ``InvalidBody`` for an answer to a question that was not asked, and for one that is not possible."""
    for question_id, answer in answers.items():
        if question_id not in questions:
            raise InvalidBody("This quiz has no such question", ("answers", question_id))
        if not questions[question_id].body.accepts(answer):
            raise InvalidBody("This question has no such option", ("answers", question_id))


def judge(questions: Mapping[str, Question], answers: Mapping[str, Any], terms: Terms, seconds: float) -> Outcome:
    """What was earned, by answers that ``check_answers`` has passed, ``seconds`` after the start.

    Σ right × positive mark − wrong × negative mark, not under 0; an unanswered question costs nothing;
    a late attempt scores 0.
    """
    shares = {question_id: grade(questions[question_id], answer) for question_id, answer in answers.items()}
    right = {question_id: share == 1 for question_id, share in shares.items()}
    late = terms.is_late(seconds)
    wrong = sum(share == 0 for share in shares.values())
    earned = sum(shares.values()) * terms.positive_mark - wrong * terms.negative_mark
    score = 0.0 if late else max(0.0, round(earned, PLACES))
    return Outcome(
        score=score,
        rating=rating(score, terms.best_score(len(questions)), terms.duration, seconds / 60),
        late=late,
        perfect=not late and len(right) == len(questions) and all(right.values()),
        right=right,
    )


def rating(score: float, best: float, duration: float, taken: float) -> int:
    """The wire contract's: int(100 × score / best + max(0, 20 × (duration − taken) / duration)), times in minutes.

    0 to 120. Where no score above 0 is possible, only the speed counts.
    """
    share = score / best if best > 0 else 0.0
    return int(round(100 * share + max(0.0, SPEED_BONUS * (duration - taken) / duration), PLACES))
