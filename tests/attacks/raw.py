"""A TCP connection of somebody who keeps to no rule."""

import asyncio
import contextlib
import resource
import socket
import struct

from tests.clients import PATIENCE

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Raw:
    """``heard`` is all that came so far."""

    def __init__(self, connection: socket.socket, host: str):
        self.host = host
        self.heard = b""
        self._connection = connection
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open(cls, base_url: str, *, window: int | None = None, source: str | None = None) -> "Raw":
        """``window`` is the receive buffer in bytes: with a small one, whatever is not read stays with the server.
        ``source`` is the address to come from."""
        host = base_url.removeprefix("http://")
        address, port = host.split(":")
        connection = socket.socket()
        connection.setblocking(False)
        if window:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        if source:
            connection.bind((source, 0))
        raw = cls(connection, host)
        try:
            await raw._loop.sock_connect(connection, (address, int(port)))
        except BaseException:
            connection.close()
            raise
        return raw

    async def send(self, data: bytes) -> bool:
        """False where the server has hung up."""
        try:
            await asyncio.wait_for(self._loop.sock_sendall(self._connection, data), PATIENCE)
        except ConnectionError:
            return False
        return True

    async def receive(self, seconds: float = PATIENCE) -> bytes:
        """What comes next; nothing at the end. Raises ``TimeoutError``."""
        try:
            data = await asyncio.wait_for(self._loop.sock_recv(self._connection, 1 << 18), seconds)
        except ConnectionError:
            return b""
        self.heard += data
        return data

    async def until(self, words: bytes) -> bytes:
        """All that came, once these words are in it."""
        while words not in self.heard:
            assert await self.receive(), f"ended after {self.heard[-500:]!r}"
        return self.heard

    async def until_end(self, seconds: float = PATIENCE) -> bytes:
        """All that came; the server has to hang up within these seconds."""
        async with asyncio.timeout(seconds):
            while await self.receive(seconds):
                pass
        return self.heard

    async def say_all(self, data: bytes) -> bytes:
        """All that came to that, where nothing else follows it."""
        await self.send(data)
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        return await self.until_end()

    async def shake_hands(self, path: str) -> None:
        """A WebSocket from here on; ``heard`` is what came behind the handshake."""
        await self.send(HANDSHAKE.format(path=path, host=self.host).encode())
        heard = await self.until(b"\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 101 "), heard
        self.heard = heard.partition(b"\r\n\r\n")[2]

    async def ask(self, request: bytes) -> int | None:
        """The status of the answer, or None where the server hangs up without one."""
        await self.send(request)
        while b"\r\n" not in self.heard:
            if not await self.receive():
                return None
        return status_of(self.heard)

    def reset(self) -> None:
        """Ends it as a phone does that loses its network: without a farewell."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def close(self) -> None:
        self._connection.close()


def status_of(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer.split(b" ", 2)[1])


def statuses_in(heard: bytes) -> list[int]:
    """Of all answers on one connection."""
    return [int(part.split(b" ", 1)[0]) for part in heard.split(b"HTTP/1.1 ")[1:]]


def allow_descriptors(count: int) -> None:
    """To this process, where the system does."""
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if least < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, most), most))
