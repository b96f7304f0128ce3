"""What there is to know about a database from outside, for whoever looks after it. Changes nothing."""

import time
from contextlib import closing
from typing import Any

import psycopg2
import psycopg2.extensions
from msgspec import Struct

from quizzler.store import dsn
from quizzler.store.migrate import known

_IS_DURABLE = "SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'"


class Inspection(Struct, frozen=True):
    """``version`` is PostgreSQL's, such as ``18.1``; ``missing`` and ``later`` are names of migrations; ``clock`` is
    how many seconds the database's clock is ahead of this machine's."""

    version: str
    missing: list[str]
    later: list[str]
    is_durable: bool
    size: int
    clock: float


def inspect(url: str) -> Inspection:
    """Blocks. Raises ``StartupError`` where the database cannot be reached, and psycopg2's errors."""
    with closing(psycopg2.connect(**dsn.reachable(url))) as connection, connection, connection.cursor() as cursor:
        before = time.time()
        moment = _ask(cursor, "SELECT extract(epoch FROM clock_timestamp())::float8")
        clock = moment - (before + time.time()) / 2
        has_schema = _ask(cursor, "SELECT to_regclass('schema_migrations') IS NOT NULL")
        done = _ask(cursor, "SELECT array_agg(name) FROM schema_migrations") or [] if has_schema else []
        names = [path.name for path in known()]
        return Inspection(
            version=_ask(cursor, "SHOW server_version").split()[0],
            missing=[name for name in names if name not in done],
            later=sorted(set(done) - set(names)),
            is_durable=_ask(cursor, _IS_DURABLE),
            size=_ask(cursor, "SELECT pg_database_size(current_database())"),
            clock=clock,
        )


def _ask(cursor: psycopg2.extensions.cursor, statement: str) -> Any:
    cursor.execute(statement)
    return cursor.fetchone()[0]
