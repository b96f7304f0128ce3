"""Whatever happens, in whatever order: what must hold for every game."""

from hypothesis import given, settings
from hypothesis import strategies as st

from quizzler.errors import AnswerRefused, Refused
from quizzler.game import phases
from quizzler.game.effects import AnswerCount, Message, ToEach, YourResult
from quizzler.game.events import HostLeft, HostReturned, Recovered, SharedAddressAllowed, TimedOut
from quizzler.game.game import Game
from quizzler.game.state import Player
from tests.game.conftest import Table, a_question, picture, replayed

NAMES = ["Ann", "Bob", "Cleo", "Dan"]

steps = st.one_of(
    st.tuples(st.just("join"), st.sampled_from(NAMES)),
    st.tuples(st.just("leave"), st.sampled_from(NAMES)),
    st.tuples(st.just("come_back"), st.sampled_from(NAMES)),
    st.tuples(
        st.just("answer"),
        st.sampled_from(NAMES),
        st.sampled_from([0, 1, 2, 3, 4, -1, None, "1"]),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, 0, 1, 2]),
    ),
    st.tuples(st.just("ask"), st.integers(0, 3), st.sampled_from([1, 5.5, 20])),
    st.tuples(
        st.sampled_from(["next", "end_question", "host_left", "host_returned", "time_out", "recovered", "share"])
    ),
    st.tuples(st.just("wait"), st.floats(0, 8)),
)


def take(table: Table, step: tuple) -> list:
    match step:
        case ("ask", correct, time_limit):
            return table.ask(a_question(correct=correct, time_limit=time_limit))
        case ("answer", name, option, answer_id, question_index):
            return table.answer(name, option, answer_id=answer_id, question_index=question_index)
        case ("host_left",):
            return table.happen(HostLeft())
        case ("host_returned",):
            return table.happen(HostReturned())
        case ("recovered",):
            return table.happen(Recovered(3.0))
        case ("share",):
            return table.happen(SharedAddressAllowed(not table.game.shared_address))
        case ("time_out",):
            return table.happen(TimedOut())
        case ("wait", seconds):
            table.wait(seconds)
            return []
        case (word, *names):
            return getattr(table, word)(*names)


def scores_from_scratch(table: Table) -> dict[int, int]:
    """The contract's rule, from the answers of the questions that have ended."""
    ended = [r for r in table.game.rounds if r is not table.game.round or table.game.phase != phases.QUESTION]
    scores = dict.fromkeys(table.game.players, 0)
    for asked in ended:
        for player_id, answer in asked.answers.items():
            if answer.value == asked.question.body.correct:
                left = asked.asked_at + asked.question.time_limit - (asked.asked_at + answer.seconds)
                scores[player_id] += 100 + int(2 * left + 1e-6)
    return scores


@settings(max_examples=400, deadline=None)
@given(st.lists(steps, max_size=40))
def test_what_holds_for_every_game(game_steps):
    table = Table()
    table.open(a_question("one"), a_question("two"))
    for step in game_steps:
        before = picture(table.game)
        before = {**before, "players": {i: (p.score, p.connected) for i, p in before["players"].items()}}
        answers_before = sum(len(asked.answers) for asked in table.game.rounds)
        try:
            effects = take(table, step)
        except (Refused, KeyError) as refusal:
            after = picture(table.game)
            after = {**after, "players": {i: (p.score, p.connected) for i, p in after["players"].items()}}
            assert after == before, f"{refusal!r} changed the game"
            assert sum(len(asked.answers) for asked in table.game.rounds) == answers_before
            if isinstance(refusal, AnswerRefused):
                assert refusal.reason in ("already_answered", "too_late", "no_question", "invalid")
            continue
        check(table, effects)
    assert picture(replayed(table.journal)) == picture(table.game)


def check(table: Table, effects: list) -> None:
    game = table.game
    assert {i: p.score for i, p in game.players.items()} == scores_from_scratch(table)
    assert game.connected == sum(player.connected for player in game.players.values())
    if game.phase == phases.QUESTION:
        silent = [p for i, p in game.players.items() if p.connected and i not in game.round.answers]
        assert game.round.waiting == len(silent) + len(game.round.expected)
        assert game.round.waiting or not game.connected, "everyone has answered, and the question is still open"
    for effect in effects:
        if isinstance(effect, ToEach):
            for me in game.players.values():
                check_own(game, me, effect.own(me.player_id))
        elif isinstance(effect.message, AnswerCount):
            assert 0 <= effect.message.answered <= effect.message.total


def check_own(game: Game, me: Player, own: Message) -> None:
    assert isinstance(own, YourResult)
    ahead = [p for p in game.players.values() if p.rank and (-p.score, p.seconds) < (-me.score, me.seconds)]
    assert own.rank == len(ahead) + 1 <= own.players
    assert own.score == me.score
