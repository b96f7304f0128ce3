"""One server at a time has a database, however it ended."""

import asyncio
import logging
import signal
import socket
import subprocess
import threading
from contextlib import closing

import psycopg2
import pytest
from tornado.testing import bind_unused_port

from quizzler.errors import DatabaseLate, Refused
from quizzler.store import binaries, claim
from quizzler.store.claim import Claim
from quizzler.store.cluster import child_of_ours
from quizzler.store.embedded import EmbeddedPostgres

PATIENCE = 30.0
_HOLDER = """
    SELECT pid FROM pg_locks JOIN pg_database ON database = pg_database.oid
     WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""


@pytest.fixture
def asked(database_url):
    """Asks on a connection that has nothing to do with it."""
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True

        def ask(statement: str, *values) -> list[tuple]:
            cursor.execute(statement, values)
            return cursor.fetchall()

        yield ask


async def until(condition) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.02)


async def test_one_server_at_a_time(database_url):
    first = await Claim.take(database_url)
    with pytest.raises(DatabaseLate, match=f"Another Quizzler on {socket.gethostname()} is running on this database"):
        await Claim.take(database_url)
    with pytest.raises(Refused, match="A Quizzler is running on this database: stop it first"):
        with claim.taken(database_url):
            pass
    await first.release()
    with claim.taken(database_url):
        with pytest.raises(DatabaseLate):
            await Claim.take(database_url)
    await (await Claim.take(database_url)).release()


async def test_command_line_waits_for_one_that_is_just_ending(database_url, asked):
    held = await Claim.take(database_url)

    def take() -> list[tuple]:
        with claim.taken(database_url):
            return asked(_HOLDER)

    taking = asyncio.create_task(asyncio.to_thread(take))
    named = "application_name ~ '^quizzler [0-9a-f]{8} '"
    sessions = f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {named}"
    await until(lambda: asked(sessions) == [(2,)])
    await held.release()
    assert len(await taking) == 1


async def test_each_schema_has_its_own(database_url, asked):
    asked("CREATE SCHEMA a CREATE TABLE x (); CREATE SCHEMA b; SELECT 1")
    one, other = [await Claim.take(f"{database_url}&options=-csearch_path%3D{name}") for name in "ab"]
    await one.release()
    await other.release()


async def test_connection_that_broke_is_replaced(database_url, asked):
    held = await Claim.take(database_url)
    [(before,)] = asked(_HOLDER)
    asked("SELECT pg_terminate_backend(%s)", before)
    await until(lambda: asked(_HOLDER) not in ([], [(before,)]))
    with pytest.raises(DatabaseLate):
        await Claim.take(database_url)
    await held.release()
    assert asked(_HOLDER) == []


async def test_somebody_who_was_quicker_is_an_error(database_url, asked, caplog):
    """A session of our own, which PostgreSQL has not given up yet, is none."""
    caplog.set_level(logging.INFO, claim.__name__)
    held = await Claim.take(database_url)
    [(before,)] = asked(_HOLDER)
    [(name,)] = asked("SELECT application_name FROM pg_stat_activity WHERE pid = %s", before)
    with closing(psycopg2.connect(database_url, application_name=name)) as quicker:
        quicker.autocommit = True
        cursor = quicker.cursor()
        waiting = threading.Thread(
            target=cursor.execute, args=(f"SELECT pg_advisory_lock({claim._LOCK}, {claim._SCHEMA})",)
        )
        waiting.start()
        await until(lambda: asked("SELECT 1 FROM pg_locks WHERE NOT granted"))
        asked("SELECT pg_terminate_backend(%s)", before)
        waiting.join(PATIENCE)
        # It has come back, and has looked.
        looked = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND pid NOT IN (%s, %s) AND state = 'idle'"
        await until(lambda: asked(looked, name, before, quicker.info.backend_pid))
        cursor.execute("SET application_name = 'quizzler 00000000 elsewhere'")
        await until(lambda: caplog.records)
        assert [each.levelname for each in caplog.records] == ["ERROR"]
        assert "Another Quizzler on elsewhere has this database, too" in caplog.text
    await until(lambda: "alone again" in caplog.text)
    assert len(caplog.records) == 2
    await held.release()


async def test_machine_that_lost_its_power_is_noticed(folder):
    """Over TCP: a unix socket has no such settings."""
    private = EmbeddedPostgres(folder)
    private.start()
    programs, runs_as = private.tools.programs, binaries.account(folder / "database")
    private.stop()
    listening, port = bind_unused_port()
    listening.close()
    command = [programs / "postgres", "-D", folder / "database", "--listen_addresses=127.0.0.1", f"--port={port}"]
    command += [f"--unix_socket_directories={folder / 'socket'}"]
    postgres = subprocess.Popen(command, stderr=subprocess.DEVNULL, **child_of_ours(runs_as))
    try:
        url = f"postgresql://quizzler@127.0.0.1:{port}/postgres"
        held = None
        async with asyncio.timeout(PATIENCE):
            while held is None:
                try:
                    held = await Claim.take(url)
                except DatabaseLate:
                    await asyncio.sleep(0.05)
        names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
        found = [(await held._database.fetch_one(f"SHOW {name}"))[name] for name in names]
        assert found == ["5", "1", "3", "8000"]
        await held.release()
    finally:
        postgres.send_signal(signal.SIGINT)
        postgres.wait(PATIENCE)
