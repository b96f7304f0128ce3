"""What a game consists of, and what can be read off it. ``game.Game`` alone changes it."""

from msgspec import Struct

from quizzler.game import phases
from quizzler.game.events import Opened
from quizzler.game.leaderboard import Standings
from quizzler.game.names import name_key
from quizzler.game.round import Round


class Player(Struct, gc=False):
    """Who somebody is. What they have won stands in the game's ``Standings``, and is read here."""

    player_id: int
    name: str
    resume_token: str
    address: str
    standings: Standings
    connected: bool = True

    @property
    def score(self) -> int:
        return self.standings.scores[self.player_id]

    @property
    def seconds(self) -> float:
        return self.standings.seconds[self.player_id]

    @property
    def rank(self) -> int:
        """0 for who came after the last question that ended."""
        return self.standings.ranks[self.player_id]

    @property
    def change(self) -> int:
        return self.standings.changes[self.player_id]


class State:
    def __init__(self) -> None:
        self.phase = phases.UNOPENED
        self.setting: Opened | None = None
        self.opened_at = 0.0
        self.ended_at: float | None = None
        self.host_away_since: float | None = None
        self.shared_address = False
        self.players: dict[int, Player] = {}
        self.standings = Standings()
        self.connected = 0
        self.rounds: list[Round] = []
        self._names: dict[str, Player] = {}
        self._from_quiz = 0

    @property
    def next_player_id(self) -> int:
        return len(self.players) + 1

    @property
    def round(self) -> Round | None:
        """The question asked last."""
        return self.rounds[-1] if self.rounds else None

    @property
    def question_count(self) -> int | None:
        """How many questions the game has in all; None where the host types them as they go."""
        if not self.setting.questions:
            return None
        return len(self.rounds) + len(self.setting.questions) - self._from_quiz

    def player_named(self, name: str) -> Player | None:
        return self._names.get(name_key(name))
