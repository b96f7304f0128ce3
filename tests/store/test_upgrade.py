"""From an older PostgreSQL to the one that the package brings along, with everything that was stored; and what happens
when that is cut short. The older one is the distribution's: Debian 12 has 15, Debian 13 has 17."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from quizzler.errors import StartupError
from quizzler.store import binaries, kept, upgrade
from quizzler.store.contents import contents
from quizzler.store.embedded import EmbeddedPostgres
from tests import evening
from tests.processes import PATIENCE, ServerProcess, clean_environ

NEWEST = binaries.major_version(next(binaries._whole(binaries._candidates())), binaries.Account())
OLDER = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if int(path.parent.name) < NEWEST]
OLD = min(OLDER, default=Path("/nowhere/0/bin"), key=lambda path: int(path.parent.name))
FROM = OLD.parent.name
START = """
import sys
from pathlib import Path
from quizzler.store.embedded import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1])).start()
print("upgraded", flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(not OLDER, reason="there is no older PostgreSQL here to come from")


@pytest.fixture(scope="module")
def played(data_dir) -> tuple[Path, evening.Evening]:
    """A data folder of that older PostgreSQL in which an evening was played."""
    folder = data_dir / "older"
    server = ServerProcess("--data-dir", str(folder), QUIZZLER_PG_BIN=str(OLD), ADMIN_EMAILS=evening.ADMIN)
    try:
        return folder, asyncio.run(evening.play(server.url))
    finally:
        assert server.stop() == 0, server.errors()


@pytest.fixture
def old(played, folder) -> Path:
    """A copy of that folder, for this test alone."""
    subprocess.run(["cp", "-a", played[0], folder], check=True)
    return folder


@pytest.fixture(scope="module")
def before(played) -> dict[str, tuple]:
    """What is in it, as its own version reads it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QUIZZLER_PG_BIN", str(OLD))
        return stored(played[0])


def version(folder: Path) -> str:
    return (folder / "database" / "PG_VERSION").read_text().strip()


def stored(folder: Path) -> dict[str, tuple]:
    """All that is in the folder after a start."""
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        return contents(server.url)
    finally:
        server.stop()


def ask(server: EmbeddedPostgres, statement: str) -> None:
    with closing(psycopg2.connect(server.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


def test_everything_is_kept(old, before):
    tables = {name: rows for name, (rows, *digest) in before.items() if digest}
    empty = {name for name, rows in tables.items() if not rows}
    assert len(tables) >= 15 and empty <= {"public.server_alive", "public.past_attempts", "public.revoked_tokens"}
    assert stored(old) == before
    assert version(old) == str(NEWEST)
    assert (old / f"database.old-{FROM}" / "PG_VERSION").read_text() == f"{FROM}\n"
    assert not (old / "database.new").exists() and not (old / "database.ready").exists()


def test_server_goes_on_with_the_game_and_says_what_it_did(played, old):
    server = ServerProcess("--data-dir", str(old), ADMIN_EMAILS=evening.ADMIN)
    asyncio.run(evening.go_on(server.url, played[1]))
    assert server.stop() == 0
    assert f"is PostgreSQL {FROM}'s and is upgraded now" in server.errors()
    assert f"The data is PostgreSQL {NEWEST}'s now" in server.errors()
    assert str(old / f"database.old-{FROM}") in server.errors()
    again = ServerProcess("--data-dir", str(old))
    assert again.stop() == 0 and again.errors() == ""


def test_other_databases_and_roles_come_along(old, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setenv("QUIZZLER_PG_BIN", str(OLD))
        server = EmbeddedPostgres(old)
        server.start()
        ask(server, "CREATE ROLE reader LOGIN PASSWORD 'secret'; GRANT SELECT ON users TO reader")
        with closing(psycopg2.connect(server.url)) as connection:
            connection.autocommit = True
            connection.cursor().execute('CREATE DATABASE "of ours\'s" OWNER reader')
        server.stop()
    server = EmbeddedPostgres(old)
    server.start()
    try:
        reader = server.url.replace("quizzler@", "reader@")
        with closing(psycopg2.connect(reader)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM users")
            assert cursor.fetchone() == (3,)
        psycopg2.connect(reader, dbname="of ours's").close()
    finally:
        server.stop()


@pytest.mark.parametrize("sign", ["database.new.unfinished", "restored"])
def test_kill_9_in_the_middle(old, before, monkeypatch, sign):
    """The old data is untouched, and the next start does it again, to the end."""
    upgrading = subprocess.Popen(
        [sys.executable, "-c", START, old], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environ()
    )
    wait_for(old, sign)
    upgrading.send_signal(signal.SIGKILL)
    assert upgrading.communicate()[0] == b"", "it was quicker than the signal"
    assert not (old / f"database.old-{FROM}").exists()
    with monkeypatch.context() as patched:
        patched.setenv("QUIZZLER_PG_BIN", str(OLD))
        assert (stored(old), version(old)) == (before, FROM)
    assert (stored(old), version(old)) == (before, str(NEWEST))
    assert not list(old.glob("database.new*"))


def wait_for(folder: Path, sign: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not (has_tables(folder) if sign == "restored" else (folder / sign).exists()):
        assert time.monotonic() < deadline, f"{sign} never came"
        time.sleep(0.002)


def has_tables(folder: Path) -> bool:
    """Whether there is something in the copy already."""
    url = EmbeddedPostgres(folder).url.replace("port=5432", f"port={upgrade.NEW_PORT}")
    try:
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.users') IS NOT NULL")
            return cursor.fetchone()[0]
    except psycopg2.OperationalError:
        return False


def test_end_between_the_two_last_steps(old, before):
    """There is no ``database`` at that moment: it must not be made anew, and empty."""
    stored(old)
    (old / "database").rename(old / "database.ready")
    assert (stored(old), version(old)) == (before, str(NEWEST))
    assert not (old / "database.ready").exists()


def test_too_little_space_is_said_and_the_old_version_goes_on(old, before, caplog):
    with (old / "database" / "enormous").open("wb") as file:
        file.truncate(2**43)  # a hole: it takes no space itself
    assert (stored(old), version(old)) == (before, FROM)
    assert "GB must be free in" in caplog.text and f"Nothing was changed, PostgreSQL {FROM} goes on" in caplog.text


def test_data_that_the_newer_version_refuses_stays_where_it_is(folder, monkeypatch, caplog):
    """In the locale C only the letters of ASCII have two cases."""
    with monkeypatch.context() as patched:
        patched.setenv("QUIZZLER_PG_BIN", str(OLD))
        patched.setenv("LC_ALL", "C")
        server = EmbeddedPostgres(folder)
        server.start()
        ask(server, "CREATE TABLE genres (name text); CREATE UNIQUE INDEX genres_name ON genres (lower(name))")
        ask(server, "INSERT INTO genres VALUES ('Ère'), ('ère')")
        server.stop()
    assert stored(folder)["public.genres"][0] == 2 and version(folder) == FROM
    assert 'could not create unique index "genres_name"' in caplog.text
    assert not list(folder.glob("database.*"))


def test_old_data_goes_after_a_month(folder):
    old = folder / "database.old-15"
    old.mkdir(parents=True)
    month_ago = time.time() - upgrade.KEPT_DAYS * 86_400
    for age, is_there in ((60, True), (-60, False)):
        os.utime(old, times=(month_ago + age, month_ago + age))
        upgrade.settle(folder)
        assert old.exists() is is_there


class TestPrograms:
    """The wheel's, which pip replaces when the package is upgraded, are kept beside the data."""

    def test_are_kept_and_used_when_the_others_are_gone(self, folder, monkeypatch):
        server = EmbeddedPostgres(folder)
        server.start()
        ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        server.stop()
        [copy] = kept.programs(folder)
        assert copy.is_relative_to(folder)
        monkeypatch.setenv("QUIZZLER_PG_BIN", str(OLD))
        server.start()
        try:
            assert server.tools.programs == copy
            assert contents(server.url)["public.kept"][0] == 1
        finally:
            server.stop()

    def test_those_of_other_versions_go_when_no_data_needs_them(self, folder):
        server = EmbeddedPostgres(folder)
        server.start()
        server.stop()
        [copy] = kept.programs(folder)
        current = copy.parents[2]
        for name in ("15.3", f"{NEWEST}.0"):
            (folder / "postgresql" / name).mkdir()
        (folder / "database.old-15").mkdir()
        (folder / "database.old-15" / "PG_VERSION").write_text("15\n")
        server.start()
        server.stop()
        assert {path.name for path in (folder / "postgresql").iterdir()} == {"15.3", current.name}
        shutil.rmtree(folder / "database.old-15")
        server.start()
        server.stop()
        assert {path.name for path in (folder / "postgresql").iterdir()} == {current.name}

    def test_of_the_old_version_can_be_named(self, old, monkeypatch, data_dir):
        named = data_dir / "of-fifteen"
        named.symlink_to(OLD)
        monkeypatch.setenv("QUIZZLER_PG_BIN", str(next(binaries._candidates())))
        monkeypatch.setenv("QUIZZLER_PG_OLD_BIN", str(named))
        cluster = old / "database"
        choice = binaries.find(old, cluster, binaries.account(cluster))
        assert choice.programs == named and choice.newer is not None

    def test_of_no_old_version_are_asked_for(self, folder):
        (folder / "database").mkdir(parents=True)
        (folder / "database" / "PG_VERSION").write_text("14\n")
        with pytest.raises(StartupError, match=r"apt-get install postgresql-14\), or name .* QUIZZLER_PG_OLD_BIN"):
            EmbeddedPostgres(folder).start()
