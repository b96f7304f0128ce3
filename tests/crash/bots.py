"""Whoever takes part, and stays in touch as the bundled client does: who loses the connection comes back at once, then
with growing pauses and jitter, for as long as the game goes on."""

import asyncio
import random
import time
from collections.abc import Callable

from tests.crash.ledger import Ledger
from tests.crash.server import Server
from tests.crash.wire import Absent, Closed, Wire

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
# Close codes after which the bundled client does not come back.
ENDED, REFUSED, TAKEN_OVER = 1000, (1003, 1008), 4001
RESTARTING = 1012


class Bot:
    """``play`` runs until the game is over for this person. ``here`` is set while they are in the room, and once they
    have left for good; ``returns`` is when they were let in, Unix seconds; ``absences`` how often nobody listened;
    ``delay`` is how many seconds each frame takes on the connections to come."""

    role = ""

    def __init__(self, name: str, server: Server, ledger: Ledger, rng: random.Random, hear: Callable[[dict], None]):
        self.name = name
        self.ledger = ledger
        self.rng = rng
        self.wire: Wire | None = None
        self.here = asyncio.Event()
        self.over = False
        self.delay = 0.0
        self.connection = 0
        self.returns: list[float] = []
        self.absences = 0
        self.complaints: list[str] = []
        self._server = server
        self._hear = hear

    async def play(self) -> None:
        attempt = 0
        while not self.over:
            warned = False
            self.connection += 1
            try:
                path = f"/realtime/ws/{self.role}/{self.room_code()}"
                self.wire = await Wire.connect(self._server.port, path, delay=self.delay, **self.introduction())
                while True:
                    message = await self.wire.hear()
                    attempt = 0 if message["type"] != "error" else attempt
                    warned = warned or message["type"] == "server_restarting"
                    self._hear(message)
                    self.act(message)
            except Closed as end:
                self.here.clear()
                self.absences += isinstance(end, Absent)
                self.closed(end, warned)
            if not self.over:
                await asyncio.sleep(self._pause(attempt))
                attempt += 1
        self.here.set()

    def room_code(self) -> str:
        raise NotImplementedError

    def introduction(self) -> dict[str, str]:
        """The query that says who this is."""
        raise NotImplementedError

    def act(self, message: dict) -> None:
        raise NotImplementedError

    def closed(self, end: Closed, warned: bool) -> None:
        if end.code == RESTARTING and not warned:
            self.complaints.append(f"{self.name} was not told of the restart")
        if end.code == TAKEN_OVER:
            self.complaints.append(f"{self.name} was taken for two people")
        self.over = self.over or end.code == ENDED

    def arrived(self) -> None:
        self.returns.append(time.time())
        self.here.set()

    def _pause(self, attempt: int) -> float:
        growing = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) if attempt else 0.0
        return growing * (0.5 + self.rng.random())
