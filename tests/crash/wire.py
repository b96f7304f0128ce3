"""A WebSocket client small enough to misbehave with: it can vanish by RST and slow its frames down.

RFC 6455 as far as this server speaks it: unfragmented text frames, ping, close. What it says is masked.
"""

import asyncio
import base64
import json
import os
import socket
import struct
from urllib.parse import quote, urlencode

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
# Seconds for a connection and its upgrade; a server that was killed refuses at once, a frozen one does not answer.
CONNECT_SECONDS = 5.0


class Closed(Exception):
    """The connection is over. ``code`` is None where it ended without a close frame."""

    def __init__(self, code: int | None = None, reason: str = ""):
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason


class Absent(Closed):
    """Nobody listens there: the kernel refused the connection."""


class Wire:
    """One connection. ``delay`` is how many seconds each frame takes, either way, from when it is set on."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float = 0.0):
        self.delay = delay
        self._reader = reader
        self._writer = writer
        self._arrived: asyncio.Queue[tuple[float, dict | Closed]] = asyncio.Queue()
        self._pump = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, port: int, path: str, *, delay: float = 0.0, **query: str) -> "Wire":
        """Raises ``Absent`` where nobody listens, ``Closed`` where nobody speaks WebSocket in time."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(_upgrade(port, f"{path}?{urlencode(query, quote_via=quote)}"))
                head = await reader.readuntil(b"\r\n\r\n")
        except ConnectionRefusedError:
            raise Absent from None
        except (OSError, EOFError, TimeoutError) as error:
            raise Closed(None, str(error)) from None
        if not head.startswith(b"HTTP/1.1 101 "):
            writer.close()
            raise Closed(None, head.partition(b"\r\n")[0].decode("latin-1"))
        return cls(reader, writer, delay)

    async def hear(self) -> dict:
        """The next message. Raises ``Closed`` when no more can come."""
        due, message = await self._arrived.get()
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        if isinstance(message, Closed):
            self._writer.close()
            raise message
        return message

    def say(self, message: dict) -> None:
        """Sends it, or does nothing where the connection is gone: as a browser's ``send`` does."""
        frame = _frame(TEXT, json.dumps(message).encode())
        if self.delay:
            # Calls of one delay run in the order in which they were made.
            asyncio.get_running_loop().call_later(self.delay, self._write, frame)
        else:
            self._write(frame)

    def cut(self) -> None:
        """Ends the connection without a word: the kernel sends RST, and what is under way is lost."""
        self._pump.cancel()
        transport = self._writer.transport
        if not transport.is_closing():
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        self._arrived.put_nowait((0.0, Closed()))

    def _write(self, frame: bytes) -> None:
        if not self._writer.transport.is_closing():
            self._writer.write(frame)

    async def _listen(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            while True:
                opcode, payload = await self._next_frame()
                if opcode == TEXT:
                    self._arrived.put_nowait((clock() + self.delay, json.loads(payload)))
                elif opcode == PING:
                    self._write(_frame(PONG, payload))
                elif opcode == CLOSE:
                    code = int.from_bytes(payload[:2]) if payload else None
                    end = Closed(code, payload[2:].decode())
                    self._write(_frame(CLOSE, payload[:2]))
                    break
        except (OSError, EOFError):
            end = Closed()
        self._arrived.put_nowait((clock() + self.delay, end))

    async def _next_frame(self) -> tuple[int, bytes]:
        first, length = await self._reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await self._reader.readexactly(2))
        elif length == 127:
            length = int.from_bytes(await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(length)


def _upgrade(port: int, target: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def _frame(opcode: int, payload: bytes) -> bytes:
    """A masked frame of at most 64 KiB (RFC 6455, 5.2 and 5.3)."""
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    length = struct.pack("!B", 0x80 | len(payload)) if len(payload) < 126 else struct.pack("!BH", 0xFE, len(payload))
    return bytes([0x80 | opcode]) + length + mask + masked
