"""One live game, from the lobby to the podium.

``Game.apply(event, now)`` is the only way in: it changes the game and returns the effects, or raises
``Refused`` and has changed nothing. ``now`` is Unix seconds and never goes back. Whoever drives the game
calls ``apply(TimedOut(), now)`` once ``deadline`` has passed. The same events with the same times
give the same game again: that is what recovery rests on.
"""

from collections.abc import Callable, Iterable

from quizzler.errors import AnswerRefused, Refused
from quizzler.game import phases, views
from quizzler.game.effects import (
    AnswerAck,
    Effect,
    HostStatus,
    PlayerCame,
    PlayerCount,
    PlayerWent,
    RoomClosed,
    SharedAddress,
    ToAll,
    ToHost,
    ToPlayer,
    ToPlayers,
)
from quizzler.game.events import (
    AnswerGiven,
    Event,
    GameEnded,
    HostLeft,
    HostReturned,
    NewQuestion,
    NextQuestion,
    Opened,
    PlayerJoined,
    PlayerLeft,
    PlayerReturned,
    QuestionEnded,
    Recovered,
    SharedAddressAllowed,
    TimedOut,
)
from quizzler.game.names import name_key
from quizzler.game.questions import Question
from quizzler.game.round import Round
from quizzler.game.state import Player, State

# Up to so many connected players each arrival is told to all by name; beyond, only the number is.
ARRIVALS_BY_NAME = 50


class Game(State):
    @classmethod
    def replay(cls, journal: Iterable[tuple[float, Event]]) -> "Game":
        """The game that these events, each with its time, made."""
        game = cls()
        for at, event in journal:
            game.apply(event, at)
        return game

    def apply(self, event: Event, now: float) -> list[Effect]:
        if type(event) is TimedOut:
            event = self._due(now)
        if type(event) is AnswerGiven and self.phase != phases.QUESTION:
            raise self._refusal(event)
        phase = phases.after(self.phase, event)
        effects = self._RULES[type(event)](self, event, now)
        self.phase = phase
        if phase == phases.QUESTION and self.connected and not self.rounds[-1].waiting:
            effects += self.apply(QuestionEnded(), now)
        return effects

    # What the driver asks

    @property
    def deadline(self) -> float | None:
        """When to call with ``TimedOut``, Unix seconds; None once the game is over."""
        return min((when for when, _ in self._deadlines()), default=None)

    def acknowledged(self, player_id: int, answer_id: str | None, now: float) -> AnswerAck | None:
        """The acknowledgement of an answer that was counted under this id before, if there is one."""
        if answer_id is None:
            return None
        for asked in reversed(self.rounds):
            if asked.answers.is_named(player_id, answer_id):
                return views.ack(asked.index, answer_id, now)
        return None

    # The rules, event by event

    def _opened(self, event: Opened, now: float) -> list[Effect]:
        self.setting = event
        self.opened_at = now
        self.phase = phases.LOBBY
        return views.for_host(self, now)

    def _host_left(self, event: HostLeft, now: float) -> list[Effect]:
        if self.host_away_since is not None:
            return []
        self.host_away_since = now
        return [ToPlayers(HostStatus(connected=False, timestamp=now))]

    def _host_returned(self, event: HostReturned, now: float) -> list[Effect]:
        was_away, self.host_away_since = self.host_away_since is not None, None
        told = [ToPlayers(HostStatus(connected=True, timestamp=now))] if was_away else []
        return told + views.for_host(self, now)

    def _shared_address_allowed(self, event: SharedAddressAllowed, now: float) -> list[Effect]:
        self.shared_address = event.allowed
        return [ToHost(SharedAddress(allowed=event.allowed, timestamp=now))]

    def _player_joined(self, event: PlayerJoined, now: float) -> list[Effect]:
        key = name_key(event.name)
        if key in self._names or event.player_id != self.next_player_id:
            raise Refused("Somebody in this room already has that name. Please choose another one")
        player = Player(event.player_id, event.name, event.resume_token, event.address, self.standings)
        self.standings.add()
        self.players[player.player_id] = self._names[key] = player
        self._count(player, +1)
        came = PlayerCame(
            player_id=str(player.player_id), username=player.name, player_count=self.connected, timestamp=now
        )
        count = PlayerCount(count=self.connected, timestamp=now)
        others = came if self.connected <= ARRIVALS_BY_NAME else count
        return [
            *views.for_player(self, player, now),
            ToHost(came),
            ToHost(count),
            ToPlayers(others, but=player.player_id),
        ]

    def _player_left(self, event: PlayerLeft, now: float) -> list[Effect]:
        player = self._known(event.player_id)
        if not player.connected:
            raise Refused("That player has left already")
        player.connected = False
        self._count(player, -1)
        went = PlayerWent(
            player_id=str(player.player_id), username=player.name, player_count=self.connected, timestamp=now
        )
        return [ToHost(went), ToHost(PlayerCount(count=self.connected, timestamp=now))]

    def _player_returned(self, event: PlayerReturned, now: float) -> list[Effect]:
        player = self._known(event.player_id)
        effects = views.for_player(self, player, now)
        if player.connected:
            return effects
        player.connected = True
        self._count(player, +1)
        came = PlayerCame(
            player_id=str(player.player_id), username=player.name, player_count=self.connected, timestamp=now
        )
        return effects + [ToHost(came), ToHost(PlayerCount(count=self.connected, timestamp=now))]

    def _new_question(self, event: NewQuestion, now: float) -> list[Effect]:
        event.question.check()
        return self._ask(event.question, now)

    def _next_question(self, event: NextQuestion, now: float) -> list[Effect]:
        if self._from_quiz >= len(self.setting.questions):
            raise Refused("There is no further question in this quiz")
        self._from_quiz += 1
        return self._ask(self.setting.questions[self._from_quiz - 1], now)

    def _answer_given(self, event: AnswerGiven, now: float) -> list[Effect]:
        player = self._known(event.player_id)
        asked = self.round
        if event.question_index not in (None, asked.index):
            raise AnswerRefused("too_late", event.question_index)
        asked.take(event.player_id, event.answer, event.answer_id, now)
        if player.connected:
            asked.waiting -= 1
        elif player.player_id in asked.expected:
            asked.expected.remove(player.player_id)
            asked.waiting -= 1
        return [
            ToPlayer(views.ack(asked.index, event.answer_id, now), event.player_id),
            ToHost(views.answer_count(self, now)),
        ]

    def _question_ended(self, event: QuestionEnded | None, now: float) -> list[Effect]:
        self.standings.settle(self.round.answers)
        self.phase = phases.REVEAL
        return views.reveal(self, now)

    def _recovered(self, event: Recovered, now: float) -> list[Effect]:
        self.host_away_since = now
        if self.phase == phases.QUESTION:
            silent = (p for p in self.players.values() if p.connected and p.player_id not in self.round.answers)
            self.round.expected.update(player.player_id for player in silent)
            self.round.asked_at += event.pause
        self.connected = 0
        for player in self.players.values():
            player.connected = False
        return []

    def _game_ended(self, event: GameEnded, now: float) -> list[Effect]:
        effects = self._question_ended(None, now) if self.phase == phases.QUESTION else []
        self.ended_at = now
        if self.rounds:
            effects += views.podium(self, now)
        return effects + [ToAll(RoomClosed(reason=event.reason, timestamp=now))]

    _RULES: dict[type[Event], Callable[["Game", Event, float], list[Effect]]] = {
        Opened: _opened,
        HostLeft: _host_left,
        HostReturned: _host_returned,
        SharedAddressAllowed: _shared_address_allowed,
        PlayerJoined: _player_joined,
        PlayerLeft: _player_left,
        PlayerReturned: _player_returned,
        NewQuestion: _new_question,
        NextQuestion: _next_question,
        AnswerGiven: _answer_given,
        QuestionEnded: _question_ended,
        GameEnded: _game_ended,
        Recovered: _recovered,
    }

    # Pieces of the rules

    def _ask(self, question: Question, now: float) -> list[Effect]:
        effects = self._question_ended(None, now) if self.phase == phases.QUESTION else []
        self.rounds.append(Round(len(self.rounds), question, now, self.connected, len(self.players)))
        return effects + [ToAll(views.question(self, now)), ToHost(views.answer_count(self, now))]

    def _count(self, player: Player, change: int) -> None:
        """A player came (+1) or went (-1): who is there, and whom an open question still waits for."""
        self.connected += change
        if self.phase != phases.QUESTION or player.player_id in self.round.answers:
            return
        if player.player_id in self.round.expected:
            self.round.expected.remove(player.player_id)
        else:
            self.round.waiting += change

    def _refusal(self, event: AnswerGiven) -> AnswerRefused:
        """Why an answer does not count while no question is open."""
        asked, meant = self.round, event.question_index
        if asked is None:
            return AnswerRefused("no_question", meant)
        if meant not in (None, asked.index):
            return AnswerRefused("too_late", meant)
        return AnswerRefused("already_answered" if event.player_id in asked.answers else "too_late", asked.index)

    def _known(self, player_id: int) -> Player:
        try:
            return self.players[player_id]
        except KeyError:
            raise Refused("There is no such player in this room") from None

    def _deadlines(self) -> Iterable[tuple[float, Event]]:
        if self.phase in (phases.UNOPENED, phases.OVER):
            return
        yield self.opened_at + self.setting.max_age, GameEnded("The room has reached its age limit")
        if self.host_away_since is not None:
            yield self.host_away_since + self.setting.host_grace, GameEnded("The host did not come back")
        if self.phase == phases.QUESTION:
            yield self.round.closes_at, QuestionEnded()

    def _due(self, now: float) -> Event:
        when, event = min(self._deadlines(), key=lambda due: due[0], default=(now + 1, None))
        if when > now:
            raise Refused("Nothing is due")
        return event
