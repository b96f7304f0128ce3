"""A game at a table: events go in by short words, the clock is turned by hand, everything is noted.

Whatever a test plays is replayed from its journal at the end, by way of JSON, and must be the same game.
"""

import msgspec
import pytest

from quizzler.game.effects import Effect, Message, ToAll, ToEach, ToHost, ToPlayer, ToPlayers
from quizzler.game.events import (
    AnswerGiven,
    AnyEvent,
    Event,
    GameEnded,
    NewQuestion,
    NextQuestion,
    Opened,
    PlayerJoined,
    PlayerLeft,
    PlayerReturned,
    QuestionEnded,
    TimedOut,
)
from quizzler.game.game import Game
from quizzler.game.questions import Question, SingleChoice

HOST_GRACE = 600.0
MAX_AGE = 7200.0


def a_question(text: str = "What is the capital of Norway?", correct: int = 1, time_limit: float = 20) -> Question:
    return Question(text, SingleChoice(("Bergen", "Oslo", "Tromsø", "Stavanger"), correct), time_limit, "It is Oslo.")


class Table:
    def __init__(self) -> None:
        self.game = Game()
        self.now = 1_700_000_000.0
        self.journal: list[tuple[float, Event]] = []
        self.ids: dict[str, int] = {}

    def happen(self, event: Event) -> list[Effect]:
        effects = self.game.apply(event, self.now)
        self.journal.append((self.now, event))
        return effects

    def open(self, *questions: Question, **setting) -> list[Effect]:
        setting = {"host_grace": HOST_GRACE, "max_age": MAX_AGE, **setting}
        return self.happen(Opened("game-1", "QUIZZLER", "host-1", questions=questions, **setting))

    def join(self, *names: str, address: str = "") -> list[Effect]:
        for name in names:
            player_id = self.game.next_player_id
            effects = self.happen(PlayerJoined(player_id, name, f"{player_id}.token", address))
            self.ids[name] = player_id
        return effects

    def leave(self, name: str) -> list[Effect]:
        return self.happen(PlayerLeft(self.ids[name]))

    def come_back(self, name: str) -> list[Effect]:
        return self.happen(PlayerReturned(self.ids[name]))

    def ask(self, question: Question | None = None) -> list[Effect]:
        return self.happen(NewQuestion(question or a_question()))

    def next(self) -> list[Effect]:
        return self.happen(NextQuestion())

    def answer(self, name: str, option, **more) -> list[Effect]:
        return self.happen(AnswerGiven(self.ids[name], option, **more))

    def end_question(self) -> list[Effect]:
        return self.happen(QuestionEnded())

    def end(self, reason: str = "The host ended the game") -> list[Effect]:
        return self.happen(GameEnded(reason))

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def time_out(self) -> list[Effect]:
        """The clock runs on to the game's deadline."""
        self.now = self.game.deadline
        return self.happen(TimedOut())

    def player(self, name: str):
        return self.game.players[self.ids[name]]

    def heard(self, effects: list[Effect], who: str) -> list[Message]:
        """The messages among the effects that reach "host" or the player of that name, in order."""
        heard = []
        for effect in effects:
            if isinstance(effect, ToEach):
                heard += self._each(effect, who)
            elif self._reaches(effect, who):
                heard.append(effect.message)
        return heard

    def _each(self, effect: ToEach, who: str) -> list[Message]:
        if who == "host" or not self.player(who).connected:
            return []
        own = effect.own(self.ids[who])
        return [*effect.before, *([own] if own else []), *effect.after]

    def _reaches(self, effect: Effect, who: str) -> bool:
        if isinstance(effect, ToAll):
            return who == "host" or self.player(who).connected
        if isinstance(effect, ToHost):
            return who == "host"
        if who == "host":
            return False
        if isinstance(effect, ToPlayers):
            return self.player(who).connected and effect.but != self.ids[who]
        return isinstance(effect, ToPlayer) and effect.player_id == self.ids[who]


def picture(game: Game) -> dict:
    """Everything a game consists of, to be compared."""
    state = {name: value for name, value in vars(game).items() if name != "rounds"}
    state["rounds"] = [{name: getattr(asked, name) for name in asked.__slots__} for asked in game.rounds]
    return state


def replayed(journal: list[tuple[float, Event]]) -> Game:
    stored = msgspec.json.encode(journal)
    return Game.replay(msgspec.json.decode(stored, type=list[tuple[float, AnyEvent]]))


@pytest.fixture
def table():
    table = Table()
    yield table
    assert picture(replayed(table.journal)) == picture(table.game)


def only(messages: list[Message], kind: type) -> Message:
    """The one message of that type."""
    found = [message for message in messages if type(message) is kind]
    assert len(found) == 1, f"{len(found)} of {kind.__name__} in {messages}"
    return found[0]


def kinds(messages: list[Message]) -> list[str]:
    """The messages' types as they are on the wire."""
    return [message.__struct_config__.tag for message in messages]
