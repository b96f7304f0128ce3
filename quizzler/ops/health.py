"""How the server is, in the wire contract's shape."""

import psutil

from quizzler.config import Settings
from quizzler.rooms.journal import Journal
from quizzler.rooms.registry import Registry

NO_LIMIT = 0

_process = psutil.Process()
_process.cpu_percent()  # the first reading is 0: it starts the interval that the next one covers


def report(settings: Settings, registry: Registry, journal: Journal) -> dict:
    """``reasons`` says in sentences why ``healthy`` is false; ``cpu_percent`` is since the last report."""
    reasons = []
    if journal.away:
        reasons.append("The database is away: games go on in memory")
    counts = registry.counts
    return {
        "healthy": not reasons,
        "reasons": reasons,
        "active_rooms": len(registry),
        "total_players": registry.player_count,
        "memory_usage_mb": round(_process.memory_info().rss / 1_048_576, 1),
        "cpu_percent": _process.cpu_percent(),
        "metrics": {
            "total_connections": counts.total_connections,
            "messages_sent": counts.messages_sent,
            "errors": counts.errors,
            "questions_processed": counts.questions_processed,
            "answers_processed": counts.answers_processed,
        },
        "limits": {
            "max_rooms": settings.max_rooms,
            "max_players_per_room": settings.max_players_per_room,
            "max_connections_per_ip": NO_LIMIT,
        },
        "journal_backlog": journal.backlog,
    }
