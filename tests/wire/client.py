"""A WebSocket client that says exactly what it is told, right or wrong, and takes nothing that it hears on trust.

RFC 6455 once more, apart from the server's own: what both understand alike is less likely to be a common mistake.
"""

import asyncio
import base64
import hashlib
import os
import random
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from tests.wire.octets import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Close, Item

PATIENCE = 10.0  # seconds until something that does not come is given up
_RECEIVE = 256 * 1024
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class ServerFault(AssertionError):
    """The server did what no server may, whatever it was told."""


class Client:
    """One connection. ``heard`` is every message (put together), ping and pong, in order, as (opcode, payload)."""

    def __init__(self, connection: socket.socket):
        self.heard: list[tuple[int, bytes]] = []
        self.close_code: int | None = None
        self.close_reason = b""
        self.has_closed = False  # our close frame is under way
        self.was_closed = False  # the server's close frame is here
        self.closed_first = False  # ours went before theirs came
        self.ended = False  # the TCP connection is at its end
        self._connection = connection
        self._receiving: asyncio.Task[bytes] | None = None
        self._buffer = bytearray()
        self._fragments: list[bytes] = []
        self._opcode: int | None = None
        # The same masks in every run, and another for each frame.
        self._masks = random.Random(6455)

    @classmethod
    async def connect(cls, url: str) -> "Client":
        """Opens the connection and shakes hands; fails the test where the server does it wrong."""
        address = urlsplit(url)
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.setblocking(False)
        # Each chop is to leave by itself.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = cls(connection)
        try:
            await asyncio.get_running_loop().sock_connect(connection, (address.hostname, address.port))
            await client._shake_hands(address.netloc, address.path or "/")
        except BaseException:
            await client.leave()
            raise
        return client

    async def _shake_hands(self, host: str, path: str) -> None:
        key = base64.b64encode(os.urandom(16))
        await self._write(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key.decode()}\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._buffer:
            if not await self._receive(PATIENCE):
                raise ServerFault(f"The handshake came to nothing, after {bytes(self._buffer)!r}")
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer = bytearray(rest)
        status, *lines = head.split(b"\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        accepted = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        if not status.startswith(b"HTTP/1.1 101 ") or headers.get(b"sec-websocket-accept") != accepted:
            raise ServerFault(f"That is no handshake: {head!r}")
        upgrade, connection = headers.get(b"upgrade", b"").lower(), headers.get(b"connection", b"").lower()
        if upgrade != b"websocket" or b"upgrade" not in connection:
            raise ServerFault(f"That is no upgrade: {head!r}")
        if b"sec-websocket-extensions" in headers or b"sec-websocket-protocol" in headers:
            raise ServerFault(f"Nobody asked for that: {head!r}")

    async def send(self, *items: Item, chop: int | None = None) -> None:
        """All of it at once, or ``chop`` bytes at a time, each flushed by itself. On an ended connection it does
        nothing: that is what the server answered."""
        data = b"".join(self._octets(items))
        step = chop or max(len(data), 1)
        for start in range(0, len(data), step):
            if self.ended:
                return
            await self._write(data[start : start + step])
            # A server in the same loop: one turn until it is seen to be readable, one in which it reads. Without both
            # it would get the chops in pairs.
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    def _octets(self, items: Iterable[Item]) -> Iterator[bytes]:
        for item in items:
            if isinstance(item, bytes):
                yield item
                continue
            if isinstance(item, Close):
                self.has_closed = True
                self.closed_first = not self.was_closed
            for frame in item.frames():
                yield frame.encoded(self._masks.randbytes(4))

    async def _write(self, data: bytes) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.get_running_loop().sock_sendall(self._connection, data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # what the server said before it went is still to be read

    async def until(self, count: int, seconds: float = PATIENCE) -> bool:
        """Listens until that much has been heard in all; False where it does not come to that."""
        return await self._listen(lambda: len(self.heard) >= count, seconds)

    async def until_closed(self, seconds: float = PATIENCE) -> bool:
        return await self._listen(lambda: self.was_closed or self.ended, seconds)

    async def until_ended(self, seconds: float = PATIENCE) -> bool:
        return await self._listen(lambda: self.ended, seconds)

    async def _listen(self, reached: Callable[[], bool], seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        await self._understand()  # something may have come with the handshake
        while not reached() and not self.ended:
            data = await self._receive(deadline - loop.time())
            if data is None:
                break
            self.ended = not data
            await self._understand()
        return reached()

    async def _receive(self, seconds: float) -> bytes | None:
        """Nothing at the end of the connection, None where nothing came in time."""
        if self._receiving is None:
            receiving = asyncio.get_running_loop().sock_recv(self._connection, _RECEIVE)
            self._receiving = asyncio.create_task(receiving)
        # It is never cancelled in between: it might have something already.
        await asyncio.wait({self._receiving}, timeout=seconds)
        if not self._receiving.done():
            return None
        received, self._receiving = self._receiving, None
        try:
            data = received.result()
        except ConnectionResetError:
            data = b""
        self._buffer += data
        return data

    async def _understand(self) -> None:
        while (frame := self._next_frame()) is not None:
            if self.was_closed:
                raise ServerFault("The server said something behind its close frame")
            fin, opcode, payload = frame
            if opcode == CLOSE:
                await self._take_close(payload)
            elif opcode in (PING, PONG):
                self.heard.append((opcode, payload))
            else:
                self._take_fragment(fin, opcode, payload)
        if self.was_closed and self._buffer:
            raise ServerFault("The server said something behind its close frame")

    def _next_frame(self) -> tuple[bool, int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        fin, opcode, length, start = bool(buffer[0] & 0x80), buffer[0] & 0x0F, buffer[1] & 0x7F, 2
        if buffer[0] & 0x70 or buffer[1] & 0x80 or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise ServerFault(f"No server may send a frame that begins {bytes(buffer[:2]).hex(' ')}")
        if opcode >= CLOSE and (length > 125 or not fin):
            raise ServerFault("The server's control frame is long or in pieces")
        if length > 125:
            start = 4 if length == 126 else 10
            if len(buffer) < start:
                return None
            shortest = 126 if length == 126 else 65536
            (length,) = struct.unpack_from("!H" if length == 126 else "!Q", buffer, 2)
            if length < shortest:
                raise ServerFault("The server's length has more bytes than it needs")
        if len(buffer) < start + length:
            return None
        payload = bytes(memoryview(buffer)[start : start + length])
        del buffer[: start + length]
        return fin, opcode, payload

    def _take_fragment(self, fin: bool, opcode: int, payload: bytes) -> None:
        if (opcode == CONTINUATION) != (self._opcode is not None):
            raise ServerFault("The server's fragments are in the wrong order")
        if opcode != CONTINUATION:
            self._opcode = opcode
        self._fragments.append(payload)
        if not fin:
            return
        message = self._opcode, b"".join(self._fragments)
        self._opcode, self._fragments = None, []
        if message[0] == TEXT and not _is_utf8(message[1]):
            raise ServerFault("The server's text is not UTF-8")
        self.heard.append(message)

    async def _take_close(self, payload: bytes) -> None:
        self.was_closed = True
        if payload:
            if len(payload) == 1:
                raise ServerFault("The server's close code is one byte")
            (self.close_code,) = struct.unpack_from("!H", payload)
            self.close_reason = payload[2:]
            if not _is_utf8(self.close_reason):
                raise ServerFault("The server's reason is not UTF-8")
        if not self.has_closed:
            await self.send(Close(self.close_code))

    async def leave(self) -> None:
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.wait({self._receiving})
        self._connection.close()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
