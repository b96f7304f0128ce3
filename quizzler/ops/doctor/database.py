"""PostgreSQL: is it there, is it the right one, does it keep what it is given."""

from collections.abc import Iterator

import psycopg2

from quizzler.config import Settings
from quizzler.errors import StartupError
from quizzler.ops.doctor.finding import Finding, Level
from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.inspection import Inspection, inspect

# Seconds between two clocks.
CLOCKS_APART = 2.0


def database(settings: Settings) -> Iterator[Finding]:
    """Nothing is started or made: of a private one that is not running it is only seen whether it could be."""
    private = None if settings.database_url else EmbeddedPostgres(settings.data_dir)
    try:
        if private is not None and not private.is_running():
            programs = private.tools.programs
            yield Finding(Level.WELL, "Database", f"It starts with the server, by the programs in {programs}")
            return
        found = inspect(settings.database_url or private.url)
    except StartupError as error:
        how = "Start it, or correct DATABASE_URL" if settings.database_url else "Do what it says, or set DATABASE_URL"
        yield Finding(Level.BROKEN, "Database", error.sentence, how)
    except psycopg2.Error as error:
        reason = str(error).strip().partition("\n")[0]
        yield Finding(Level.BROKEN, "Database", f"It does not answer: {reason}", "Give its user the right to read it")
    else:
        yield Finding(
            Level.WELL, "Database", f"PostgreSQL {found.version} answers and holds {found.size / 1e6:,.0f} MB"
        )
        yield from (_schema(found), _durable(found), _clock(found))


def _schema(found: Inspection) -> Finding:
    if found.later:
        what = f"The schema is of a later version: it has {found.later[-1]}"
        how = "pip install -U quizzler, or take the database that belongs to this version"
        return Finding(Level.BROKEN, "Schema", what, how)
    if found.missing:
        what = f"The schema lacks {', '.join(found.missing)}"
        return Finding(Level.WEAK, "Schema", what, "quizzler migrate, or start the server again: it does the same")
    return Finding(Level.WELL, "Schema", "The schema is that of this version")


def _durable(found: Inspection) -> Finding:
    if found.is_durable:
        return Finding(Level.WELL, "Durability", "What is committed is on the disk")
    return Finding(
        Level.BROKEN,
        "Durability",
        "PostgreSQL says that answers are stored before they are on the disk",
        "ALTER SYSTEM SET fsync = on; ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf()",
    )


def _clock(found: Inspection) -> Finding:
    if abs(found.clock) <= CLOCKS_APART:
        return Finding(Level.WELL, "Database's clock", f"It differs from this machine's by {abs(found.clock):.2f} s")
    return Finding(
        Level.WEAK,
        "Database's clock",
        f"It differs from this machine's by {abs(found.clock):.1f} s: schedules of quizzes go by it",
        "Let a time service keep both machines' clocks right",
    )
