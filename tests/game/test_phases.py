import pytest

from quizzler.errors import Refused
from quizzler.game import events, phases
from quizzler.game.game import Game

ALL_EVENTS = set(events.Event.__subclasses__())


def test_every_phase_is_in_the_table():
    followers = {phase for row in phases.TRANSITIONS.values() for phase in row.values()}
    assert set(phases.TRANSITIONS) == followers | {phases.UNOPENED}


def test_every_event_but_the_timer_has_a_row_and_a_rule():
    in_the_table = {event for row in phases.TRANSITIONS.values() for event in row}
    assert in_the_table == set(Game._RULES) == ALL_EVENTS - {events.TimedOut}


@pytest.mark.parametrize("phase", phases.TRANSITIONS)
def test_an_event_without_a_row_is_refused(phase):
    opened = events.Opened("g", "CODE", "h", 1, 1)
    if phase == phases.UNOPENED:
        assert phases.after(phase, opened) == phases.LOBBY
    else:
        with pytest.raises(Refused):
            phases.after(phase, opened)


def test_nothing_follows_the_end():
    assert phases.TRANSITIONS[phases.OVER] == {}
