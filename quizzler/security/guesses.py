"""Who tries passwords has to wait, longer each time.

Counted are wrong passwords for an account from an address: the first ``FREE`` cost nothing, then each doubles the wait
until the next. An account that many addresses guess at is under siege: there an address has no free ones, and waits
as long as the whole siege has earned. The first password from an address is looked at all the same, so nobody keeps
the owner out from elsewhere.

An account is whatever text was given as one: those that do not exist are counted like those that do. After a while
without a wrong password all is forgotten; memory is bounded, and its oldest entries go first.
"""

import hashlib
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from quizzler.errors import LimitReached, Unavailable
from quizzler.security.addresses import network_of

# Wrong passwords without a wait: from one address, and from all together until an account is under siege.
FREE = 5
FREE_FROM_ALL = 50
# Passwords for an account from an address that may be looked at in the same moment: a class may share an account.
# Where there is a wait, it is one.
AT_ONCE = 30
# Seconds: the first wait, the longest, and after how many without a wrong password all is forgotten.
FIRST_WAIT = 1.0
LONGEST_WAIT = 900.0
FORGOTTEN_AFTER = 10_800.0
# Of pairs and of accounts each; some 10 MB when they are full.
MAX_ENTRIES = 20_000
# More doublings than ever count.
_MOST_DOUBLINGS = 30


class Guess:
    """A password that is being looked at. It counts as wrong where nobody says otherwise; None is for one that was not
    looked at."""

    was_right: bool | None = False


@dataclass
class _Tries:
    wrong: int = 0
    looking: int = 0
    last_wrong: float = -math.inf


class Guesses:
    """``clock`` is in seconds and never goes back."""

    def __init__(self, clock: Callable[[], float], *, max_entries: int = MAX_ENTRIES):
        self._clock = clock
        # Names and addresses are of any length, and nobody's business: their digests are enough.
        self._key = secrets.token_bytes(32)
        self._of_pairs = _Shelf(max_entries)
        self._of_accounts = _Shelf(max_entries)

    def __len__(self) -> int:
        return len(self._of_pairs) + len(self._of_accounts)

    @contextmanager
    def guess(self, account: str, address: str) -> Iterator[Guess]:
        """Around the look at one password. Raises ``LimitReached`` where it comes too early: then nothing is to be
        looked at. A look that ``Unavailable`` prevented is not counted."""
        pair_key, account_key = self._digest(account, network_of(address)), self._digest(account)
        own, everybodys = self._of_pairs.get(pair_key), self._of_accounts.get(account_key)
        self._forget_old(own)
        self._forget_old(everybodys)
        self._refuse_early(own, everybodys)
        guess = Guess()
        self._look(1, own, everybodys)
        self._of_pairs.keep(pair_key, own)
        self._of_accounts.keep(account_key, everybodys)
        try:
            yield guess
        except Unavailable:
            guess.was_right = None
            raise
        finally:
            self._look(-1, own, everybodys)
            if guess.was_right:
                # Whoever guesses elsewhere is no better for it.
                own.wrong = 0
            elif guess.was_right is False:
                self._add_wrong(own, everybodys)
            self._of_pairs.keep(pair_key, own)
            self._of_accounts.keep(account_key, everybodys)

    def _refuse_early(self, own: _Tries, everybodys: _Tries) -> None:
        waits = own.wrong >= FREE or everybodys.wrong >= FREE_FROM_ALL
        wait = max(doubled(own.wrong - FREE), doubled(everybodys.wrong - FREE_FROM_ALL)) if own.wrong else 0.0
        left = math.ceil(own.last_wrong + wait - self._clock()) if wait else 0
        if left > 0:
            raise LimitReached(f"Too many wrong passwords. Please try again in {in_words(left)}", left)
        if own.looking >= (1 if waits else AT_ONCE):
            raise LimitReached("This account is being signed in to already. Please try again in 1 second", 1)

    def _look(self, change: int, *tries: _Tries) -> None:
        for each in tries:
            each.looking += change

    def _add_wrong(self, *tries: _Tries) -> None:
        for each in tries:
            each.wrong += 1
            each.last_wrong = self._clock()

    def _forget_old(self, tries: _Tries) -> None:
        if self._clock() - tries.last_wrong >= FORGOTTEN_AFTER:
            tries.wrong = 0

    def _digest(self, *parts: str) -> bytes:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=16, key=self._key).digest()


class _Shelf:
    """What is known of each key, the latest last; without those of whom there is nothing to know."""

    def __init__(self, most: int):
        self._most = most
        self._tries: OrderedDict[bytes, _Tries] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tries)

    def get(self, key: bytes) -> _Tries:
        return self._tries.get(key) or _Tries()

    def keep(self, key: bytes, tries: _Tries) -> None:
        if not tries.wrong and not tries.looking:
            self._tries.pop(key, None)
            return
        self._tries[key] = tries
        self._tries.move_to_end(key)
        if len(self._tries) > self._most:
            self._tries.popitem(last=False)


def doubled(beyond: int) -> float:
    """Seconds to wait after so many wrong passwords more than are free."""
    return 0.0 if beyond < 0 else min(FIRST_WAIT * 2.0 ** min(beyond, _MOST_DOUBLINGS), LONGEST_WAIT)


def in_words(seconds: int) -> str:
    if seconds < 100:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
