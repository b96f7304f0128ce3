"""What only the collector can free is freed in time, at a moment that suits."""

import gc
import weakref

from quizzler.ops.memory import Tidying
from tests.clients import a_question


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.itself = self


def forgotten() -> weakref.ref:
    """A knot that has been looked at in vain while it was in use, and nobody has any more."""
    knot = Knot()
    gc.collect()
    return weakref.ref(knot)


def test_what_holds_itself_is_freed():
    knot = forgotten()
    assert Tidying().tidy(busy=False)
    assert knot() is None


def test_people_who_answer_are_disturbed_at_last():
    tidying, knot = Tidying(), forgotten()
    done = [tidying.tidy(busy=True) for _ in range(2 * (Tidying.MOST_PUT_OFF + 1))]
    assert done == 2 * [*[False] * Tidying.MOST_PUT_OFF, True]
    assert knot() is None


async def test_cleaning_up_waits_for_the_end_of_a_question(hall_with):
    hall = await hall_with()
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob = await hall.player(host.code, "Bob")
    knot = forgotten()
    gc.disable()
    try:
        host.say(a_question())
        await bob.until("question")
        await hall.clean_up()
        assert knot() is not None
        host.say({"type": "end_question"})
        await bob.until("your_result")
        await hall.clean_up()
        assert knot() is None
    finally:
        gc.enable()
