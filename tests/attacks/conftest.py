"""A hall under attack, and a game in it that has to go on: the fixtures ``hall`` and ``life``."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.attacks.raw import Raw
from tests.clients import Hall, Rest, Socket, a_question

# Settings without the limits that would turn an attack away before it does what its test is about.
LOOSE: dict[str, object] = {"messages_per_second": 0}
LOOSE_ENVIRONMENT: dict[str, str] = {"MESSAGES_PER_SECOND": "0"}

RIGHT = 1


@pytest.fixture
async def hall(hall_with) -> Hall:
    return await hall_with(**LOOSE)


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever was done to the server: it has not failed at it."""
    yield
    failures = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR or record.exc_info]
    assert not failures, [(record.getMessage(), record.exc_text) for record in failures]


class Life:
    """A host and a player who want to play."""

    def __init__(self, host: Socket, player: Socket, user: Rest):
        self.host = host
        self.player = player
        self.user = user

    @classmethod
    async def begin(cls, hall: Hall, name: str = "Ann") -> "Life":
        user = await hall.rest.sign_up(name)
        host = await hall.host(user)
        return cls(host, await hall.player(host.code, "Bob"), user)

    @property
    def code(self) -> str:
        return self.host.code

    async def goes_on(self, *others: Socket) -> None:
        """One question, answered and told as ever; ``others`` are players who answer as well. Whoever else is in the
        room does not."""
        self.host.say(a_question())
        for player in (self.player, *others):
            index = (await player.until("question"))["question_index"]
            player.say({"type": "answer", "option": RIGHT, "question_index": index})
            ack = await player.until("answer_ack")
            assert (ack["accepted"], ack["question_index"]) == (True, index)
        self.host.say({"type": "end_question"})
        assert (await self.host.until("results"))["correct_answers"] == 1 + len(others)


@pytest.fixture
async def life(hall: Hall) -> Life:
    return await Life.begin(hall)


@pytest.fixture
async def raw(hall: Hall) -> AsyncIterator:
    """Opens connections to the hall; ends them after the test."""
    opened: list[Raw] = []

    async def open(**how) -> Raw:
        opened.append(await Raw.open(hall.base_url, **how))
        return opened[-1]

    yield open
    for each in opened:
        each.close()
