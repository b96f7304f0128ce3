"""Where ``quizzler backup`` reads from and writes to: nothing is made where nothing was, and nothing is left over."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from quizzler.cli.backup import destination
from quizzler.cli.restore import source
from quizzler.errors import Invalid
from quizzler.store import tools
from tests.cli.calls import ask, one_sentence
from tests.processes import PATIENCE, clean_environ, run_quizzler

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
BACKUP = [sys.executable, "-m", "quizzler", "backup"]
# Gives up root's rights when everything is loaded, and then is the command line.
AS_NOBODY = """
import os, sys
from quizzler.cli import main
if os.geteuid() == 0:
    os.setuid(65534)
sys.exit(main(sys.argv[1:]))
"""


def write(name: Path, *, force: bool = False) -> None:
    with destination(str(name), force=force) as file:
        file.write(b"new")


class TestWhereNoQuizzlerIs:
    @pytest.mark.parametrize(
        "arguments", [["backup", "b"], ["user", "list"], ["user", "promote", "ann@example.org"]], ids=" ".join
    )
    def test_no_folder(self, arguments, folder, tmp_path):
        sentence = one_sentence(run_quizzler(*arguments, cwd=tmp_path, DATA_DIR=str(folder)))
        assert f"There is no Quizzler in the data folder {folder}: " in sentence
        assert "DATA_DIR" in sentence and "DATABASE_URL" in sentence
        assert not folder.exists() and list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("arguments", [["backup", "b"], ["user", "list"]], ids=" ".join)
    def test_empty_database(self, arguments, empty, tmp_path):
        sentence = one_sentence(run_quizzler(*arguments, cwd=tmp_path, DATABASE_URL=empty))
        assert re.search(r"There is no Quizzler in the database folder_\d+ at /\S+:5432: .*DATABASE_URL", sentence)
        assert ask(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == (0,)
        assert list(tmp_path.iterdir()) == []

    def test_database_of_another_program(self, empty, tmp_path):
        ask(empty, "CREATE TABLE users (id int)")
        assert "There is no Quizzler" in one_sentence(run_quizzler("backup", "b", cwd=tmp_path, DATABASE_URL=empty))


class TestFile:
    def test_is_its_owners_alone_and_never_overwritten_unless_asked_to(self, database_url, tmp_path):
        file = tmp_path / "quiz.backup"
        file.write_text("precious")
        assert "is there already: choose another name, or --force" in one_sentence(
            run_quizzler("backup", str(file), DATABASE_URL=database_url)
        )
        assert file.read_text() == "precious"
        assert run_quizzler("backup", "--force", str(file), DATABASE_URL=database_url).returncode == 0
        assert file.read_bytes().startswith(b"PGDMP") and list(tmp_path.iterdir()) == [file]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_that_failed_leaves_nothing(self, tmp_path):
        done = run_quizzler("backup", str(tmp_path / "quiz.backup"), DATABASE_URL="postgresql://a@127.0.0.1:1/b")
        assert "cannot be reached" in one_sentence(done)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_that_was_interrupted_leaves_nothing(self, number, database_url, tmp_path):
        with closing(psycopg2.connect(database_url)) as busy, busy.cursor() as cursor:
            cursor.execute("LOCK TABLE users")
            command = [*BACKUP, str(tmp_path / "quiz.backup")]
            environ = {**clean_environ(), "DATABASE_URL": database_url}
            process = subprocess.Popen(command, env=environ, cwd="/", stderr=subprocess.PIPE, text=True)
            deadline = time.monotonic() + PATIENCE
            while not ask(database_url, "SELECT 1 FROM pg_locks WHERE NOT granted"):
                assert process.poll() is None and time.monotonic() < deadline
            [unfinished] = tmp_path.iterdir()
            assert unfinished.name.startswith(".")
            process.send_signal(number)
            assert (process.communicate(timeout=PATIENCE)[1], process.returncode) == ("", 130)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("there", ["precious", None], ids=["link", "dangling link"])
    def test_link_is_followed(self, there, tmp_path):
        (tmp_path / "disk").mkdir()
        file, link = tmp_path / "disk" / "quiz.backup", tmp_path / "link"
        link.symlink_to(file)
        if there:
            file.write_text(there)
            with pytest.raises(Invalid, match="is there already"):
                write(link)
        write(link, force=there is not None)
        assert link.is_symlink() and not file.is_symlink() and file.read_bytes() == b"new"
        assert sorted(tmp_path.rglob("*")) == [tmp_path / "disk", file, link]

    @pytest.mark.parametrize("through_link", [False, True])
    def test_what_is_no_file_stays_what_it_is(self, through_link, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        name = tmp_path / "link" if through_link else pipe
        if through_link:
            name.symlink_to(pipe)
        with pytest.raises(Invalid, match="is no file that can be replaced: quizzler backup - > "):
            write(name, force=True)
        assert pipe.is_fifo() and name.is_symlink() is through_link
        with pytest.raises(Invalid, match="is a folder"):
            write(tmp_path, force=True)

    def test_name_as_long_as_there_can_be(self, tmp_path):
        write(tmp_path / ("x" * 255))
        with pytest.raises(Invalid, match="cannot be written: File name too long"):
            write(tmp_path / ("x" * 256))

    def test_where_nothing_can_be_written(self, tmp_path):
        (tmp_path / "turn").symlink_to("turn")
        for name in ("/nowhere/b", "/etc/passwd/b", tmp_path / "turn"):
            with pytest.raises(Invalid, match="cannot be written: "):
                write(name, force=True)

    def test_folder_that_may_not_be_entered(self, tmp_path):
        closed = tmp_path / "closed"
        closed.mkdir(mode=0)
        command = [sys.executable, "-c", AS_NOBODY, "backup", str(closed / "b")]
        done = subprocess.run(command, env=clean_environ(), cwd="/", capture_output=True, text=True)
        assert "cannot be written: Permission denied" in one_sentence(done)


class TestStandardOutput:
    def test_that_is_closed(self, database_url):
        command = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *BACKUP, "-"]
        environ = {**clean_environ(), "DATABASE_URL": database_url}
        done = subprocess.run(command, env=environ, cwd="/", capture_output=True, text=True)
        assert "Standard output is closed" in one_sentence(done)

    def test_whose_reader_goes(self, database_url):
        environ = {**clean_environ(), "DATABASE_URL": database_url}
        command = [*BACKUP, "-"]
        with subprocess.Popen(command, env=environ, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.close()
            said = process.stderr.read()
        assert said == b"quizzler: pg_dump was not done when whatever reads its output ended\n"
        assert process.returncode == 2


class TestSource:
    def test_pipe_can_be_read_several_times(self):
        reading, writing = os.pipe()
        os.write(writing, b"PGDMP and more")
        os.close(writing)
        with source(f"/dev/fd/{reading}") as file:
            for _ in range(2):
                file.seek(0)
                assert os.pread(file.fileno(), 100, 0) == file.read() == b"PGDMP and more"
        os.close(reading)

    def test_where_nothing_comes_in(self, tmp_path):
        command = ["/bin/sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "quizzler", "restore", "-"]
        done = subprocess.run(command, env=clean_environ(), cwd="/", capture_output=True, text=True)
        assert "There is no backup on standard input" in one_sentence(done)
        with pytest.raises(Invalid, match="cannot be read: Is a directory"), source(str(tmp_path)):
            pass


@pytest.mark.skipif(not DEBIAN, reason="there is no other PostgreSQL here")
def test_program_that_is_older_than_the_server(database_url, tmp_path):
    done = run_quizzler("backup", str(tmp_path / "b"), DATABASE_URL=database_url, QUIZZLER_PG_BIN=str(DEBIAN[0]))
    assert re.search(r"this machine has no pg_dump of \d+ or later: apt-get install", one_sentence(done))


def test_password_is_not_among_the_arguments():
    here, environ = tools.connection("postgresql://ann:hunter2@db/quiz")
    assert "hunter2" not in here and environ == {"PGPASSWORD": "hunter2"}
