"""The rules, as the people at the table see them."""

import pytest

from quizzler.errors import AnswerRefused, InvalidBody, Refused
from quizzler.game import phases
from quizzler.game.effects import (
    AnswerAck,
    AnswerCount,
    GameOver,
    HostGameOver,
    Leaderboard,
    PlayerCount,
    QuestionAgain,
    QuestionShown,
    Results,
    RoomClosed,
    RoomState,
    SharedAddress,
    Welcome,
    YourResult,
)
from quizzler.game.events import (
    HostLeft,
    HostReturned,
    PlayerJoined,
    PlayerLeft,
    Recovered,
    SharedAddressAllowed,
    TimedOut,
)
from quizzler.game.questions import Question, SingleChoice
from tests.game.conftest import HOST_GRACE, MAX_AGE, a_question, kinds, only

RIGHT, WRONG = 1, 0


class TestComingAndGoing:
    def test_host_is_told_the_room_code_first(self, table):
        assert kinds(table.heard(table.open(), "host")) == ["room_created", "room_state"]

    def test_player_is_welcomed_and_the_others_are_told(self, table):
        table.open()
        table.join("Ann")
        effects = table.join("Bob")
        welcome = only(table.heard(effects, "Bob"), Welcome)
        assert (welcome.name, welcome.score, welcome.phase, welcome.resume_token) == ("Bob", 0, "lobby", "2.token")
        assert kinds(table.heard(effects, "Ann")) == ["player_joined"]
        assert only(table.heard(effects, "host"), PlayerCount).count == 2

    def test_host_lets_people_share_an_address_and_sees_so_after_a_break(self, table):
        table.open()
        assert table.game.shared_address is False
        effects = table.happen(SharedAddressAllowed(True))
        assert kinds(table.heard(effects, "host")) == ["shared_address"]
        assert only(table.heard(effects, "host"), SharedAddress).allowed is True
        table.join("Ann")
        table.ask()
        table.happen(Recovered(pause=1))
        assert only(table.heard(table.happen(HostReturned()), "host"), RoomState).shared_address is True
        table.happen(SharedAddressAllowed(False))
        assert table.game.shared_address is False

    @pytest.mark.parametrize("name", ["Ann", "ann", " ANN ", "Ａｎｎ", "A\u200dnn"])
    def test_second_player_of_one_name_is_refused(self, table, name):
        table.open()
        table.join("Ann")
        with pytest.raises(Refused, match="already has that name"):
            table.happen(PlayerJoined(2, name, "2.token"))
        assert len(table.game.players) == 1

    def test_leaving_twice_counts_once(self, table):
        table.open()
        table.join("Ann", "Bob")
        assert only(table.heard(table.leave("Bob"), "host"), PlayerCount).count == 1
        with pytest.raises(Refused):
            table.leave("Bob")
        assert table.game.connected == 1

    def test_unknown_player_cannot_leave(self, table):
        table.open()
        with pytest.raises(Refused, match="no such player"):
            table.happen(PlayerLeft(7))

    def test_arrivals_in_a_large_room_are_told_as_a_number(self, table):
        table.open()
        table.join(*(f"player {number}" for number in range(50)))
        effects = table.join("number 51")
        assert kinds(table.heard(effects, "player 0")) == ["player_count"]
        assert "player_joined" in kinds(table.heard(effects, "host"))

    def test_player_who_comes_late_gets_the_open_question(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        table.wait(5)
        effects = table.join("Bob")
        assert kinds(table.heard(effects, "Bob")) == ["welcome", "question"]
        question = only(table.heard(effects, "Bob"), QuestionAgain)
        assert question.answered is None
        assert question.server_time - question.question_start_time == 5
        table.answer("Bob", RIGHT)
        table.answer("Ann", RIGHT)
        assert table.game.phase == phases.REVEAL

    def test_player_who_comes_after_the_question_is_not_shown_its_result(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        table.answer("Ann", RIGHT)
        assert kinds(table.heard(table.join("Bob"), "Bob")) == ["welcome"]

    def test_returning_player_sees_what_they_answered(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", 3)
        table.leave("Ann")
        heard = table.heard(table.come_back("Ann"), "Ann")
        assert only(heard, QuestionAgain).answered == 3
        assert only(heard, Welcome).score == 0

    def test_returning_player_sees_their_result_after_the_question(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        table.answer("Ann", RIGHT)
        table.leave("Ann")
        heard = table.heard(table.come_back("Ann"), "Ann")
        assert kinds(heard) == ["welcome", "question", "question_ended", "your_result", "leaderboard"]
        assert only(heard, YourResult).score == 140

    def test_score_says_nothing_of_an_open_question(self, table):
        """A player who reloads after answering must not read off the score whether it was right."""
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT)
        table.leave("Ann")
        assert only(table.heard(table.come_back("Ann"), "Ann"), Welcome).score == 0


class TestQuestion:
    def test_everyone_sees_the_question_and_nobody_the_answer(self, table):
        table.open()
        table.join("Ann")
        effects = table.ask()
        for who in ("host", "Ann"):
            question = only(table.heard(effects, who), QuestionShown)
            assert question.options == ["Bergen", "Oslo", "Tromsø", "Stavanger"]
            assert (question.question_index, question.question_count, question.time_limit) == (0, None, 20)
            assert not hasattr(question, "correct_answer")

    def test_saved_quiz_is_played_in_order_to_its_end(self, table):
        table.open(a_question("one"), a_question("two"))
        first = only(table.heard(table.next(), "host"), QuestionShown)
        second = only(table.heard(table.next(), "host"), QuestionShown)
        assert [(q.question, q.question_index, q.question_count) for q in (first, second)] == [
            ("one", 0, 2),
            ("two", 1, 2),
        ]
        with pytest.raises(Refused, match="no further question"):
            table.next()
        assert table.game.phase == phases.QUESTION

    def test_typed_question_in_a_saved_quiz_adds_to_the_count(self, table):
        table.open(a_question("one"), a_question("two"))
        table.next()
        typed = only(table.heard(table.ask(a_question("typed")), "host"), QuestionShown)
        assert (typed.question_index, typed.question_count) == (1, 3)

    def test_room_without_a_quiz_has_no_next_question(self, table):
        table.open()
        with pytest.raises(Refused):
            table.next()
        assert table.game.phase == phases.LOBBY

    def test_question_that_is_none_changes_nothing(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        with pytest.raises(InvalidBody):
            table.ask(Question("?", SingleChoice(("only one",), 0)))
        assert (table.game.phase, len(table.game.rounds)) == (phases.QUESTION, 1)

    def test_next_question_ends_the_open_one_first(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT)
        assert kinds(table.heard(table.ask(), "Ann")) == ["question_ended", "your_result", "leaderboard", "question"]
        assert table.player("Ann").score == 140

    def test_question_ends_when_its_time_is_up(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        assert table.game.deadline == table.now + 20
        assert "results" in kinds(table.heard(table.time_out(), "host"))
        assert table.game.phase == phases.REVEAL

    def test_nothing_is_due_before_the_deadline(self, table):
        table.open()
        table.ask()
        table.wait(19.9)
        with pytest.raises(Refused):
            table.happen(TimedOut())
        assert table.game.phase == phases.QUESTION

    def test_question_ends_when_every_connected_player_has_answered(self, table):
        table.open()
        table.join("Ann", "Bob", "Cleo")
        table.leave("Cleo")
        table.ask()
        table.answer("Ann", RIGHT)
        assert table.game.phase == phases.QUESTION
        table.answer("Bob", WRONG)
        assert table.game.phase == phases.REVEAL

    def test_question_ends_when_the_last_one_without_an_answer_leaves(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT)
        table.leave("Bob")
        assert table.game.phase == phases.REVEAL

    def test_question_goes_on_while_nobody_is_connected(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        table.leave("Ann")
        assert table.game.phase == phases.QUESTION
        table.come_back("Ann")
        assert table.game.phase == phases.QUESTION

    def test_only_an_open_question_can_be_ended(self, table):
        table.open()
        with pytest.raises(Refused, match="no open question"):
            table.end_question()


class TestAnswer:
    def test_right_answer_earns_100_and_2_for_each_second_left(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.wait(4.3)
        table.answer("Ann", RIGHT)
        result = only(table.heard(table.answer("Bob", WRONG), "Ann"), YourResult)
        assert result.points == 100 + int(2 * 15.7)
        assert (result.correct, result.score, result.rank, result.players) == (True, 131, 1, 2)

    def test_wrong_answer_earns_nothing(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        result = only(table.heard(table.answer("Ann", WRONG), "Ann"), YourResult)
        assert (result.correct, result.points, result.score) == (False, 0, 0)

    def test_answer_is_acknowledged_and_counted(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        effects = table.answer("Ann", RIGHT, answer_id="a-1", question_index=0)
        ack = only(table.heard(effects, "Ann"), AnswerAck)
        assert (ack.question_index, ack.accepted, ack.reason, ack.answer_id) == (0, True, None, "a-1")
        assert not table.heard(effects, "Bob")
        count = only(table.heard(effects, "host"), AnswerCount)
        assert (count.answered, count.total) == (1, 2)

    def test_second_answer_does_not_count(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", WRONG)
        with pytest.raises(AnswerRefused) as refusal:
            table.answer("Ann", RIGHT)
        assert refusal.value.reason == "already_answered"
        table.end_question()
        assert table.player("Ann").score == 0

    @pytest.mark.parametrize("option", [-1, 4, 1.0, True, "1", None, [1], 10**30])
    def test_answer_that_is_no_option_is_refused(self, table, option):
        table.open()
        table.join("Ann")
        table.ask()
        with pytest.raises(AnswerRefused) as refusal:
            table.answer("Ann", option)
        assert refusal.value.reason == "invalid"
        assert table.game.phase == phases.QUESTION

    def test_answer_before_any_question_is_refused(self, table):
        table.open()
        table.join("Ann")
        with pytest.raises(AnswerRefused) as refusal:
            table.answer("Ann", RIGHT)
        assert refusal.value.reason == "no_question"

    def test_answer_after_the_time_is_refused_even_before_the_timer_fired(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        table.wait(20)
        with pytest.raises(AnswerRefused) as refusal:
            table.answer("Ann", RIGHT)
        assert refusal.value.reason == "too_late"

    def test_answer_after_the_end_says_why_it_does_not_count(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT)
        table.end_question()
        with pytest.raises(AnswerRefused) as again:
            table.answer("Ann", RIGHT)
        with pytest.raises(AnswerRefused) as late:
            table.answer("Bob", RIGHT)
        assert (again.value.reason, late.value.reason) == ("already_answered", "too_late")
        assert (again.value.question_index, late.value.question_index) == (0, 0)

    @pytest.mark.parametrize("question_index", [0, 2, -1])
    def test_answer_to_another_question_is_too_late(self, table, question_index):
        table.open()
        table.join("Ann")
        table.ask()
        table.ask()
        with pytest.raises(AnswerRefused) as refusal:
            table.answer("Ann", RIGHT, question_index=question_index)
        assert refusal.value.reason == "too_late"

    def test_same_answer_id_is_acknowledged_again_also_for_an_earlier_question(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT, answer_id="a-1")
        table.ask()
        ack = table.game.acknowledged(1, "a-1", table.now)
        assert (ack.accepted, ack.question_index, ack.answer_id) == (True, 0, "a-1")
        assert table.game.acknowledged(1, "a-2", table.now) is None
        assert table.game.acknowledged(2, "a-1", table.now) is None
        assert table.game.acknowledged(1, None, table.now) is None


class TestResults:
    def test_host_sees_who_was_right_and_how_the_answers_spread(self, table):
        table.open()
        table.join("Ann", "Bob", "Cleo")
        table.ask()
        table.wait(1.234)
        table.answer("Ann", WRONG)
        table.answer("Bob", RIGHT)
        results = only(table.heard(table.time_out(), "host"), Results)
        assert (results.total_answers, results.correct_answers, results.distribution) == (2, 1, [1, 1, 0, 0])
        assert (results.question_index, results.correct_answer, results.explanation) == (0, RIGHT, "It is Oslo.")
        first, second, third = results.top_5
        assert (first.name, first.score, first.time, first.correct, first.question_score) == (
            "Bob",
            137,
            1.23,
            True,
            137,
        )
        assert (second.name, second.time, second.correct) == ("Ann", 1.23, False)
        assert (third.name, third.time, third.correct, third.question_score) == ("Cleo", 20, False, 0)

    def test_last_answer_count_is_exact(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT)
        table.leave("Ann")
        count = only(table.heard(table.time_out(), "host"), AnswerCount)
        assert (count.answered, count.total) == (1, 2)

    def test_tie_goes_to_the_quicker_player(self, table):
        table.open()
        table.join("Slow", "Quick")
        table.ask()
        table.wait(0.1)
        table.answer("Quick", RIGHT)
        table.wait(0.3)
        board = only(table.heard(table.answer("Slow", RIGHT), "host"), Leaderboard)
        assert [(e.rank, e.name, e.score) for e in board.entries] == [(1, "Quick", 139), (2, "Slow", 139)]

    def test_leaderboard_says_who_moved(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.wait(2)
        table.answer("Ann", RIGHT)
        table.answer("Bob", WRONG)
        table.ask()
        table.answer("Ann", WRONG)
        board = only(table.heard(table.answer("Bob", RIGHT), "Ann"), Leaderboard)
        assert [(e.rank, e.name, e.change) for e in board.entries] == [(1, "Bob", 1), (2, "Ann", -1)]

    def test_player_who_did_not_answer_gets_a_result_too(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT)
        result = only(table.heard(table.end_question(), "Bob"), YourResult)
        assert (result.correct, result.points, result.rank) == (False, 0, 2)


class TestEnd:
    def test_everyone_hears_the_podium_and_players_their_own_place(self, table):
        table.open()
        table.join("Ann", "Bob", "Cleo", "Dan")
        table.ask()
        for name, option in (("Cleo", RIGHT), ("Bob", RIGHT), ("Ann", WRONG), ("Dan", WRONG)):
            table.wait(1)
            table.answer(name, option)
        effects = table.end()
        assert kinds(table.heard(effects, "Ann")) == ["game_over", "room_closed"]
        own = only(table.heard(effects, "Ann"), GameOver)
        assert (own.rank, own.score, own.players) == (3, 0, 4)
        assert [(e.rank, e.name) for e in own.podium] == [(1, "Cleo"), (2, "Bob"), (3, "Ann")]
        whole = only(table.heard(effects, "host"), HostGameOver)
        assert [e.name for e in whole.entries] == ["Cleo", "Bob", "Ann", "Dan"]
        assert whole.game_id == "game-1"

    def test_open_question_counts_when_the_game_is_ended(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.answer("Ann", RIGHT)
        assert kinds(table.heard(table.end(), "Ann")) == [
            "question_ended", "your_result", "leaderboard", "game_over", "room_closed",
        ]  # fmt: skip
        assert table.player("Ann").score == 140

    def test_without_a_question_there_is_no_podium(self, table):
        table.open()
        table.join("Ann")
        effects = table.end()
        assert kinds(table.heard(effects, "Ann")) == ["room_closed"]
        assert only(table.heard(effects, "Ann"), RoomClosed).reason == "The host ended the game"

    def test_nothing_happens_to_a_game_that_is_over(self, table):
        table.open()
        table.join("Ann")
        table.end()
        for attempt in (table.ask, table.end, lambda: table.join("Bob"), lambda: table.leave("Ann")):
            with pytest.raises(Refused, match="The game is over"):
                attempt()
        assert table.game.deadline is None

    def test_room_ends_by_age(self, table):
        opened_at = table.now
        table.open()
        assert table.game.deadline == opened_at + MAX_AGE
        table.time_out()
        assert table.game.phase == phases.OVER


class TestHostAway:
    def test_players_are_told_and_the_open_question_goes_on(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        assert kinds(table.heard(table.happen(HostLeft()), "Ann")) == ["host_status"]
        table.time_out()
        assert table.game.phase == phases.REVEAL

    def test_game_ends_when_the_host_stays_away(self, table):
        table.open()
        table.join("Ann")
        left_at = table.now
        table.happen(HostLeft())
        assert table.game.deadline == left_at + HOST_GRACE
        assert "room_closed" in kinds(table.heard(table.time_out(), "Ann"))
        assert table.game.phase == phases.OVER

    def test_host_who_comes_back_sees_where_the_game_is(self, table):
        table.open(a_question("one"), a_question("two"))
        table.join("Ann", "Bob")
        table.next()
        table.answer("Ann", RIGHT)
        table.happen(HostLeft())
        effects = table.happen(HostReturned())
        assert kinds(table.heard(effects, "host")) == ["room_created", "room_state", "question", "answer_count"]
        state = only(table.heard(effects, "host"), RoomState)
        assert (state.phase, state.question_index, state.question_count) == ("question", 0, 2)
        assert [(p.name, p.connected) for p in state.players] == [("Ann", True), ("Bob", True)]
        assert kinds(table.heard(effects, "Ann")) == ["host_status"]
        table.end_question()
        heard = kinds(table.heard(table.happen(HostReturned()), "host"))
        assert heard[-2:] == ["results", "leaderboard"]


class TestServerWasAway:
    def test_question_waits_for_those_whom_the_server_lost(self, table):
        table.open()
        table.join("Ann", "Bob", "Cleo")
        table.leave("Cleo")
        table.ask()
        table.answer("Ann", RIGHT)
        table.happen(Recovered(pause=5))
        assert table.game.connected == 0
        table.come_back("Ann")
        assert table.game.phase == phases.QUESTION
        table.come_back("Bob")
        assert table.game.phase == phases.QUESTION
        table.answer("Bob", RIGHT)
        assert table.game.phase == phases.REVEAL

    def test_time_in_which_nobody_could_play_is_given_back(self, table):
        table.open()
        table.join("Ann", "Bob")
        table.ask()
        table.wait(4)
        table.answer("Ann", RIGHT)
        table.wait(6)
        table.happen(Recovered(pause=6))
        table.come_back("Ann")
        heard = table.heard(table.come_back("Bob"), "Bob")
        question = only(heard, QuestionAgain)
        assert question.question_start_time + question.time_limit - table.now == 16
        table.answer("Bob", RIGHT)
        assert table.player("Ann").score == table.player("Bob").score == 100 + 2 * 16

    def test_question_ends_in_time_when_nobody_comes_back(self, table):
        table.open()
        table.join("Ann")
        table.ask()
        table.happen(Recovered(pause=1))
        table.time_out()
        assert table.game.phase == phases.REVEAL
