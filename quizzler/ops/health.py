"""How the server is, in the wire contract's shape."""

import psutil
from msgspec import Struct

from quizzler.config import Settings
from quizzler.rooms.journal import Journal
from quizzler.rooms.registry import Registry

_process = psutil.Process()
_process.cpu_percent()  # the first reading is 0: it starts the interval that the next one covers


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
    """``reasons`` says in sentences why ``healthy`` is false; ``cpu_percent`` is since the last report;
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


def report(settings: Settings, registry: Registry, journal: Journal) -> Report:
    reasons = []
    if journal.away:
        reasons.append("The database is away: games go on in memory")
    counts = registry.counts
    return Report(
        healthy=not reasons,
        reasons=reasons,
        active_rooms=len(registry),
        total_players=registry.player_count,
        memory_usage_mb=round(_process.memory_info().rss / 1_048_576, 1),
        cpu_percent=_process.cpu_percent(),
        metrics=Metrics(
            total_connections=counts.total_connections,
            messages_sent=counts.messages_sent,
            errors=counts.errors,
            questions_processed=counts.questions_processed,
            answers_processed=counts.answers_processed,
        ),
        limits=Limits(
            max_rooms=settings.max_rooms,
            max_players_per_room=settings.max_players_per_room,
            max_connections_per_ip=settings.max_connections_per_ip,
        ),
        journal_backlog=journal.backlog,
    )
