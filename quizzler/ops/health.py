"""How the server is, in the wire contract's shape."""

import time

import psutil
from msgspec import Struct

from quizzler.config import Settings
from quizzler.ops.lag import WINDOW_SECONDS, LoopLag
from quizzler.ops.probe import DatabaseProbe
from quizzler.rooms.journal import Journal
from quizzler.rooms.registry import Registry
from quizzler.store.pool import Database

# Seconds that the loop may be late until people feel it.
MOST_LAG = 0.5
MEGABYTE = 1_048_576
# The shortest time over which the use of the processor is measured.
CPU_SECONDS = 1.0


class Metrics(Struct):
    """Counted since the server started."""

    total_connections: int
    messages_sent: int
    errors: int
    questions_processed: int
    answers_processed: int


class Limits(Struct):
    """0 is no limit."""

    max_rooms: int
    max_players_per_room: int
    max_connections_per_ip: int


class Report(Struct):
    """``reasons`` says in sentences why ``healthy`` is false; ``cpu_percent`` is of one core, over a second or more;
    ``journal_backlog`` is the number of events that are not stored yet."""

    healthy: bool
    reasons: list[str]
    active_rooms: int
    total_players: int
    memory_usage_mb: float
    cpu_percent: float
    metrics: Metrics
    limits: Limits
    journal_backlog: int


class Health:
    """Watches from ``start`` to ``stop``."""

    def __init__(self, settings: Settings, registry: Registry, journal: Journal, database: Database):
        self.lag = LoopLag()
        self.probe = DatabaseProbe(database)
        self._settings = settings
        self._registry = registry
        self._journal = journal
        self._process = psutil.Process()
        self._cpu_percent = self._process.cpu_percent()  # 0: it starts the interval that the next reading covers
        self._cpu_read_at = time.monotonic()

    def start(self) -> None:
        self.lag.start()
        self.probe.start()

    async def stop(self) -> None:
        self.lag.stop()
        await self.probe.stop()

    @property
    def memory(self) -> int:
        """Bytes of this process that are in memory."""
        return self._process.memory_info().rss

    def reasons(self) -> list[str]:
        """Why the server is not well, in sentences; none where it is."""
        return [*self._database_reasons(), *self._own_reasons()]

    def reasons_to_wait(self) -> list[str]:
        """Why nobody should be sent here at the moment. Games are replayed before anything is answered at all."""
        stopping = ["The server is stopping"] if self._registry.stopping else []
        return stopping + self._database_reasons()

    def report(self) -> Report:
        reasons = self.reasons()
        counts = self._registry.counts
        return Report(
            healthy=not reasons,
            reasons=reasons,
            active_rooms=len(self._registry),
            total_players=self._registry.player_count,
            memory_usage_mb=round(self.memory / MEGABYTE, 1),
            cpu_percent=self._cpu(),
            metrics=Metrics(
                total_connections=counts.total_connections,
                messages_sent=counts.messages_sent,
                errors=counts.errors,
                questions_processed=counts.questions_processed,
                answers_processed=counts.answers_processed,
            ),
            limits=Limits(
                max_rooms=self._settings.max_rooms,
                max_players_per_room=self._settings.max_players_per_room,
                max_connections_per_ip=self._settings.max_connections_per_ip,
            ),
            journal_backlog=self._journal.backlog,
        )

    def _cpu(self) -> float:
        """Over an interval of milliseconds a reading says nothing: who asks twice in a moment hears the same."""
        now = time.monotonic()
        if now - self._cpu_read_at >= CPU_SECONDS:
            self._cpu_percent, self._cpu_read_at = self._process.cpu_percent(), now
        return self._cpu_percent

    def _database_reasons(self) -> list[str]:
        if self._journal.away:
            return ["The database is away: games go on in memory"]
        return ["The database is away"] if self.probe.away else []

    def _own_reasons(self) -> list[str]:
        reasons = []
        if (lag := self.lag.worst) > MOST_LAG:
            reasons.append(f"The server is late: by {lag:.1f} s at worst within the last {WINDOW_SECONDS:g} s")
        most, used = self._settings.max_memory_mb, self.memory / MEGABYTE
        if most and used > most:
            reasons.append(f"The server uses {used:.0f} MB of memory, more than the {most} MB of MAX_MEMORY_MB")
        return reasons
