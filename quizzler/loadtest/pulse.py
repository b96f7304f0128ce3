"""How far one process is, and how busy: where a client has no time left, it is the client that was measured."""

import asyncio
import time

from msgspec import Struct

TICK = 0.1


class Pulse(Struct):
    """Counts so far. ``traffic`` is messages, both ways."""

    arrived: int = 0
    refused: int = 0
    acknowledged: int = 0
    traffic: int = 0


class Strain(Struct, frozen=True):
    """``busy`` is the share of the time in which messages were on their way that this process was working; ``late`` is
    by how many seconds its loop came late at worst."""

    busy: float
    late: float


class Meter:
    """Measures from its start on, beside everything else that the loop does."""

    def __init__(self, pulse: Pulse):
        self._pulse = pulse
        self._worked = self._lasted = self._late = 0.0
        self._task = asyncio.create_task(self._watch())

    def stop(self) -> Strain:
        self._task.cancel()
        return Strain(min(1.0, self._worked / self._lasted) if self._lasted else 0.0, self._late)

    async def _watch(self) -> None:
        while True:
            traffic, worked, began = self._pulse.traffic, time.process_time(), time.perf_counter()
            await asyncio.sleep(TICK)
            lasted = time.perf_counter() - began
            self._late = max(self._late, lasted - TICK)
            if self._pulse.traffic != traffic:
                self._worked += time.process_time() - worked
                self._lasted += lasted
