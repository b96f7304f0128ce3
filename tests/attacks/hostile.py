"""Hostile clients, many at the same time: each does one harmful thing after the other, at a rate that is known."""

import asyncio
import contextlib
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from tests.attacks.raw import Raw
from tests.wire.octets import CLOSE, CONTINUATION, PING, TEXT, Frame

# Seconds that an attack lasts: most keep their connection for as long.
HELD = 3.0
MASK = b"mask"
# Connections of one attacker's address: nobody is so kind as to come from a single one.
PER_ADDRESS = 4


@dataclass
class Target:
    """A server, and the codes of rooms that hostile players may enter."""

    url: str
    codes: list[str]
    chance: random.Random = field(default_factory=lambda: random.Random(6))
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    @property
    def code(self) -> str:
        return self.chance.choice(self.codes) if self.codes else "NOROOM"

    @contextlib.asynccontextmanager
    async def connection(self, **how) -> AsyncIterator[Raw]:
        number = next(self.numbers) // PER_ADDRESS % 250 + 1
        connection = await Raw.open(self.url, source=f"127.0.7.{number}", **how)
        try:
            yield connection
        finally:
            connection.close()

    @contextlib.asynccontextmanager
    async def player(self, **how) -> AsyncIterator[Raw]:
        """Somebody with a seat in a room, where there is one left."""
        async with self.connection(**how) as connection:
            await connection.shake_hands(f"/realtime/ws/player/{self.code}?username=Eve{next(self.numbers)}")
            yield connection


def frames(*each: Frame) -> bytes:
    return b"".join(frame.encoded(MASK) for frame in each)


async def say_nothing(target: Target) -> None:
    async with target.connection():
        await asyncio.sleep(HELD)


async def trickle_a_head(target: Target) -> None:
    async with target.connection() as connection:
        for byte in b"GET / H":
            await connection.send(bytes([byte]))
            await asyncio.sleep(HELD / 7)


async def trickle_a_body(target: Target) -> None:
    async with target.connection() as connection:
        await connection.send(b"POST /auth/signin HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
        await asyncio.sleep(HELD)


async def speak_no_http(target: Target) -> None:
    async with target.connection() as connection:
        await connection.send(target.chance.randbytes(2_000) + b"\r\n\r\n")
        await asyncio.sleep(HELD)


async def smuggle(target: Target) -> None:
    async with target.connection() as connection:
        await connection.ask(
            b"POST /auth/signin HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )


async def send_a_long_head(target: Target) -> None:
    async with target.connection() as connection:
        await connection.send(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000)
        await asyncio.sleep(HELD)


async def ask_and_not_read(target: Target) -> None:
    async with target.connection(window=2048) as connection:
        await connection.send(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
        await asyncio.sleep(HELD)


async def leave_the_folder(target: Target) -> None:
    async with target.connection() as connection:
        await connection.ask(b"GET /static/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(HELD)


async def show_a_forged_token(target: Target) -> None:
    async with target.connection() as connection:
        await connection.shake_hands("/realtime/ws/host/new?token=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.")
        await asyncio.sleep(HELD)


async def guess_a_code(target: Target) -> None:
    async with target.connection() as connection:
        code = "".join(target.chance.choices("ABCDEFGHJK", k=8))
        await connection.shake_hands(f"/realtime/ws/player/{code}?username=Eve")
        await asyncio.sleep(HELD)


async def guess_a_resume_token(target: Target) -> None:
    async with target.connection() as connection:
        await connection.shake_hands(f"/realtime/ws/player/{target.code}?resume_token=1.AAAAAAAAAAAAAAAA")
        await asyncio.sleep(HELD)


async def come_with_a_bad_name(target: Target) -> None:
    async with target.connection() as connection:
        await connection.shake_hands(f"/realtime/ws/player/{target.code}?username=%E2%80%AE%00")
        await asyncio.sleep(HELD)


async def command_as_a_player(target: Target) -> None:
    async with target.player() as connection:
        for kind in (b"new_question", b"end_question", b"close_room"):
            await connection.send(frames(Frame(TEXT, b'{"type": "%s"}' % kind)))
            await asyncio.sleep(HELD / 3)


async def talk_nonsense(target: Target) -> None:
    async with target.player() as connection:
        await connection.send(frames(*[Frame(TEXT, b"nonsense")] * 50))
        await asyncio.sleep(HELD)


async def ping_and_not_read(target: Target) -> None:
    async with target.player(window=4096) as connection:
        await connection.send(frames(*[Frame(PING, bytes(125))] * 200))
        await asyncio.sleep(HELD)


async def send_empty_fragments(target: Target) -> None:
    async with target.player() as connection:
        await connection.send(frames(Frame(TEXT, fin=False), *[Frame(CONTINUATION, fin=False)] * 500))
        await asyncio.sleep(HELD)


async def send_a_giant_frame(target: Target) -> None:
    async with target.player() as connection:
        await connection.send(b"\x82\xff" + (2**62).to_bytes(8, "big") + MASK + bytes(10_000))
        await asyncio.sleep(HELD)


async def send_garbage_for_frames(target: Target) -> None:
    async with target.player() as connection:
        await connection.send(target.chance.randbytes(1_000))
        await asyncio.sleep(HELD)


async def close_many_times(target: Target) -> None:
    async with target.player() as connection:
        await connection.send(frames(*[Frame(CLOSE, b"\x03\xe8")] * 20))
        await asyncio.sleep(HELD)


async def vanish(target: Target) -> None:
    async with target.player() as connection:
        await asyncio.sleep(HELD)
        connection.reset()


ATTACKS: list[Callable[[Target], Awaitable[None]]] = [
    say_nothing, trickle_a_head, trickle_a_body, speak_no_http, smuggle, send_a_long_head, ask_and_not_read,
    leave_the_folder, show_a_forged_token, guess_a_code, guess_a_resume_token, come_with_a_bad_name,
    command_as_a_player, talk_nonsense, ping_and_not_read, send_empty_fragments, send_a_giant_frame,
    send_garbage_for_frames, close_many_times, vanish,
]  # fmt: skip


async def rage(target: Target, connections: int, done: Counter[str]) -> None:
    """So many hostile connections, until it is cancelled; counts in ``done`` what was done. Each attack lasts for
    ``HELD`` seconds, also one that the server ends sooner: that bounds the rate."""
    # Before Python 3.12 ``wait_for`` swallows a cancellation that comes together with what it waits for.
    over = asyncio.Event()

    async def attacker(number: int) -> None:
        await asyncio.sleep(HELD * number / connections)
        for attack in itertools.islice(itertools.cycle(ATTACKS), number % len(ATTACKS), None):
            if over.is_set():
                return
            patience = asyncio.create_task(asyncio.sleep(HELD))
            try:
                # Whatever the server does to it is no surprise here.
                with contextlib.suppress(OSError, AssertionError, TimeoutError):
                    await asyncio.wait_for(attack(target), 2 * HELD)
                done[attack.__name__] += 1
                await patience
            finally:
                patience.cancel()

    async with asyncio.TaskGroup() as group:
        for number in range(connections):
            group.create_task(attacker(number))
        try:
            await over.wait()
        finally:
            over.set()
