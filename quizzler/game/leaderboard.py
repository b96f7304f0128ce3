"""Ranks and ties.

More points rank higher; of two with the same points the one who took fewer seconds over right answers.
Who is equal in both shares a rank, and the next rank is skipped (1, 2, 2, 4): standard competition ranking.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar


class Ranked(Protocol):
    score: int
    seconds: float


R = TypeVar("R", bound=Ranked)


def standings(players: Iterable[R]) -> Iterator[tuple[int, R]]:
    """Pairs of rank (from 1) and player, best first; equals in the order they came in."""
    rank, score, seconds = 0, None, None
    for place, player in enumerate(sorted(players, key=_merit), start=1):
        if player.score != score or player.seconds != seconds:
            rank, score, seconds = place, player.score, player.seconds
        yield rank, player


def _merit(player: Ranked) -> tuple[int, float]:
    return -player.score, player.seconds
