"""What the people of a game write down: what they said and heard, and when.

Times are seconds of ``time.perf_counter``, taken right after the bytes were read or right before they were written.
That clock is the machine's, so the diaries of several processes can be laid side by side.
"""

from msgspec import Struct, field

from quizzler.loadtest.messages import Message

NORMAL = 1000


class Ending(Struct, frozen=True):
    """How a connection ended. ``code`` is the close frame's, None where there was none; ``sentence`` is its reason, or
    what happened instead. ``given_up`` is whether it lasted for as long as anybody waited for the server to close it."""

    at: float
    code: int | None
    sentence: str
    given_up: bool = False


class Said(Struct, frozen=True):
    """A player's answer."""

    question_index: int
    option: int
    answer_id: str
    at: float


class Asked(Struct, frozen=True):
    """A host's question."""

    index: int
    text: str
    options: list[str]
    correct: int
    time_limit: float
    at: float


class Diary(Struct):
    """``began`` is when the connection was begun, ``arrived`` when the server had let them in: a player by
    ``welcome``, a host by ``room_created``. ``refusal`` is why they never were."""

    room: int
    began: float = 0.0
    arrived: float | None = None
    refusal: str = ""
    heard: list[tuple[float, Message]] = field(default_factory=list)
    misheard: list[str] = field(default_factory=list)
    ending: Ending | None = None


class PlayerDiary(Diary):
    name: str = ""
    said: list[Said] = field(default_factory=list)


class HostDiary(Diary):
    """``over`` is when the host ended the game, None where it was given up before."""

    code: str = ""
    asked: list[Asked] = field(default_factory=list)
    over: float | None = None


class Evening(Struct):
    """A room's game: everybody's diaries."""

    host: HostDiary
    players: list[PlayerDiary]
