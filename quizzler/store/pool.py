"""The way to PostgreSQL: a pool of aiopg connections that keeps going.

aiopg does what it says as long as nothing goes wrong. Where it does not when something does, the cure is here,
with the reason, and nothing else in the house knows about it.
"""

import asyncio
import contextlib
import ipaddress
import os
import socket
import types
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiopg
import aiopg.connection
import psycopg2
import psycopg2.extensions

from quizzler.errors import StartupError, Unavailable

Row = dict[str, Any]

# Seconds: to wait for a free connection, for one statement, for the first connection at start.
ACQUIRE_TIMEOUT = 5.0
STATEMENT_TIMEOUT = 30.0
CONNECT_TIMEOUT = 5

OLDEST_VERSION = 130000
# client_connection_check_interval came with PostgreSQL 14.
CHECKS_CLIENT_FROM = 140000


class _Queries:
    """The three ways to ask. ``params`` are for the ``%s`` in ``sql``; uuids go in and come out as strings,
    times as aware datetimes, jsonb as Python values. Raises ``Unavailable`` where the database cannot be reached;
    what a constraint refuses reaches the caller as psycopg2's own error."""

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
            except BaseException:
                if not connection.closed:
                    await _roll_back(transaction, connection)
                raise
            await transaction.execute("COMMIT")

    async def close(self) -> None:
        self._pool.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pool.wait_closed(), CONNECT_TIMEOUT)

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
    parameters = await asyncio.to_thread(_reachable, url)
    pool = await _Pool.from_pool_fill(
        psycopg2.extensions.make_dsn(**parameters),
        1,
        size,
        # One slow connect holds up everyone who waits for a connection, so it must not last.
        ACQUIRE_TIMEOUT,
        enable_json=True,
        # hstore costs a query for each new connection.
        enable_hstore=False,
        # Without it uuids are strings, which is what the API speaks.
        enable_uuid=False,
        echo=False,
        on_connect=None,
        pool_recycle=-1,
    )
    return Database(pool)


class _Pool(aiopg.Pool):
    """Wakes who waits for a connection also when the one that came back is closed.

    A cancelled query closes its connection; aiopg then tells nobody that its place is free, so that waiters
    starve and closing the pool hangs.
    """

    def release(self, connection: aiopg.Connection) -> Any:
        done = super().release(connection)
        if connection.closed:
            self._loop.create_task(self._wakeup()).add_done_callback(lambda task: task.exception())
        return done


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
        raise Unavailable("The database cannot be reached at the moment") from error
    except psycopg2.DatabaseError as error:
        # Without a code it is not PostgreSQL that speaks, but the connection that broke.
        if error.pgcode is None and not isinstance(error, psycopg2.ProgrammingError):
            raise Unavailable("The database cannot be reached at the moment") from error
        raise


async def _roll_back(transaction: Transaction, connection: aiopg.Connection) -> None:
    try:
        await transaction.execute("ROLLBACK")
    except Unavailable:
        connection.close()


def _reachable(url: str) -> dict[str, str]:
    """Connection parameters with which this database was reached just now, blocking."""
    try:
        given = psycopg2.extensions.parse_dsn(url)
    except psycopg2.ProgrammingError:
        raise StartupError("DATABASE_URL is not an address that PostgreSQL understands") from None
    failure: Exception | None = None
    for address in _addresses(given):
        parameters = {**given, **address}
        try:
            version = _version(parameters)
        except psycopg2.OperationalError as error:
            failure = error
            continue
        if version < OLDEST_VERSION:
            raise StartupError(f"PostgreSQL {version // 10000} is too old: Quizzler needs 13 or later")
        return {**parameters, "application_name": "quizzler", "options": _options(given, version)}
    where = f"{given.get('host', 'the local socket')}:{given.get('port', 5432)}"
    raise StartupError(f"The database at {where} cannot be reached: {_reason(failure)}")


def _addresses(given: dict[str, str]) -> list[dict[str, str]]:
    """libpq looks names up while it blocks the loop, and with several addresses it reports a failure only after
    the whole timeout: so names are resolved here, once. ``host`` stays, TLS verifies it."""
    host = given.get("host", "")
    if not host or host.startswith(("/", "@")) or "," in host or "hostaddr" in given:
        return [{}]
    with contextlib.suppress(ValueError):
        return [{"hostaddr": str(ipaddress.ip_address(host))}]
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise StartupError(f"The database's host {host} cannot be found: {error.strerror or error}") from None
    return [{"hostaddr": address} for address in dict.fromkeys(str(entry[4][0]) for entry in found)]


def _version(parameters: dict[str, str]) -> int:
    connection = psycopg2.connect(**{"connect_timeout": CONNECT_TIMEOUT, **parameters})
    try:
        return connection.server_version
    finally:
        connection.close()


def _options(given: dict[str, str], version: int) -> str:
    options = f"{given.get('options', '')} -c timezone=UTC"
    if version >= CHECKS_CLIENT_FROM:
        # Else the server goes on with a query whose client was cancelled and has gone.
        options += " -c client_connection_check_interval=500"
    return options.strip()


def _reason(failure: Exception | None) -> str:
    """libpq's last line, without the address it repeats."""
    lines = str(failure).strip().splitlines()
    return lines[-1].split("failed: ")[-1].removeprefix("FATAL:").strip() if lines else "no address"
