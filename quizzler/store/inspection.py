"""What there is to know about a database from outside, for whoever looks after it. Changes nothing."""

import time
from contextlib import closing

import psycopg2
from msgspec import Struct

from quizzler.store import dsn
from quizzler.store.migrate import known


class Inspection(Struct, frozen=True):
    """``version`` is PostgreSQL's, such as ``18.1``; ``missing`` and ``later`` are names of migrations; ``clock`` is how
    many seconds the database's clock is ahead of this machine's."""

    version: str
    missing: list[str]
    later: list[str]
    is_durable: bool
    size: int
    clock: float


def inspect(url: str) -> Inspection:
    """Blocks. Raises ``StartupError`` where the database cannot be reached, and psycopg2's errors."""
    with closing(psycopg2.connect(**dsn.reachable(url))) as connection, connection, connection.cursor() as cursor:

        def ask(statement: str) -> tuple:
            cursor.execute(statement)
            return cursor.fetchone()

        before = time.time()
        (moment,) = ask("SELECT extract(epoch FROM clock_timestamp())::float8")
        clock = moment - (before + time.time()) / 2
        (has_schema,) = ask("SELECT to_regclass('schema_migrations') IS NOT NULL")
        (applied,) = ask("SELECT array_agg(name) FROM schema_migrations") if has_schema else ([],)
        names, done = [path.name for path in known()], applied or []
        return Inspection(
            version=ask("SHOW server_version")[0].split()[0],
            missing=[name for name in names if name not in done],
            later=sorted(set(done) - set(names)),
            is_durable=ask("SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off'")[0],
            size=ask("SELECT pg_database_size(current_database())")[0],
            clock=clock,
        )
