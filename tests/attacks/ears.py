"""What comes back to a fuzzer: over a WebSocket, over HTTP, and in the server's log."""

import asyncio
import itertools
import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from quizzler.rooms.frames import CLOSE, PONG, Reader, close_reason
from quizzler.rooms.frames import TEXT as TEXT_OPCODE
from tests.attacks.raw import Raw
from tests.wire.octets import BINARY, PING, TEXT, Frame

MAX_FRAME = 1 << 24


class Failures(logging.Handler):
    """Whatever the server calls an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def check(self) -> None:
        found, self.records = self.records, []
        assert not found, [logging.Formatter().format(record) for record in found]


class Fuzzed:
    """A WebSocket over which batches go."""

    def __init__(self, raw: Raw):
        self.raw = raw
        self.closed: tuple[int, str] | None = None
        self._reader = Reader(MAX_FRAME, masked=False)
        self._numbers = itertools.count(1)
        self._heard: list[dict] = []
        self._ponged = b""

    @classmethod
    async def open(cls, url: str, path: str) -> "Fuzzed":
        raw = await Raw.open(url)
        await raw.shake_hands(path)
        socket = cls(raw)
        socket._take(raw.heard)
        return socket

    async def say(self, *batch: tuple[bool, bytes]) -> None:
        """All of it, and waits until all of it has been gone through, or the server has closed."""
        mark = f"batch {next(self._numbers)}".encode()
        frames = [Frame(TEXT if is_text else BINARY, payload) for is_text, payload in batch]
        sending = asyncio.create_task(
            self.raw.send(b"".join(frame.encoded(b"mask") for frame in [*frames, Frame(PING, mark)]))
        )
        while self._ponged != mark and self.closed is None:
            await self._hear()
        await sending

    async def until(self, kind: str, **fields: Any) -> dict:
        while True:
            while self._heard:
                message = self._heard.pop(0)
                if message["type"] == kind and all(message.get(name) == value for name, value in fields.items()):
                    return message
            await self._hear()
            assert self.closed is None, self.closed

    async def _hear(self) -> None:
        data = await self.raw.receive()
        assert data, "the socket has been closed by an exception"
        self.raw.heard = b""
        self._take(data)

    def _take(self, data: bytes) -> None:
        for opcode, payload in self._reader.feed(data):
            if opcode == CLOSE:
                self.closed = close_reason(payload)
            elif opcode == PONG:
                self._ponged = payload
            elif opcode == TEXT_OPCODE:
                self._heard.append(json.loads(payload))
                del self._heard[:-200]


def statuses(heard: bytes, methods: Iterable[str]) -> Iterator[int]:
    """Of the answers to requests with these methods, one after the other (RFC 9112, 6.3); that to a HEAD has no body."""
    left = iter(methods)
    method = next(left)
    while heard:
        head, _, heard = heard.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if method == "HEAD" and status != 100:
            fields = {}
        if fields.get(b"transfer-encoding") == b"chunked":
            while (size := int(heard.partition(b"\r\n")[0], 16)) > 0:
                heard = heard.partition(b"\r\n")[2][size + 2 :]
            heard = heard[5:]
        else:
            heard = heard[int(fields.get(b"content-length", 0)) :]
        if status != 100:
            yield status
            method = next(left, "GET")
