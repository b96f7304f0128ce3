"""Nothing leaves before it is durable: the journal of all games of this process, with group commit.

Each event of a game goes in as an entry with the effects it had. One writer commits all entries that have
gathered in one statement; while that commit is under way the next group gathers. So a burst costs a few large
commits, and in a quiet room an entry waits for one small commit, some milliseconds. Effects leave in the order
of their entries once the commit that holds them is done.

While PostgreSQL is away, entries gather. For ``patience`` seconds their effects wait for its return. Then
the games go on in memory: effects leave marked as not durable, entries go on gathering up to ``MAX_BACKLOG``,
and when the database is back they are written in order.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec

from quizzler.errors import Unavailable
from quizzler.game.effects import Effect
from quizzler.game.events import Event
from quizzler.rooms.counts import Distribution
from quizzler.store import journal as store
from quizzler.store.pool import Database
from quizzler.store.tasks import end

log = logging.getLogger(__name__)

# Larger groups are no quicker, and what they need for a moment the process keeps: 12 MB with 19,500 players.
MAX_GROUP = 1_000
MAX_BACKLOG = 200_000
RETRY_SECONDS = 0.25
# Entries whose effects leave before other work of the loop gets its turn.
SLICE = 500
GROUP_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, MAX_GROUP)


class Recipient(Protocol):
    """A room, as the journal sees it."""

    game_id: str

    def deliver(self, entry: "Entry", durable: bool) -> None: ...


class Entry(msgspec.Struct, eq=False):
    """What happened at ``at`` (Unix seconds) in ``room`` as its ``seq``-th event, and what came of it.

    Without an ``event`` nothing is stored: such an entry only keeps its place in the order.
    ``arrival`` is for the room: a connection that listens from this entry on.
    """

    room: Recipient
    seq: int
    at: float
    event: Event | None
    effects: list[Effect]
    arrival: Callable[[], None] | None = None
    written: bool = False


class Journal:
    """``patience`` in seconds; ``on_change`` is called with False when the games begin to go on without the
    database, and with True when it is back and has everything."""

    def __init__(self, database: Database, patience: float):
        self.on_change: Callable[[bool], None] = lambda durable: None
        self._database = database
        self._patience = patience
        self._unwritten: deque[Entry] = deque()
        self._held: deque[Entry] = deque()
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._writer: asyncio.Task | None = None
        self._releasing = False
        self.away = False
        self.commit_seconds = Distribution()
        self.group_sizes = Distribution(GROUP_SIZES)

    def start(self) -> None:
        self._writer = asyncio.create_task(self._write(), name="journal")

    async def stop(self, timeout: float) -> None:
        """Writes what has gathered, for at most ``timeout`` seconds, then ends."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout)
        except TimeoutError:
            log.error("%d events of running games could not be stored", len(self._unwritten))
        if self._writer is not None:
            await end(self._writer)

    @property
    def backlog(self) -> int:
        """Events that are not in the database yet."""
        return len(self._unwritten)

    @property
    def full(self) -> bool:
        return len(self._unwritten) >= MAX_BACKLOG

    def append(self, entry: Entry) -> None:
        self._held.append(entry)
        if entry.event is not None:
            self._unwritten.append(entry)
            self._idle.clear()
            self._work.set()
        if self.away or len(self._held) == 1 and entry.event is None:
            self._release()

    async def _write(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._unwritten:
                group = [self._unwritten[i] for i in range(min(len(self._unwritten), MAX_GROUP))]
                await self._commit(group)
                for entry in group:
                    entry.written = True
                    self._unwritten.popleft()
                await self._release_in_slices()
            if self.away:
                self.away = False
                log.warning("The database is back and has everything that happened meanwhile")
                self.on_change(True)
            self._idle.set()

    async def _commit(self, group: list[Entry]) -> None:
        """Stores the group, however often that has to be tried."""
        rows = [(e.room.game_id, e.seq, e.at, e.event) for e in group]
        loop = asyncio.get_running_loop()
        patience = loop.call_later(self._patience, self._lose_patience)
        self.group_sizes.add(len(group))
        try:
            while True:
                began = loop.time()
                try:
                    await store.append(self._database, rows)
                    return self.commit_seconds.add(loop.time() - began)
                except Unavailable as error:
                    if not self.away:
                        log.warning("The journal cannot be written: %s", error.reason or error)
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            patience.cancel()

    def _lose_patience(self) -> None:
        if not self.away:
            self.away = True
            log.error("The database has been away for %g s: the games go on without it", self._patience)
            self.on_change(False)
            self._release()

    def _release(self, most: int | None = None) -> None:
        """Lets go what may leave, in order: what is written, and everything while the database is away."""
        if self._releasing:
            return  # a delivery led here: the loop below goes on with what it added, in its turn
        self._releasing = True
        try:
            while self._held and most != 0 and (self.away or self._may_leave(self._held[0])):
                entry = self._held.popleft()
                most = most - 1 if most else None
                self._deliver(entry)
        finally:
            self._releasing = False

    def _may_leave(self, entry: Entry) -> bool:
        return entry.written or entry.event is None

    def _deliver(self, entry: Entry) -> None:
        try:
            entry.room.deliver(entry, durable=entry.written or entry.event is None and not self.away)
        except Exception:
            log.exception("The effects of an event could not be delivered")

    async def _release_in_slices(self) -> None:
        while self._held and self._may_leave(self._held[0]):
            self._release(SLICE)
            await asyncio.sleep(0)
