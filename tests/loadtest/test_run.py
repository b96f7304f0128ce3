"""``quizzler loadtest`` against a real server, as people call it."""

import asyncio
import re
import signal
import ssl
import subprocess
import sys
from xml.etree import ElementTree

import psutil
import pytest

from tests.clients import Rest
from tests.loadtest.proxy import Proxy
from tests.processes import PATIENCE, clean_environ

SVG = "{http://www.w3.org/2000/svg}"


class TestYes:
    def test_every_figure_is_right(self, server, loadtest):
        done = loadtest(server.url, "--rooms", "2", "--players", "6")
        assert (done.status, done.errors) == (0, "")
        assert re.fullmatch(
            r"Yes: 12 players in 2 rooms, every answer acknowledged, the slowest after [\d.]+ m?s, every score right\.",
            done.verdict,
        )
        figures = done.figures
        assert (figures["verdict"], figures["sentence"]) == ("yes", done.verdict)
        assert figures["findings"] == [] and figures["not_durable"] == 0
        counts = {name: figures[name]["count"] for name in ("joins", "questions", "acks", "results")}
        assert counts == {"joins": 12, "questions": 24, "acks": 24, "results": 4}
        # Each player's two results and end, each host's two results and end.
        assert figures["checked"] == 12 * 3 + 2 * 3
        assert 0 < figures["acks"]["p50_ms"] <= figures["acks"]["p99_ms"] <= figures["acks"]["max_ms"]
        assert figures["plan"]["url"] == server.url and figures["plan"]["processes"] == 1

    def test_output_is_plain_where_it_is_no_terminal(self, server, loadtest):
        done = loadtest(server.url)
        assert "\x1b" not in done.output and "\r" not in done.output
        assert "Players join: 3 of 3" in done.output
        assert "Questions are answered: 6 of 6" in done.output

    def test_games_are_listed_under_the_account_that_it_names(self, server, loadtest):
        done = loadtest(server.url, "--rooms", "2")
        email, password = re.search(
            r"account (loadtest-\w+@example\.com), password (\S+)\.$", done.output, re.M
        ).groups()
        assert done.figures["account"] == email and password not in (done.folder / "figures.json").read_text()

        async def games() -> list[dict]:
            signed_in = await Rest(server.url).post("/auth/signin", {"email": email, "password": password})
            return (await Rest(server.url, signed_in["access_token"]).get("/results/games"))["games"]

        played = [(game["player_count"], game["question_count"]) for game in asyncio.run(games())]
        assert played == [(3, 2), (3, 2)]

    def test_one_room_on_two_processes_all_at_once(self, server, loadtest):
        done = loadtest(server.url, "--players", "7", "--processes", "2", "--answers", "burst", "--join-seconds", "0.5")
        assert done.status == 0, done.output
        assert len(done.figures["busy"]) == 2
        assert done.figures["acks"]["count"] == 14 and done.figures["joins"]["count"] == 7
        assert done.figures["plan"]["answers"] == "burst"

    def test_picture(self, server, loadtest):
        done = loadtest(server.url)
        picture = ElementTree.parse(done.folder / "quizzler-loadtest.svg").getroot()
        assert picture.tag == f"{SVG}svg" and picture.findtext(f"{SVG}title") == done.verdict
        assert "quizzler-loadtest.svg" in done.output

    def test_no_picture_is_made_where_none_is_wanted(self, server, loadtest):
        done = loadtest(server.url, "--no-picture")
        assert done.status == 0 and [path.name for path in done.folder.iterdir()] == ["figures.json"]

    def test_under_a_path(self, server, loadtest):
        with Proxy(server.url, prefix="/quiz/night") as proxy:
            assert loadtest(f"{proxy.url}/").status == 0

    def test_over_tls(self, server, loadtest, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        with Proxy(server.url, tls=context) as proxy:
            assert loadtest(proxy.url, SSL_CERT_FILE=str(certificate[0])).status == 0
            untrusted = loadtest(proxy.url)
        assert untrusted.status == 2 and "CERTIFICATE_VERIFY_FAILED" in untrusted.errors

    @pytest.fixture
    def certificate(self, tmp_path):
        """Of localhost, signed by itself."""
        made = tmp_path / "certificate.pem", tmp_path / "key.pem"
        names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
        command = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names)
        subprocess.run([*command, "-out", made[0], "-keyout", made[1]], check=True, capture_output=True)
        return made


class TestNo:
    def test_server_that_dies_in_the_middle(self, server_process, loadtest):
        """The first acknowledgement is its last."""
        server = server_process(ALLOW_LOADTEST="yes")

        def die(path: str, message: dict) -> list[dict]:
            if message["type"] == "answer_ack":
                server.process.kill()
            return [message]

        with Proxy(server.url, die) as proxy:
            done = loadtest(proxy.url)
        assert done.status == 1
        assert done.verdict.startswith("No: 1 of 1 host lost the connection: ")
        assert {kind for kind, _ in done.found()} == {"host lost", "player lost"}

    def test_name_that_the_server_does_not_want(self, server, loadtest):
        def refuse(path: str, message: dict) -> list[dict | None]:
            if message["type"] == "welcome" and message["name"] == "Player 2":
                return [{"type": "error", "message": "Not \x1b[2J you", "timestamp": 0}, None]
            return [message]

        with Proxy(server.url, refuse) as proxy:
            done = loadtest(proxy.url, "--join-seconds", "0")
        assert done.status == 1 and "\x1b" not in done.output
        assert ("not joined", "Not \N{REPLACEMENT CHARACTER}[2J you") in done.found()


class TestInterrupted:
    def test_ctrl_c_ends_all_processes_without_a_word(self, server, tmp_path):
        called = ("loadtest", "--url", server.url, "--players", "4", "--processes", "2", "--no-picture")
        running = subprocess.Popen(
            [sys.executable, "-m", "quizzler", *called], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=tmp_path, env=clean_environ(), start_new_session=True,
        )  # fmt: skip
        while "Players join" not in (line := running.stdout.readline()):
            assert line, running.stderr.read()
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) >= 2
        for process in (running, *children):
            process.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE) == 130
        assert running.stderr.read() == ""
        running.stdout.close(), running.stderr.close()
        _, alive = psutil.wait_procs(children, PATIENCE)
        assert not alive
