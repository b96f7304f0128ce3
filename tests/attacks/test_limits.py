"""What is only too much: with the limits that a server has out of the box."""

import json

import pytest

from quizzler.config import Settings
from quizzler.rooms.listeners import FLOODING
from quizzler.web.admission import TOO_MANY_PLAYERS
from tests.attacks.conftest import Life
from tests.clients import Hall, Rest

pytestmark = pytest.mark.both_wires

LIMITS = (
    "max_connections_per_ip", "max_requests_per_window", "user_requests_per_minute", "messages_per_second",
)  # fmt: skip
ELSEWHERE = "127.0.0.2"


@pytest.fixture
async def hall(hall_with) -> Hall:
    return await hall_with(**{name: Settings.__dataclass_fields__[name].default for name in LIMITS})


async def test_flood_of_messages(hall, life):
    flood = await hall.player(life.code, "Flood")
    for _ in range(1000):
        flood.say({"type": "answer", "option": 0})
    assert await flood.until_closed() == (1008, FLOODING)
    await life.goes_on()


async def test_one_address_fills_a_room(hall, life):
    told = []
    for number in range(40):
        socket = await hall.socket("player", life.code, username=f"x{number}", source=ELSEWHERE)
        told.append((await socket.next()).get("message"))
    assert told[:5] == [None] * 5 and told[5:25] == [TOO_MANY_PLAYERS] * 20 and None not in told[5:]
    await life.goes_on()


async def test_search_for_room_codes(hall, life):
    statuses = []
    for number in range(60):
        code = life.code if number == 59 else f"GUESS{number:03}"
        answer = await hall.rest.fetch("GET", f"/realtime/rooms/validate/{code}", source=ELSEWHERE)
        statuses.append(answer.code)
    assert statuses.count(200) <= 8 and statuses[-1] == 429
    await life.goes_on()


async def test_guessing_a_password(hall, life):
    statuses, waits = [], []
    for number in range(15):
        body = {"email": "ann@example.org", "password": f"guess {number}"}
        answer = await Rest(hall.base_url).fetch("POST", "/auth/signin", body, source=ELSEWHERE)
        statuses.append(answer.code)
        waits.append(answer.headers.get("Retry-After"))
    assert statuses[:5] == [401] * 5 and set(statuses[6:]) == {429} and waits[-1] is not None
    right = {"email": "ann@example.org", "password": "correct horse"}
    assert (await Rest(hall.base_url).fetch("POST", "/auth/signin", right)).code == 200, "nobody locks the owner out"
    await life.goes_on()


async def test_claiming_to_be_many(hall, life: Life):
    """An address that the asker says is theirs counts for nothing."""
    statuses = []
    for number in range(40):
        answer = await hall.rest.fetch(
            "GET", "/quizzes/topics/list", source=ELSEWHERE, **{"X-Forwarded-For": f"198.51.100.{number}"}
        )
        statuses.append(answer.code)
    assert statuses[-1] == 429 and "Retry-After" in answer.headers and "detail" in json.loads(answer.body)
    await life.goes_on()
