"""What is possible for points and ranks, against the game's own account of it."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzler.game.leaderboard import Standings
from quizzler.game.scoring import speed
from quizzler.loadtest.diary import Asked
from quizzler.loadtest.messages import Question
from quizzler.loadtest.rules import ANY_TIME, Span, Standing, points_possible, ranks_possible, seconds_taken

LIMIT = 20.0
# A way through the network, in seconds.
ways = st.floats(0, 0.5)


@given(ways, ways, ways, ways, st.floats(0, 19), st.floats(-1e9, 1e9))
def test_points_of_the_server_are_always_possible(there, back, answer_there, answer_back, thinking, ahead):
    """Whatever the network and the two clocks do: the points that the server gives are among those that the client
    holds possible."""
    asked_at = there  # the host asked at 0
    shown, said = asked_at + back, asked_at + back + thinking
    taken = said + answer_there - asked_at
    asked = Asked(0, "?", ["a", "b"], 0, LIMIT, 0.0)
    question = Question("?", ["a", "b"], LIMIT, asked_at + ahead, asked_at + ahead, 0)
    span = seconds_taken(asked, shown, question, said, said + answer_there + answer_back)
    assert span.least <= taken <= span.most
    least, most = points_possible(LIMIT, span)
    assert least <= speed(1.0, LIMIT - taken) <= most


def test_points_are_exact_where_the_network_is_quick():
    asked = Asked(0, "?", ["a", "b"], 0, LIMIT, 100.0)
    question = Question("?", ["a", "b"], LIMIT, 5.0, 5.0, 0)
    span = seconds_taken(asked, 100.004, question, 103.3, 103.304)
    assert 3.29 < span.least < 3.3 and 3.304 < span.most < 3.31
    assert points_possible(LIMIT, span) == (133, 133)


def test_question_that_started_before_it_was_shown():
    """The server's two times say by how much: for somebody who comes back, say."""
    asked = Asked(0, "?", ["a", "b"], 0, LIMIT, 100.0)
    question = Question("?", ["a", "b"], LIMIT, 5.0, 12.0, 0)
    span = seconds_taken(asked, 100.0, question, 101.0, 101.0)
    assert span.least < 8.0 < span.most and span.most - span.least < 0.02


def test_points_are_never_below_those_for_being_right():
    assert points_possible(LIMIT, ANY_TIME) == (100, 140)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_ranks_of_the_game_are_always_possible(players):
    """Each is a score, seconds, and how much less or more the client holds possible."""
    standings = Standings()
    for number, (score, seconds, _, _) in enumerate(players, start=1):
        standings.add()
        standings.scores[number], standings.seconds[number] = score, seconds
    given = [Standing(score, Span(seconds - less, seconds + more)) for score, seconds, less, more in players]
    possible = ranks_possible(given)
    for rank, number in standings.ranked():
        least, most = possible[number - 1]
        assert least <= rank <= most


@pytest.mark.parametrize(
    ("times", "ranks"),
    [
        ([Span(1, 2), Span(3, 4)], [(1, 1), (2, 2)]),
        ([Span(1, 3), Span(2, 4)], [(1, 2), (1, 2)]),
        ([Span(0, inf), Span(2, 3), Span(4, 5)], [(1, 3), (1, 2), (2, 3)]),
    ],
)
def test_ties_go_to_who_was_surely_quicker(times, ranks):
    assert ranks_possible([Standing(100, time) for time in times]) == ranks
