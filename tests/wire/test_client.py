"""The judge would notice: servers that answer by heart, some of them wrongly."""

import asyncio
import base64
import hashlib
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.wire.cases import CASES
from tests.wire.client import Client, ServerFault
from tests.wire.octets import BINARY, CONTINUATION, TEXT, Filled, Fragments, Frame
from tests.wire.script import Failed, Verdict, play, verdict

CASE = {case.number: case for case in CASES}
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# Seconds for a server that will not do what it should.
IMPATIENT = 0.1

HELLO = b"Hello, world!"
STARS = b"*" * 125
FRAGMENTS = b"fragment1fragment2fragment3fragment4fragment5"
ECHO = b"\x81\x0d" + HELLO
STARS_ECHO = b"\x81\x7d" + STARS
PONG_ECHO = b"\x8a\x0d" + HELLO
GOODBYE = b"\x88\x02\x03\xe8"  # 1000
PROTOCOL_ERROR = b"\x88\x02\x03\xea"  # 1002
NOT_UTF8 = b"\x88\x02\x03\xef"  # 1007
NOTHING = b""


@asynccontextmanager
async def server(*answers: bytes, stays: bool = False, handshake: str = "") -> AsyncIterator[str]:
    """Says the next answer to whatever comes next, and goes behind the last one, or stays until the client goes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", head)[1]
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        lines = handshake or (
            f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n"
        )
        writer.write(lines.encode() + b"\r\n")
        for answer in answers:
            await reader.read(65536)
            writer.write(answer)
        if stays:
            await reader.read()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield "ws://{}:{}/".format(*listening.sockets[0].getsockname())


@pytest.mark.parametrize(
    ("number", "answers", "judged"),
    [
        ("1.1.2", [STARS_ECHO, GOODBYE], Verdict.OK),
        ("1.1.2", [b"\x01\x05*****\x00\x02**\x80\x76" + STARS[7:], GOODBYE], Verdict.OK),
        ("1.1.2", [STARS_ECHO, b"\x88\x00"], Verdict.OK),
        ("2.2", [PONG_ECHO, GOODBYE], Verdict.OK),
        ("3.1", [PROTOCOL_ERROR], Verdict.OK),
        ("3.1", [NOTHING], Verdict.OK),
        ("3.2", [ECHO + PROTOCOL_ERROR], Verdict.OK),
        ("3.2", [PROTOCOL_ERROR], Verdict.NON_STRICT),
        ("6.4.1", [b"\x8a\x01A", NOT_UTF8], Verdict.OK),
        ("6.4.1", [b"\x8a\x01A", b"\x8a\x01B", NOT_UTF8], Verdict.NON_STRICT),
        ("6.4.3", [NOTHING, NOT_UTF8], Verdict.OK),
        ("6.4.3", [NOTHING, NOTHING, NOT_UTF8], Verdict.NON_STRICT),
        ("7.13.1", [b"\x88\x02\x13\x88"], Verdict.INFORMATIONAL),
    ],
)
async def test_right_answers_pass(number, answers, judged):
    async with server(*answers) as url:
        assert verdict(CASE[number], await play(CASE[number], url)) is judged


@pytest.mark.parametrize(
    ("number", "answers", "complaint"),
    [
        ("1.1.2", [STARS_ECHO.replace(b"**", b"*+", 1), GOODBYE], "Heard"),
        ("1.1.2", [b"\x82\x7d" + STARS, GOODBYE], "binary"),
        ("1.1.2", [STARS_ECHO * 2, GOODBYE], "Heard: text .*, text"),
        ("1.1.2", [STARS_ECHO + b"\x89\x00", GOODBYE], "ping"),
        ("1.1.2", [NOTHING, GOODBYE], "Nothing was heard"),
        ("1.1.2", [STARS_ECHO, NOTHING], "without a close frame"),
        ("1.1.2", [STARS_ECHO, b"\x88\x02\x03\xe9"], "close code is 1001"),
        ("1.1.2", [STARS_ECHO + GOODBYE], "wrong side"),
        ("2.2", [b"\x8a\x05other", GOODBYE], "Heard: pong"),
        ("2.2", [ECHO, GOODBYE], "Heard: text"),
        ("2.7", [b"\x8a\x00" + GOODBYE], "Heard: pong"),
        ("3.1", [ECHO + PROTOCOL_ERROR], "Heard: text"),
        ("3.1", [GOODBYE], "close code is 1000"),
        ("3.2", [ECHO + b"\x8a\x00" + PROTOCOL_ERROR], "Heard: text .*, pong"),
        ("5.19", [NOTHING, b"\x8a\x09pongme 1!\x8a\x09pongme 2!\x81\x2d" + FRAGMENTS, GOODBYE], "still open"),
        ("6.4.1", [NOT_UTF8], "Nothing was heard"),
        ("6.4.1", [b"\x8a\x01A", b"\x8a\x01B", GOODBYE], "close code is 1000"),
        ("7.3.2", [GOODBYE], "close code is 1000"),
        ("7.13.1", [ECHO], "Heard"),
    ],
)
async def test_wrong_answers_are_noticed(number, answers, complaint):
    async with server(*answers) as url:
        client = await play(CASE[number], url, IMPATIENT)
    with pytest.raises(Failed, match=complaint):
        verdict(CASE[number], client)


@pytest.mark.parametrize(
    ("number", "answers"),
    [("1.1.2", [STARS_ECHO, GOODBYE]), ("3.1", [NOTHING]), ("3.1", [PROTOCOL_ERROR]), ("7.13.1", [GOODBYE])],
)
async def test_a_connection_that_does_not_end_is_noticed(number, answers):
    async with server(*answers, stays=True) as url:
        client = await play(CASE[number], url, IMPATIENT)
    with pytest.raises(Failed, match="did not end"):
        verdict(CASE[number], client)


@pytest.mark.parametrize("answer", [NOTHING, b"\x88\x00"])
async def test_who_has_to_tell_why_is_held_to_it(answer):
    async with server(answer) as url:
        client = await play(CASE["3.1"], url)
    assert verdict(CASE["3.1"], client) is Verdict.OK
    with pytest.raises(Failed):
        verdict(CASE["3.1"], client, tells_why=True)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"\x81\x81" + bytes(4) + b"*", "81 81"),  # masked
        (b"\xc1\x00", "c1 00"),  # a reserved bit
        (b"\x83\x00", "83 00"),  # a reserved opcode
        (b"\x09\x00", "in pieces"),
        (b"\x89\x7e\x00\x7e" + bytes(126), "long"),
        (b"\x82\x7e\x00\x7d" + bytes(125), "more bytes than it needs"),
        (b"\x82\x7f" + struct.pack("!Q", 65535) + bytes(65535), "more bytes than it needs"),
        (b"\x80\x00", "wrong order"),
        (b"\x01\x00\x81\x00", "wrong order"),
        (b"\x81\x03\xed\xa0\x80", "not UTF-8"),
        (b"\x88\x01\x03", "one byte"),
        (b"\x88\x03\x03\xe8\xff", "reason is not UTF-8"),
        (GOODBYE + b"\x8a\x00", "behind its close"),
        (GOODBYE + b"\x8a", "behind its close"),
    ],
)
async def test_what_no_server_may_say_is_noticed(answer, complaint):
    async with server(answer) as url:
        with pytest.raises(ServerFault, match=complaint):
            await play(CASE["1.1.2"], url)


@pytest.mark.parametrize(
    "handshake",
    [
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: nothing\r\n",
        "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
    ],
)
async def test_a_wrong_handshake_is_noticed(handshake):
    async with server(handshake=handshake) as url:
        with pytest.raises(ServerFault, match="no handshake"):
            await Client.connect(url)


def test_octets_are_those_of_the_standard():
    """Its examples (RFC 6455, 5.7)."""
    mask = bytes.fromhex("37 fa 21 3d")
    hello = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")
    assert Frame(TEXT, b"Hello").encoded(mask) == Frame(TEXT, b"Hello", mask=mask).encoded(b"none") == hello
    assert Frame(TEXT, b"Hello", mask=b"").encoded(mask) == bytes.fromhex("81 05 48 65 6c 6c 6f")
    assert Frame(TEXT, b"Hel", fin=False, mask=b"").encoded(mask) == bytes.fromhex("01 03 48 65 6c")
    assert Frame(BINARY, bytes(256), mask=b"").encoded(mask) == bytes.fromhex("82 7e 01 00") + bytes(256)
    assert Frame(BINARY, bytes(65536)).encoded(mask)[:14] == bytes.fromhex("82 ff 00 00 00 00 00 01 00 00") + mask
    assert Frame(TEXT, rsv=4, mask=b"").encoded(mask) == b"\xc1\x00"


@pytest.mark.parametrize(("size", "sizes"), [(1300, [1300] * 50 + [536]), (32768, [32768, 32768, 0])])
def test_fragments(size, sizes):
    frames = list(Fragments(TEXT, Filled(b"*", 65536), size).frames())
    assert [len(frame.payload) for frame in frames] == sizes
    assert [frame.opcode for frame in frames] == [TEXT] + [CONTINUATION] * (len(sizes) - 1)
    assert [frame.fin for frame in frames] == [False] * (len(sizes) - 1) + [True]


async def test_chops_come_by_themselves():
    chops = []

    class Chops(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport

        def data_received(self, data):
            chops.append(data)
            if data == b"end":
                self.transport.close()

    loop = asyncio.get_running_loop()
    async with await loop.create_server(Chops, "127.0.0.1", 0) as listening:
        connection = socket.create_connection(listening.sockets[0].getsockname())
        connection.setblocking(False)
        client = Client(connection)
        await client.send(b"*" * 1000, chop=1)
        await client.send(b"end")
        await client.until_ended()
        await client.leave()
    # The kernel may put some of them together, but not as a rule.
    assert len(chops) > 500
