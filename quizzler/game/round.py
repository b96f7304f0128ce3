"""One question that was asked, with its answers and its clock."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from quizzler.errors import AnswerRefused
from quizzler.game.grading import grade
from quizzler.game.questions import Question
from quizzler.game.scoring import speed


class Answer(Struct, frozen=True):
    """``share`` is how much of it is right, 0 to 1; ``seconds`` since the question was asked."""

    value: Any
    answer_id: str | None
    share: float
    points: int
    seconds: float

    @property
    def correct(self) -> bool:
        return self.share == 1.0


class Round:
    """``index`` counts from 0; ``waiting`` is how many players the question waits for: those who are connected and
    have not answered, and those ``expected`` back because it was the server that lost them."""

    __slots__ = ("index", "question", "asked_at", "answers", "waiting", "expected")

    def __init__(self, index: int, question: Question, asked_at: float, waiting: int):
        self.index = index
        self.question = question
        self.asked_at = asked_at
        self.waiting = waiting
        self.expected: set[int] = set()
        self.answers: dict[int, Answer] = {}

    @property
    def closes_at(self) -> float:
        return self.asked_at + self.question.time_limit

    def take(self, player_id: int, value: Any, answer_id: str | None, now: float) -> Answer:
        """Counts a player's first answer. Raises ``AnswerRefused`` where it does not count."""
        if player_id in self.answers:
            raise AnswerRefused("already_answered", self.index)
        if now >= self.closes_at:
            raise AnswerRefused("too_late", self.index)
        if not self.question.body.accepts(value):
            raise AnswerRefused("invalid", self.index)
        share = grade(self.question, value)
        points = speed(share, self.closes_at - now)
        answer = self.answers[player_id] = Answer(value, answer_id, share, points, now - self.asked_at)
        return answer

    def right(self) -> Iterator[tuple[int, Answer]]:
        return ((player_id, answer) for player_id, answer in self.answers.items() if answer.correct)

    def distribution(self) -> list[int]:
        counts = [0] * len(self.question.body.options)
        for answer in self.answers.values():
            counts[answer.value] += 1
        return counts
