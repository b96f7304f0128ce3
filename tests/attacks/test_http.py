"""Attacks before and instead of the handshake: no HTTP, slow HTTP, ambiguous HTTP, and too many who say nothing."""

import asyncio
import time

import psutil
import pytest

from quizzler import app
from quizzler.web import front
from tests.attacks.conftest import LOOSE, Life
from tests.attacks.raw import HANDSHAKE, Raw, allow_descriptors, statuses_in
from tests.clients import Hall

MIB = 1024 * 1024
HURRIED = 0.6  # seconds of patience, where that is what a test is about
TLS_HELLO = bytes.fromhex(
    "16030100750100007103035e0b5bd1cc6a1c1fd6f7b8e3f0a19cc2a3b1d0cf6e0f44a4d0e4d5d9c9b6a4c100001ec02bc02fc00ac009c013"
    "c014009c002f0035000a00ff01000030000a00080006001700180019000b00020100000d00120010040105010201040305030203020202"
)
HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"
GARBAGE = {
    "octets": bytes(range(256)) * 40,
    "zeros": bytes(10_000),
    "TLS hello": TLS_HELLO,
    "HTTP/2": HTTP_2,
    "a line without end": b"A" * 200_000,
    "line ends alone": b"\r\n" * 50_000,
    "SSH": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/3.0": b"GET / HTTP/3.0\r\nHost: a\r\n\r\n",
    "no version": b"GET / HTTP\r\nHost: a\r\n\r\n",
    "lower case": b"get / http/1.1\r\nhost: a\r\n\r\n",
    "NUL in the path": b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "frames without a handshake": b"\x81\x85mask\x05\x04\x1f\x07\x02" * 100,
}
PLAIN = b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /auth/signin HTTP/1.1\r\nHost: a\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKS = b"0\r\n\r\n"
# What a proxy and a server could read in two ways: where one ends and the hidden request begins.
AMBIGUOUS = {
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN),
    "two lengths in one": POST + b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN),
    "length and chunks": POST + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(CHUNKS) + CHUNKS,
    "chunks twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNKS,
    "not only chunks": POST + b"Transfer-Encoding: identity, chunked\r\n\r\n" + CHUNKS,
    "chunks of another name": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS,
    "two encodings": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNKS,
    "blank before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "a folded line": POST + b"X: a\r\n Transfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "NUL in a name": POST + b"Content-Length\x00: 5\r\n\r\n",
    "a tab in a name": POST + b"Transfer-Encoding\t: chunked\r\n\r\n" + CHUNKS,
    "length with a sign": POST + b"Content-Length: +5\r\n\r\nhello",
    "length below zero": POST + b"Content-Length: -5\r\n\r\n",
    "length in hexadecimal": POST + b"Content-Length: 0x5\r\n\r\nhello",
    "length with underscores": POST + b"Content-Length: 1_0\r\n\r\nhellohello",
    "no length": POST + b"Content-Length: \r\n\r\n",
    "chunk with a sign": POST + b"Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
    "chunk in hexadecimal": POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "chunk of no size": POST + b"Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n",
    "chunk that is longer": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n0\r\n\r\n",
    "a bare CR in a header": PLAIN + b"X: a\rTransfer-Encoding: chunked\r\n\r\n",
    "a header in the path": b"GET /join?a\r\nTransfer-Encoding: chunked\r\nX: HTTP/1.1\r\nHost: a\r\n\r\n",
    "no colon": PLAIN + b"Transfer-Encoding chunked\r\n\r\n",
    "two hosts": PLAIN + b"Host: b\r\n\r\n",
}
OVERSIZED = {
    "a header of 1 MB": PLAIN + b"X: " + b"a" * MIB + b"\r\n\r\n",
    "an address of 1 MB": b"GET /" + b"a" * MIB + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "100,000 headers": PLAIN + b"".join(b"X%d: a\r\n" % number for number in range(100_000)) + b"\r\n",
}


@pytest.fixture
async def hurried(hall_with, monkeypatch) -> Hall:
    """A hall with little patience."""
    monkeypatch.setattr(app, "HEAD_PATIENCE", HURRIED)
    monkeypatch.setattr(app, "BODY_PATIENCE", HURRIED)
    monkeypatch.setattr(front, "PATIENCE", HURRIED)
    monkeypatch.setattr(front, "STALLED", HURRIED)
    return await hall_with(**LOOSE)


async def trickle(connection: Raw, data: bytes) -> float:
    """A byte now and then, always in time for the next; returns for how many seconds the server listened."""
    begun = time.monotonic()
    sending = asyncio.create_task(_byte_by_byte(connection, data))
    await connection.until_end()
    sending.cancel()
    return time.monotonic() - begun


async def _byte_by_byte(connection: Raw, data: bytes) -> None:
    for place in range(len(data)):
        if not await connection.send(data[place : place + 1]):
            return
        await asyncio.sleep(HURRIED / 10)


async def test_garbage_in_place_of_a_handshake(raw, life):
    """A refusal or the end; never more, and nobody else notices."""
    for name, garbage in GARBAGE.items():
        heard = await (await raw()).say_all(garbage)
        assert all(400 <= status < 500 for status in statuses_in(heard)), (name, heard[:300])
        await life.goes_on()


async def test_request_smuggling(raw, life):
    """What can be read in two ways is not read at all."""
    for name, request in AMBIGUOUS.items():
        heard = await (await raw()).say_all(request + HIDDEN)
        assert statuses_in(heard) in ([], [400]), (name, heard[:500])
        await life.goes_on()


async def test_oversized_head(raw, life):
    memory = psutil.Process().memory_info().rss
    for name, request in OVERSIZED.items():
        connection = await raw()
        await connection.send(request)
        assert set(statuses_in(await connection.until_end())) <= {400, 431}, name
        await life.goes_on()
    assert psutil.Process().memory_info().rss - memory < 20 * MIB


@pytest.mark.parametrize(("size", "answers"), [(app.MAX_HEAD_BYTES, [200]), (app.MAX_HEAD_BYTES + 1, [])])
async def test_head_of_the_largest_size_and_of_a_byte_more(raw, size, answers):
    begin = PLAIN + b"Connection: close\r\nX: "
    connection = await raw()
    await connection.send(begin + b"a" * (size - len(begin) - 4) + b"\r\n\r\n")
    assert statuses_in(await connection.until_end()) == answers


async def test_body_of_a_get(raw, life):
    """Is read as what it is, and not as a request."""
    request = PLAIN + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN
    assert statuses_in(await (await raw()).say_all(request + PLAIN + b"\r\n")) == [200, 200]
    await life.goes_on()


async def test_body_of_a_hundred_megabytes(raw, life):
    connection = await raw()
    await connection.send(POST + b"Content-Length: %d\r\n\r\n" % (100 * MIB) + bytes(MIB))
    assert set(statuses_in(await connection.until_end())) <= {400, 413}
    await life.goes_on()


async def test_body_in_chunks_of_a_byte(raw, life):
    """Others do not wait while they are put together."""
    connection = await raw()
    await connection.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(10):
        await connection.send(b"1\r\n \r\n" * 10_000)
        await life.goes_on()
    await connection.send(b"0\r\n\r\n")
    await connection.until(b"HTTP/1.1 422")


async def test_ten_thousand_requests_at_once_on_one_connection(raw, life):
    """Nobody reads the answers; the game goes on between them."""
    connection = await raw(window=4096)
    asking = asyncio.create_task(
        connection.send(b"GET /realtime/rooms/validate/A HTTP/1.1\r\nHost: a\r\n\r\n" * 10_000)
    )
    for _ in range(10):
        await life.goes_on()
    connection.close()
    asking.cancel()


BAD_HANDSHAKES = {
    "another version": ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 99", 426),
    "no version": ("Sec-WebSocket-Version: 13\r\n", "", 426),
    "no key": ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
    "no upgrade": ("Upgrade: websocket\r\n", "", 400),
    "an upgrade to something else": ("Upgrade: websocket", "Upgrade: h2c", 400),
    "no connection": ("Connection: Upgrade\r\n", "", 400),
    "another site": ("Connection", "Origin: https://evil.example\r\nConnection", 403),
    "a site of no address": ("Connection", "Origin: http://[\r\nConnection", 403),
    "a post": ("GET", "POST", 405),
}


@pytest.mark.both_wires
async def test_handshake_that_is_wrong(raw, life):
    head = HANDSHAKE.format(path=f"/realtime/ws/player/{life.code}?username=Eve", host="a")
    for name, (right, wrong, status) in BAD_HANDSHAKES.items():
        assert await (await raw()).ask(head.replace(right, wrong, 1).encode()) == status, name
    assert await (await raw()).ask(head.encode()) == 101
    await life.goes_on()


async def test_head_that_trickles(hurried):
    life = await Life.begin(hurried)
    connection = await Raw.open(hurried.base_url)
    assert await trickle(connection, PLAIN + b"X: " + b"a" * 1_000) < 3 * HURRIED
    await life.goes_on()
    connection.close()


async def test_second_head_that_trickles(hurried):
    connection = await Raw.open(hurried.base_url)
    assert await connection.ask(PLAIN + b"\r\n") == 200
    assert await trickle(connection, PLAIN + b"X: " + b"a" * 1_000) < 3 * HURRIED
    connection.close()


async def test_body_that_trickles(hurried):
    life = await Life.begin(hurried)
    connection = await Raw.open(hurried.base_url)
    await connection.send(POST + b"Content-Length: 1000\r\n\r\n")
    assert await trickle(connection, b" " * 1_000) < 3 * HURRIED
    await life.goes_on()
    connection.close()


@pytest.mark.parametrize("path", ["/static/vendor/swagger-ui/swagger-ui-bundle.js", "/openapi.json"])
async def test_answer_that_nobody_reads(hurried, path):
    """The kernel lets go of it; until then it is there once, however many ask."""
    connection = await Raw.open(hurried.base_url, window=2048)
    ask = f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 100
    await connection.send(ask)

    async def ended() -> None:
        while await connection.send(ask):
            await asyncio.sleep(HURRIED / 10)

    await asyncio.wait_for(ended(), 20 * HURRIED)
    connection.close()


async def test_three_hundred_heads_that_trickle(hurried):
    life = await Life.begin(hurried)
    connections = [await Raw.open(hurried.base_url) for _ in range(300)]
    for connection in connections:
        await connection.send(PLAIN[:20])
    await life.goes_on()
    await asyncio.gather(*(connection.until_end() for connection in connections))
    await life.goes_on()
    for connection in connections:
        connection.close()


@pytest.mark.both_wires
async def test_two_thousand_connections_that_say_nothing(hurried):
    """A game goes on beside them, and they are let go of."""
    allow_descriptors(8_000)
    life = await Life.begin(hurried)
    connections = [await Raw.open(hurried.base_url) for _ in range(2_000)]
    await life.goes_on()
    await asyncio.gather(*(connection.until_end() for connection in connections))
    await life.goes_on()
    for connection in connections:
        connection.close()
