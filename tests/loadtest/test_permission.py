"""A load test plays nowhere without permission, and not beyond the server's limits; it says at once why it does not."""

import asyncio
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from quizzler.web.loadtest import NOT_ALLOWED
from tests.clients import Hall
from tests.loadtest.conftest import ADMIN, Outcome


def sentence(done: Outcome) -> str:
    """What a load test says that could not be run: exit status 2, one line, no traceback."""
    assert (done.status, done.output, done.figures) == (2, "", None)
    [line] = done.errors.splitlines()
    return line.removeprefix("quizzler: ")


def token_of(url: str, name: str) -> str:
    async def sign_up() -> str:
        return (await Hall(url).rest.sign_up(name)).token

    return asyncio.run(sign_up())


class TestPermission:
    @pytest.fixture
    def strict(self, server_process):
        return server_process(ADMIN_EMAILS=ADMIN)

    def test_refused_where_the_server_has_not_allowed_it(self, strict, loadtest):
        assert sentence(loadtest(strict.url)) == NOT_ALLOWED

    def test_allowed_for_an_admin_whose_account_then_hosts(self, strict, loadtest):
        done = loadtest(strict.url, "--token", token_of(strict.url, "Admin"))
        assert done.status == 0 and done.figures["account"] == ADMIN
        assert f"The games are listed under the account {ADMIN}." in done.output

    def test_refused_for_anyone_else(self, strict, loadtest):
        assert sentence(loadtest(strict.url, "--token", token_of(strict.url, "Ann"))) == NOT_ALLOWED

    def test_refused_with_a_token_that_is_not_valid(self, strict, loadtest):
        assert "The server does not take the token: " in sentence(loadtest(strict.url, "--token", "Bearer x.y.z"))

    def test_token_is_looked_at_where_everyone_may(self, server, loadtest):
        assert "The server does not take the token: " in sentence(loadtest(server.url, "--token", "x.y.z"))


class TestLimits:
    def test_players_of_a_room(self, server, loadtest):
        said = sentence(loadtest(server.url, "--players", "300"))
        assert said == "The server allows 12 players in a room: start it with MAX_PLAYERS_PER_ROOM=300"

    def test_rooms(self, server, loadtest):
        said = sentence(loadtest(server.url, "--rooms", "6"))
        assert said == "The server allows 5 rooms: start it with MAX_ROOMS=6"

    def test_rooms_that_are_in_use_count(self, server, loadtest):
        async def run_beside_a_game() -> Outcome:
            hall = Hall(server.url)
            await hall.host(await hall.rest.sign_up("Hostess"))
            try:
                return await asyncio.to_thread(loadtest, server.url, "--rooms", "5")
            finally:
                hall.leave()

        said = sentence(asyncio.run(run_beside_a_game()))
        assert said == "The server allows 5 rooms, and 1 are in use: start it with MAX_ROOMS=6"


class TestOtherAddresses:
    def test_nobody_listens(self, loadtest):
        assert (
            sentence(loadtest("http://127.0.0.1:1")) == "Nobody listens at http://127.0.0.1:1: is the server running?"
        )

    def test_unknown_name(self, loadtest):
        assert "The name nowhere.invalid is not known" in sentence(loadtest("http://nowhere.invalid"))

    def test_another_server(self, loadtest):
        with answering(404, b"<h1>Nothing here</h1>") as url:
            assert sentence(loadtest(url)) == f"{url} is no Quizzler server: it answers 404 Not Found"
        with answering(200, b"Welcome!") as url:
            assert sentence(loadtest(url)) == f"{url} does not answer as a Quizzler server does"

    def test_older_server(self, loadtest):
        with answering(404, b'{"detail": "There is nothing at this address"}') as url:
            assert "knows no load tests" in sentence(loadtest(url))

    def test_server_that_sends_on(self, loadtest):
        with answering(301, b"", Location="https://quiz.example.org/") as url:
            assert sentence(loadtest(url)) == f"{url} sends on to https://quiz.example.org/"


class TestUse:
    @pytest.mark.parametrize(
        ("flags", "words"),
        [
            (("--players", "0"), "--players: '0' is not a whole number from 1"),
            (("--url", "127.0.0.1:8000"), "is not an address like https://quiz.example.org"),
            (("--answers", "never"), "invalid choice: 'never'"),
            (("--token", "a b"), "is not a token"),
            (("--spread-seconds", "2", "--time-limit", "2"), "do not fit into a time limit of 2 s"),
            (("--processes", "4"), "More processes than players"),
            (("--picture", "nowhere/picture.svg"), "nowhere/picture.svg cannot be written"),
            (("--json", "."), ". cannot be written"),
        ],
    )
    def test_what_makes_no_sense_is_explained(self, server, loadtest, flags, words):
        done = loadtest(server.url, *flags)
        assert done.status == 2 and words in done.errors and done.output == ""


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """The address of a server that has one answer to everything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
