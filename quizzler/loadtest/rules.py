"""What the wire contract's rules allow, given no more than when a client knows things to have happened."""

from bisect import bisect_left, bisect_right
from math import inf

from msgspec import Struct

from quizzler.loadtest.diary import Asked
from quizzler.loadtest.messages import Question

# Two machines' clocks do not run equally fast: each is slewed by at most 0.05 % (adjtimex(2)), and stamps are rounded.
CLOCK_DRIFT = 0.001
CLOCK_GRAIN = 0.001


class Span(Struct, frozen=True):
    """Seconds that something took: at least, at most."""

    least: float
    most: float

    def __add__(self, other: "Span") -> "Span":
        return Span(self.least + other.least, self.most + other.most)


NO_TIME, ANY_TIME = Span(0.0, 0.0), Span(0.0, inf)


class Standing(Struct, frozen=True):
    """A player's score after a question, and the time that their right answers took."""

    score: int
    seconds: Span


def seconds_taken(asked: Asked, first_shown: float, shown: Question, said: float, acknowledged: float) -> Span:
    """What the server can have counted for an answer. It asked between the host's request and the first sight of the
    question anywhere, and took the answer between its departure and its acknowledgement."""
    under_way = shown.server_time - shown.question_start_time
    least, most = said - first_shown + under_way, acknowledged - asked.at + under_way
    return Span(
        max(0.0, least - CLOCK_GRAIN - CLOCK_DRIFT * abs(least)), max(0.0, most + CLOCK_GRAIN + CLOCK_DRIFT * most)
    )


def points_possible(time_limit: float, seconds: Span) -> tuple[int, int]:
    """Of a right answer, least and most: 100 + int(2 x seconds left)."""
    return tuple(100 + int(2 * max(0.0, time_limit - taken)) for taken in (seconds.most, seconds.least))


def ranks_possible(standings: list[Standing]) -> list[tuple[int, int]]:
    """Least and most for each: more points are better, ties go to the quicker player, and who is equal in both shares
    a rank."""
    groups: dict[int, list[int]] = {}
    for place, standing in enumerate(standings):
        groups.setdefault(standing.score, []).append(place)
    possible = [(0, 0)] * len(standings)
    better = 0
    for score in sorted(groups, reverse=True):
        times = [standings[place].seconds for place in groups[score]]
        least, most = sorted(time.least for time in times), sorted(time.most for time in times)
        for place, time in zip(groups[score], times):
            surely_quicker, perhaps_quicker = bisect_left(most, time.least), bisect_right(least, time.most)
            possible[place] = better + 1 + surely_quicker, better + perhaps_quicker
        better += len(times)
    return possible
