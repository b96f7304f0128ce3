"""``quizzler backup`` and ``restore``: what comes back is what was there, all of it or nothing."""

import asyncio
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
from tests.cli.calls import ask, one_sentence
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


def but_alive(found: dict[str, tuple]) -> dict[str, tuple]:
    return {name: value for name, value in found.items() if name != ALIVE}


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
        ask(empty, "DELETE FROM game_answers; DROP TABLE genres")
        command = [sys.executable, "-m", "quizzler", "restore", "--force", "-"]
        done = subprocess.run(command, input=again.read_bytes(), env=environ, cwd="/", capture_output=True)
        assert (done.returncode, done.stdout) == (0, b"Everything that was in the backup is back.\n"), done.stderr
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
        assert "The file is no backup of Quizzler's" in one_sentence(done)
        file.write_bytes(b"PGDMP, and then something else")
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

    @pytest.mark.parametrize("force", [[], ["--force"]])
    def test_database_that_is_shared_with_another_program(self, played, database_url, force):
        """Quizzler's tables are there, too, whichever was first."""
        ask(database_url, "CREATE TABLE invoices (id int); CREATE VIEW paid AS SELECT * FROM invoices")
        done = run_quizzler("restore", *force, str(played[0]), DATABASE_URL=database_url)
        assert "what another program has made (table invoices, view paid): take one that is" in one_sentence(done)
        assert ask(database_url, "SELECT count(*) FROM paid") == (0,)

    def test_what_another_program_has_made_of_ours(self, played, database_url):
        ask(database_url, "CREATE SCHEMA reports; CREATE VIEW reports.monthly AS SELECT title FROM quizzes")
        done = run_quizzler("restore", "--force", str(played[0]), DATABASE_URL=database_url)
        assert "something else needs it: view reports.monthly depends on table quizzes" in one_sentence(done)
        assert ask(database_url, "SELECT count(*) FROM reports.monthly") == (0,)

    def test_database_of_a_later_version(self, played, database_url):
        ask(database_url, "CREATE TABLE holograms (id int)")
        ask(database_url, "INSERT INTO schema_migrations (name) VALUES ('9999_holograms.sql')")
        done = run_quizzler("restore", "--force", str(played[0]), DATABASE_URL=database_url)
        assert "database is of a later version of Quizzler: it has 9999_holograms.sql" in one_sentence(done)

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

    def test_connection_of_ours_that_is_no_server_does_not_hinder(self, played, database_url):
        with closing(psycopg2.connect(database_url, application_name="quizzler")):
            assert run_quizzler("restore", str(played[0]), DATABASE_URL=database_url).returncode == 0
