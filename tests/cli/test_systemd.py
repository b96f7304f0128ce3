"""``quizzler systemd``: units that systemd itself finds right and safe, and a server that tells it the truth.

What systemd does is done here by hand: the unit's own command line, with NOTIFY_SOCKET, WATCHDOG_USEC and a socket
handed over. ``tests/ops/test_booted.py`` leaves it to a real one.
"""

import asyncio
import pwd
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from quizzler.cli import main
from quizzler.cli.systemd import is_root, quoted, unreachable
from quizzler.ops.systemd import Manager
from quizzler.store.embedded import EmbeddedPostgres
from tests.clients import Hall, Rest, a_question
from tests.processes import ACTIVATED, PATIENCE, clean_environ, run_quizzler

MOST_EXPOSURE = 1.5
# A loop that hangs while the process lives: a handler of a signal runs in the loop's own thread.
CAN_HANG = """
import signal, sys, time
signal.signal(signal.SIGUSR1, lambda *_: time.sleep(600))
from quizzler.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def units(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("units")
    done = run_quizzler("systemd", "--write", "--directory", str(folder), "--port", "8080", "--user", "daemon")
    assert done.returncode == 0, done.stderr
    assert all(f"Wrote {folder / name}\n" in done.stdout for name in ("quizzler.service", "quizzler.socket"))
    assert "systemctl daemon-reload" in done.stdout and "enable --now quizzler.socket quizzler.service" in done.stdout
    assert "useradd" not in done.stdout
    return folder


class TestUnits:
    def test_are_right_to_systemd(self, units):
        done = subprocess.run(
            ["systemd-analyze", "verify", units / "quizzler.service", units / "quizzler.socket"],
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_are_safe_to_systemd(self, units):
        command = ["systemd-analyze", "security", "--offline=true", units / "quizzler.service"]
        done = subprocess.run(command, capture_output=True, text=True)
        score = float(re.search(r"exposure level for quizzler.service: ([0-9.]+)", done.stdout)[1])
        print(f"systemd-analyze security: {score} (0 is closed, 10 is open)")
        assert score <= MOST_EXPOSURE

    def test_run_this_installation_on_that_port(self, units):
        service, port = ((units / name).read_text() for name in ("quizzler.service", "quizzler.socket"))
        command = shlex.split(re.search("^ExecStart=(.+)$", service, re.M)[1])
        assert command == [sys.executable, "-P", "-m", "quizzler", "serve"]
        assert "ListenStream=0.0.0.0:8080\n" in port and "User=daemon\n" in service

    def test_are_only_printed_unless_asked_to(self, tmp_path):
        done = run_quizzler("systemd", "--directory", str(tmp_path), "--host", "::", "--user", "nobody-here")
        assert "[Service]" in done.stdout and "ListenStream=[::]:8000\n" in done.stdout
        assert list(tmp_path.iterdir()) == []

    def test_user_who_is_not_there_is_to_be_made(self, tmp_path):
        done = run_quizzler("systemd", "--write", "--directory", str(tmp_path), "--user", "nobody-here")
        assert "useradd --system --home-dir /var/lib/quizzler --shell /usr/sbin/nologin nobody-here" in done.stdout

    @pytest.mark.parametrize("arguments", [["--user", "root"], ["--write", "--directory", "/nowhere"]])
    def test_what_cannot_be_is_one_sentence(self, arguments):
        done = run_quizzler("systemd", *arguments)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and done.stderr.startswith("quizzler: ")

    @pytest.mark.parametrize(
        "arguments",
        [
            *(["--user", user] for user in ("", "a b", "a\nExecStartPre=/bin/true", "0", "-x", "%i", "a" * 32)),
            *(["--host", host] for host in ("", "a b", "1\nX=y", "localhost", "1.2.3", "fe80::1%a\nX=y", "[::1]")),
            *(["--port", port] for port in ("0", "65536", "80\nX=y")),
        ],
    )
    def test_what_a_unit_cannot_have_is_refused(self, arguments, capsys):
        with pytest.raises(SystemExit, match="2"):
            main(["systemd", *arguments])
        said = capsys.readouterr()
        assert said.out == "" and f"argument {arguments[0]}" in said.err.splitlines()[-1]

    def test_root_by_another_name(self, monkeypatch):
        monkeypatch.setattr(pwd, "getpwnam", lambda name: pwd.getpwuid(0))
        assert is_root("toor") and is_root("root")

    def test_next_steps_name_the_way_to_the_services_data(self, tmp_path):
        said = run_quizzler("systemd", "--write", "--directory", str(tmp_path)).stdout
        assert " backup --env-file /etc/quizzler/quizzler.env FILE" in said

    def test_installation_that_the_service_cannot_enter_is_named(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sys, "prefix", str(tmp_path))
        assert any(f"does not see {tmp_path}" in sentence for sentence in unreachable("quizzler"))

    def test_path_with_spaces_and_signs(self):
        assert quoted("/opt/our quiz/100%/$x/python") == '"/opt/our quiz/100%%/$$x/python"'


class Listener:
    """The socket that systemd listens on."""

    def __init__(self, address: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(PATIENCE)

    def next(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())

    def until(self, name: str) -> list[dict[str, str]]:
        """All that came up to the message with that word, and that one."""
        heard = [self.next()]
        while name not in heard[-1]:
            heard.append(self.next())
        return heard

    def is_silent_for(self, seconds: float) -> bool:
        self.socket.settimeout(seconds)
        try:
            self.next()
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE)


@pytest.fixture
def listener(tmp_path) -> Iterator[Listener]:
    listener = Listener(str(tmp_path / "notify"))
    yield listener
    listener.socket.close()


class Service:
    """The unit's command, started the way systemd would on a socket of ours."""

    def __init__(self, program: list[str], listening: socket.socket, notify: str, **environ: str):
        self.port = listening.getsockname()[1]
        self.process = subprocess.Popen(
            [*ACTIVATED, *program, "serve"],
            stdin=listening,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env={**clean_environ(), "JWT_SECRET_KEY": "x" * 32, "NOTIFY_SOCKET": notify, **environ},
        )

    def health(self) -> int:
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as asking:
            asking.sendall(b"GET /realtime/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return int(asking.recv(4096).split()[1])


@pytest.fixture
def service(listener, database_url, units) -> Iterator:
    running: list[Service] = []
    command = shlex.split(re.search("^ExecStart=(.+) serve$", (units / "quizzler.service").read_text(), re.M)[1])

    def start(program: list[str] = command, **environ: str) -> Service:
        address = listener.socket.getsockname()
        running.append(Service(program, listening, address, **{"DATABASE_URL": database_url, **environ}))
        return running[-1]

    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield start
        for each in running:
            each.process.kill()
            each.process.wait()


class TestReadiness:
    def test_ready_when_it_answers_then_status_then_stopping(self, service, listener):
        server = service()
        *before, ready = listener.until("READY")
        assert server.health() == 200
        assert ready["STATUS"] == "Rooms: 0, players: 0; everything is stored"
        assert [message["STATUS"] for message in before if "STATUS" in message] == [
            "Starting: waiting for the database",
            "Starting: preparing the database",
        ]
        assert not any("WATCHDOG" in message for message in before)
        server.process.terminate()
        assert "Stopping" in listener.until("STOPPING")[-1]["STATUS"]
        assert server.process.wait(PATIENCE) == 0

    def test_not_ready_before_the_database_is_there(self, service, listener, folder):
        postgres = EmbeddedPostgres(folder)
        postgres.start()
        url = postgres.url
        postgres.stop()
        server = service(DATABASE_URL=url, DATABASE_WAIT="60")
        # It asks for more time in the meantime, longer than once.
        assert int(listener.until("EXTEND_TIMEOUT_USEC")[-1]["EXTEND_TIMEOUT_USEC"]) > 30e6
        again = listener.until("EXTEND_TIMEOUT_USEC")
        assert not any("READY" in message for message in again)
        postgres.start()
        assert "READY" in listener.until("READY")[-1] and server.health() == 200
        server.process.terminate()
        server.process.wait(PATIENCE)
        postgres.stop()

    def test_not_ready_before_games_are_replayed(self, service, listener):
        async def begin(url: str) -> str:
            hall = Hall(url)
            host = await hall.host(await hall.rest.sign_up("Ann"))
            bob = await hall.player(host.code, "Bob")
            host.say(a_question())
            await bob.until("question")
            return host.code

        first = service()
        listener.until("READY")
        code = asyncio.run(begin(f"http://127.0.0.1:{first.port}"))
        first.process.kill()
        first.process.wait()
        second = service()
        assert listener.until("READY")[-1]["STATUS"] == "Rooms: 1, players: 0; everything is stored"
        valid = asyncio.run(Rest(f"http://127.0.0.1:{second.port}").get(f"/realtime/rooms/validate/{code}"))
        assert valid["valid"] is True


class TestWatchdog:
    def test_is_fed_at_half_its_time_until_the_loop_hangs(self, service, listener):
        server = service([sys.executable, "-c", CAN_HANG], WATCHDOG_USEC="400000")
        listener.until("READY")
        fed = []
        while len(fed) < 5:
            listener.until("WATCHDOG")
            fed.append(time.monotonic())
        assert 0.1 < (fed[-1] - fed[1]) / 3 < 0.4
        server.process.send_signal(signal.SIGUSR1)
        while not listener.is_silent_for(1.0):
            assert time.monotonic() < fed[-1] + PATIENCE, "the loop hangs and the watchdog is fed"
        process = psutil.Process(server.process.pid)
        assert process.status() == psutil.STATUS_SLEEPING and server.process.poll() is None

    def test_is_not_fed_where_another_process_is_watched(self, service, listener):
        service(WATCHDOG_USEC="100000", WATCHDOG_PID="1")
        listener.until("READY")
        assert listener.is_silent_for(0.5)


class TestManager:
    def test_abstract_socket(self):
        listener = Listener("\0quizzler-test-abstract")
        manager = Manager({"NOTIFY_SOCKET": "@quizzler-test-abstract"})
        manager.more_time()
        assert "EXTEND_TIMEOUT_USEC" in listener.next()
        listener.socket.close()
        manager.more_time()  # nobody is there any more: the server goes on

    def test_children_are_not_taken_for_the_server(self):
        environ = {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "1000000", "PATH": "/bin"}
        manager = Manager(environ)
        assert environ == {"PATH": "/bin"} and manager.watchdog == 1.0
        manager.more_time()

    @pytest.mark.parametrize("microseconds", ["", "0", "soon", "-1"])
    def test_watchdog_that_is_none(self, microseconds):
        assert Manager({"WATCHDOG_USEC": microseconds}).watchdog is None
