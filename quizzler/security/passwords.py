"""Passwords: bcrypt, away from the loop, in a bounded pool of threads."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from quizzler.errors import Unavailable

T = TypeVar("T")

# bcrypt reads 72 bytes and no more: a longer password would be weaker than it looks.
MAX_BYTES = 72
DEFAULT_COST = 12
# Sign-ins that may wait for a thread; the last of them waits for about two minutes at the default cost.
MAX_WAITING = 500
# As nice(2) counts.
LOWEST_PRIORITY = 19


class Passwords:
    """``cost`` is bcrypt's: one more doubles the time, 12 takes about 0.3 s of a core."""

    def __init__(self, cost: int = DEFAULT_COST):
        self._cost = cost
        # One core stays for the loop: bcrypt lets go of the interpreter, but not of its core.
        self._threads = ThreadPoolExecutor(max((os.cpu_count() or 2) - 1, 1), "bcrypt", initializer=_give_way)
        self._waiting = 0
        # What a password is held against where there is no account, so that this takes as long: in the form of a
        # hash (salt, then 31 characters), but of no password that anyone knows.
        self._nobody = bcrypt.gensalt(cost) + b"." * 31

    async def hash(self, password: str) -> str:
        """At most 72 bytes. Raises ``Unavailable`` where too many wait already."""
        return (await self._run(bcrypt.hashpw, password.encode(), bcrypt.gensalt(self._cost))).decode()

    async def verify(self, password: str, hashed: str | None) -> bool:
        """``hashed`` is None where there is no such account: as slow, and false."""
        given = password.encode()
        right = await self._run(self._check, given[:MAX_BYTES], hashed.encode() if hashed else self._nobody)
        return right and hashed is not None and len(given) <= MAX_BYTES

    def is_outdated(self, hashed: str) -> bool:
        """Whether the hash has another cost than new ones have."""
        return _cost_of(hashed.encode()) != self._cost

    def _check(self, given: bytes, hashed: bytes) -> bool:
        """A wrong password takes as long where the hash is from times of a lower cost: that tells nobody either who
        has an account."""
        if bcrypt.checkpw(given, hashed):
            return True
        for _ in range(2 ** max(self._cost - _cost_of(hashed), 0) - 1):
            bcrypt.checkpw(given, hashed)
        return False

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., T], *arguments: bytes) -> T:
        if self._waiting >= MAX_WAITING:
            raise Unavailable("Too many people are signing in at the moment. Please try again shortly")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1


def _cost_of(hashed: bytes) -> int:
    """Of ``$2b$12$…``."""
    return int(hashed.split(b"$")[2])


def _give_way() -> None:
    """A crowd that signs in must not take the loop's turns on its core: on Linux a thread has a priority of its own."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
