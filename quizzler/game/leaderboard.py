"""Scores, ranks and ties.

More points rank higher; of two with the same points the one who took fewer seconds over right answers.
Who is equal in both shares a rank, and the next rank is skipped (1, 2, 2, 4): standard competition ranking.
"""

from array import array
from collections.abc import Iterator

from quizzler.game.round import Answers


class Standings:
    """Of all players of a game, in columns by their number (the first is 1, so place 0 is nobody's): with twenty
    thousand of them a question ends in some milliseconds, and leaves no new objects behind.

    ``seconds`` is the time taken over right answers, which settles ties. ``ranks`` are as of the last question that
    ended, 0 for who came later; ``changes`` are the places won by it; ``order`` are the numbers, best first.
    """

    __slots__ = ("changes", "order", "ranks", "scores", "seconds")

    def __init__(self) -> None:
        self.scores = array("q", [0])
        self.seconds = array("d", [0.0])
        self.ranks = array("i", [0])
        self.changes = array("i", [0])
        self.order = array("i")

    def add(self) -> None:
        """The next player."""
        self.scores.append(0)
        self.seconds.append(0.0)
        self.ranks.append(0)
        self.changes.append(0)

    def settle(self, answers: Answers) -> None:
        """A question has ended with these answers."""
        scores, seconds, ranks, changes = self.scores, self.seconds, self.ranks, self.changes
        for number, points, taken in answers.earnings():
            scores[number] += points
            seconds[number] += taken
        order = array("i")
        for rank, number in self.ranked():
            before = ranks[number]
            changes[number] = before - rank if before else 0
            ranks[number] = rank
            order.append(number)
        self.order = order

    def ranked(self) -> Iterator[tuple[int, int]]:
        """Pairs of rank (from 1) and number as it is now, best first; equals in the order they came in."""
        scores, seconds = self.scores, self.seconds
        # Twice by one column: sorting is stable, and compares plain numbers quicker than pairs.
        order = sorted(range(1, len(scores)), key=seconds.__getitem__)
        order.sort(key=scores.__getitem__, reverse=True)
        rank, score, taken = 0, None, None
        for place, number in enumerate(order, start=1):
            if scores[number] != score or seconds[number] != taken:
                rank, score, taken = place, scores[number], seconds[number]
            yield rank, number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Standings) and all(
            getattr(self, column) == getattr(other, column) for column in self.__slots__
        )

    __hash__ = None
