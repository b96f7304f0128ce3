"""``quizzler backup`` and ``restore``: what comes back is what was there, all of it or nothing."""

import asyncio
import re
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from quizzler.store import backup, tools
from quizzler.store.contents import contents
from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.migrate import known
from tests import evening
from tests.conftest import administer, database_url_of
from tests.processes import ServerProcess, clean_environ, run_quizzler

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
# It is written every second while a game is running.
ALIVE = "public.server_alive"


@pytest.fixture(scope="module")
def played(data_dir) -> tuple[Path, evening.Evening, dict[str, tuple]]:
    """A backup that was made while an evening went on, and what was in the database."""
    folder, file = data_dir / "played", data_dir / "played.backup"
    server = ServerProcess("--data-dir", str(folder), ADMIN_EMAILS=evening.ADMIN)
    try:
        known = asyncio.run(evening.play(server.url))
        done = run_quizzler("backup", str(file), "--data-dir", str(folder))
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert done.stdout == f"Everything is in {file}. To have it back: quizzler restore {file}\n"
        before = contents(EmbeddedPostgres(folder).url)
    finally:
        assert server.stop() == 0
    return file, known, before


@pytest.fixture
def empty(postgres, folder):
    """The address of a database with nothing in it."""
    name = folder.name.replace("-", "_")
    administer(postgres, f"CREATE DATABASE {name}")
    yield database_url_of(postgres, name)
    administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def but_alive(found: dict[str, tuple]) -> dict[str, tuple]:
    return {name: value for name, value in found.items() if name != ALIVE}


def one_sentence(done: subprocess.CompletedProcess) -> str:
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    [line] = done.stderr.splitlines()
    assert line.startswith("quizzler: ")
    return line


def ask(url: str, statement: str):
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


class TestRoundTrip:
    def test_everything_is_back_and_the_game_goes_on(self, played, folder):
        file, known, before = played
        assert sum(len(value) == 2 for value in before.values()) >= 15
        assert before["public.journal"][0] > 0 and before["triggers in public"] == (6,)
        done = run_quizzler("restore", str(file), "--data-dir", str(folder))
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"Everything that was in {file} is back.\n"
        postgres = EmbeddedPostgres(folder)
        postgres.start()
        try:
            assert but_alive(contents(postgres.url)) == but_alive(before)
        finally:
            postgres.stop()
        server = ServerProcess("--data-dir", str(folder), ADMIN_EMAILS=evening.ADMIN)
        asyncio.run(evening.go_on(server.url, known))
        assert server.stop() == 0 and "Traceback" not in server.errors()

    def test_into_a_database_of_the_setting_and_out_of_it(self, played, empty, tmp_path):
        file, _, before = played
        assert run_quizzler("restore", str(file), DATABASE_URL=empty).returncode == 0
        again = tmp_path / "again.backup"
        with again.open("wb") as output:
            command = [sys.executable, "-m", "quizzler", "backup", "-"]
            environ = {**clean_environ(), "DATABASE_URL": empty}
            assert subprocess.run(command, stdout=output, env=environ, cwd="/").returncode == 0
        ask(empty, "DELETE FROM game_answers; DROP TABLE genres; CREATE TABLE of_later (x int)")
        done = run_quizzler("restore", "--force", str(again), DATABASE_URL=empty)
        assert done.returncode == 0, done.stderr
        assert but_alive(contents(empty)) == but_alive(before)

    @pytest.mark.skipif(not DEBIAN, reason="there is no other PostgreSQL here")
    def test_into_an_older_postgresql(self, played, folder, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setenv("QUIZZLER_PG_BIN", str(DEBIAN[0]))
            older = EmbeddedPostgres(folder)
            older.start()
        try:
            done = run_quizzler("restore", str(played[0]), DATABASE_URL=older.url)
            assert done.returncode == 0, done.stderr
            assert but_alive(contents(older.url)) == but_alive(played[2])
        finally:
            older.stop()

    def test_backup_of_an_earlier_version_is_brought_up_to_this_one(self, empty, tmp_path):
        file = tmp_path / "early.backup"
        first = known()[0]
        ask(empty, "CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz DEFAULT now())")
        ask(empty, f"{first.read_text()}; INSERT INTO schema_migrations (name) VALUES ('{first.name}')")
        ask(empty, "INSERT INTO users (email, name, password_hash) VALUES ('ann@example.org', 'Ann', '')")
        with file.open("wb") as written:
            backup.back_up(empty, tools.for_server(empty), written)
        done = run_quizzler("restore", "--force", str(file), DATABASE_URL=empty)
        assert done.returncode == 0 and "It was of an earlier version; applied: 0002_attempts.sql" in done.stdout
        assert ask(empty, "SELECT count(*) FROM schema_migrations") == (len(known()),)
        assert ask(empty, "SELECT name FROM users") == ("Ann",)


class TestBackupFile:
    def test_is_its_owners_alone_and_has_its_name_when_it_is_whole(self, played):
        assert stat.S_IMODE(played[0].stat().st_mode) == 0o600
        assert list(played[0].parent.glob(".*")) == []

    def test_is_never_overwritten_unless_asked_to(self, database_url, tmp_path):
        file = tmp_path / "quiz.backup"
        file.write_text("precious")
        assert "is there already: choose another name, or --force" in one_sentence(
            run_quizzler("backup", str(file), DATABASE_URL=database_url)
        )
        assert file.read_text() == "precious"
        assert run_quizzler("backup", "--force", str(file), DATABASE_URL=database_url).returncode == 0
        assert file.read_bytes().startswith(b"PGDMP") and list(tmp_path.iterdir()) == [file]

    def test_that_failed_leaves_nothing(self, tmp_path):
        done = run_quizzler("backup", str(tmp_path / "quiz.backup"), DATABASE_URL="postgresql://a@127.0.0.1:1/b")
        assert "cannot be reached" in one_sentence(done)
        assert list(tmp_path.iterdir()) == []

    def test_where_nothing_can_be_written(self, database_url):
        assert "cannot be written" in one_sentence(run_quizzler("backup", "/nowhere/b", DATABASE_URL=database_url))

    @pytest.mark.skipif(not DEBIAN, reason="there is no other PostgreSQL here")
    def test_program_that_is_older_than_the_server(self, database_url, tmp_path):
        done = run_quizzler("backup", str(tmp_path / "b"), DATABASE_URL=database_url, QUIZZLER_PG_BIN=str(DEBIAN[0]))
        assert re.search(r"this machine has no pg_dump of \d+ or later: apt-get install", one_sentence(done))

    def test_password_is_not_among_the_arguments(self):
        here, environ = tools.connection("postgresql://ann:hunter2@db/quiz")
        assert "hunter2" not in here and environ == {"PGPASSWORD": "hunter2"}


class TestRefusals:
    def test_database_with_data_unless_asked_to(self, played, database_url):
        ask(database_url, "INSERT INTO users (email, name, password_hash) VALUES ('eve@example.org', 'Eve', '')")
        done = run_quizzler("restore", str(played[0]), DATABASE_URL=database_url)
        assert "holds accounts, quizzes or games: with --force the backup replaces them" in one_sentence(done)
        assert ask(database_url, "SELECT count(*) FROM users") == (1,)

    def test_what_came_with_the_package_is_no_data(self, played, database_url, server_process):
        server_process().stop()
        assert run_quizzler("restore", str(played[0]), DATABASE_URL=database_url).returncode == 0

    def test_file_that_was_cut_off_changes_nothing(self, played, database_url, tmp_path):
        ask(database_url, "INSERT INTO users (email, name, password_hash) VALUES ('eve@example.org', 'Eve', '')")
        before = contents(database_url)
        whole = played[0].read_bytes()
        cut = tmp_path / "cut.backup"
        cut.write_bytes(whole[: len(whole) * 2 // 3])  # behind it is what the head has, too
        done = run_quizzler("restore", "--force", str(cut), DATABASE_URL=database_url)
        assert "pg_restore failed" in one_sentence(done)
        assert contents(database_url) == before

    def test_file_that_is_something_else(self, database_url, tmp_path):
        file = tmp_path / "letter.txt"
        file.write_text("Dear Quizzler,\n")
        done = run_quizzler("restore", str(file), DATABASE_URL=database_url)
        assert "no backup that can be read" in one_sentence(done)
        done = run_quizzler("restore", str(tmp_path / "nothing"), DATABASE_URL=database_url)
        assert "cannot be read: No such file" in one_sentence(done)

    def test_backup_of_another_programs_database(self, database_url, empty, tmp_path):
        file = tmp_path / "other.backup"
        ask(empty, "CREATE TABLE users (id int)")
        with file.open("wb") as written:
            backup.back_up(empty, tools.for_server(empty), written)
        done = run_quizzler("restore", str(file), DATABASE_URL=database_url)
        assert "no backup of Quizzler's" in one_sentence(done)

    def test_database_of_another_program(self, played, empty):
        ask(empty, "CREATE TABLE orders (id int)")
        done = run_quizzler("restore", "--force", str(played[0]), DATABASE_URL=empty)
        assert "holds another program's tables" in one_sentence(done)
        assert ask(empty, "SELECT count(*) FROM orders") == (0,)

    def test_backup_of_a_later_version(self, database_url, tmp_path):
        file = tmp_path / "later.backup"
        ask(database_url, "INSERT INTO schema_migrations (name) VALUES ('9999_holograms.sql')")
        with file.open("wb") as written:
            backup.back_up(database_url, tools.for_server(database_url), written)
        done = run_quizzler("restore", "--force", str(file), DATABASE_URL=database_url)
        assert "of a later version of Quizzler: it has 9999_holograms.sql" in one_sentence(done)

    def test_while_a_server_is_running(self, played, folder, server_process, database_url):
        server = server_process()
        done = run_quizzler("restore", "--force", str(played[0]), DATABASE_URL=database_url)
        assert "A Quizzler is running on this database: stop it first" in one_sentence(done)
        server.stop()
        private = EmbeddedPostgres(folder)
        private.start()
        try:
            done = run_quizzler("restore", "--force", str(played[0]), "--data-dir", str(folder))
            assert "already running on the data folder" in one_sentence(done)
        finally:
            private.stop()
