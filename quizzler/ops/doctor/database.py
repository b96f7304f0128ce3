"""PostgreSQL: is it there, is it the right one, does it keep what it is given."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from quizzler.config import Settings
from quizzler.errors import DatabaseLate, StartupError
from quizzler.ops.doctor.finding import Finding, Level, reason
from quizzler.store.dsn import HostUnknown, TooOld
from quizzler.store.embedded import EmbeddedPostgres, forget_other_databases
from quizzler.store.inspection import Inspection, inspect

# Seconds between two clocks.
CLOCKS_APART = 2.0


def database(settings: Settings) -> Iterator[Finding]:
    """Nothing is started or made: of a private one that is not running it is only seen whether it could be."""
    try:
        if settings.database_url:
            found = inspect(settings.database_url)
        else:
            forget_other_databases()
            private = EmbeddedPostgres(settings.data_dir)
            if not _may_be_running(settings.data_dir / "lock") or not private.is_running():
                programs = private.tools.programs
                yield Finding(Level.WELL, "Database", f"It starts with the server, by the programs in {programs}")
                return
            found = inspect(private.url)
    except StartupError as error:
        yield Finding(Level.BROKEN, "Database", error.sentence, _how(error, settings))
    except PermissionError:
        what = f"Whether it is running cannot be seen: this user may not open {settings.data_dir / 'lock'}"
        yield Finding(Level.BROKEN, "Database", what, "Run this as the server's user, or as root")
    except OSError as error:
        what = f"The data folder {settings.data_dir} cannot be used: {reason(error)}"
        yield Finding(Level.BROKEN, "Database", what, "Correct DATA_DIR, or set DATABASE_URL")
    except psycopg2.Error as error:
        said = str(error).strip().partition("\n")[0]
        yield Finding(Level.BROKEN, "Database", f"It does not answer: {said}", "Give its user the right to read it")
    else:
        yield Finding(
            Level.WELL, "Database", f"PostgreSQL {found.version} answers and holds {found.size / 1e6:,.0f} MB"
        )
        yield from (_schema(found), _durable(found), _clock(found))


def _may_be_running(lock: Path) -> bool:
    """Whether there is a lock of a server that has been there. Raises ``OSError`` and ``StartupError`` where the server
    could not take it either."""
    try:
        os.close(os.open(lock, os.O_RDWR | os.O_CLOEXEC))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except IsADirectoryError:
        raise StartupError(f"{lock} is a folder, where the server needs a file of that name") from None
    return True


def _how(error: StartupError, settings: Settings) -> str:
    if isinstance(error, DatabaseLate):
        if settings.database_url:
            return "Start it, or correct DATABASE_URL"
        return f"Start the server again; {settings.data_dir / 'postgresql.log'} may say why"
    if isinstance(error, HostUnknown):
        return "Correct DATABASE_URL, or let this machine know that name"
    if isinstance(error, TooOld):
        return "Upgrade it, or name another one by DATABASE_URL"
    if settings.database_url:
        return "Correct DATABASE_URL, or what it asks for"
    return "Mend that, or set DATABASE_URL"


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
