"""Thousands of players in one process: as little work per message as Python allows, and a time stamp on each."""

import asyncio
import base64
import json
import os
import struct
import time
from urllib.parse import quote

from tests.clients import Rest, Socket

PATIENCE = 120.0
JOINS_UNDER_WAY = 64
# Every message begins with its type.
TYPE_BYTES = 32


class Phone(asyncio.Protocol):
    """One player's connection. It notes when the frames of interest came; times from ``time.perf_counter``."""

    def __init__(self, path: str):
        self._path = path
        self._rest = b""
        self._upgraded = False
        self._wanted: dict[bytes, asyncio.Future] = {}
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        came = time.perf_counter()
        data = self._rest + data
        if not self._upgraded:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            assert head.startswith(b"HTTP/1.1 101 "), head
            self._upgraded = True
        while (frame := _frame(data)) is not None:
            opcode, payload, size = frame
            data = data[size:]
            if opcode == 9:
                self._transport.write(_masked(0x8A, payload))
            elif heard := self._wanted.pop(payload[:TYPE_BYTES].split(b",", 1)[0], None):
                heard.set_result((came, payload))
        self._rest = data

    def connection_lost(self, error: Exception | None) -> None:
        for heard in self._wanted.values():
            if not heard.done():
                heard.set_exception(error or ConnectionError("closed while waiting"))

    def expect(self, kind: str) -> asyncio.Future:
        """The next message of that type, as (time, payload)."""
        heard = self._wanted[f'{{"type":"{kind}"'.encode()] = asyncio.get_running_loop().create_future()
        return heard

    def say(self, payload: bytes) -> None:
        self._transport.write(_masked(0x81, payload))

    def close(self) -> None:
        self._transport.abort()


class Hall:
    """A room with its host and ``players`` phones, on the server at ``url``."""

    def __init__(self, url: str, token: str):
        self._url = url
        self._token = token
        self._phones: list[Phone] = []

    async def open(self, players: int) -> None:
        address, port = self._url.removeprefix("http://").split(":")
        ws = self._url.replace("http", "ws", 1)
        self._host = await Socket.connect(f"{ws}/realtime/ws/host/new", token=self._token)
        code = (await self._host.until("room_created"))["room_code"]
        under_way = asyncio.Semaphore(JOINS_UNDER_WAY)

        async def join(number: int) -> Phone:
            path = f"/realtime/ws/player/{code}?username={quote(f'player {number}')}"
            async with under_way:
                phone = Phone(path)
                welcomed = phone.expect("welcome")
                await asyncio.get_running_loop().create_connection(lambda: phone, address, int(port))
                await asyncio.wait_for(welcomed, PATIENCE)
                return phone

        listening = asyncio.create_task(self._listen())
        self._phones = await asyncio.gather(*(join(number) for number in range(players)))
        self._listening = listening

    async def question(self, number: int) -> list[float]:
        """One question that everyone answers at once: seconds from each answer to its acknowledgement."""
        shown = [phone.expect("question") for phone in self._phones]
        self._host.say(
            {
                "type": "new_question",
                "question": f"Number {number}?",
                "options": ["a", "b"],
                "correct_answer": 0,
                "time_limit": 60,
            }
        )
        await asyncio.wait_for(asyncio.gather(*shown), PATIENCE)
        answer = json.dumps(
            {"type": "answer", "option": 0, "question_index": number, "answer_id": f"q{number}"}
        ).encode()
        heard, sent, ended = [], [], [phone.expect("leaderboard") for phone in self._phones]
        for phone in self._phones:
            heard.append(phone.expect("answer_ack"))
            sent.append(time.perf_counter())
            phone.say(answer)
        acknowledged = await asyncio.wait_for(asyncio.gather(*heard), PATIENCE)
        assert all(b'"accepted":true' in payload for _, payload in acknowledged)
        await asyncio.wait_for(asyncio.gather(*ended), PATIENCE)
        return [came - at for at, (came, _) in zip(sent, acknowledged)]

    async def close(self) -> None:
        self._host.say({"type": "end_game"})
        await self._listening
        for phone in self._phones:
            phone.close()

    async def _listen(self) -> None:
        """The host's page hears everything, to the end."""
        while await self._host.next() is not None:
            self._host.heard.clear()


async def token_of(url: str, name: str = "Load") -> str:
    return (await Rest(url).sign_up(name)).token


def _frame(data: bytes) -> tuple[int, bytes, int] | None:
    """Opcode, payload and whole length of the first frame, or None where it is not all there yet."""
    if len(data) < 2:
        return None
    length, start = data[1] & 0x7F, 2
    if length == 126:
        if len(data) < 4:
            return None
        length, start = struct.unpack_from("!H", data, 2)[0], 4
    elif length == 127:
        if len(data) < 10:
            return None
        length, start = struct.unpack_from("!Q", data, 2)[0], 10
    end = start + length
    return (data[0] & 0x0F, data[start:end], end) if len(data) >= end else None


def _masked(first: int, payload: bytes) -> bytes:
    """A client's frame, masked with zeros: legal, and no work (RFC 6455, 5.3 asks for masks that cannot be guessed,
    which protects proxies; here there are none)."""
    length = len(payload)
    head = struct.pack("!BB", first, 0x80 | length) if length < 126 else struct.pack("!BBH", first, 0xFE, length)
    return head + b"\x00\x00\x00\x00" + payload
