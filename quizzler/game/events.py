"""Everything that can happen to a game.

An event that was applied is a fact: it is journaled and can be applied again, in the same order and with
the same times, to rebuild the game. What a game does about it comes out as effects (``effects.py``).
Events are stored as JSON objects that name themselves: ``{"event": "player_left", "player_id": 3}``.
"""

from typing import Any

from msgspec import Struct

from quizzler.game.questions import Question


def snake_case(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


class Event(Struct, frozen=True, tag_field="event", tag=snake_case, omit_defaults=True, gc=False):
    """Not tracked by the garbage collector: nothing in an event points back to it."""


class Opened(Event):
    """The first event of every game, with all that its rules need to know.

    ``questions`` are the saved quiz as it was at that moment, so that a later edit changes nothing.
    ``host_grace`` and ``max_age`` are seconds: how long a game goes on without its host, and at all.
    """

    game_id: str
    room_code: str
    host_id: str
    host_grace: float
    max_age: float
    quiz_id: str | None = None
    quiz_title: str = ""
    questions: tuple[Question, ...] = ()


class HostLeft(Event):
    pass


class HostReturned(Event):
    pass


class SharedAddressAllowed(Event):
    """The host said whether the room's people may all come from one address, as a school's or a company's do."""

    allowed: bool


class PlayerJoined(Event):
    """``player_id`` is ``Game.next_player_id``. Who shows ``resume_token`` later is this player again;
    ``address`` is where they came from, for clients that know no token."""

    player_id: int
    name: str
    resume_token: str
    address: str = ""


class PlayerLeft(Event):
    """The connection is gone. The player is not: they keep their name and score."""

    player_id: int


class PlayerReturned(Event):
    player_id: int


class NewQuestion(Event):
    """The host typed a question on the spot."""

    question: Question


class NextQuestion(Event):
    """The host went on to the next question of the saved quiz."""


class AnswerGiven(Event):
    """``answer`` is whatever the question's kind takes; for a single choice an index.

    ``question_index`` is the question the player means, if they said so. ``answer_id`` is the client's own
    name for this answer: the same one again is the same answer, not a second one.
    """

    player_id: int
    answer: Any
    question_index: int | None = None
    answer_id: str | None = None


class QuestionEnded(Event):
    """The host ended the open question before its time."""


class GameEnded(Event):
    """``reason`` is a sentence for the players."""

    reason: str


class Recovered(Event):
    """The server was away for ``pause`` seconds, in which nobody could play, and is back without a single
    connection: the host and all players have yet to return."""

    pause: float


class TimedOut(Event):
    """``Game.deadline`` has passed. What that means, the game knows."""


AnyEvent = (
    Opened
    | HostLeft
    | HostReturned
    | SharedAddressAllowed
    | PlayerJoined
    | PlayerLeft
    | PlayerReturned
    | NewQuestion
    | NextQuestion
    | AnswerGiven
    | QuestionEnded
    | GameEnded
    | Recovered
    | TimedOut
)
