"""What people see of a game: the words of its effects, read off its state."""

from collections.abc import Callable

from quizzler.game import phases
from quizzler.game.effects import (
    AnswerAck,
    AnswerCount,
    Effect,
    GameOver,
    HostGameOver,
    HostPlayer,
    Leaderboard,
    LeaderboardEntry,
    PodiumEntry,
    QuestionAgain,
    QuestionOver,
    QuestionShown,
    Results,
    RoomCreated,
    RoomState,
    ToEach,
    ToHost,
    TopEntry,
    ToPlayer,
    Welcome,
    YourResult,
)
from quizzler.game.round import Round
from quizzler.game.state import Player, State

LEADERBOARD_LENGTH = 10


def for_host(game: State, now: float) -> list[Effect]:
    """All that a host who attaches needs, first the contract's ``room_created``."""
    setting = game.setting
    players = [HostPlayer(str(p.player_id), p.name, p.connected) for p in game.players.values()]
    messages = [
        RoomCreated(room_code=setting.room_code, timestamp=now),
        RoomState(
            room_code=setting.room_code,
            phase=game.phase,
            quiz_id=setting.quiz_id,
            quiz_title=setting.quiz_title,
            question_index=game.round.index if game.round else None,
            question_count=game.question_count,
            players=players,
            player_count=game.connected,
            shared_address=game.shared_address,
            timestamp=now,
        ),
    ]
    if game.phase in (phases.QUESTION, phases.REVEAL):
        messages += [question(game, now), answer_count(game, now)]
    if game.phase == phases.REVEAL:
        messages += [results(game, now), leaderboard(game, now)]
    return [ToHost(message) for message in messages]


def for_player(game: State, player: Player, now: float) -> list[Effect]:
    """All that a player needs who comes, late or again: first ``welcome``, then where the game is."""
    messages = [
        Welcome(
            player_id=str(player.player_id),
            resume_token=player.resume_token,
            room_code=game.setting.room_code,
            name=player.name,
            score=player.score,
            phase=game.phase,
            quiz_title=game.setting.quiz_title,
            host_connected=game.host_away_since is None,
            timestamp=now,
        )
    ]
    # Who has no rank yet was not there when the question was revealed: for them the game begins with the next.
    if game.phase == phases.QUESTION or game.phase == phases.REVEAL and player.rank:
        answer = game.round.answers.get(player.player_id)
        messages.append(question(game, now, QuestionAgain, answered=answer.value if answer else None))
    if game.phase == phases.REVEAL and player.rank:
        own = your_result(game.round, player.player_id, player.score, player.rank, len(game.players), now)
        messages += [question_over(game, now), own, leaderboard(game, now)]
    return [ToPlayer(message, player.player_id) for message in messages]


def reveal(game: State, now: float) -> list[Effect]:
    """What everyone learns when a question has ended."""
    best = leaderboard(game, now)
    return [
        ToHost(answer_count(game, now)),
        ToHost(results(game, now)),
        ToEach(_results_of(game, now), before=(question_over(game, now),), after=(best,)),
        ToHost(best),
    ]


def podium(game: State, now: float) -> list[Effect]:
    """What everyone learns when the game is over: the podium, and their own place or all places."""
    places, entries = {}, []
    for rank, player_id in game.standings.ranked():
        player = game.players[player_id]
        entry = places[player_id] = PodiumEntry(rank, player.name, player.score)
        entries.append(entry)

    def own(player_id: int) -> GameOver:
        place = places[player_id]
        return GameOver(podium=entries[:3], rank=place.rank, score=place.score, players=len(entries), timestamp=now)

    for_host = HostGameOver(game_id=game.setting.game_id, podium=entries[:3], entries=entries, timestamp=now)
    return [ToHost(for_host), ToEach(own)]


def question(game: State, now: float, form: type[QuestionShown] = QuestionShown, **more) -> QuestionShown:
    asked = game.round
    return form(
        question=asked.question.text,
        options=list(asked.question.body.options),
        time_limit=asked.question.time_limit,
        question_start_time=asked.asked_at,
        question_index=asked.index,
        question_count=game.question_count,
        kind=asked.question.body.kind,
        server_time=now,
        timestamp=now,
        **more,
    )


def answer_count(game: State, now: float) -> AnswerCount:
    answered = len(game.round.answers)
    return AnswerCount(answered=answered, total=answered + game.round.waiting, timestamp=now)


def ack(question_index: int, answer_id: str | None, now: float) -> AnswerAck:
    return AnswerAck(question_index=question_index, accepted=True, reason=None, answer_id=answer_id, timestamp=now)


def refused_ack(question_index: int | None, reason: str, answer_id: str | None, now: float) -> AnswerAck:
    return AnswerAck(question_index=question_index, accepted=False, reason=reason, answer_id=answer_id, timestamp=now)


def results(game: State, now: float) -> Results:
    asked = game.round
    return Results(
        top_5=[_top_entry(asked, player) for player in _best(game, 5)],
        total_answers=len(asked.answers),
        correct_answers=asked.answers.right,
        question_index=asked.index,
        correct_answer=asked.question.body.correct,
        distribution=asked.distribution(),
        explanation=asked.question.explanation,
        timestamp=now,
    )


def question_over(game: State, now: float) -> QuestionOver:
    asked = game.round
    return QuestionOver(
        correct_answer=asked.question.body.correct,
        question_index=asked.index,
        explanation=asked.question.explanation,
        timestamp=now,
    )


def your_result(asked: Round, player_id: int, score: int, rank: int, players: int, now: float) -> YourResult:
    answer = asked.answers.get(player_id)
    return YourResult(
        question_index=asked.index,
        correct=answer is not None and answer.correct,
        points=answer.points if answer else 0,
        score=score,
        rank=rank,
        players=players,
        timestamp=now,
    )


def leaderboard(game: State, now: float) -> Leaderboard:
    entries = [LeaderboardEntry(p.rank, p.name, p.score, p.change) for p in _best(game, LEADERBOARD_LENGTH)]
    return Leaderboard(entries=entries, timestamp=now)


def _best(game: State, count: int) -> list[Player]:
    """The first by rank, of those who have one; equals in the order they came in."""
    return [game.players[player_id] for player_id in game.standings.order[:count]]


def _results_of(game: State, now: float) -> Callable[[int], YourResult | None]:
    """Each player's own result of the question that has ended, whatever happens to the game afterwards."""
    asked, count = game.round, len(game.players)
    scores, ranks = game.standings.scores[:], game.standings.ranks[:]

    def own(player_id: int) -> YourResult | None:
        if player_id > count:
            return None  # came later
        return your_result(asked, player_id, scores[player_id], ranks[player_id], count, now)

    return own


def _top_entry(asked: Round, player: Player) -> TopEntry:
    answer = asked.answers.get(player.player_id)
    return TopEntry(
        name=player.name,
        score=player.score,
        time=round(answer.seconds if answer else asked.question.time_limit, 2),
        correct=bool(answer and answer.correct),
        question_score=answer.points if answer else 0,
    )
