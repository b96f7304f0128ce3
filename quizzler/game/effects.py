"""What comes out of a game: messages, each with its audience.

The messages are the wire contract's, field by field; encoded as JSON objects they are what a client reads.
``timestamp`` is the moment of the event in Unix seconds. No message to a player holds the right answer
of a question that is still open.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from quizzler.game.events import snake_case


class Message(Struct, frozen=True, kw_only=True, tag_field="type", tag=snake_case, gc=False):
    """Not tracked by the garbage collector, like all else here: nothing in a message points back to it."""

    timestamp: float


# To the host


class RoomCreated(Message):
    """First of all, to whoever opened the room or came back to it."""

    room_code: str


class HostPlayer(Struct, frozen=True, gc=False):
    player_id: str
    name: str
    connected: bool


class RoomState(Message):
    """All that a host's page needs to draw itself, sent whenever a host attaches."""

    room_code: str
    phase: str
    quiz_id: str | None
    quiz_title: str
    question_index: int | None
    question_count: int | None
    players: list[HostPlayer]
    player_count: int
    shared_address: bool


class SharedAddress(Message):
    """Whether any number of the room's people may come from one address; only the room's size counts then."""

    allowed: bool


class PlayerCount(Message):
    """How many players are connected, whenever that changes."""

    count: int


class AnswerCount(Message):
    """``total`` counts who can answer or has: connected players and those who answered and left."""

    answered: int
    total: int


class TopEntry(Struct, frozen=True, gc=False):
    """``time`` in seconds, to 2 places; the whole time limit for somebody who did not answer."""

    name: str
    score: int
    time: float
    correct: bool
    question_score: int


class Results(Message):
    """How a question went. ``correct_answer`` is an index; ``distribution`` has the number of answers per option."""

    top_5: list[TopEntry]
    total_answers: int
    correct_answers: int
    question_index: int
    correct_answer: Any
    distribution: list[int]
    explanation: str


class PodiumEntry(Struct, frozen=True, gc=False):
    rank: int
    name: str
    score: int


class HostGameOver(Message, tag="game_over"):
    """The end: everybody's rank, and the best three on the podium."""

    game_id: str
    podium: list[PodiumEntry]
    entries: list[PodiumEntry]


# To players


class Welcome(Message):
    """First of all, to a player who came in or back; ``resume_token`` brings the same person back later."""

    player_id: str
    resume_token: str
    room_code: str
    name: str
    score: int
    phase: str
    quiz_title: str
    host_connected: bool


class AnswerAck(Message):
    """``durable`` is set by whoever sends it: only the journal knows."""

    question_index: int | None
    accepted: bool
    reason: str | None
    answer_id: str | None
    durable: bool = True


class QuestionOver(Message, tag="question_ended"):
    """The question is over, and what was right."""

    correct_answer: Any
    question_index: int
    explanation: str


class YourResult(Message):
    """A player's own result of a question, also where they did not answer. ``score`` is the total so far."""

    question_index: int
    correct: bool
    points: int
    score: int
    rank: int
    players: int


class GameOver(Message):
    """The end, for one player: their rank among all ``players``, and the podium."""

    podium: list[PodiumEntry]
    rank: int
    score: int
    players: int


class HostStatus(Message):
    """The host's connection is gone, or back."""

    connected: bool


# To both


class PlayerCame(Message, tag="player_joined"):
    """Somebody came in."""

    player_id: str
    username: str
    player_count: int


class PlayerWent(Message, tag="player_left"):
    """Somebody's connection is gone; they may come back."""

    player_id: str
    username: str
    player_count: int


class QuestionShown(Message, tag="question"):
    """``question_count`` is null where the host types questions as they go."""

    question: str
    options: list[str]
    time_limit: float
    question_start_time: float
    question_index: int
    question_count: int | None
    kind: str
    server_time: float


class QuestionAgain(QuestionShown, tag="question"):
    """The question once more, for a player who comes back: ``answered`` is what they chose, or null."""

    answered: Any


class LeaderboardEntry(Struct, frozen=True, gc=False):
    """``change`` is the number of places won since the question before; negative: lost."""

    rank: int
    name: str
    score: int
    change: int


class Leaderboard(Message):
    """The ranks after a question, the best first."""

    entries: list[LeaderboardEntry]


class RoomClosed(Message):
    """The room is closed for good; the server then closes the connection with 1000."""

    reason: str


# Audiences


class Effect(Struct, frozen=True, gc=False):
    pass


class SameWords(Effect, frozen=True):
    message: Message


class ToHost(SameWords):
    pass


class ToPlayers(SameWords):
    """Every connected player, but for one where ``but`` names them."""

    but: int | None = None


class ToPlayer(SameWords):
    player_id: int


class ToAll(SameWords):
    """The host and every connected player, in the same words."""


class ToEach(Effect):
    """Every connected player, each in words of their own: ``own`` makes a player's message from their id, or None
    where there is nothing to say to them. ``before`` and ``after`` are what all of them read around it.

    Own words are made when they are sent, some at a time: for thousands of players at once the loop would stand
    still. So ``own`` reads from a snapshot that nothing changes any more.
    """

    own: Callable[[int], Message | None]
    before: tuple[Message, ...] = ()
    after: tuple[Message, ...] = ()
