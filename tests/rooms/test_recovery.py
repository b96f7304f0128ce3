"""A server that was killed, and the one that comes after it."""

import signal

import pytest

from tests.clients import Hall, a_question

pytestmark = pytest.mark.both_wires

RIGHT = 1


@pytest.fixture
async def first(server_process):
    return server_process()


async def test_game_goes_on_after_kill_9(server_process, first):
    hall = Hall(first.url)
    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    await bob.until("question")
    await cleo.until("question")
    bob.say({"type": "answer", "option": RIGHT, "answer_id": "b"})
    assert (await bob.until("answer_ack"))["durable"] is True
    first.stop(signal.SIGKILL)
    await bob.until_closed()

    after = Hall(server_process().url)
    ann.base_url = after.base_url
    bob = await after.resume(host.code, bob.welcome["resume_token"])
    question = await bob.until("question")
    assert question["answered"] == RIGHT
    assert question["question_start_time"] + question["time_limit"] > question["server_time"]
    assert bob.welcome["host_connected"] is False
    bob.say({"type": "answer", "option": RIGHT, "answer_id": "b"})
    assert (await bob.until("answer_ack"))["accepted"] is True
    cleo = await after.resume(host.code, cleo.welcome["resume_token"])
    host = await after.host(ann, host.code)
    cleo.say({"type": "answer", "option": RIGHT})
    results = await host.until("results")
    assert (results["total_answers"], results["correct_answers"]) == (2, 2)
    points = (await bob.until("your_result"))["points"]
    host.say({"type": "end_game"})
    report = await ann.get("/results/games/" + (await host.until("game_over"))["game_id"])
    assert {player["name"]: player["score"] for player in report["players"]}["Bob"] == points


async def test_restart_in_the_middle_of_a_question(server_process, first):
    hall = Hall(first.url)
    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    bob = await hall.player(host.code, "Bob")
    host.say(a_question())
    await bob.until("question")
    first.stop()
    after = Hall(server_process().url)
    bob = await after.resume(host.code, bob.welcome["resume_token"])
    await bob.until("question")
    bob.say({"type": "answer", "option": RIGHT})
    assert (await bob.until("your_result"))["correct"] is True


async def test_game_that_was_too_old_meanwhile_is_closed_and_stored(server_process):
    first = server_process(SESSION_MAX_AGE="2")
    hall = Hall(first.url)
    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    host.say(a_question())
    await host.until("question")
    first.stop(signal.SIGKILL)
    after = Hall(server_process().url)
    ann.base_url = after.base_url
    games = []
    while not games:
        games = (await ann.get("/results/games"))["games"]
    assert games[0]["room_code"] == host.code
    assert (await after.rest.get(f"/realtime/rooms/validate/{host.code}"))["valid"] is False


TWO_OF_ONE_NAME = """UPDATE journal SET event = jsonb_set(event, '{name}', '"Bob"') WHERE event ->> 'name' = 'Cleo'"""
UNKNOWN_EVENT = (
    """UPDATE journal SET event = jsonb_set(event, '{event}', '"of_a_later_version"') WHERE event ->> 'name' = 'Cleo'"""
)
NO_BEGINNING = (
    """DELETE FROM journal WHERE seq = 1 AND game_id IN (SELECT game_id FROM journal WHERE event ->> 'name' = 'Cleo')"""
)


@pytest.mark.parametrize("damage", [TWO_OF_ONE_NAME, UNKNOWN_EVENT, NO_BEGINNING])
async def test_game_that_cannot_be_rebuilt_keeps_nobody_from_going_on(server_process, first, database, damage):
    """An earlier or a later version's, or one that is not whole."""
    hall = Hall(first.url)
    ann = await hall.rest.sign_up("Ann")
    broken, sound = await hall.host(ann), await hall.host(ann)
    for host in (broken, sound):
        await hall.player(host.code, "Bob")
    await hall.player(broken.code, "Cleo")
    first.stop(signal.SIGKILL)
    await database.execute(damage)
    server = server_process()
    after = Hall(server.url)
    await after.host(ann, sound.code)
    assert (await after.rest.get(f"/realtime/rooms/validate/{broken.code}"))["valid"] is False
    assert "A game cannot be rebuilt" in server.log()
