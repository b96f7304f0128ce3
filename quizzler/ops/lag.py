"""How late the loop is: what anyone waits for longer than it takes."""

import asyncio
from collections import deque

from quizzler.rooms.counts import Distribution

PROBE_SECONDS = 0.05
WINDOW_SECONDS = 10.0


class LoopLag:
    """Asks to be called every ``PROBE_SECONDS`` and notes how much later it is called (seconds)."""

    def __init__(self) -> None:
        self.seen = Distribution()
        self._worst: deque[tuple[float, float]] = deque()
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._arm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def worst(self) -> float:
        """Of the last ``WINDOW_SECONDS``, the present moment included."""
        if self._timer is None:
            return 0.0
        now = self._loop.time()
        self._forget(now)
        return max(now - self._due, self._worst[0][1] if self._worst else 0.0, 0.0)

    def _arm(self) -> None:
        self._due = self._loop.time() + PROBE_SECONDS
        self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        late = max(0.0, now - self._due)
        self.seen.add(late)
        # Falling from left to right: whatever a later and larger one stands behind cannot become the worst any more.
        while self._worst and self._worst[-1][1] <= late:
            self._worst.pop()
        self._worst.append((now, late))
        self._forget(now)
        self._arm()

    def _forget(self, now: float) -> None:
        while self._worst and self._worst[0][0] < now - WINDOW_SECONDS:
            self._worst.popleft()
