"""Attacks on an open WebSocket: what is no frame, what never ends, and what comes too often."""

import asyncio
import itertools
import json
import os
import random

import psutil
import pytest

from quizzler.rooms import wire
from quizzler.rooms.frames import CLOSE, PING, PONG, TEXT, Reader, close_reason, text_frame
from quizzler.rooms.sockets import SocketConnection
from tests.attacks.conftest import Life
from tests.attacks.raw import Raw
from tests.wire.octets import BINARY, CONTINUATION, Frame

pytestmark = pytest.mark.both_wires

MIB = 1024 * 1024
MASK = b"mask"


def octets(*frames: Frame) -> bytes:
    return b"".join(frame.encoded(MASK) for frame in frames)


def declared(length: int) -> bytes:
    """The head of a binary frame of that length, and nothing of its payload."""
    return b"\x82\xff" + length.to_bytes(8, "big") + MASK


# What is sent, and the close codes that may come back.
FAULTS = {
    **{f"garbage {seed}": (random.Random(seed).randbytes(100_000), (1000, 1002, 1007, 1009)) for seed in range(5)},
    "HTTP": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", (1002,)),
    "a frame without a mask": (Frame(TEXT, b'{"type": "answer", "option": 1}', mask=b"").encoded(b""), (1002,)),
    "2^63 bytes declared": (declared(2**63), (1002, 1009)),
    "2^64 - 1 bytes declared": (declared(2**64 - 1), (1002, 1009)),
    "2^62 bytes declared": (declared(2**62), (1009,)),
    "2^31 bytes declared": (declared(2**31), (1009,)),
    "a byte too many declared": (declared(wire.MAX_MESSAGE_BYTES + 1), (1009,)),
    "1 MB sent": (octets(Frame(TEXT, bytes(MIB))), (1009,)),
    "interleaved fragments": (octets(Frame(TEXT, b"a", fin=False), Frame(TEXT, b"b", fin=False)), (1002,)),
    "a fragment of nothing": (octets(Frame(CONTINUATION, b"a")), (1002,)),
    "a ping in fragments": (octets(Frame(PING, b"a", fin=False)), (1002,)),
    "a long ping": (octets(Frame(PING, bytes(126))), (1002,)),
    "reserved bits": (octets(Frame(TEXT, b"a", rsv=7)), (1002,)),
    "a kind that does not exist": (octets(Frame(11)), (1002,)),
    "no UTF-8": (octets(Frame(TEXT, b"\xff\xfe")), (1007,)),
    "a close whose reason is no UTF-8": (octets(Frame(CLOSE, b"\x03\xe8\xff\xfe")), (1007,)),
    "a close of one byte": (octets(Frame(CLOSE, b"\x03")), (1002, 1005)),
    "a close with a code that never travels": (octets(Frame(CLOSE, b"\x03\xee")), (1002,)),
    "10,000 closes": (octets(Frame(CLOSE, b"\x03\xe8")) * 10_000, (1000,)),
}


@pytest.fixture
def intrude(raw, life: Life):
    """Opens player's sockets whose frames are made by hand."""
    numbers = itertools.count(1)

    async def come() -> Raw:
        connection = await raw()
        await connection.shake_hands(f"/realtime/ws/player/{life.code}?username=Eve{next(numbers)}")
        await connection.until(b'"welcome"')
        return connection

    return come


@pytest.fixture
async def intruder(intrude):
    return await intrude()


def refusal(heard: bytes) -> int | None:
    """The code of the close frame that the server ended with; None where it just hung up."""
    for opcode, payload in Reader(16 * MIB, masked=False).feed(heard):
        if opcode == CLOSE:
            return close_reason(payload)[0]
    return None


def waiting_for(connection) -> int:
    """Bytes that the kernel has not taken yet."""
    if isinstance(connection, SocketConnection):
        return len(connection._output or b"")
    return len(connection._stream._write_buffer)


def limit_waiting(connection, size: int) -> None:
    if isinstance(connection, SocketConnection):
        connection._max_waiting = size
    else:
        connection._stream.max_write_buffer_size = size


async def is_closed(intruder, *codes: int) -> None:
    """A stream of Tornado's hangs up without a word where the protocol is broken."""
    assert refusal(await intruder.until_end()) in (*codes, None)


async def test_what_breaks_the_protocol(intrude, life):
    """Each is told the code that RFC 6455 has for it, or hung up on."""
    for name, (data, codes) in FAULTS.items():
        intruder = await intrude()
        await intruder.send(data)
        heard = refusal(await intruder.until_end())
        assert heard in (*codes, None), (name, heard)
        await life.goes_on()


async def test_largest_frame_that_is_declared_and_never_sent_holds_no_memory(intruder, life):
    await intruder.send(b"\x82\xfe\xff\xff" + MASK + b"only this much")
    await life.goes_on()


async def test_a_hundred_thousand_empty_fragments(intruder, life):
    """Nobody else waits while they are gone through, and the message is one all the same."""
    await intruder.send(octets(Frame(TEXT, b"{", fin=False)))
    empty = octets(Frame(CONTINUATION, fin=False)) * 5_000
    for _ in range(20):
        assert await intruder.send(empty)
        await life.goes_on()
    await intruder.send(octets(Frame(CONTINUATION, b"}")))
    await intruder.until(b"That type of message is not known here")


async def test_fragments_without_end(intruder, life):
    memory = psutil.Process().memory_info().rss
    await intruder.send(octets(Frame(BINARY, b"x", fin=False)))
    piece = octets(Frame(CONTINUATION, bytes(1000), fin=False)) * 100
    sent = 0
    while await intruder.send(piece) and sent < 100:
        sent += 1
    await is_closed(intruder, 1009)
    assert psutil.Process().memory_info().rss - memory < 10 * MIB
    await life.goes_on()


async def test_pings_whose_answers_are_not_read(raw, life):
    """Pongs do not pile up: either the last one alone is sent, or the flooder is dropped as too slow."""
    connection = await raw(window=4096)
    await connection.shake_hands(f"/realtime/ws/player/{life.code}?username=Eve")
    memory = psutil.Process().memory_info().rss
    pings = octets(*(Frame(PING, os.urandom(125)) for _ in range(1_000)))
    for number in range(60):
        if not await connection.send(pings):
            break
        if number % 20 == 0:
            await life.goes_on()
    assert psutil.Process().memory_info().rss - memory < 10 * MIB
    await life.goes_on()


async def test_pongs_that_nobody_asked_for(intruder, life):
    for _ in range(20):
        await intruder.send(octets(Frame(PONG, b"x" * 125)) * 1_000)
    await life.goes_on()


async def test_close_for_whom_there_is_no_room_left(hall, raw, life, wire):
    """Somebody reads nothing until not even a close frame fits, then comes back elsewhere: nothing breaks."""
    sleeper = await raw(window=4096)
    await sleeper.shake_hands(f"/realtime/ws/player/{life.code}?username=Eve")
    welcome = json.loads(list(Reader(MIB, masked=False).feed(await sleeper.until(b'"welcome"')))[0][1])
    [room] = hall.services.registry.rooms
    noise = text_frame(json.dumps({"type": "noise", "what": "x" * 60_000}).encode())
    connection = room.outbox.players[2]
    while not waiting_for(connection):
        room.outbox.broadcast(noise)
        await life.player.until("noise")
    limit_waiting(connection, waiting_for(connection))
    eve = await hall.resume(life.code, welcome["resume_token"])
    await life.goes_on(eve)


async def test_ping_for_whose_answer_there_is_no_room_left(hall, raw, life):
    sleeper = await raw(window=4096)
    await sleeper.shake_hands(f"/realtime/ws/player/{life.code}?username=Eve")
    await sleeper.until(b'"welcome"')
    [room] = hall.services.registry.rooms
    noise = text_frame(json.dumps({"type": "noise", "what": "x" * 60_000}).encode())
    connection = room.outbox.players[2]
    while not waiting_for(connection):
        room.outbox.broadcast(noise)
        await life.player.until("noise")
    limit_waiting(connection, waiting_for(connection))
    await sleeper.send(octets(Frame(PING, bytes(125))))
    await life.host.until("player_left", username="Eve")
    await life.goes_on()


async def test_messages_faster_than_anybody_types(raw, life):
    """Each is answered with a sentence; who does not read these is gone for the room."""
    connection = await raw(window=4096)
    await connection.shake_hands(f"/realtime/ws/player/{life.code}?username=Eve")
    nonsense = octets(Frame(TEXT, b"nonsense")) * 2_000
    async with asyncio.timeout(30):
        while "player_left" not in life.host.types():
            await connection.send(nonsense)
            await life.goes_on()


async def test_socket_that_opens_and_says_nothing(intruder, life):
    await life.goes_on()
    assert refusal(intruder.heard) is None
