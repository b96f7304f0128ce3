"""A proxy in front of the real server, in a thread: it lies for the server, ends TLS, or stands under a path."""

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from urllib.parse import urlsplit

from quizzler.rooms.frames import TEXT, Reader, frame, text_frame

# The path of the connection and a message of the server; gives what is passed on in its place. None ends it.
Lie = Callable[[str, dict], list[dict | None]]

CHUNK = 65536
MAX_MESSAGE = 1024 * 1024


def the_truth(path: str, message: dict) -> list[dict | None]:
    return [message]


class Proxy:
    """``url`` is where it listens while the block lasts; ``prefix`` is a path that the server knows nothing of."""

    def __init__(self, upstream: str, lie: Lie = the_truth, *, prefix: str = "", tls: ssl.SSLContext | None = None):
        self._upstream = urlsplit(upstream)
        self._lie = lie
        self._prefix = prefix
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._people: set[asyncio.Task] = set()

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self._server = self._in_its_thread(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls))
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://localhost:{port}{self._prefix}"
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._in_its_thread(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _in_its_thread(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _close(self) -> None:
        self._server.close()
        for task in self._people:
            task.cancel()
        await asyncio.gather(*self._people, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._people.add(asyncio.current_task())
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            await self._pass_on(reader, writer)
        writer.close()
        self._people.discard(asyncio.current_task())

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        if not path.startswith(f"{self._prefix}/"):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        server, to_server = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        to_server.write(head.replace(path.encode(), path.removeprefix(self._prefix).encode(), 1))
        back = self._lies(server, writer, path) if b"Sec-WebSocket-Key" in head else _copy(server, writer)
        there = asyncio.create_task(_copy(reader, to_server))
        try:
            await back
        finally:
            there.cancel()
            to_server.close()

    async def _lies(self, server: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
        writer.write(await server.readuntil(b"\r\n\r\n"))
        frames = Reader(MAX_MESSAGE, masked=False)
        while data := await server.read(CHUNK):
            for opcode, payload in frames.feed(data):
                if opcode != TEXT:
                    writer.write(frame(opcode, payload))
                    continue
                for message in self._lie(path, json.loads(payload)):
                    if message is None:
                        return
                    writer.write(text_frame(json.dumps(message).encode()))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
