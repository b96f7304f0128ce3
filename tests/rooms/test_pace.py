"""How quickly people may speak: what comes too quickly is not read, and whoever floods has to go."""

import asyncio

import pytest

from quizzler.rooms.listeners import FLOODING, TOO_QUICK
from tests.clients import a_question

pytestmark = pytest.mark.both_wires


@pytest.fixture
async def host(hall):
    return await hall.host(await hall.rest.sign_up("Ann"))


async def test_twenty_at_once_and_then_ten_a_second(hall, host):
    bob = await hall.player(host.code, "Bob")
    for number in range(60):
        bob.say({"type": "answer", "option": 0, "answer_id": str(number)})
    await bob.until("error", message=TOO_QUICK)
    answered = [m for m in bob.heard if m["type"] == "answer_ack"]
    assert len(answered) == 20
    await asyncio.sleep(0.25)  # two of them are allowed again by then, by the pace itself
    bob.say({"type": "answer", "option": 0, "answer_id": "later"})
    await bob.until("answer_ack", answer_id="later")
    assert bob.types().count("error") == 1, "told once"


async def test_after_a_rest_it_is_said_again(hall_with):
    hall = await hall_with(messages_per_second=20, message_burst=1)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob = await hall.player(host.code, "Bob")
    for _ in range(2):
        bob.heard.clear()
        for _ in range(3):
            bob.say({"type": "answer"})
        await bob.until("error", message=TOO_QUICK)
        await asyncio.sleep(0.2)  # the rest: four times what it takes


async def test_a_flood_is_closed_and_the_game_goes_on(hall, host):
    flood, calm = await hall.player(host.code, "Flood"), await hall.player(host.code, "Calm")
    for _ in range(2000):
        flood.say({"type": "answer", "option": 0})
    assert await flood.until_closed() == (1008, FLOODING)
    assert (await host.until("player_left"))["username"] == "Flood"
    host.say(a_question())
    await calm.until("question")
    calm.say({"type": "answer", "option": 1})
    assert (await calm.until("answer_ack"))["accepted"]


async def test_a_host_has_the_same_pace(hall, host):
    for _ in range(30):
        host.say({"type": "next_question"})
    await host.until("error", message=TOO_QUICK)
    await hall.player(host.code, "Bob")
    await host.until("player_count", count=1)


async def test_it_can_be_switched_off(hall_with):
    hall = await hall_with(messages_per_second=0)
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob = await hall.player(host.code, "Bob")
    for number in range(500):
        bob.say({"type": "answer", "option": 0, "answer_id": str(number)})
    await bob.until("answer_ack", answer_id="499")
    assert "error" not in bob.types()
