"""The client's connection, against servers that do not keep to the protocol."""

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from quizzler.loadtest.connection import GUID, Connection
from quizzler.loadtest.plan import Target
from quizzler.rooms.frames import PING, PONG, TEXT, Reader, close_frame, frame, text_frame
from tests.clients import PATIENCE

Answer = Callable[[bytes], list[bytes]]


class Client(Connection):
    def __init__(self, target: Target, path: str):
        super().__init__(target, path)
        self.messages: list[bytes] = []
        self.over = asyncio.get_running_loop().create_future()

    def heard(self, came: float, payload: bytes) -> None:
        self.messages.append(payload)

    def lost(self) -> None:
        self.over.set_result(None)


@pytest.fixture
async def meet() -> AsyncIterator[Callable[..., Awaitable[tuple[Client, bytes]]]]:
    """A client and a server that answers the upgrade with these pieces and then hangs up; gives what it read, too."""
    servers = []

    async def meet(answer: Answer, say: bytes | None = None) -> tuple[Client, bytes]:
        read = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            for piece in answer(head):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            writer.write_eof()
            read.set_result(head + await reader.read())
            writer.close()

        servers.append(server := await asyncio.start_server(serve, "127.0.0.1", 0))
        target = Target("127.0.0.1", server.sockets[0].getsockname()[1], "quiz", "quiz:80", "/prefix", False)
        client = Client(target, "/path?a=b")
        await client.connect(None)
        if say is not None:
            client.say(say)
        await asyncio.wait_for(client.over, PATIENCE)
        return client, await asyncio.wait_for(read, PATIENCE)

    yield meet
    for server in servers:
        server.close()


def accepted(head: bytes) -> bytes:
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", head)[1].decode()
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
        f"sec-websocket-accept: {accept}\r\n\r\n"
    ).encode()


async def test_whole_conversation(meet):
    """In one piece or byte by byte; pings are answered, and so is the close."""

    def answer(head: bytes) -> list[bytes]:
        said = accepted(head) + text_frame(b'"one"') + frame(PING, b"there?") + text_frame(b'"two"')
        return [bytes([byte]) for byte in said + close_frame(1000, "Bye")]

    client, read = await meet(answer, b'"hello"')
    assert client.messages == [b'"one"', b'"two"']
    assert (client.ending.code, client.ending.sentence) == (1000, "Bye")
    head, _, frames = read.partition(b"\r\n\r\n")
    assert head.startswith(b"GET /prefix/path?a=b HTTP/1.1\r\nHost: quiz:80\r\n")
    said = list(Reader(1000, masked=True).feed(frames))
    assert (TEXT, b'"hello"') in said and (PONG, b"there?") in said and said[-1] == (8, b"\x03\xe8")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda head: [b"HTTP/1.1 503 Service Unavailable\r\n\r\n"], "Instead of a WebSocket there was: HTTP/1.1 503"),
        (lambda head: [accepted(head.replace(b"Key: ", b"Key: x"))], "is not that of a WebSocket server"),
        (lambda head: [b"HTTP/1.1 101 Yes\r\n\r\n"], "is not that of a WebSocket server"),
        (lambda head: [b"x" * 20_000], "has no end"),
        (lambda head: [], "The connection was cut"),
        (lambda head: [accepted(head)], "The connection was cut"),
        (lambda head: [accepted(head) + b"\x81\x82abcdef"], "a server does not"),
        (lambda head: [accepted(head) + frame(TEXT, b"\xff")], "That is not UTF-8"),
    ],
)
async def test_server_that_is_none(meet, answer, sentence):
    client, _ = await meet(answer)
    assert client.ending.code is None and sentence in client.ending.sentence


async def test_nobody_there():
    client = Client(Target("127.0.0.1", 1, "quiz", "quiz", "", False), "/")
    await client.connect(None)
    assert client.ending.sentence.startswith("No connection: ")
    client.say(b"into the void")
    client.hang_up("again")
    assert client.ending.sentence.startswith("No connection: ")
