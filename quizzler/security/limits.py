"""How much one address, one user and one connection may ask for.

Nothing here opens a socket or reads a clock: ``now`` is seconds of a clock that never goes back. Whatever is kept by
address is bounded, so that somebody with a million addresses fills no memory.
"""

import math
from collections.abc import Callable

from quizzler.errors import LimitReached

# Askers that are remembered at most; those who have been quiet for longest are forgotten first.
MAX_REMEMBERED = 50_000


class Pace:
    """So many at once, and then as many again within ``seconds``, evenly.

    It is the generic cell rate algorithm (ITU-T I.371): all that is kept of an asker is one number, the time until
    which what they asked for is spread out. ``amount`` 0 is no limit.
    """

    __slots__ = ("_burst", "_interval")

    def __init__(self, amount: float, seconds: float, burst: float | None = None):
        self._interval = seconds / amount if amount else 0.0
        self._burst = self._interval * (amount if burst is None else burst)

    def wait(self, until: float, now: float) -> float:
        """Seconds to wait until one more is allowed; 0 where it is allowed now."""
        if not self._interval:
            return 0.0
        # Sums of intervals are not exact, and the last of a burst is allowed.
        over = max(until, now) + self._interval - now - self._burst
        return over if over > 1e-6 else 0.0

    def after(self, until: float, now: float) -> float:
        """The number to keep once one more was allowed."""
        return max(until, now) + self._interval


class RateLimit:
    """One ``Pace`` for each of many askers. ``sentence`` is for who is over it."""

    def __init__(self, pace: Pace, sentence: str, max_remembered: int = MAX_REMEMBERED):
        self._pace = pace
        self._sentence = sentence
        self._max = max_remembered
        # The one who asked last is at the end.
        self._until: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def charge(self, asker: str, now: float) -> None:
        """Raises ``LimitReached`` where the asker has to wait; that costs nothing more."""
        until = self._until.pop(asker, 0.0)
        wait = self._pace.wait(until, now)
        self._until[asker] = until if wait else self._pace.after(until, now)
        _keep(self._until, self._max)
        if wait:
            raise LimitReached(self._sentence, retry_after=math.ceil(wait))

    def forget(self, now: float) -> None:
        """Lets go of everybody who could ask for all again."""
        for asker in [asker for asker, until in self._until.items() if until <= now]:
            del self._until[asker]


class WrongCodes:
    """Each wrong code costs its asker more: after ``FREE`` of them a wait of 1 s, then 2, 4, 8 …, at most
    ``LONGEST``. While they wait right codes are not looked up either, or the wait would tell nothing. A day's guesses
    are then some hundred, of 31^8 codes. All is forgotten ``FORGOTTEN`` seconds after the last."""

    FREE = 5
    LONGEST = 900.0
    FORGOTTEN = 3600.0

    def __init__(self, max_remembered: int = MAX_REMEMBERED):
        self._max = max_remembered
        # How many, and when the last of them was.
        self._wrong: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._wrong)

    def wait(self, asker: str, now: float) -> float:
        """Seconds until a code is looked up again; 0 where it is now."""
        count, last = self._wrong.get(asker, (0, 0.0))
        if count <= self.FREE or now - last >= self.FORGOTTEN:
            return 0.0
        pause = min(2.0 ** min(count - self.FREE - 1, 30), self.LONGEST)
        return max(0.0, last + pause - now)

    def check(self, asker: str, now: float) -> None:
        """Raises ``LimitReached`` where the asker has to wait."""
        if wait := self.wait(asker, now):
            seconds = math.ceil(wait)
            raise LimitReached(f"Too many wrong room codes. Please try again in {seconds} s", retry_after=seconds)

    def note(self, asker: str, now: float) -> None:
        """One more was wrong."""
        count, last = self._wrong.pop(asker, (0, 0.0))
        self._wrong[asker] = (count + 1 if now - last < self.FORGOTTEN else 1, now)
        _keep(self._wrong, self._max)

    def forget(self, now: float) -> None:
        for asker in [asker for asker, (_, last) in self._wrong.items() if now - last >= self.FORGOTTEN]:
            del self._wrong[asker]


class Seats:
    """So many connections at the same time for each of many askers; 0 is no limit. ``sentence`` is for who has no
    seat left."""

    def __init__(self, amount: int, sentence: str):
        self._amount = amount
        self._sentence = sentence
        self._taken: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._taken)

    def check(self, asker: str) -> None:
        """Raises ``LimitReached`` where all of the asker's seats are taken."""
        if self._amount and self._taken.get(asker, 0) >= self._amount:
            raise LimitReached(self._sentence)

    def take(self, asker: str) -> Callable[[], None]:
        """A seat; what it returns is to be called once, when the seat is free again."""
        self._taken[asker] = self._taken.get(asker, 0) + 1
        return lambda: self._leave(asker)

    def _leave(self, asker: str) -> None:
        left = self._taken[asker] - 1
        if left:
            self._taken[asker] = left
        else:
            del self._taken[asker]


def _keep(remembered: dict, most: int) -> None:
    if len(remembered) > most:
        del remembered[next(iter(remembered))]
