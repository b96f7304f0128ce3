"""A player who comes back when the game is over hears how it ended."""

import asyncio

import pytest

from tests.clients import Hall, Socket, a_question, until

pytestmark = pytest.mark.both_wires

RIGHT = 1
NO_ROOM = "Room doesn't exist or is no longer active"
OF_ITS_MOMENT = ("timestamp",)


@pytest.fixture
async def host(hall):
    return await hall.host(await hall.rest.sign_up("Ann"))


async def one_question(host: Socket, *players: Socket) -> None:
    """The first player is right, nobody else answers."""
    host.say(a_question())
    for player in players:
        await player.until("question")
    players[0].say({"type": "answer", "option": RIGHT})
    await players[0].until("answer_ack")
    host.say({"type": "end_question"})
    for player in players:
        await player.until("your_result")


async def lose(host: Socket, player: Socket) -> str:
    """The player's line is cut. Returns their token."""
    player.close()
    await host.until("player_left", username=player.welcome["name"])
    return player.welcome["resume_token"]


async def end(host: Socket) -> None:
    host.say({"type": "end_game"})
    assert (await host.until_closed())[0] == 1000


async def refused(hall: Hall, code: str, token: str) -> tuple[int, str]:
    late = await hall.socket("player", code, resume_token=token)
    closed = await late.until_closed()
    assert late.types() == ["error"]
    return closed


def words(message: dict) -> dict:
    return {name: value for name, value in message.items() if name not in OF_ITS_MOMENT}


async def test_hears_what_the_others_heard(hall, host):
    bob, cleo, dan = [await hall.player(host.code, name) for name in ("Bob", "Cleo", "Dan")]
    await one_question(host, cleo, bob, dan)
    token = await lose(host, cleo)
    await end(host)
    late = await hall.resume(host.code.lower(), token)
    expected = {"name": "Cleo", "player_id": "2", "phase": "over", "resume_token": token, "room_code": host.code}
    assert expected.items() <= late.welcome.items()
    assert (await late.until_closed())[0] == 1000
    assert late.types() == ["welcome", "game_over", "room_closed"]
    own, others = late.heard[1], await bob.until("game_over")
    assert (own["rank"], own["score"]) == (1, late.welcome["score"])
    assert words(own) == {**words(others), "rank": own["rank"], "score": own["score"]}
    assert others["rank"] == 2 and [entry["name"] for entry in own["podium"]] == ["Cleo", "Bob", "Dan"]


async def test_also_from_a_server_that_was_started_since(hall_with):
    hall = await hall_with()
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob = await hall.player(host.code, "Bob")
    await one_question(host, bob)
    token = await lose(host, bob)
    await end(host)
    other = await hall_with()
    late = await other.resume(host.code, token)
    assert (await late.until("game_over"))["rank"] == 1


async def test_waits_while_the_game_is_being_stored(hall, host):
    bob = await hall.player(host.code, "Bob")
    await one_question(host, bob)
    token = await lose(host, bob)
    async with hall.services.database.transaction() as transaction:
        await transaction.execute("LOCK TABLE games IN EXCLUSIVE MODE")
        host.say({"type": "end_game"})
        [room] = hall.services.registry.rooms
        await until(lambda: room.over)
        coming = asyncio.create_task(hall.resume(host.code, token))
        handshakes = hall.services.registry.counts.total_connections
        await until(lambda: hall.services.registry.counts.total_connections > handshakes)
        assert not coming.done()
    assert (await (await coming).until("game_over"))["rank"] == 1


async def test_is_asked_to_come_again_where_storing_takes_long(hall_with):
    hall = await hall_with(journal_patience=0.2)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob = await hall.player(host.code, "Bob")
    await one_question(host, bob)
    token = await lose(host, bob)
    [room] = hall.services.registry.rooms
    # What comes before the end in the journal is not stored, and so the end is not told either.
    async with hall.services.database.transaction() as transaction:
        await transaction.execute("LOCK TABLE journal, games IN EXCLUSIVE MODE")
        host.say({"type": "end_game"})
        await until(lambda: room.over)
        code, reason = await refused(hall, host.code, token)
        assert code == 1013 and "still being stored" in reason
    await until(room.stored.done)
    assert (await (await hall.resume(host.code, token)).until("game_over"))["rank"] == 1


async def test_nobody_else_hears_it(hall, host):
    bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    await one_question(host, bob, cleo)
    another = await hall.host(await hall.rest.sign_up("Zoe"))
    dan = await hall.player(another.code, "Dan")
    await one_question(another, dan)
    await end(host)
    mine, stranger = bob.welcome["resume_token"], dan.welcome["resume_token"]
    number, _, secret = mine.partition(".")
    for token in (stranger, f"2.{secret}", f"{number}.guess", secret, "999999999.x", "9" * 30 + ".x", "٣.x"):
        assert await refused(hall, host.code, token) == (1003, NO_ROOM)
    assert await refused(hall, "NEVERWAS", mine) == (1003, NO_ROOM)
    # Without the token there is nobody to be, as before.
    late = await hall.socket("player", host.code, username="Bob")
    assert await late.until_closed() == (1003, NO_ROOM)


SCHOOL = {"max_requests_per_window": 3, "max_connections_per_ip": 5, "max_players_per_room": 20}


async def test_school_that_comes_back_late_is_let_in_as_one(hall_with):
    """Their tokens are right: they cost nobody at the address a request or a wrong code, also where the server has
    forgotten that there was a room."""
    hall = await hall_with(**SCHOOL)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    pupils = [await hall.player(host.code, f"pupil {number}") for number in range(20)]
    await one_question(host, *pupils)
    await end(host)
    for where in (hall, await hall_with(**SCHOOL)):
        for pupil in pupils:
            late = await where.resume(host.code, pupil.welcome["resume_token"])
            assert (await late.until("game_over"))["players"] == 20
    assert (await where.rest.call("GET", "/realtime/rooms/validate/NEVERWAS"))[0] == 200


async def test_guesses_cost_as_much_as_wrong_codes(hall_with):
    hall = await hall_with(max_requests_per_window=100)
    reasons = [(await refused(hall, f"NEVERWA{letter}", "1.guess"))[1] for letter in "ABCDEFGHJKMN"]
    assert reasons[0] == NO_ROOM and reasons[-1].startswith("Too many wrong room codes")


async def test_so_many_at_once_have_to_wait(hall_with):
    """Each guess is a question to the database."""
    hall = await hall_with(max_requests_per_window=1000, max_players_per_room=1)
    closed = [await refused(hall, "NEVERWAS", f"{number}.guess") for number in range(25)]
    assert closed[0] == (1003, NO_ROOM)
    assert closed[-1] == (1008, "Too many requests. Please wait a moment and try again")


async def test_game_in_which_nothing_was_asked_has_no_end_to_tell(hall, host):
    bob = await hall.player(host.code, "Bob")
    token = await lose(host, bob)
    await end(host)
    assert await refused(hall, host.code, token) == (1003, NO_ROOM)


async def test_token_is_not_stored(hall, host):
    bob = await hall.player(host.code, "Bob")
    await one_question(host, bob)
    await end(host)
    [row] = await hall.services.database.fetch("SELECT * FROM game_players")
    secret = bob.welcome["resume_token"].partition(".")[2]
    assert row["name"] == "Bob" and not [value for value in row.values() if secret in str(value)]


@pytest.mark.parametrize("code", ["%00", "ABC%00DEFG", "%F0%9F%8E%B2", "x" * 500, "%25s", "..%2f", "'--"])
async def test_whatever_the_code_is(hall, code):
    assert await refused(hall, code, "1.guess") == (1003, NO_ROOM)
