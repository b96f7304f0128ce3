"""One question that was asked, with its answers and its clock."""

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from quizzler.errors import AnswerRefused
from quizzler.game.grading import grade
from quizzler.game.questions import Question
from quizzler.game.scoring import speed


class Answer(Struct, frozen=True, gc=False):
    """``share`` is how much of it is right, 0 to 1; ``seconds`` since the question was asked."""

    value: Any
    share: float
    points: int
    seconds: float

    @property
    def correct(self) -> bool:
        return self.share == 1.0


class Answers(Mapping[int, Answer]):
    """Answers by player id, kept as columns: 37 bytes for each, where an object would take 300. Players are numbered
    from 1 on."""

    __slots__ = ("_count", "_ids", "_points", "_seconds", "_shares", "_values")

    def __init__(self, players: int):
        """With room for so many; it grows with those who come later."""
        self._count = 0
        self._values: list[Any] = []
        self._shares = array("d")
        self._points = array("i")
        self._seconds = array("d")
        self._ids = array("q")
        self._grow(players + 1)

    def add(self, player_id: int, answer: Answer, answer_id: str | None) -> None:
        """A player's only answer, and the client's own name for it."""
        if player_id >= len(self._values):
            self._grow(player_id + 64)
        self._count += 1
        self._values[player_id] = answer.value
        self._shares[player_id] = answer.share
        self._points[player_id] = answer.points
        self._seconds[player_id] = answer.seconds
        self._ids[player_id] = _digest(answer_id)

    def is_named(self, player_id: int, answer_id: str) -> bool:
        """Whether that player's answer came under this name."""
        return player_id < len(self._ids) and self._ids[player_id] == _digest(answer_id)

    def earnings(self) -> Iterator[tuple[int, int, float]]:
        """Of each answer that is worth anything: player id, points, and seconds (0 unless it is wholly right)."""
        for player_id, points in enumerate(self._points):
            if points > 0:
                yield player_id, points, self._seconds[player_id] if self._shares[player_id] == 1.0 else 0.0

    def __contains__(self, player_id: object) -> bool:
        return player_id < len(self._points) and self._points[player_id] != _NONE

    def __getitem__(self, player_id: int) -> Answer:
        if player_id not in self:
            raise KeyError(player_id)
        return Answer(
            self._values[player_id], self._shares[player_id], self._points[player_id], self._seconds[player_id]
        )

    def __iter__(self) -> Iterator[int]:
        return (player_id for player_id, points in enumerate(self._points) if points != _NONE)

    def __len__(self) -> int:
        return self._count

    @property
    def right(self) -> int:
        """How many are wholly right."""
        return self._shares.count(1.0)

    def count(self, value: Any) -> int:
        """How many are this one."""
        return self._values.count(value)

    def _grow(self, size: int) -> None:
        more = size - len(self._values)
        self._values.extend([None] * more)
        self._shares.extend(array("d", [0.0]) * more)
        self._points.extend(array("i", [_NONE]) * more)
        self._seconds.extend(array("d", [0.0]) * more)
        self._ids.extend(array("q", [0]) * more)


_NONE = -1  # the points of whoever has not answered


def _digest(answer_id: str | None) -> int:
    """64 bits in place of a name of up to 64 characters. Python's own hash is keyed, so nobody can make two names
    meet; it differs from process to process, and nothing of it leaves one."""
    return 0 if answer_id is None else hash(answer_id) or 1


class Round:
    """``index`` counts from 0; ``waiting`` is how many players the question waits for: those who are connected and
    have not answered, and those ``expected`` back because it was the server that lost them."""

    __slots__ = ("index", "question", "asked_at", "answers", "waiting", "expected")

    def __init__(self, index: int, question: Question, asked_at: float, waiting: int, players: int):
        """``players`` is how many there are, connected or not."""
        self.index = index
        self.question = question
        self.asked_at = asked_at
        self.waiting = waiting
        self.expected: set[int] = set()
        self.answers = Answers(players)

    @property
    def closes_at(self) -> float:
        return self.asked_at + self.question.time_limit

    def take(self, player_id: int, value: Any, answer_id: str | None, now: float) -> None:
        """Counts a player's first answer. Raises ``AnswerRefused`` where it does not count."""
        if player_id in self.answers:
            raise AnswerRefused("already_answered", self.index)
        if now >= self.closes_at:
            raise AnswerRefused("too_late", self.index)
        if not self.question.body.accepts(value):
            raise AnswerRefused("invalid", self.index)
        share = grade(self.question, value)
        points = speed(share, self.closes_at - now)
        self.answers.add(player_id, Answer(value, share, points, now - self.asked_at), answer_id)

    def distribution(self) -> list[int]:
        """Answers per option."""
        return [self.answers.count(option) for option in range(len(self.question.body.options))]
