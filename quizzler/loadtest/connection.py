"""A WebSocket client that does as little per message as Python allows: it is the server that is to be measured."""

import asyncio
import base64
import hashlib
import os
import ssl
import time

from quizzler.loadtest.diary import Ending
from quizzler.loadtest.plan import Target
from quizzler.ops.terminal import printable
from quizzler.rooms.frames import CLOSE, NO_CODE, PING, PONG, TEXT, ProtocolError, Reader, close_reason, masked_frame

# RFC 6455, 1.3.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAX_HEAD = 16 * 1024
# A host's list of all players at the end of a large game.
MAX_MESSAGE = 16 * 1024 * 1024


class Connection(asyncio.Protocol):
    """``heard`` and ``lost`` are what whoever uses it fills in. ``ending`` is set once it is over."""

    def __init__(self, target: Target, path: str):
        self.ending: Ending | None = None
        self._target = target
        self._path = path
        self._key = base64.b64encode(os.urandom(16)).decode()
        self._head: bytes | None = b""
        self._reader = Reader(MAX_MESSAGE, masked=False)
        self._transport: asyncio.Transport | None = None

    async def connect(self, tls: ssl.SSLContext | None) -> None:
        """Begins it; all else, a refusal too, is heard of. ``tls`` where the target is secure."""
        target = self._target
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: self,
                target.address,
                target.port,
                ssl=tls,
                server_hostname=target.name if tls else None,
            )
        except OSError as error:
            self._end(time.perf_counter(), None, f"No connection: {error.strerror or error}")

    def heard(self, came: float, payload: bytes) -> None:
        """A text message."""
        raise NotImplementedError

    def lost(self) -> None:
        """It is over, however it came to that."""
        raise NotImplementedError

    def say(self, payload: bytes) -> float:
        """Sends a text message, or does nothing where the connection is over; returns when."""
        frame = masked_frame(TEXT, payload, os.urandom(4))
        at = time.perf_counter()
        if self.ending is None and self._transport is not None:
            self._transport.write(frame)
        return at

    def hang_up(self, why: str, *, given_up: bool = False) -> None:
        self._end(time.perf_counter(), None, why, given_up)
        if self._transport is not None:
            self._transport.abort()

    # asyncio's calls

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.write(
            f"GET {self._target.prefix}{self._path} HTTP/1.1\r\nHost: {self._target.authority}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {self._key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        came = time.perf_counter()
        try:
            if self._head is not None:
                data = self._shake_hands(data)
            for opcode, payload in self._reader.feed(data):
                if self.ending is not None:
                    return
                if opcode == TEXT:
                    self.heard(came, payload)
                elif opcode == PING:
                    self._transport.write(masked_frame(PONG, payload, os.urandom(4)))
                elif opcode == CLOSE:
                    self._close(came, payload)
        except ProtocolError as error:
            self.hang_up(error.reason)

    def connection_lost(self, error: Exception | None) -> None:
        self._end(time.perf_counter(), None, f"The connection was cut{f': {error}' if error else ''}")

    # Pieces

    def _shake_hands(self, data: bytes) -> bytes:
        """What has come behind the server's answer to the upgrade. Raises ``ProtocolError`` where that is no yes."""
        head, found, rest = (self._head + data).partition(b"\r\n\r\n")
        if not found:
            self._head = head
            if len(head) > MAX_HEAD:
                raise ProtocolError(0, "The answer to the upgrade has no end")
            return b""
        status, *lines = head.decode("latin-1").split("\r\n")
        if not status.startswith("HTTP/1.1 101"):
            raise ProtocolError(0, f"Instead of a WebSocket there was: {printable(status)}")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        expected = base64.b64encode(hashlib.sha1((self._key + GUID).encode()).digest()).decode()
        if headers.get("sec-websocket-accept") != expected or headers.get("upgrade", "").lower() != "websocket":
            raise ProtocolError(0, "The answer to the upgrade is not that of a WebSocket server")
        self._head = None
        return rest

    def _close(self, came: float, payload: bytes) -> None:
        code, reason = close_reason(payload)
        self._end(came, None if code == NO_CODE else code, reason)
        self._transport.write(masked_frame(CLOSE, payload[:2], os.urandom(4)))
        self._transport.close()

    def _end(self, at: float, code: int | None, sentence: str, given_up: bool = False) -> None:
        if self.ending is None:
            self.ending = Ending(at, code, printable(sentence), given_up)
            self.lost()
