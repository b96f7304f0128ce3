"""The pool when things go wrong, on a real PostgreSQL."""

import asyncio
import contextlib
import os
import socket

import psycopg2.errors
import pytest
from psycopg2.extensions import parse_dsn

from quizzler.errors import Unavailable
from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.pool import ACQUIRE_TIMEOUT, Database, connect

PATIENCE = 10.0


async def soon(awaitable):
    """Fails the test where it hangs."""
    return await asyncio.wait_for(awaitable, PATIENCE)


async def test_values_come_back_as_they_went_in(database):
    row = await database.fetch_one(
        """SELECT gen_random_uuid() AS uuid, now() AS moment, '{"a": [1, "ü"]}'::jsonb AS body, NULL AS nothing"""
    )
    assert isinstance(row["uuid"], str) and len(row["uuid"]) == 36
    assert row["moment"].utcoffset().total_seconds() == 0
    assert (row["body"], row["nothing"]) == ({"a": [1, "ü"]}, None)
    assert await database.fetch_one("SELECT 1 AS one WHERE false") is None
    assert await database.fetch("SELECT generate_series(1, 3) AS n") == [{"n": 1}, {"n": 2}, {"n": 3}]


async def test_transaction_is_all_or_nothing(database):
    await database.execute("CREATE TABLE things (id integer PRIMARY KEY)")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        async with database.transaction() as transaction:
            await transaction.execute("INSERT INTO things VALUES (1)")
            await transaction.execute("INSERT INTO things VALUES (1)")
    assert await database.fetch("SELECT id FROM things") == []
    async with database.transaction() as transaction:
        assert await transaction.execute("INSERT INTO things VALUES (1), (2)") == 2
    assert len(await database.fetch("SELECT id FROM things")) == 2


async def test_error_passed_over_inside_a_transaction_does_not_end_in_silence(database):
    """COMMIT would roll back and report success."""
    await database.execute("CREATE TABLE things (id integer PRIMARY KEY)")
    with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
        async with database.transaction() as transaction:
            await transaction.execute("INSERT INTO things VALUES (1)")
            with contextlib.suppress(psycopg2.errors.UniqueViolation):
                await transaction.execute("INSERT INTO things VALUES (1)")
    assert await database.fetch("SELECT id FROM things") == []


async def test_sql_error_on_a_descriptor_past_1024(database_url):
    """A server with a thousand sockets: ``select`` cannot look at what comes behind them."""
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        database = await connect(database_url, size=1)
        await database.execute("CREATE TABLE things (id integer PRIMARY KEY)")
        await database.execute("INSERT INTO things VALUES (1)")
        with pytest.raises(psycopg2.errors.UniqueViolation):
            await soon(database.execute("INSERT INTO things VALUES (1)"))
        assert await soon(database.fetch("SELECT id FROM things")) == [{"id": 1}]
        await database.close()
    finally:
        for descriptor in held:
            os.close(descriptor)


async def test_cancelled_query_wakes_who_waits_for_its_connection(database_url):
    database = await connect(database_url, size=1)
    slow = asyncio.create_task(database.fetch("SELECT pg_sleep(60)"))
    await until_running(database_url, "pg_sleep(60)")
    waiting = [asyncio.create_task(database.fetch("SELECT 1 AS one")) for _ in range(3)]
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await soon(slow)
    for task in waiting:
        assert await soon(task) == [{"one": 1}]
    await soon(database.close())


@pytest.mark.parametrize("steps", range(5))
async def test_cancelled_waiter_passes_its_turn_on(database_url, steps):
    """Whichever of the loop's steps it is cancelled at, after the connection came back."""
    database = await connect(database_url, size=1)
    async with database.transaction():
        first, second = [asyncio.create_task(database.fetch("SELECT 1 AS one")) for _ in range(2)]
        await until_waiting(database, 2)
    for _ in range(steps):
        await asyncio.sleep(0)
    first.cancel()
    assert await asyncio.wait_for(second, ACQUIRE_TIMEOUT / 2) == [{"one": 1}]
    await soon(database.close())


async def test_server_ends_a_query_that_was_cancelled(database, database_url):
    task = asyncio.create_task(database.fetch("SELECT pg_sleep(61)"))
    await until_running(database_url, "pg_sleep(61)")
    task.cancel()
    await until_running(database_url, "pg_sleep(61)", count=0)


async def test_statement_timeout_is_no_cancellation(database):
    with pytest.raises(Unavailable):
        async with database.transaction() as transaction:
            await transaction.execute("SET LOCAL statement_timeout = 20")
            await soon(transaction.fetch("SELECT pg_sleep(60)"))
    assert await soon(database.fetch("SELECT 1 AS one")) == [{"one": 1}]


async def test_killed_connection_is_replaced(database, database_url):
    task = asyncio.create_task(database.fetch("SELECT pg_sleep(62)"))
    await until_running(database_url, "pg_sleep(62)")
    other = await connect(database_url, size=1)
    await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(62)'")
    with pytest.raises(Unavailable):
        await soon(task)
    assert await soon(database.fetch("SELECT 1 AS one")) == [{"one": 1}]
    await other.close()


async def test_pool_heals_when_the_database_is_back(data_dir):
    server = EmbeddedPostgres(data_dir / "away")
    server.start()
    database = await connect(server.url, size=2)
    server.stop()
    for _ in range(3):
        with pytest.raises(Unavailable):
            await soon(database.fetch("SELECT 1 AS one"))
    server.start()
    assert await soon(database.fetch("SELECT 1 AS one")) == [{"one": 1}]
    await database.close()
    server.stop()


async def test_database_that_has_moved_is_found(postgres, template, monkeypatch):
    """Its name leads to another address from then on, as that of a container does that was made anew."""
    at = {"here": "127.0.0.2"}
    real = socket.getaddrinfo

    def look_up(host, *rest, **more):
        return real(at["here"] if host == "database.test" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    folder = parse_dsn(postgres.url)["host"]
    before = await Forwarder.at("127.0.0.2", f"{folder}/.s.PGSQL.5432")
    database = await connect(f"postgresql://quizzler@database.test:{before.port}/{template}", size=2)
    assert await database.fetch("SELECT 1 AS one") == [{"one": 1}]
    await before.close()
    at["here"] = "127.0.0.3"
    after = await Forwarder.at("127.0.0.3", f"{folder}/.s.PGSQL.5432", before.port)

    async def found() -> None:
        while True:
            with contextlib.suppress(Unavailable):
                return await database.execute("SELECT 1")
            await asyncio.sleep(0.05)

    await soon(found())
    await database.close()
    await after.close()


class Forwarder:
    """A port at an address of this machine that leads to PostgreSQL's socket in the file system."""

    def __init__(self, path: str):
        self._path = path
        self._writers: list[asyncio.StreamWriter] = []

    @classmethod
    async def at(cls, address: str, path: str, port: int = 0) -> "Forwarder":
        forwarder = cls(path)
        forwarder._server = await asyncio.start_server(forwarder._connected, address, port)
        forwarder.port = forwarder._server.sockets[0].getsockname()[1]
        return forwarder

    async def close(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._path)
        self._writers += [writer, back]
        await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer), return_exceptions=True)

    @staticmethod
    async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()


async def until_waiting(database: Database, count: int) -> None:
    """Waits until so many tasks wait for a connection."""

    async def reached() -> None:
        while len(database._pool._cond._waiters) < count:
            await asyncio.sleep(0)

    await soon(reached())


async def until_running(url: str, query: str, count: int = 1) -> None:
    """Waits until so many connections run a query that says this."""
    database = await connect(url, size=1)
    sql = (
        "SELECT count(*) AS n FROM pg_stat_activity "
        "WHERE state = 'active' AND query LIKE %s AND pid <> pg_backend_pid()"
    )

    async def reached() -> None:
        while (await database.fetch_one(sql, (f"SELECT {query}%",)))["n"] != count:
            await asyncio.sleep(0.02)

    await soon(reached())
    await database.close()
