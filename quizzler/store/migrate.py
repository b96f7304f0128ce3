"""Brings a database up to this version: numbered SQL files, each in a transaction of its own, in order.

``migrations/0001_initial.sql`` and so on; what was applied is noted in ``schema_migrations``. An advisory lock keeps
two servers that start at once from doing it twice.
"""

from pathlib import Path

import psycopg2

from quizzler.errors import StartupError
from quizzler.store.pool import Database, Transaction, primary_message

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_316_492_001  # any number that nothing else in the database uses


def known() -> list[Path]:
    """The migrations of this version, in order."""
    return sorted(FOLDER.glob("[0-9]*.sql"))


async def migrate(database: Database) -> list[str]:
    """Returns the names of the files that were applied. Raises ``StartupError`` where one fails, where the database
    is newer than this version, or where its user may not do what is needed."""
    applied = []
    try:
        while (name := await _next(database)) is not None:
            applied.append(name)
    except psycopg2.Error as error:
        raise StartupError(f"The database cannot be prepared: {primary_message(error)}") from error
    return applied


async def _next(database: Database) -> str | None:
    async with database.transaction() as transaction:
        await transaction.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        await transaction.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz DEFAULT now())"
        )
        done = {row["name"] for row in await transaction.fetch("SELECT name FROM schema_migrations")}
        files = known()
        unknown = done - {path.name for path in files}
        if unknown:
            raise StartupError(f"The database is newer than this Quizzler: it has {max(unknown)}. Please upgrade")
        waiting = [path for path in files if path.name not in done]
        if not waiting:
            return None
        await _apply(transaction, waiting[0])
        return waiting[0].name


async def _apply(transaction: Transaction, path: Path) -> None:
    try:
        await transaction.execute(path.read_text(encoding="utf-8"))
    except psycopg2.Error as error:
        raise StartupError(f"The migration {path.name} cannot be applied: {primary_message(error)}") from error
    await transaction.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (path.name,))
