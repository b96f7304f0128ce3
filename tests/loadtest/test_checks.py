"""What is found in diaries: nothing where all was right, and each lie where there is one."""

import msgspec
import pytest

from quizzler.loadtest.diary import Ending, PlayerDiary
from quizzler.loadtest.messages import (
    AnswerAck,
    AnswerCount,
    Entry,
    Error,
    GameOver,
    HostGameOver,
    Leaderboard,
    Question,
    QuestionEnded,
    Results,
    RoomClosed,
    RoomCreated,
    TopEntry,
    Welcome,
    YourResult,
)
from tests.loadtest.evenings import drop, evening, findings_of, repeat, replace, usual

ANN, BOB, EVE = 0, 1, 2


def test_nothing_is_found_where_all_is_right():
    assert findings_of(lambda given: None) == []


@pytest.mark.parametrize("kind", [Question, AnswerAck, QuestionEnded, YourResult, Leaderboard, GameOver, RoomClosed])
def test_what_a_player_misses(kind):
    """Without an acknowledgement the answer may count or not; all else is as it was."""
    found = findings_of(lambda given: drop(given.players[EVE], kind, -1))
    assert ("missing", kind.__struct_config__.tag, 1) in found
    assert all(what[0] == "missing" for what in found)


@pytest.mark.parametrize(
    "kind", [Welcome, Question, AnswerAck, QuestionEnded, YourResult, Leaderboard, GameOver, RoomClosed]
)
def test_what_a_player_hears_twice(kind):
    found = findings_of(lambda given: repeat(given.players[ANN], kind, 0))
    assert found == [("twice", kind.__struct_config__.tag, 1)]


@pytest.mark.parametrize("kind", [Results, Leaderboard, HostGameOver, RoomClosed])
def test_what_the_host_misses(kind):
    found = findings_of(lambda given: drop(given.host, kind, -1))
    assert found == [("missing", kind.__struct_config__.tag, 1)]


@pytest.mark.parametrize("kind", [RoomCreated, Results, Leaderboard, HostGameOver, RoomClosed])
def test_what_the_host_hears_twice(kind):
    found = findings_of(lambda given: repeat(given.host, kind, 0))
    assert found == [("twice", kind.__struct_config__.tag, 1)]


@pytest.mark.parametrize(
    ("kind", "number", "fields", "what"),
    [
        (Question, 0, {"options": ["Option A", "Option B"]}, "question"),
        (Question, 0, {"time_limit": 30.0}, "question"),
        (AnswerAck, 1, {"question_index": 0}, "question_index of an answer_ack"),
        (QuestionEnded, 1, {"correct_answer": 0}, "correct_answer of question_ended"),
        (YourResult, 1, {"correct": False}, "correct of your_result"),
        (YourResult, 1, {"rank": 2}, "rank"),
        (YourResult, 1, {"players": 2}, "number of players"),
        (GameOver, 0, {"rank": 3}, "rank of game_over"),
        (GameOver, 0, {"score": 0}, "score of game_over"),
        (GameOver, 0, {"players": 4}, "number of players"),
        (GameOver, 0, {"podium": [Entry(1, "Ann", 1)]}, "podium"),
        (Leaderboard, 1, {"entries": [Entry(2, "Ann", 274)]}, "leaderboard"),
    ],
)
def test_wrong_figure_of_a_player(kind, number, fields, what):
    assert findings_of(lambda given: replace(given.players[ANN], kind, number, **fields)) == [("wrong", what, 1)]


@pytest.mark.parametrize(
    ("kind", "number", "fields", "what"),
    [
        (Results, 0, {"total_answers": 2}, {"total_answers", "last answer_count"}),
        (Results, 1, {"correct_answers": 3}, {"correct_answers"}),
        (Results, 1, {"distribution": [0, 1, 2, 0]}, {"distribution"}),
        (Results, 1, {"distribution": [1, 0, 2]}, {"distribution"}),
        (Results, 0, {"correct_answer": 2}, {"correct_answer of results"}),
        (Results, 0, {"top_5": [TopEntry("Ann", 137, True, 137)] * 2}, {"top_5"}),
        (AnswerCount, 1, {"answered": 2}, {"last answer_count"}),
        (Leaderboard, 0, {"entries": [Entry(1, "Somebody", 137)]}, {"leaderboard"}),
        (HostGameOver, 0, {"podium": []}, {"podium"}),
        (HostGameOver, 0, {"entries": []}, {"podium", "number of players"}),
    ],
)
def test_wrong_figure_of_the_host(kind, number, fields, what):
    found = findings_of(lambda given: replace(given.host, kind, number, **fields))
    assert set(found) == {("wrong", each, 1) for each in what}


@pytest.mark.parametrize(("given", "is_possible"), [(136, False), (137, True), (138, False)])
def test_points_are_those_of_the_time(given, is_possible):
    """Ann's answer took 1.1 s, give or take some milliseconds of the network: 2 x 18.9 seconds left."""

    def spoil(evening):
        replace(evening.players[ANN], YourResult, 0, points=given)

    found = {what for _, what, _ in findings_of(spoil)}
    assert ("points" in found) is not is_possible


def test_points_for_a_wrong_answer_are_none():
    assert ("wrong", "points", 1) in findings_of(lambda given: replace(given.players[BOB], YourResult, 1, points=1))


def test_score_is_the_sum_of_the_points():
    """The next question's is right again."""
    assert findings_of(lambda given: replace(given.players[EVE], YourResult, 0, score=1)) == [("wrong", "score", 1)]
    assert findings_of(lambda given: replace(given.players[EVE], YourResult, 0, points=0)) == [("wrong", "points", 1)]


def test_score_that_was_not_heard_is_taken_from_the_next():
    def spoil(given):
        drop(given.players[EVE], YourResult, 0)
        drop(given.players[ANN], YourResult, 1)

    assert findings_of(spoil) == [("missing", "your_result", 2)]


def test_quicker_one_wins_a_tie():
    """All have the same score, and ranks by their time."""
    even = evening({"Ann": [0], "Bob": [0]}, right=[0])
    for diary in even.players:
        scores = [message.score for _, message in diary.heard if type(message) is YourResult]
        assert scores in ([137], [135])
    for player, rank in ((ANN, 2), (BOB, 1)):
        replace(even.players[player], YourResult, 0, points=137, score=137, rank=rank)
    found = findings_of(lambda given: None, even)
    assert ("wrong", "rank", 2) in found


def test_refused_answer():
    def spoil(given):
        replace(given.players[BOB], AnswerAck, 1, accepted=False, reason="too_late")

    found = findings_of(spoil)
    assert ("answer refused", "too_late", 1) in found
    assert ("wrong", "total_answers", 1) in found  # the host was told that it counted


def test_answer_of_which_nothing_was_heard_may_count_or_not():
    def spoil(given):
        drop(given.players[BOB], AnswerAck, 1)
        replace(given.host, Results, 1, total_answers=2, distribution=[0, 0, 2, 0])
        replace(given.host, AnswerCount, 1, answered=2)

    assert findings_of(spoil) == [("missing", "answer_ack", 1)]


def test_player_who_was_refused():
    given = usual()
    refused = PlayerDiary(
        0, began=2.0, name="Zoe", refusal="The room is full", heard=[(2.1, Error("The room is full"))]
    )
    given.players.append(refused)
    assert findings_of(lambda given: None, given) == [("not joined", "The room is full", 1)]


def test_player_whom_nobody_answered_may_be_counted():
    def spoil(given):
        given.players.append(PlayerDiary(0, began=2.0, name="Zoe", refusal="No answer within 15 s"))
        replace(given.players[ANN], YourResult, 0, players=4)

    assert findings_of(spoil) == [("not joined", "No answer within 15 s", 1)]


def test_room_that_was_not_opened():
    given = usual()
    given.host.arrived, given.host.refusal = None, "All rooms are in use"
    given.host.heard, given.host.asked, given.host.over = [], [], None
    given.players = [PlayerDiary(0, name=name, refusal="Their room was not opened") for name in ("Ann", "Bob")]
    assert findings_of(lambda given: None, given) == [
        ("room not opened", "All rooms are in use", 1),
        ("not joined", "Their room was not opened", 2),
    ]


def test_player_who_was_lost_is_one_finding():
    """What comes after that is not missing besides, and all others' figures are still right."""

    def spoil(given):
        bob = given.players[BOB]
        bob.heard = [(came, message) for came, message in bob.heard if came < 21]
        bob.said = bob.said[:1]
        bob.ending = Ending(21.0, None, "The connection was cut")
        replace(given.host, Results, 1, total_answers=2, distribution=[0, 0, 2, 0])
        replace(given.host, AnswerCount, 1, answered=2)

    assert findings_of(spoil) == [("player lost", "The connection was cut", 1)]


def lose_the_host(given) -> None:
    """The players stay, and wait in vain."""
    given.host.over, given.host.ending = None, Ending(25.0, 1012, "The server is restarting")
    given.host.heard = [(came, message) for came, message in given.host.heard if came < 21]
    for player in given.players:
        player.heard = [(came, message) for came, message in player.heard if came < 24]
        player.ending = Ending(40.0, None, "The server did not close within 15 s", given_up=True)


def test_host_who_was_lost():
    assert findings_of(lose_the_host) == [("host lost", "1012 The server is restarting", 1)]


@pytest.mark.parametrize("later", [-0.001, 0.0, 0.001, 2.0], ids=["before", "with", "just after", "well after"])
def test_server_that_died_took_everybody_along(later):
    """What was still on its way to a player is not missing besides, whoever was cut off first."""

    def spoil(given):
        given.host.over, given.host.ending = None, Ending(22.0, None, "The connection was cut")
        given.host.heard = [(came, message) for came, message in given.host.heard if came < 21]
        for player in given.players:
            player.heard = [(came, message) for came, message in player.heard if came < 21]
            player.ending = Ending(22.0 + later, None, "The connection was cut")

    cut = "The connection was cut"
    assert findings_of(spoil) == [("host lost", cut, 1), ("player lost", cut, 3)]


def test_what_is_missing_of_a_host_who_was_lost_while_the_players_were_not():
    def spoil(given):
        lose_the_host(given)
        drop(given.players[EVE], AnswerAck, -1)

    assert ("missing", "answer_ack", 1) in findings_of(spoil)


def test_close_with_another_code():
    def spoil(given):
        given.players[EVE].ending = Ending(given.host.over + 1, 1011, "Oops")

    assert findings_of(spoil) == [("missing", "close with 1000", 1)]


def test_errors_and_what_is_no_message():
    def spoil(given):
        given.host.heard.append((12.0, Error("That message is not right")))
        given.players[EVE].misheard.append("answer_ack: Object missing required field `accepted`")

    assert findings_of(spoil) == [
        ("error", "That message is not right", 1),
        ("not understood", "answer_ack: Object missing required field `accepted`", 1),
    ]


def test_question_that_nobody_asked():
    def spoil(given):
        place = len(given.players[EVE].heard) - 3
        came, question = next(each for each in given.players[EVE].heard if type(each[1]) is Question)
        given.players[EVE].heard.insert(place, (came, msgspec.structs.replace(question, question_index=7)))

    assert ("wrong", "a question that nobody asked", 1) in findings_of(spoil)
