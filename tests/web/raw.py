"""HTTP by hand: bytes go out as they are, and what comes back is taken apart and no more."""

import asyncio
import ssl
from dataclasses import dataclass

from tests.clients import PATIENCE


@dataclass
class Answer:
    """``headers`` by their names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, base_url: str, trust: ssl.SSLContext | None = None, *, source: str | None = None) -> "Line":
        """From the address ``source`` of this machine, where that is given."""
        host, port = base_url.rpartition("/")[2].split(":")
        here = (source, 0) if source else None
        return cls(*await asyncio.open_connection(host, int(port), ssl=trust, local_addr=here))

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        fields = {"Host": "localhost", **headers, **({"Content-Length": str(len(body))} if body else {})}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        self.send(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return await self.answer(method)

    async def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of an answer, which need not have a body."""
        head = (await self._within(self._reader.readuntil(b"\r\n\r\n"))).decode("latin-1")
        status, *lines = head.rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return int(status.split(" ")[1]), headers

    async def answer(self, method: str = "GET") -> Answer:
        code, headers = await self.head()
        if code == 100:
            return await self.answer(method)
        size = 0 if method == "HEAD" or code in (204, 304) else int(headers["content-length"])
        return Answer(code, headers, await self._within(self._reader.readexactly(size)))

    async def some(self, most: int) -> bytes:
        """What comes next of whatever it is, up to so many bytes."""
        return await self._within(self._reader.read(most))

    async def rest(self) -> bytes:
        """All that comes until the other side closes."""
        return await self._within(self._reader.read())

    async def at_end(self) -> bool:
        """Whether the other side has closed, having said nothing more."""
        return await self._within(self._reader.read(1)) == b""

    def close(self) -> None:
        self._writer.close()

    async def _within(self, reading):
        return await asyncio.wait_for(reading, PATIENCE)
