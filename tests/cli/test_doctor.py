"""``quizzler doctor`` on set-ups that are really wrong: each is named, with how to mend it."""

import asyncio
import contextlib
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from quizzler.cli import main
from quizzler.config import Settings
from quizzler.ops.doctor import machine, public
from quizzler.ops.doctor.database import database as check_database
from quizzler.ops.doctor.finding import Level
from quizzler.store.embedded import EmbeddedPostgres
from tests.cli.test_serve import AS_NOBODY
from tests.conftest import administer
from tests.processes import PATIENCE, ServerProcess, clean_environ, run_quizzler

WIDE = {"COLUMNS": "300"}


@pytest.fixture
def doctor(data_dir, database_url, monkeypatch, capsys, tmp_path):
    """What it says about each subject, as (sign, text), of a set-up that is all right but for what is given."""

    def examine(**environ: str) -> dict[str, tuple[str, str]]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        usual = {"DATABASE_URL": database_url, "HOST": "127.0.0.1", "PORT": port, "DATA_DIR": str(data_dir)}
        with monkeypatch.context() as patched:
            patched.chdir(tmp_path)
            for name, value in {**usual, **WIDE, **environ}.items():
                patched.setenv(name, value)
            status = main(["doctor"])
        return read(status, capsys.readouterr().out)

    return examine


def read(status: int, output: str) -> dict[str, tuple[str, str]]:
    *lines, _, last = output.rstrip("\n").splitlines()
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        if line.startswith(" "):
            sign, said = found[subject]
            found[subject] = (sign, f"{said} {line.strip()}")
        else:
            sign, rest = line.split(maxsplit=1)
            subject, _, said = rest.partition("  ")
            found[subject] = (sign, said.strip())
    to_be_mended = [subject for subject, (sign, _) in found.items() if sign in "!✗"]
    assert status == bool(to_be_mended)
    assert last == (f"To be mended: {len(to_be_mended)}." if to_be_mended else "All is well.")
    return found


def set_up(server: ServerProcess, **more: str) -> dict[str, str]:
    return {"PORT": server.url.rpartition(":")[2], **more}


class TestSetUpThatIsWell:
    def test_before_the_start(self, doctor, folder):
        found = doctor(DATABASE_URL="", DATA_DIR=str(folder))
        assert found["Port"][0] == found["Disk"][0] == found["Settings"][0] == "✓"
        assert found["Database"][1].startswith("It starts with the server, by the programs in ")
        assert not folder.exists()

    def test_while_the_server_is_running(self, doctor, server_process, database_url):
        server = server_process()
        found = doctor(**set_up(server, PUBLIC_URL=server.url))
        wrong = {subject: said for subject, (sign, said) in found.items() if sign != "✓"}
        assert set(wrong) <= {"Time service"}, wrong
        assert "is this server's, and it says that it is well" in found["Port"][1]
        assert "the running server" in found["Open files"][1]
        assert found["Public address"][1] == f"{server.url} leads here."
        assert found["WebSockets"][1] == "WebSockets come through."
        assert {"Schema", "Durability", "Database's clock", "Clock", "Queue", "Proxy headers"} < set(found)

    def test_private_database_of_a_running_server(self, folder):
        server = ServerProcess("--data-dir", str(folder))
        done = run_quizzler("doctor", "--data-dir", str(folder), "--host", "127.0.0.1", **set_up(server, **WIDE))
        assert done.stderr == ""
        found = read(done.returncode, done.stdout)
        assert "answers and holds" in found["Database"][1] and found["Schema"][0] == "✓"
        assert server.stop() == 0 and server.errors() == ""


class TestMachine:
    def test_bad_setting(self, doctor):
        assert doctor(MAX_ROOMS="many") == {
            "Settings": (
                "✗",
                "MAX_ROOMS: 'many' is not a whole number from 1 to 1000000000. "
                "→ Correct it: quizzler serve --help lists them all.",
            )
        }

    def test_taken_port(self, doctor):
        with socket.create_server(("127.0.0.1", 0)) as other:
            threading.Thread(target=refuse, args=(other,), daemon=True).start()
            sign, said = doctor(PORT=str(other.getsockname()[1]))["Port"]
        assert sign == "✗" and "is taken by another program (" in said and "→ End it, or choose another" in said

    def test_address_of_another_machine(self, doctor):
        sign, said = doctor(HOST="192.0.2.1")["Port"]
        assert sign == "✗" and "of 192.0.2.1 cannot be used: Cannot assign requested address. → Give HOST an" in said

    def test_few_open_files(self, doctor):
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[1] // 4, before[1]))
        try:
            found = doctor(MAX_ROOMS="100000", MAX_PLAYERS_PER_ROOM="100")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        sign, said = found["Open files"]
        allowed = min(before[1], 1_048_576) - 64
        assert sign == "!" and f"promise 10,100,000 connections, this process may have {allowed:,}." in said
        assert "LimitNOFILE=" in said

    def test_name_that_is_mistyped_in_the_settings_file(self, doctor, tmp_path):
        (tmp_path / ".env").write_text("MAX_ROOM=20\nPOSTGRES_PASSWORD=x\nTZ=UTC\n")
        found = doctor()
        assert found["Settings"][0] == "✓"
        what = "MAX_ROOM in .env is not a setting, and does nothing. → MAX_ROOMS is one: correct the name."
        assert found["Settings file"] == ("!", what)

    @pytest.mark.parametrize(
        ("left", "sign", "words"),
        [
            ("", "!", "is empty, as after a crash or with a full disk. → Start the server again: it makes a new one."),
            ("short", "✗", "jwt_secret is too short. → Remove it"),
            (None, "✗", "cannot be read by this user: Is a directory. → Run this as the server's user"),
        ],
    )
    def test_secret_that_cannot_be_used(self, doctor, tmp_path, left, sign, words):
        path = tmp_path / "jwt_secret"
        path.mkdir() if left is None else path.write_text(left)
        said = doctor(DATA_DIR=str(tmp_path))["Secret"]
        assert said[0] == sign and words in said[1]
        assert path.is_dir() or path.read_text() == left
        assert "Secret" not in doctor(DATA_DIR=str(tmp_path), JWT_SECRET_KEY="x" * 32)

    def test_folder_in_place_of_the_lock(self, doctor, tmp_path):
        (tmp_path / "lock").mkdir()
        sign, said = doctor(DATABASE_URL="", DATA_DIR=str(tmp_path))["Database"]
        assert sign == "✗" and f"{tmp_path}/lock is a folder" in said

    def test_name_that_is_too_long(self, doctor, tmp_path):
        found = doctor(DATABASE_URL="", DATA_DIR=str(tmp_path / ("x" * 300)))
        assert all(found[each][0] == "✗" for each in ("Data folder", "Database"))
        assert "cannot be used: File name too long. → Correct DATA_DIR" in found["Data folder"][1]

    def test_file_system_that_is_read_only(self, tmp_path):
        command = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o ro none "$0" && exec "$@"', str(tmp_path)]
        if subprocess.run([*command, "true"], capture_output=True).returncode != 0:
            pytest.skip("needs to mount")
        checked = subprocess.run(
            [*command, sys.executable, "-m", "quizzler", "doctor", "--data-dir", str(tmp_path), "--port", "0"],
            capture_output=True, text=True, env={**clean_environ(), **WIDE}, cwd=tempfile.gettempdir(),
        )  # fmt: skip
        sign, said = read(checked.returncode, checked.stdout)["Data folder"]
        assert sign == "✗" and "is on a file system that is read-only. → Mount it so that it can be written" in said

    def test_folder_that_is_a_file(self, doctor, tmp_path):
        (tmp_path / "file").write_text("")
        sign, said = doctor(DATA_DIR=str(tmp_path / "file" / "folder"))["Data folder"]
        assert sign == "✗" and said == f"{tmp_path / 'file'} is no folder. → Choose another DATA_DIR."

    @pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="needs Linux")
    def test_disk_that_is_full(self):
        """Nothing can be stored on /proc."""
        finding = machine.space(Path("/proc"))
        assert finding.level is Level.BROKEN and "Make space" in finding.how
        assert finding.what.startswith("0.0 GB are free")

    def test_time_service_is_what_the_kernel_says(self):
        state = machine._clock_state()
        assert state is None or 0 <= state <= machine.TIME_ERROR
        expected = {None: Level.UNKNOWN, machine.TIME_ERROR: Level.WEAK}.get(state, Level.WELL)
        assert machine.synchronised().level is expected


def refuse(listening: socket.socket) -> None:
    """Hangs up on everybody."""
    with contextlib.suppress(OSError):
        while True:
            listening.accept()[0].close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to give up root's rights")
class TestAnotherUser:
    @staticmethod
    def as_nobody(folder: Path) -> dict[str, tuple[str, str]]:
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, "doctor", "--data-dir", str(folder), "--port", "0"],
            capture_output=True, text=True, timeout=PATIENCE, env={**clean_environ(), **WIDE}, cwd="/",
        )  # fmt: skip
        assert done.stderr == ""
        return read(done.returncode, done.stdout)

    def test_who_may_not_see_whether_the_database_runs(self, folder):
        folder.mkdir()
        (folder / "lock").touch(0o600)
        found = self.as_nobody(folder)
        assert found["Database"][0] == "✗" and f"this user may not open {folder}/lock" in found["Database"][1]
        assert found["Data folder"][0] == "✗" and "cannot be written by this user" in found["Data folder"][1]

    def test_who_may_not_enter_the_folder(self, folder):
        folder.mkdir(0o700)
        found = self.as_nobody(folder / "data")
        assert found["Data folder"][1].startswith(f"{folder}/data cannot be looked into by this user")
        assert found["Database"][0] == "✗"


class TestDatabase:
    def test_that_is_not_there(self, doctor):
        sign, said = doctor(DATABASE_URL="postgresql://someone:hunter2@127.0.0.1:1/quiz")["Database"]
        assert sign == "✗" and "127.0.0.1:1 cannot be reached" in said and "hunter2" not in said
        assert "→ Start it, or correct DATABASE_URL" in said

    def test_whose_host_nobody_knows(self, doctor):
        for host, why in (("no-such-host.invalid", ""), ("a..b", "no host can have that name. → Correct DATABASE_URL")):
            sign, said = doctor(DATABASE_URL=f"postgresql://someone@{host}/quiz")["Database"]
            assert sign == "✗" and why in said and "→ Correct DATABASE_URL, or let this machine know" in said

    def test_private_one_that_hangs(self, doctor, folder):
        private = EmbeddedPostgres(folder)
        private.start()
        processes = [each for each in psutil.Process().children(recursive=True) if str(folder) in str(each.cmdline())]
        assert processes
        try:
            for each in processes:
                each.suspend()
            sign, said = doctor(DATABASE_URL="", DATA_DIR=str(folder))["Database"]
        finally:
            for each in processes:
                each.resume()
            private.stop()
        assert sign == "✗" and f"→ Start the server again; {folder}/postgresql.log may say why." in said

    def test_with_an_old_schema_and_a_later_one(self, doctor, database_url):
        def ask(statement: str) -> None:
            with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
                cursor.execute(statement)

        ask("DELETE FROM schema_migrations WHERE name = '0004_standings.sql'")
        sign, said = doctor()["Schema"]
        assert sign == "!" and said.startswith("The schema lacks 0004_standings.sql. → quizzler migrate")
        ask("INSERT INTO schema_migrations (name) VALUES ('9999_holograms.sql')")
        sign, said = doctor()["Schema"]
        assert sign == "✗" and "of a later version: it has 9999_holograms.sql" in said

    def test_that_loses_what_it_was_given(self, doctor, postgres, database_url):
        name = psycopg2.extensions.parse_dsn(database_url)["dbname"]
        administer(postgres, f"ALTER DATABASE {name} SET synchronous_commit = off")
        sign, said = doctor()["Durability"]
        assert sign == "✗" and "before they are on the disk" in said and "ALTER SYSTEM SET fsync = on" in said

    def test_no_programs_for_a_private_one(self, doctor, folder):
        sign, said = doctor(DATABASE_URL="", DATA_DIR=str(folder), QUIZZLER_PG_BIN="/nowhere")["Database"]
        assert sign == "✗" and "No PostgreSQL was found" in said

    def test_nothing_is_started(self, folder):
        folder.mkdir()
        [finding] = check_database(Settings(data_dir=folder))
        assert finding.level is Level.WELL and list(folder.iterdir()) == []
        assert not EmbeddedPostgres(folder).is_running()


class Proxy:
    """Passes requests on, with what it does to their headers: a function of the lines of a request's head."""

    def __init__(self, to: str, edit):
        self._to = int(to.rpartition(":")[2])
        self._edit = edit
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._loop.run_until_complete(asyncio.start_server(self._serve, sock=self._listening))
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        there, here = await asyncio.open_connection("127.0.0.1", self._to)
        here.write("\r\n".join([*self._edit(head), "", ""]).encode())

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while some := await source.read(65536):
                target.write(some)
            target.close()

        await asyncio.gather(copy(reader, here), copy(there, writer), return_exceptions=True)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)


@pytest.fixture
def behind(server_process, doctor):
    """What the doctor says of a server behind a proxy that edits the heads of requests so."""
    proxies = []

    def examine(edit, **environ: str) -> dict[str, tuple[str, str]]:
        server = server_process(**environ)
        proxies.append(Proxy(server.url, edit))
        return doctor(**set_up(server, PUBLIC_URL=proxies[-1].url))

    yield examine
    for proxy in proxies:
        proxy.stop()


def get_status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def without(head: list[str], name: str) -> list[str]:
    return [line for line in head if not line.lower().startswith(f"{name}:")]


class TestPublicAddress:
    def test_leads_nowhere(self, doctor, server_process):
        sign, said = doctor(**set_up(server_process(), PUBLIC_URL="http://127.0.0.1:1"))["Public address"]
        assert sign == "✗" and "does not lead to a Quizzler: " in said and "→ Correct PUBLIC_URL" in said

    def test_leads_to_another_server(self, doctor, server_process, folder):
        one, other = server_process(), server_process("--data-dir", str(folder), DATABASE_URL="")
        sign, said = doctor(**set_up(one, PUBLIC_URL=other.url))["Public address"]
        assert sign == "✗" and "leads to another server than this one" in said

    def test_proxy_that_passes_no_websockets(self, behind):
        found = behind(lambda head: without(without(head, "upgrade"), "connection"))
        assert found["Public address"][0] == "✓"
        sign, said = found["WebSockets"]
        assert sign == "✗" and "do not come through" in said and "proxy_set_header Upgrade" in said

    def test_sockets_cost_the_own_address_nothing(self, server_process):
        server = server_process(MAX_REQUESTS_PER_WINDOW="3")
        for _ in range(8):
            assert public.sockets(server.url).level is Level.WELL
        for _ in range(3):
            assert get_status(f"{server.url}/realtime/rooms/validate/WRONG-CODE") == 200

    def test_sockets_that_say_something_else(self, server_process):
        """A limit is none: here that of codes of rooms that are not there."""
        server = server_process()

        def elsewhere(head: list[str]) -> list[str]:
            return [head[0].replace(public.SOCKET, "/realtime/ws/player/00000000?username=x"), *head[1:]]

        proxy = Proxy(server.url, elsewhere)
        try:
            for _ in range(8):
                found = public.sockets(proxy.url)
        finally:
            proxy.stop()
        assert found.level is Level.BROKEN and "another answer comes through it than this server's" in found.what

    def test_proxy_that_does_not_say_whom_it_passes_on(self, behind):
        sign, said = behind(lambda head: without(head, "x-forwarded-for"))["Proxy headers"]
        assert sign == "!" and "everybody counts as 127.0.0.1" in said and "$proxy_add_x_forwarded_for" in said

    def test_proxy_that_says_it_and_is_not_believed(self, behind):
        appended = f"X-Forwarded-For: {public.FORGED}, 203.0.113.9"
        found = behind(lambda head: [*without(head, "x-forwarded-for"), appended])
        sign, said = found["Proxy headers"]
        assert sign == "!" and "is not believed" in said and "TRUSTED_PROXIES=127.0.0.1" in said
        assert found["WebSockets"][0] == "✓"

    def test_proxy_that_appends_and_is_believed(self, behind):
        appended = f"X-Forwarded-For: {public.FORGED}, 203.0.113.9"
        found = behind(lambda head: [*without(head, "x-forwarded-for"), appended], TRUSTED_PROXIES="127.0.0.1")
        assert found["Proxy headers"] == ("✓", "The proxy says whom it passes on, and it alone is believed.")

    def test_proxy_that_is_believed_and_hands_on_what_anybody_says(self, behind):
        sign, said = behind(lambda head: head, TRUSTED_PROXIES="127.0.0.1")["Proxy headers"]
        assert sign == "✗" and "Anybody can pass for any address" in said and "TRUSTED_PROXIES" in said

    @pytest.mark.parametrize(
        ("address", "header", "level"),
        [
            (public.FORGED, public.FORGED, Level.BROKEN),
            ("203.0.113.9", f"{public.FORGED}, 203.0.113.9", Level.WELL),
            ("203.0.113.9", "203.0.113.9", Level.WELL),
        ],
    )
    def test_what_a_believed_proxy_makes_of_a_forged_header(self, address, header, level):
        assert public.forwarded({"address": address, "forwarded_for": header}, is_direct=False).level is level


@pytest.fixture
def signed(tmp_path) -> Iterator:
    """The port of a server whose certificate is of that name and ends in so many days; it has signed it itself."""
    servers = []

    def serve(name: str, days: int) -> int:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
             str(days), "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out",
             certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listening = socket.create_server(("127.0.0.1", 0))
        servers.append(listening)
        threading.Thread(target=shake_hands, args=(listening, context), daemon=True).start()
        return listening.getsockname()[1]

    yield serve
    for listening in servers:
        listening.close()


class TestOwnHttps:
    def test_running_over_https_by_itself(self, doctor, server_process, signed, tmp_path):
        signed("localhost", 90)
        files = {"TLS_CERTIFICATE": str(tmp_path / "certificate.pem"), "TLS_KEY": str(tmp_path / "key.pem")}
        server = server_process(**files)
        port = server.url.rpartition(":")[2]
        trusted = {**files, "SSL_CERT_FILE": files["TLS_CERTIFICATE"]}
        found = doctor(PORT=port, PUBLIC_URL=f"https://localhost:{port}", **trusted)
        wrong = {subject: said for subject, (sign, said) in found.items() if sign != "✓"}
        assert set(wrong) <= {"Time service"}, wrong
        assert {"https", "Certificate", "WebSockets", "Proxy headers"} < set(found)

    def test_running_over_http_where_https_is_set(self, doctor, server_process, signed, tmp_path):
        signed("localhost", 90)
        files = {"TLS_CERTIFICATE": str(tmp_path / "certificate.pem"), "TLS_KEY": str(tmp_path / "key.pem")}
        found = doctor(**set_up(server_process(), **files))
        sign, said = found["Port"]
        assert sign == "✗" and "is this server's, and it speaks http: it was started with other settings" in said
        assert "the running server" in found["Open files"][1]

    def test_key_that_is_missing(self, doctor, signed, tmp_path):
        signed("localhost", 90)
        sign, said = doctor(TLS_CERTIFICATE=str(tmp_path / "certificate.pem"))["https"]
        assert sign == "✗" and "TLS_KEY is missing" in said


class TestCertificate:
    def test_that_is_not_shown_in_time(self, doctor, monkeypatch):
        monkeypatch.setattr(public, "SECONDS", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            sign, said = doctor(PUBLIC_URL=f"https://127.0.0.1:{silent.getsockname()[1]}")["Certificate"]
        assert sign == "✗" and "No certificate is shown" in said and ": no answer came in time. →" in said

    def test_that_it_has_signed_itself(self, doctor, signed):
        sign, said = doctor(PUBLIC_URL=f"https://localhost:{signed('localhost', 90)}")["Certificate"]
        assert sign == "✗" and "Browsers refuse the certificate of localhost: self-signed certificate" in said

    @pytest.mark.parametrize(
        ("name", "days", "sign", "words"),
        [
            ("localhost", 90, "✓", "is good for 89 days"),
            ("localhost", 5, "!", "ends in 4 days. → Renew it"),
            ("quiz.example.org", 90, "✗", "Hostname mismatch"),
        ],
    )
    def test_that_this_machine_trusts(self, doctor, signed, tmp_path, name, days, sign, words):
        port = signed(name, days)
        trusted = str(tmp_path / "certificate.pem")
        found = doctor(PUBLIC_URL=f"https://localhost:{port}", SSL_CERT_FILE=trusted)["Certificate"]
        assert found[0] == sign and words in found[1]

    def test_that_is_none(self, doctor):
        with socket.create_server(("127.0.0.1", 0)) as plain:
            threading.Thread(target=refuse, args=(plain,), daemon=True).start()
            sign, said = doctor(PUBLIC_URL=f"https://127.0.0.1:{plain.getsockname()[1]}")["Certificate"]
        assert sign == "✗" and "No certificate is shown at 127.0.0.1" in said


def shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            plain = listening.accept()[0]
        except OSError:
            return
        with plain, contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as secured:
            secured.recv(1)
