"""What a room can rely on, whichever kind of connection it has: slow phones, early words, sudden ends, large rooms."""

import asyncio
import json
import socket

import pytest

from quizzler.rooms import outbox, wire
from quizzler.rooms.frames import CLOSE, TEXT, Reader, close_reason, masked_frame, text_frame
from tests.clients import a_question, until
from tests.rooms.test_journal import nothing_can_be_stored

pytestmark = pytest.mark.both_wires

RIGHT = 1
PATIENCE = 10.0
NOISE = text_frame(json.dumps({"type": "noise", "what": "x" * 60_000}).encode())


@pytest.fixture
async def host(hall):
    return await hall.host(await hall.rest.sign_up("Ann"))


async def handshake(hall, path: str, more: bytes = b"") -> socket.socket:
    """A player's connection with a small window, by hand; ``more`` goes out in the same segment."""
    address, port = hall.base_url.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, (address, int(port)))
    head = (
        f"GET {path} HTTP/1.1\r\nHost: {address}:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await loop.sock_sendall(connection, head.encode() + more)
    return connection


async def all_frames(connection: socket.socket) -> list[tuple[int, bytes]]:
    """Everything until the server's close frame, the last of them."""
    head, reader, frames = b"", Reader(1 << 20, masked=False), []
    while not frames or frames[-1][0] != CLOSE:
        data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(connection, 1 << 20), PATIENCE)
        assert data, "ended without a close frame"
        if b"\r\n\r\n" not in head:
            head += data
            _, _, data = head.partition(b"\r\n\r\n")
        frames += reader.feed(data)
    return frames


class TestSlowPhone:
    async def test_is_dropped_and_told_why_and_nobody_waits(self, hall, host):
        sleeper = await handshake(hall, f"/realtime/ws/player/{host.code}?username=Sleeper")
        await host.until("player_count", count=1)
        bob = await hall.player(host.code, "Bob")
        [room] = hall.services.registry.rooms
        connection = room.outbox.players[1]
        heard = 0
        while not connection.closed:
            room.outbox.broadcast(NOISE)
            await bob.until("noise")  # at once, however many the sleeper has not read
            heard += 1
            bob.heard.clear()
            assert heard < 500, "nothing holds back what waits for it"
        assert (await host.until("player_left"))["username"] == "Sleeper"
        host.say(a_question())
        await bob.until("question")

        frames = await all_frames(sleeper)
        noises = [payload for opcode, payload in frames if opcode == TEXT and b"noise" in payload[:20]]
        assert heard - 1 <= len(noises) <= heard, "what waited for it came whole, and nothing after it"
        assert close_reason(frames[-1][1]) == (wire.TOO_SLOW, wire.TOO_SLOW_REASON)
        sleeper.close()

    async def test_who_never_wakes_up_is_let_go(self, hall, host, monkeypatch):
        for module in ("quizzler.rooms.sockets", "quizzler.web.stream"):
            monkeypatch.setattr(f"{module}.SLOW_PATIENCE", 0.1)
        sleeper = await handshake(hall, f"/realtime/ws/player/{host.code}?username=Sleeper")
        await host.until("player_count", count=1)
        [room] = hall.services.registry.rooms
        connection = room.outbox.players[1]
        while not connection.closed:
            room.outbox.broadcast(NOISE)
            await host.until("noise")
            host.heard.clear()
        await host.until("player_left")

        async def reset() -> None:
            """The server's kernel has nothing more to do with it: what we say now is answered by a reset."""
            loop = asyncio.get_running_loop()
            while True:
                await loop.sock_sendall(sleeper, masked_frame(TEXT, b"{}", b"mask"))
                await asyncio.sleep(0.01)

        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            await asyncio.wait_for(reset(), PATIENCE)
        sleeper.close()

    async def test_host_has_room_for_long_messages(self, hall, host):
        """Its lists name every player of a large room."""
        [room] = hall.services.registry.rooms
        long = text_frame(json.dumps({"type": "long", "what": "x" * 3_000_000}).encode())
        room.outbox.broadcast(long)
        await host.until("long")


async def test_words_that_came_with_the_handshake_are_heard(hall, host):
    bob, _ = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    await bob.until("question")
    answer = json.dumps({"type": "answer", "option": RIGHT, "answer_id": "early"}).encode()
    eager = await handshake(
        hall,
        f"/realtime/ws/player/{host.code}?resume_token={bob.welcome['resume_token']}",
        masked_frame(TEXT, answer, b"mask"),
    )
    await host.until("answer_count", answered=1)
    eager.close()


async def test_message_in_pieces_of_one_byte(hall, host):
    connection = await handshake(hall, f"/realtime/ws/player/{host.code}?username=Bob")
    await host.until("player_count", count=1)
    await hall.player(host.code, "Cleo")
    host.say(a_question())
    await host.until("question")
    loop = asyncio.get_running_loop()
    for byte in masked_frame(TEXT, b'{"type": "answer", "option": 1}', b"mask"):
        await loop.sock_sendall(connection, bytes([byte]))
        await asyncio.sleep(0)
    await host.until("answer_count", answered=1)
    connection.close()


@pytest.mark.parametrize("linger", [True, False], ids=["reset", "end"])
async def test_connection_that_breaks_off_is_noticed_at_once(hall, host, linger):
    connection = await handshake(hall, f"/realtime/ws/player/{host.code}?username=Bob")
    await host.until("player_count", count=1)
    if linger:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()
    assert (await host.until("player_left"))["username"] == "Bob"


async def test_in_a_large_room_arrivals_are_a_number_at_most_twice_a_second(hall_with, monkeypatch):
    hall = await hall_with(max_players_per_room=100)
    monkeypatch.setattr("quizzler.game.game.ARRIVALS_BY_NAME", 5)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    first = await hall.player(host.code, "first")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(2, 31):
        await hall.player(host.code, f"player {number}")
    await first.until("player_count", count=30)
    intervals = (loop.time() - begun) / outbox.PLAYERS_COUNT_INTERVAL
    assert first.types().count("player_joined") == 4
    assert first.types().count("player_count") <= intervals + 2


async def test_answers_are_counted_at_most_ten_times_a_second_and_exactly_in_the_end(hall_with):
    hall = await hall_with(max_players_per_room=100)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    players = [await hall.player(host.code, f"player {number}") for number in range(40)]
    loop = asyncio.get_running_loop()
    begun = loop.time()
    host.say(a_question())
    for player in players:
        await player.until("question")
        player.say({"type": "answer", "option": RIGHT})
    await host.until("results")
    counts = [message for message in host.heard if message["type"] == "answer_count"]
    assert (counts[-1]["answered"], counts[-1]["total"]) == (40, 40)
    # One more for the beginning of the question and one for its end.
    assert len(counts) <= (loop.time() - begun) / outbox.HOST_COUNT_INTERVAL + 3


async def test_nobody_reads_things_in_another_order_while_a_broadcast_goes_some_at_a_time(hall_with, monkeypatch):
    monkeypatch.setattr(outbox, "SLICE", 2)
    hall = await hall_with()
    host = await hall.host(await hall.rest.sign_up("Ann"))
    players = [await hall.player(host.code, f"player {number}") for number in range(7)]
    for index in range(3):
        host.say(a_question(str(index)))
        for player in players:
            await player.until("question", question_index=index)
            player.say({"type": "answer", "option": RIGHT, "question_index": index})
        await host.until("results")
    host.say({"type": "end_game"})
    for player in players:
        assert (await player.until_closed())[0] == 1000
        own = [kind for kind in player.types() if kind not in ("player_joined", "welcome")]
        each = ["question", "answer_ack", "question_ended", "your_result", "leaderboard"]
        assert own == [*each * 3, "game_over", "room_closed"]


class TestTwoAtOnceWithOneToken:
    """While what brought them is being written."""

    @pytest.fixture
    async def bob(self, hall, host):
        return await hall.player(host.code, "Bob")

    async def opening(self, hall, host, token):
        """A connection that nobody has been told about yet."""
        [room] = hall.services.registry.rooms
        before = room._arriving.get(1)
        socket = await hall.socket("player", host.code, resume_token=token)
        await until(lambda: room._arriving.get(1) not in (None, before))
        return socket

    async def test_who_was_there_stays_when_the_other_one_goes(self, hall, host, bob):
        async with nothing_can_be_stored(hall):
            other = await self.opening(hall, host, bob.welcome["resume_token"])
            other.close()
            [room] = hall.services.registry.rooms
            await until(lambda: not room._arriving)
        host.say(a_question())
        await bob.until("question")
        bob.say({"type": "answer", "option": 1})
        assert (await bob.until("answer_ack"))["accepted"]

    async def test_who_is_overtaken_is_told_so(self, hall, host, bob):
        token = bob.welcome["resume_token"]
        async with nothing_can_be_stored(hall):
            first = await self.opening(hall, host, token)
            second = await self.opening(hall, host, token)
            assert (await first.until_closed())[0] == 4001
        await second.until("welcome")
        assert (await bob.until_closed())[0] == 4001


async def test_nothing_ends_by_its_time_in_a_server_that_stops(hall, host):
    await hall.player(host.code, "Bob")
    host.say(a_question(time_limit=20))
    await host.until("question")
    [room] = hall.services.registry.rooms
    hall.services.registry.announce_restart()
    await host.until("server_restarting")
    assert room._timer.cancelled()


async def test_end_of_a_game_is_told_by_a_server_that_stops(hall_with):
    hall = await hall_with(journal_patience=0.2)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob = await hall.player(host.code, "Bob")
    host.say(a_question())
    await bob.until("question")
    async with hall.services.database.transaction() as transaction:
        await transaction.execute("LOCK TABLE games IN EXCLUSIVE MODE")
        host.say({"type": "end_game"})
        [room] = hall.services.registry.rooms
        await until(lambda: hall.services.registry._closing.tasks)
        hall.services.registry.announce_restart()
        await hall.services.registry.stop(2.0)
    assert await bob.until_closed() == (1000, "The room is closed")


async def test_bad_text_in_the_address_is_refused_with_a_sentence(hall, host):
    connection = await handshake(hall, f"/realtime/ws/player/{host.code}?username=%ff%fe")
    frames = await all_frames(connection)
    assert json.loads(frames[0][1])["type"] == "error"
    assert close_reason(frames[-1][1])[0] == 1003
    connection.close()
