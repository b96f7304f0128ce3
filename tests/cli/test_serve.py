"""``quizzler serve`` as people meet it: a process, its words and its end."""

import asyncio
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from quizzler import __version__
from quizzler.cli.greeting import greeting
from quizzler.config import Settings
from quizzler.store.embedded import EmbeddedPostgres
from tests.clients import Hall, a_question
from tests.conftest import administer
from tests.processes import PATIENCE, ServerProcess, clean_environ, run_quizzler

# Gives up root's rights when everything is loaded, and then is the command line.
AS_NOBODY = """
import os, sys
from quizzler.cli import main
if os.geteuid() == 0:
    os.setuid(65534)
sys.exit(main(sys.argv[1:]))
"""
LOWEST_FREE_PORT = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE) as response:
        return response.read()


def until(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def family(server: ServerProcess) -> list[psutil.Process]:
    """The server's process and its children."""
    process = psutil.Process(server.process.pid)
    return [process, *process.children(recursive=True)]


def one_sentence(done) -> str:
    """What a start that failed says: exit status 2, one line, no traceback."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("quizzler: ")
    return line


class TestStart:
    def test_from_an_empty_folder_to_trivia_over_http(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        assert server.url in server.greeting and str(folder) in server.greeting
        trivia = json.loads(get(server.url + "/trivia"))
        assert len({quiz["topic"] for quiz in trivia}) >= 8
        assert all(quiz["question_count"] >= 10 for quiz in trivia)
        assert b"<!doctype html>" in get(server.url + "/").lower()
        assert server.stop() == 0
        assert server.errors() == ""

    def test_secret_is_kept_and_private(self, folder):
        ServerProcess("--data-dir", str(folder)).stop()
        path = folder / "jwt_secret"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        before = path.read_text()
        assert len(before) >= 32
        ServerProcess("--data-dir", str(folder)).stop()
        assert path.read_text() == before

    def test_token_of_yesterday_still_holds_after_a_restart(self, folder):
        async def sign_up() -> str:
            return (await Hall(server.url).rest.sign_up("Ann")).token

        async def whoami(token: str) -> str:
            hall = Hall(server.url)
            hall.rest.token = token
            return (await hall.rest.get("/auth/me"))["name"]

        server = ServerProcess("--data-dir", str(folder))
        token = asyncio.run(sign_up())
        server.stop()
        server = ServerProcess("--data-dir", str(folder))
        assert asyncio.run(whoami(token)) == "Ann"
        server.stop()

    def test_settings_from_a_dotenv_file_environment_and_flags(self, tmp_path, database_url):
        (tmp_path / ".env").write_text(f"DATABASE_URL={database_url}\nMAX_ROOMS=3\nMAX_PLAYERS_PER_ROOM=4\n")
        server = ServerProcess(
            "--max-rooms", "7", "--data-dir", str(tmp_path), cwd=tmp_path, MAX_ROOMS="6", MAX_PLAYERS_PER_ROOM="8"
        )
        limits = json.loads(get(server.url + "/realtime/health"))["limits"]
        assert (limits["max_rooms"], limits["max_players_per_room"]) == (7, 8)
        server.stop()
        assert not (tmp_path / "database").exists()

    def test_version_and_help(self):
        assert run_quizzler("--version").stdout == f"quizzler {__version__}\n"
        listed = run_quizzler("serve", "--help").stdout
        assert "--data-dir" in listed and "--max-players-per-room" in listed
        assert run_quizzler().returncode == 2

    def test_migrate_prepares_a_database_and_ends(self, folder):
        assert "0001_initial.sql" in run_quizzler("migrate", "--data-dir", str(folder)).stdout
        assert "up to date" in run_quizzler("migrate", "--data-dir", str(folder)).stdout


class TestRefusals:
    def test_taken_port(self, folder):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            done = run_quizzler("serve", "--host", "127.0.0.1", "--port", port, "--data-dir", str(folder))
        assert f"port {port} of 127.0.0.1 is taken" in one_sentence(done)
        assert not folder.exists()

    def test_second_server_on_the_same_folder(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        done = run_quizzler("serve", "--port", "0", "--data-dir", str(folder))
        assert "already running on the data folder" in one_sentence(done)
        get(server.url + "/realtime/health")
        server.stop()

    def test_address_of_another_machine(self, folder):
        done = run_quizzler("serve", "--host", "192.0.2.1", "--port", "0", "--data-dir", str(folder))
        assert "port 0 of 192.0.2.1 cannot be used" in one_sentence(done)

    @pytest.mark.skipif(
        not LOWEST_FREE_PORT.exists() or int(LOWEST_FREE_PORT.read_text()) <= 81, reason="any user may have any port"
    )
    def test_port_that_needs_more_rights(self, tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, "serve", "--port", "81", "--data-dir", str(tmp_path)],
            capture_output=True,
            text=True,
            cwd="/",
            env=clean_environ(),
        )
        assert "port 81 of 0.0.0.0 needs more rights" in one_sentence(done)

    def test_database_whose_user_may_not_make_tables(self, postgres, database_url, folder):
        administer(postgres, "CREATE ROLE guest LOGIN")
        url = database_url.replace("quizzler@", "guest@")
        done = run_quizzler("serve", "--port", "0", "--data-dir", str(folder), DATABASE_URL=url)
        assert "The database cannot be prepared: permission denied" in one_sentence(done)

    def test_no_postgresql(self, folder):
        done = run_quizzler("serve", "--port", "0", "--data-dir", str(folder), QUIZZLER_PG_BIN="/nowhere")
        assert "No PostgreSQL was found" in one_sentence(done)

    def test_unreachable_database(self, folder):
        url = "postgresql://someone:hunter2@127.0.0.1:1/quiz"
        done = run_quizzler("serve", "--port", "0", "--data-dir", str(folder), DATABASE_URL=url, DATABASE_WAIT="0")
        sentence = one_sentence(done)
        assert "127.0.0.1:1 cannot be reached" in sentence and "hunter2" not in sentence

    def test_unreachable_database_is_waited_for_a_while(self, folder):
        url = "postgresql://someone:hunter2@127.0.0.1:1/quiz"
        done = run_quizzler("serve", "--port", "0", "--data-dir", str(folder), DATABASE_URL=url, DATABASE_WAIT="1")
        assert "127.0.0.1:1 cannot be reached" in done.stdout and "Waiting for it up to 1 s" in done.stdout
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
        assert "hunter2" not in done.stdout + done.stderr

    def test_wrong_user_is_not_waited_for(self, postgres):
        url = postgres.url.replace("quizzler@", "nobody-here@")
        assert "nobody-here" in one_sentence(run_quizzler("serve", "--port", "0", DATABASE_URL=url))

    def test_folder_that_cannot_be_used(self, data_dir):
        (data_dir / "a file").write_text("")
        done = run_quizzler("serve", "--port", "0", "--data-dir", str(data_dir / "a file"))
        assert "cannot be used" in one_sentence(done)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PORT", "eighty"),
            ("PORT", "70000"),
            ("MAX_ROOMS", "0"),
            ("MAX_ROOMS", "-1"),
            ("MAX_PLAYERS_PER_ROOM", "1e3"),
            ("HEARTBEAT_INTERVAL", "nan"),
            ("SESSION_MAX_AGE", "soon"),
            ("JWT_SECRET_KEY", "short"),
            ("DATABASE_URL", "mysql://localhost/quiz"),
            ("PUBLIC_URL", "quiz.example.org"),
            ("CORS_ORIGINS", "example.org"),
            ("ALLOWED_HOSTS", "https://example.org"),
            ("TRUSTED_PROXIES", "localhost"),
            ("HOST", "a..b"),
            ("HOST", "x" * 70),
            ("HOST", " "),
            ("DATA_DIR", "~nosuchuser/x"),
            ("PUBLIC_URL", "https://q:99999"),
            ("PUBLIC_URL", "https://[::::]"),
            ("PUBLIC_URL", "https://a..b"),
        ],
    )
    def test_bad_setting(self, name, value):
        sentence = one_sentence(run_quizzler("serve", **{name: value}))
        assert f"{name}: " in sentence
        assert "short" not in sentence


class TestLimits:
    def test_as_many_connections_as_the_system_allows(self, server_process):
        """A shell's usual 1,024 open files would end at a thousand phones."""
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        try:
            server = server_process()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE) == (before[1], before[1])


class TestLateDatabase:
    def test_server_starts_when_its_database_is_late(self, folder):
        postgres = EmbeddedPostgres(folder)
        postgres.start()
        url = postgres.url
        postgres.stop()
        waiting = subprocess.Popen(
            [sys.executable, "-m", "quizzler", "serve", "--port", "0", "--data-dir", folder],
            stdout=subprocess.PIPE, text=True, env={**clean_environ(), "DATABASE_URL": url, "DATABASE_WAIT": "60"},
        )  # fmt: skip
        assert "Waiting for it" in waiting.stdout.readline()
        postgres.start()
        assert "Quizzler is running" in read_greeting(waiting)
        waiting.terminate()
        assert waiting.wait(PATIENCE) == 0
        postgres.stop()

    def test_waiting_can_be_ended(self, folder):
        waiting = subprocess.Popen(
            [sys.executable, "-m", "quizzler", "serve", "--port", "0", "--data-dir", folder],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**clean_environ(), "DATABASE_URL": "postgresql://a@127.0.0.1:1/b", "DATABASE_WAIT": "600"},
        )  # fmt: skip
        assert "Waiting for it" in waiting.stdout.readline()
        waiting.terminate()
        assert waiting.wait(PATIENCE) == 130
        assert waiting.stderr.read() == ""

    def test_private_postgresql_that_was_killed_comes_back(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        [postmaster] = [p for p in psutil.Process(server.process.pid).children() if "postgres" in p.name()]
        postmaster.kill()
        deadline = time.monotonic() + PATIENCE
        noticed = answered = False
        while not (noticed and answered):
            # Its backends outlive it for a moment: an answer counts once its end was noticed.
            noticed = "PostgreSQL has ended" in server.errors()
            try:
                answered = bool(json.loads(get(server.url + "/trivia")))
            except urllib.error.HTTPError as error:
                assert error.code == 503
            assert time.monotonic() < deadline
        assert server.stop() == 0
        assert "Traceback" not in server.errors(), server.errors()


def read_greeting(process: subprocess.Popen) -> str:
    said = ""
    while "Data" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


class TestSocketActivation:
    def test_socket_outlives_the_server(self, server_process):
        """Who connects between two servers waits, and is served by the second."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            first = server_process(listening=listening)
            assert json.loads(get(f"http://127.0.0.1:{port}/realtime/health"))["healthy"]
            assert first.stop() == 0
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as early:
                early.sendall(b"GET /realtime/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                server_process(listening=listening)
                answer = b"".join(iter(lambda: early.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK")

    def test_what_is_meant_for_another_process_is_left_alone(self, server_process):
        server = server_process(LISTEN_FDS="1", LISTEN_PID="1")
        assert json.loads(get(server.url + "/realtime/health"))["healthy"]

    def test_socket_that_was_handed_over_says_where_it_listens(self, server_process):
        """Whoever has written HOST into the settings of the service must not believe in it."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            server = server_process("--host", "192.0.2.9", "--port", "8123", listening=listening)
            assert server.url == f"http://127.0.0.1:{port}" and "192.0.2.9" not in server.greeting
            assert json.loads(get(server.url + "/realtime/health"))["healthy"]
            for said in ("HOST is 192.0.2.9, but", "PORT is 8123, but", "--write --host 192.0.2.9 --port 8123"):
                assert said in server.errors()

    def test_what_the_environment_says_about_other_databases_is_not_for_the_private_one(self, folder):
        others = {
            "PGHOSTADDR": "192.0.2.1", "PGSERVICE": "nowhere", "PGOPTIONS": "-c bogus=1", "PGSSLMODE": "bogus",
            "PGTARGETSESSIONATTRS": "standby", "PGCHANNELBINDING": "require", "PGTZ": "bogus", "PGDATA": "/nowhere",
        }  # fmt: skip
        server = ServerProcess("--data-dir", str(folder), **others)
        assert json.loads(get(server.url + "/realtime/health"))["healthy"]
        assert server.stop() == 0


class TestEnd:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_signal_ends_server_and_postgresql(self, folder, number):
        server = ServerProcess("--data-dir", str(folder))
        processes = family(server)
        assert any("postgres" in process.name() for process in processes)
        assert server.stop(number) == 0, server.errors()
        gone, alive = psutil.wait_procs(processes, timeout=PATIENCE)
        assert not alive
        assert server.errors() == ""
        assert "database system is shut down" in (folder / "postgresql.log").read_text()

    def test_impatient_ctrl_c_changes_nothing(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        processes = family(server)
        while server.process.poll() is None:
            server.process.send_signal(signal.SIGINT)
            time.sleep(0.002)
        assert server.stop() == 0
        assert server.errors() == ""
        assert not psutil.wait_procs(processes, timeout=PATIENCE)[1]
        assert "database system is shut down" in (folder / "postgresql.log").read_text()

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_signal_in_the_middle_of_the_first_start(self, folder, number):
        command = [sys.executable, "-m", "quizzler", "serve", "--port", "0", "--data-dir", str(folder)]
        server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd="/", env=clean_environ())
        try:
            until((folder / "database.unfinished" / "PG_VERSION").exists)
        finally:
            server.send_signal(number)
        assert (server.communicate(timeout=PATIENCE)[1], server.returncode) == ("", 130)
        again = ServerProcess("--data-dir", str(folder))
        assert len(json.loads(get(again.url + "/trivia"))) >= 8
        assert again.stop() == 0

    def test_end_in_the_middle_of_a_game(self, folder):
        async def play(server: ServerProcess) -> None:
            hall = Hall(server.url)
            host = await hall.host(await hall.rest.sign_up("Ann"))
            bob = await hall.player(host.code, "Bob")
            host.say(a_question())
            await bob.until("question")
            os.kill(server.process.pid, signal.SIGTERM)
            for each in (bob, host):
                assert (await each.until_closed())[0] == 1012
                assert each.types()[-1] == "server_restarting"

        server = ServerProcess("--data-dir", str(folder))
        asyncio.run(play(server))
        assert server.stop() == 0
        assert server.errors() == ""


class TestGreeting:
    @pytest.mark.parametrize(
        ("settings", "here", "phones"),
        [
            ({"host": "127.0.0.1"}, "http://127.0.0.1:8000", "(none can: the server listens to this machine alone)"),
            ({"host": "::1"}, "http://[::1]:8000", "(none can: the server listens to this machine alone)"),
            ({"host": "192.0.2.7"}, "http://192.0.2.7:8000", "http://192.0.2.7:8000"),
            ({"public_url": "https://quiz.example"}, "http://localhost:8000", "https://quiz.example"),
            ({"host": "192.0.2.7", "tls_certificate": "a"}, "https://192.0.2.7:8000", "https://192.0.2.7:8000"),
        ],
    )
    def test_says_where_to_go(self, settings, here, phones):
        lines = [line.strip() for line in greeting(Settings(**settings), 8000).splitlines()]
        assert f"Open         {here}" in lines and f"Phones open  {phones}" in lines

    def test_says_how_many_the_machine_allows(self, folder):
        few = ["/bin/sh", "-c", 'ulimit -n 300; exec "$@"', "sh", sys.executable, "-m", "quizzler"]
        server = ServerProcess("--data-dir", str(folder), "--max-rooms", "10", command=few)
        assert "Connections  236 at most" in server.greeting
        assert "promise 510 connections, this machine allows 236" in server.errors()
        assert server.stop() == 0

    def test_password_of_the_database_is_not_shown(self):
        assert "hunter2" not in greeting(Settings(database_url="postgresql://ann:hunter2@db/quiz"), 8000)
