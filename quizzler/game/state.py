"""What a game consists of, and what can be read off it. ``game.Game`` alone changes it."""

from msgspec import Struct

from quizzler.game import phases
from quizzler.game.events import Opened
from quizzler.game.names import name_key
from quizzler.game.round import Round


class Player(Struct, gc=False):
    """``seconds`` is the time taken over right answers, which settles ties; ``rank`` is as of the last
    question that ended, and ``change`` the places won by it."""

    player_id: int
    name: str
    resume_token: str
    address: str
    connected: bool = True
    score: int = 0
    seconds: float = 0.0
    rank: int | None = None
    change: int = 0


class State:
    def __init__(self) -> None:
        self.phase = phases.UNOPENED
        self.setting: Opened | None = None
        self.opened_at = 0.0
        self.ended_at: float | None = None
        self.host_away_since: float | None = None
        self.players: dict[int, Player] = {}
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
