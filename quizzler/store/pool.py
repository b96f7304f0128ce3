"""The way to PostgreSQL: a pool of aiopg connections that keeps going.

aiopg does what it says as long as nothing goes wrong. Where it does not when something does, the cure is here,
with the reason, and nothing else in the house knows about it.
"""

import asyncio
import contextlib
import os
import types
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, NamedTuple

import aiopg
import aiopg.connection
import psycopg2
import psycopg2.errors
import psycopg2.extensions

from quizzler.errors import NotFound, StartupError, Unavailable
from quizzler.store import dsn

Row = dict[str, Any]

# Seconds: to wait for a free connection, for one statement, for all connections to close.
ACQUIRE_TIMEOUT = 5.0
STATEMENT_TIMEOUT = 30.0
CLOSE_TIMEOUT = 5.0
# PostgreSQL's codes for a full disk, one that fails, too little memory, and a server that may only be read.
CANNOT_STORE = {"53000", "53100", "53200", "58000", "58030", "25006"}
# Seconds from one look for a database that is away to the next.
LOOK_EVERY = 5.0


class _Queries:
    """The three ways to ask. ``params`` are for the ``%s`` in ``sql``; uuids go in and come out as strings,
    times as aware datetimes, jsonb as Python values. Raises ``Unavailable`` where the database cannot be reached, and
    ``NotFound`` where a row would belong to one that is gone; what other constraints refuse reaches the caller as
    psycopg2's own error."""

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        names, rows, _ = await self._run(sql, params)
        return [dict(zip(names, row)) for row in rows]

    async def fetch_one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        rows = await self.fetch(sql, params)
        return rows[0] if rows else None

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """The number of rows that were touched."""
        _, _, count = await self._run(sql, params)
        return count

    async def _run(self, sql: str, params: Sequence[Any]) -> tuple[list[str], list[tuple], int]:
        raise NotImplementedError


class Usage(NamedTuple):
    """Connections of a pool: ``most`` that there may be, those in use (or being opened), those free; and how many wait
    for one."""

    most: int
    in_use: int
    free: int
    waiting: int


class Transaction(_Queries):
    """One connection, between BEGIN and COMMIT."""

    def __init__(self, connection: aiopg.Connection):
        self._connection = connection

    async def _run(self, sql: str, params: Sequence[Any]) -> tuple[list[str], list[tuple], int]:
        with _translated_errors():
            cursor = await self._connection.cursor(timeout=STATEMENT_TIMEOUT)
            try:
                await cursor.execute(sql, params or None)
                if cursor.description is None:
                    return [], [], cursor.rowcount
                rows = await cursor.fetchall()
                return [column.name for column in cursor.description], rows, cursor.rowcount
            finally:
                cursor.close()


class Database(_Queries):
    """Each statement on a connection of its own, or several in a ``transaction``.

    Never ask the database for anything while inside a transaction of your own: taking a second connection while
    holding one can deadlock the pool. Hand the transaction down instead; it answers the same calls.
    """

    def __init__(self, pool: "_Pool"):
        self._pool = pool

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._connection() as connection:
            transaction = Transaction(connection)
            await transaction.execute("BEGIN")
            try:
                yield transaction
                if connection.raw.get_transaction_status() == psycopg2.extensions.TRANSACTION_STATUS_INERROR:
                    # COMMIT would roll back here, and report success.
                    raise psycopg2.errors.InFailedSqlTransaction("an error inside the transaction was passed over")
            except BaseException:
                if not connection.closed:
                    await _roll_back(transaction, connection)
                raise
            await transaction.execute("COMMIT")

    async def ping(self) -> None:
        """Raises ``Unavailable`` where the database does not answer."""
        await self.execute("SELECT 1")

    @property
    def usage(self) -> Usage:
        pool = self._pool
        return Usage(pool.maxsize, pool.size - pool.freesize, pool.freesize, pool.waiting)

    async def close(self) -> None:
        self._pool.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pool.wait_closed(), CLOSE_TIMEOUT)

    async def _run(self, sql: str, params: Sequence[Any]) -> tuple[list[str], list[tuple], int]:
        async with self._connection() as connection:
            return await Transaction(connection)._run(sql, params)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiopg.Connection]:
        with _translated_errors():
            connection = await self._pool._acquire()
        try:
            yield connection
        finally:
            self._pool.release(connection)


async def connect(url: str, *, size: int = 10) -> Database:
    """A pool of at most ``size`` connections to the database that ``url`` names.

    Raises ``StartupError`` where it cannot be reached, or is older than PostgreSQL 13.
    """
    parameters = await asyncio.to_thread(dsn.reachable, url)
    pool = _Pool(
        psycopg2.extensions.make_dsn(**parameters),
        minsize=0,
        maxsize=size,
        # One slow connect holds up everyone who waits for a connection, so it must not last.
        timeout=ACQUIRE_TIMEOUT,
        enable_json=True,
        # hstore costs a query for each new connection.
        enable_hstore=False,
        # Without it uuids are strings, which is what the API speaks.
        enable_uuid=False,
        echo=False,
        on_connect=None,
        pool_recycle=-1,
    )
    pool.find = (lambda: dsn.reachable(url)) if dsn.may_move(url) else None
    return Database(pool)


class _Pool(aiopg.Pool):
    """Wakes the next who waits for a connection wherever aiopg forgets to; they would starve, and closing the pool
    would hang. And looks where the database is, where it was reached by a name and cannot be any more: a container that
    was made anew, or the other one of two servers, has another address."""

    find: Callable[[], dict[str, str]] | None = None
    _looking: asyncio.Task | None = None

    @property
    def waiting(self) -> int:
        """How many wait for a connection."""
        return len(self._cond._waiters)

    def release(self, connection: aiopg.Connection) -> "asyncio.Future[None]":
        done = super().release(connection)
        # A cancelled query closes its connection, and then aiopg tells nobody that its place is free.
        return asyncio.ensure_future(self._wakeup()) if connection.closed else done

    async def _acquire(self) -> aiopg.Connection:
        try:
            return await super()._acquire()
        except BaseException as error:
            # It may have been woken in the very moment it gave up: up to Python 3.12 that call is lost.
            asyncio.ensure_future(self._wakeup())
            if self.find is not None and isinstance(error, (TimeoutError, psycopg2.OperationalError)):
                self._looking = self._looking or asyncio.create_task(self._look(), name="look for the database")
            raise

    async def _look(self) -> None:
        with contextlib.suppress(StartupError):
            self._dsn = psycopg2.extensions.make_dsn(**await asyncio.to_thread(self.find))
        await asyncio.sleep(LOOK_EVERY)
        self._looking = None

    def terminate(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        super().terminate()


def _is_alive(readers: Sequence[int], *_: Any) -> tuple[Sequence[int], list, list]:
    """``select`` for aiopg, which only wants to know whether a descriptor is still open. The real one raises
    ``ValueError`` from descriptor 1024 on, and then any SQL error hangs until the statement's timeout."""
    for descriptor in readers:
        os.fstat(descriptor)
    return readers, [], []


aiopg.connection.select = types.SimpleNamespace(select=_is_alive)


@contextlib.contextmanager
def _translated_errors():
    try:
        yield
    except asyncio.CancelledError as error:
        # statement_timeout and pg_cancel_backend reach the caller as a cancellation that nobody asked for.
        if asyncio.current_task().cancelling():
            raise
        raise Unavailable("The database has given up on a query") from error
    except (TimeoutError, RuntimeError, psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise _refusal(error) or Unavailable("The database cannot be reached at the moment") from error
    except psycopg2.errors.ForeignKeyViolation as error:
        # Somebody's account can go in the middle of what they are doing.
        raise NotFound("What this belongs to was deleted in the meantime") from error
    except psycopg2.DatabaseError as error:
        # Without a code it is not PostgreSQL that speaks, but the connection that broke.
        if error.pgcode is None and not isinstance(error, psycopg2.ProgrammingError):
            raise Unavailable("The database cannot be reached at the moment") from error
        if refusal := _refusal(error):
            raise refusal from error
        raise


def _refusal(error: Exception) -> Unavailable | None:
    """Where PostgreSQL is there, and cannot do it until somebody mends it."""
    if getattr(error, "pgcode", None) in CANNOT_STORE:
        return Unavailable("The database cannot store anything at the moment", primary_message(error))
    return None


def primary_message(error: psycopg2.Error) -> str:
    """PostgreSQL's own sentence, without the lines below it: they quote statement and row."""
    return error.diag.message_primary or str(error).partition("\n")[0]


async def _roll_back(transaction: Transaction, connection: aiopg.Connection) -> None:
    try:
        await transaction.execute("ROLLBACK")
    except Unavailable:
        connection.close()
