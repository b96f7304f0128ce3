"""What this process has done since it started, for the health page and for ``/metrics``.

Plain numbers, because they are counted on an answer's way: whoever asks for them pays for putting them into words.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from quizzler.errors import QuizzlerError

# Seconds: from what nobody notices to what everybody does.
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Distribution:
    """How values spread: ``buckets[n]`` of them were at most ``bounds[n]`` and above the bound before; the last bucket
    has what is above all bounds. ``total`` is their sum."""

    __slots__ = ("bounds", "buckets", "total")

    def __init__(self, bounds: tuple[float, ...] = SECONDS):
        self.bounds = bounds
        self.buckets = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.buckets[bisect_left(self.bounds, value)] += 1
        self.total += value


@dataclass(slots=True)
class Counts:
    """``acknowledged`` is from an answer that was heard to its acknowledgement with the socket, ``answered`` from an
    HTTP request to the end of its answer, both in seconds. ``requests`` are answered HTTP requests by route and status,
    ``wrong`` what could not be done, by the class of the error; ``errors`` of these were the server's own fault."""

    total_connections: int = 0
    messages_received: int = 0
    messages_sent: int = 0
    errors: int = 0
    questions_processed: int = 0
    answers_processed: int = 0
    sign_in_failures: int = 0
    acknowledged: Distribution = field(default_factory=Distribution)
    answered: Distribution = field(default_factory=Distribution)
    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: Counter[type[QuizzlerError]] = field(default_factory=Counter)

    def went_wrong(self, error: BaseException) -> None:
        """Whatever is not for the person who asked is the server's own fault."""
        kind = type(error)
        if not issubclass(kind, QuizzlerError) or kind is QuizzlerError:
            self.errors += 1
            kind = QuizzlerError
        self.wrong[kind] += 1
