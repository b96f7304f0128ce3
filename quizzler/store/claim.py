"""One server at a time has a database: two would both replay its games, and spoil them for each other.

PostgreSQL keeps the claim, as an advisory lock of a session: it ends with the connection, however that ends. In a
database with several schemas each has its own.
"""

import asyncio
import contextlib
import logging
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import psycopg2.extensions

from quizzler.errors import DatabaseLate, Refused, Unavailable
from quizzler.store import dsn
from quizzler.store.pool import Database, connect
from quizzler.store.tasks import end

log = logging.getLogger(__name__)

# Seconds from one look whether the claim is still there to the next; for giving it back.
LOOK_EVERY = 1.0
RELEASE_TIMEOUT = 1.0
# Seconds that somebody who was just killed may still be seen.
LINGER = 2.0

# Any number that nothing else in the database uses.
_LOCK = 731_649_202
_SCHEMA = "hashtext(coalesce(current_schema(), ''))"
# Takes the claim where this session does not have it yet; another session of ours or another server may. The machine of
# whoever holds it may lose its power: PostgreSQL notices within eight seconds instead of two hours. (Through a unix
# socket nobody can be lost, and it ignores the settings.) The name tells who holds it.
_TAKE = f"""
    WITH holder AS (
        SELECT pid, activity.application_name
          FROM pg_locks LEFT JOIN pg_stat_activity AS activity USING (pid)
         WHERE locktype = 'advisory' AND classid = {_LOCK} AND objid = {_SCHEMA}::oid AND objsubid = 2 AND granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    SELECT CASE WHEN EXISTS (SELECT FROM holder WHERE pid = pg_backend_pid()) THEN true
                ELSE pg_try_advisory_lock({_LOCK}, {_SCHEMA}) END AS is_ours,
           (SELECT application_name FROM holder) AS holder,
           set_config('application_name', %s, false),
           set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '1', false),
           set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '8000', false)
"""


class Claim:
    """A server's, for its life. Where its connection breaks it is taken again as soon as the database is there; where
    somebody else was quicker that is logged as an error."""

    def __init__(self, database: Database, name: str):
        self._database = database
        self._name = name
        self._keeping: asyncio.Task | None = None

    @classmethod
    async def take(cls, url: str) -> "Claim":
        """Raises ``DatabaseLate`` while another server has it, ``StartupError`` where there is no database."""
        claim = cls(await connect(url, size=1), _name())
        try:
            is_ours, holder = await claim._take()
            if not is_ours:
                raise DatabaseLate(
                    f"Another Quizzler{_place(holder)} is running on this database, and there can be only one: "
                    "stop it, or give each its own with DATABASE_URL"
                )
        except Unavailable as error:
            await claim._database.close()
            raise DatabaseLate(error.sentence) from error
        except BaseException:
            await claim._database.close()
            raise
        claim._keeping = asyncio.create_task(claim._keep(), name="keep the claim on the database")
        return claim

    async def release(self) -> None:
        """At once, so that whoever waits for it need not wait until PostgreSQL has noticed that we are gone."""
        await end(self._keeping)
        with contextlib.suppress(TimeoutError, Unavailable):
            await asyncio.wait_for(self._database.execute("SELECT pg_advisory_unlock_all()"), RELEASE_TIMEOUT)
        await self._database.close()

    async def _take(self) -> tuple[bool, str | None]:
        """Whether it is this server's, and the name of the session that had it before."""
        row = await self._database.fetch_one(_TAKE, (self._name,))
        return row["is_ours"], row["holder"]

    async def _keep(self) -> None:
        is_lost = False
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                is_ours, holder = await self._take()
            except (Unavailable, psycopg2.Error):
                continue  # the journal and the health report say that the database is away
            # A session of ours that PostgreSQL has not yet given up is nobody else.
            somebody_has_it = not is_ours and holder != self._name
            if somebody_has_it and not is_lost:
                log.error("Another Quizzler%s has this database, too, and spoils its games: stop one", _place(holder))
            elif is_lost and is_ours:
                log.info("The database is this server's alone again")
            is_lost = somebody_has_it


@contextlib.contextmanager
def taken(url: str) -> Iterator[psycopg2.extensions.connection]:
    """For the command line: a connection that has the claim and commits by itself. Raises ``Refused`` where a server is
    running on the database, ``StartupError`` where there is none. Blocks."""
    with closing(psycopg2.connect(**dsn.reachable(url))) as connection:
        connection.autocommit = True
        give_up_at = time.monotonic() + LINGER
        while not _takes(connection):
            if time.monotonic() >= give_up_at:
                raise Refused("A Quizzler is running on this database: stop it first")
            time.sleep(0.1)
        yield connection


def _takes(connection: psycopg2.extensions.connection) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, (_name(),))
        return cursor.fetchone()[0]


def _name() -> str:
    """Of a session, no other's: the machine's name is for people. PostgreSQL keeps 63 characters of ASCII."""
    machine = socket.gethostname().encode("ascii", "replace").decode()
    return f"quizzler {secrets.token_hex(4)} {machine}"[:63]


def _place(holder: str | None) -> str:
    words = (holder or "").split(" ", 2)
    return f" on {words[2]}" if words[0] == "quizzler" and len(words) == 3 else ""
