"""The first to see a connection: it answers what is ready, and leaves everything else untouched to Tornado."""

import asyncio
import os
import socket

import pytest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine
from tornado.testing import bind_unused_port

from quizzler.rooms.counts import Counts
from quizzler.security.proxies import Proxies
from quizzler.web import front
from quizzler.web.front import Front
from quizzler.web.ready import ASKED_EVERY_TIME, Ready
from tests.clients import Hall, until
from tests.web.raw import Line

SMALL = Ready(b"small", "text/plain", ASKED_EVERY_TIME)
LARGE = Ready(bytes(20 * 2**20), "application/octet-stream", ASKED_EVERY_TIME)
MIDDLING = Ready(os.urandom(100_000), "application/octet-stream", ASKED_EVERY_TIME)
READY = {"/small": SMALL, "/middling": MIDDLING, "/large": LARGE}


def tornado_says(request: HTTPServerRequest) -> None:
    headers = HTTPHeaders({"Content-Length": str(len(request.body)), "Tornado": request.path})
    request.connection.write_headers(ResponseStartLine("HTTP/1.1", 200, "OK"), headers, request.body or None)
    request.connection.finish()


class Full:
    """A socket whose buffer is full, once."""

    def __init__(self, real: socket.socket):
        self._real = real
        self._full = True

    def send(self, data: bytes) -> int:
        full, self._full = self._full, False
        if full:
            raise BlockingIOError
        return self._real.send(data)

    def __getattr__(self, name: str):
        return getattr(self._real, name)


@pytest.fixture
async def door():
    """The address of a front whose Tornado answers everything, and says that it did."""
    server = HTTPServer(tornado_says)
    opened = Front(server, lambda path, host, address: READY.get(path), Proxies(()), Counts())
    listening, port = bind_unused_port()
    opened.add_sockets([listening])
    opened.url = f"http://127.0.0.1:{port}"
    yield opened
    opened.stop()
    opened.close()
    await server.close_all_connections()


async def test_many_requests_on_one_connection_until_one_is_for_tornado(door):
    line = await Line.open(door.url)
    for path in ("/small", "/small?a=b"):
        answer = await line.ask("GET", path)
        assert (answer.status, answer.body) == (200, b"small") and "tornado" not in answer.headers
    assert (await line.ask("GET", "/other")).headers["tornado"] == "/other"
    assert (await line.ask("GET", "/small")).headers["tornado"] == "/small"


async def test_requests_that_come_together_are_answered_one_by_one(door):
    line = await Line.open(door.url)
    line.send(b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
    line.send(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
    for _ in range(3):
        assert (await line.answer()).body == b"small"
    answer = await line.answer()
    assert (answer.headers["tornado"], answer.body) == ("/x", b"hi")


async def test_request_that_comes_in_pieces_is_tornados(door):
    line = await Line.open(door.url)
    line.send(b"GET /small HTT")
    await asyncio.sleep(0.05)
    line.send(b"P/1.1\r\nHost: a\r\n\r\n")
    assert (await line.answer()).headers["tornado"] == "/small"


@pytest.mark.parametrize(
    "head",
    [
        "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 0",
        "HEAD /small HTTP/1.1\r\nHost: a",
        "GET /small HTTP/1.0\r\nHost: a\r\nConnection: keep-alive",
        "GET http://a/small HTTP/1.1\r\nHost: a",
        "GET /small HTTP/1.1\r\nHost: a\r\nConnection: close",
        "GET /small HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket",
        "GET /small HTTP/1.1\r\nHost: a\r\nUpgrade: h2c",
        "GET /small HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 0",
        "GET /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue",
        "GET /small HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1",
        "GET /small HTTP/1.1\r\nHost: a_b",
        "GET /small HTTP/1.1\r\nHost: a\r\nX-Long: " + "x" * 9000,
    ],
)
async def test_what_is_more_than_a_plain_get_is_tornados(door, head):
    line = await Line.open(door.url)
    line.send(f"{head}\r\n\r\n".encode())
    assert "tornado" in (await line.answer(head.split(" ")[0])).headers


@pytest.mark.parametrize(
    "head",
    [
        "GET /small HTTP/1.1",
        "GET /small HTTP/1.1\r\nHost: a\r\nHost: b",
        "GET /small HTTP/1.1\r\nHost : a",
        "GET /small HTTP/1.1\r\nHost: a; script-src *",
        "GET /small HTTP/1.1\r\nHost: a\r\n folded: b",
        "GET /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
        "GET /small HTTP/1.1\r\nHost: a\nTransfer-Encoding: chunked\nContent-Length: 3",
        "\x16\x03\x01\x02",
    ],
)
async def test_what_is_no_good_request_is_never_answered_as_one(door, head):
    line = await Line.open(door.url)
    line.send(f"{head}\r\n\r\n".encode("latin-1"))
    assert (await asyncio.wait_for(line._reader.read(17), 5))[:12] in (b"HTTP/1.1 400", b"")


async def test_who_reads_slowly_gets_all_of_it_and_then_the_next(door):
    line = await Line.open(door.url)
    line.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /small HTTP/1.1\r\nHost: a\r\n\r\n")
    await asyncio.sleep(0.1)
    assert [visitor.left is not None for visitor in door._visitors] == [True]
    assert len((await line.answer()).body) == 20 * 2**20
    assert (await line.answer()).body == b"small"


async def test_answer_that_the_kernel_takes_nothing_of_at_first_is_not_lost(door):
    line = await Line.open(door.url)
    await line.ask("GET", "/small")
    [visitor] = door._visitors
    visitor.socket = Full(visitor.socket)
    assert (await line.ask("GET", "/small")).body == b"small"


async def test_who_asks_much_and_reads_late_gets_every_answer_whole(door):
    line = await Line.open(door.url)
    line.send(b"GET /middling HTTP/1.1\r\nHost: a\r\n\r\n" * 150)
    await asyncio.sleep(0.2)
    for _ in range(150):
        assert len((await line.answer()).body) == 100_000


async def test_who_hangs_up_is_forgotten(door):
    idle, halfway, reset = [await Line.open(door.url) for _ in range(3)]
    await idle.ask("GET", "/small")
    halfway.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    await asyncio.sleep(0.1)
    reset._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    for line in (idle, halfway, reset):
        line._writer.transport.abort()
    await asyncio.sleep(0.1)
    assert not door._visitors


async def test_who_asks_for_nothing_is_let_go_of(monkeypatch, door):
    quiet, busy = await Line.open(door.url), await Line.open(door.url)
    await quiet.ask("GET", "/small")
    monkeypatch.setattr(front, "PATIENCE", 0.2)
    await asyncio.sleep(0.3)
    await busy.ask("GET", "/small")
    door._sweep()
    assert await quiet.at_end()
    assert (await busy.ask("GET", "/small")).body == b"small"


@pytest.mark.parametrize(("slowest", "stays"), [(1, True), (10**9, False)])
async def test_who_takes_an_answer_bit_by_bit_uses_their_patience_up(monkeypatch, door, slowest, stays):
    monkeypatch.setattr(front, "PATIENCE", 0.3)
    monkeypatch.setattr(front, "SLOWEST", slowest)
    line = await Line.open(door.url)
    line.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    await until(lambda: [visitor.left is not None for visitor in door._visitors] == [True])
    [visitor] = door._visitors
    late = asyncio.get_running_loop().time() + 0.4
    left = len(visitor.left)
    while asyncio.get_running_loop().time() < late or len(visitor.left) == left:
        left = len(visitor.left)
        await line.some(100_000)
        await asyncio.sleep(0.01)
    door._sweep()
    assert len(door._visitors) == stays


async def test_where_descriptors_are_scarce_who_says_nothing_makes_place(door):
    silent = [await Line.open(door.url) for _ in range(5)]
    busy = await Line.open(door.url)
    await busy.ask("GET", "/small")
    door.descriptors = 0
    late = await Line.open(door.url)
    assert await asyncio.wait_for(silent[0]._reader.read(), 10) == b"", "it was quiet for longest"
    for line in (busy, late):
        assert (await line.ask("GET", "/small")).body == b"small"


async def test_who_came_when_descriptors_were_scarce_is_handed_over_all_the_same(hall: Hall, monkeypatch):
    monkeypatch.setattr("quizzler.web.server.connections_allowed", lambda: 0)
    silent = await Line.open(hall.base_url)
    hall.door.descriptors = 0
    late = await Line.open(hall.base_url)
    assert await asyncio.wait_for(silent._reader.read(), 10) == b""
    assert (await late.ask("GET", "/realtime/health")).status == 200


async def test_where_nobody_can_make_place_the_newest_has_to_go(door):
    handed_over = await Line.open(door.url)
    await handed_over.ask("GET", "/other")
    door.descriptors = 0
    late = await Line.open(door.url)
    assert await asyncio.wait_for(late._reader.read(), 10) == b""
    assert (await handed_over.ask("GET", "/other")).status == 200


async def test_at_its_end_who_waits_for_nothing_is_let_go_of_first(door):
    idle, halfway = await Line.open(door.url), await Line.open(door.url)
    await idle.ask("GET", "/small")
    halfway.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    await asyncio.sleep(0.1)
    door.stop()
    assert await idle.at_end()
    assert len((await halfway.answer()).body) == 20 * 2**20
    door.close()
    assert await halfway.at_end()
    with pytest.raises(OSError):
        await Line.open(door.url)


async def test_a_phones_connection_goes_on_to_everything_else(hall: Hall):
    line = await Line.open(hall.base_url)
    assert b"Join the quiz" in (await line.ask("GET", "/join/ABCD")).body
    assert b'"valid":false' in (await line.ask("GET", "/realtime/rooms/validate/ABCD")).body
    assert b"play-top" in (await line.ask("GET", "/play/ABCD")).body
    assert (await line.ask("GET", "/nothing")).status == 404
