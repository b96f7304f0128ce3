"""What the server says, as far as it is looked at: the wire contract's messages, typed by a client of its own.

``None`` stands for fields that the contract leaves open. Messages and fields that are not here are ignored, as the
contract asks of every client.
"""

from typing import Any

import msgspec
from msgspec import Struct


class FromServer(Struct, frozen=True, tag_field="type"):
    pass


# To a player


class Welcome(FromServer, tag="welcome"):
    name: str
    room_code: str
    score: int


class Question(FromServer, tag="question"):
    question: str
    options: list[str]
    time_limit: float
    question_start_time: float
    server_time: float
    question_index: int


class AnswerAck(FromServer, tag="answer_ack"):
    question_index: int | None
    accepted: bool
    reason: str | None
    answer_id: str | None
    durable: bool


class QuestionEnded(FromServer, tag="question_ended"):
    correct_answer: int
    question_index: int | None = None


class YourResult(FromServer, tag="your_result"):
    question_index: int
    correct: bool
    points: int
    score: int
    rank: int
    players: int


class Entry(Struct, frozen=True):
    """A line of a leaderboard or podium."""

    rank: int
    name: str
    score: int


class Leaderboard(FromServer, tag="leaderboard"):
    entries: list[Entry]


class GameOver(FromServer, tag="game_over"):
    podium: list[Entry]
    rank: int
    score: int
    players: int


class RoomClosed(FromServer, tag="room_closed"):
    reason: str


class Error(FromServer, tag="error"):
    message: str


# To the host


class RoomCreated(FromServer, tag="room_created"):
    room_code: str


class AnswerCount(FromServer, tag="answer_count"):
    answered: int
    total: int


class TopEntry(Struct, frozen=True):
    name: str
    score: int
    correct: bool
    question_score: int


class Results(FromServer, tag="results"):
    top_5: list[TopEntry]
    total_answers: int
    correct_answers: int
    question_index: int
    correct_answer: int
    distribution: list[int]


class HostGameOver(FromServer, tag="game_over"):
    podium: list[Entry]
    entries: list[Entry]


TO_PLAYER = Welcome | Question | AnswerAck | QuestionEnded | YourResult | Leaderboard | GameOver | RoomClosed | Error
TO_HOST = RoomCreated | Question | AnswerCount | Results | Leaderboard | HostGameOver | RoomClosed | Error
# What a room's players get in the same words.
_BROADCASTS = (Question, QuestionEnded, Leaderboard, RoomClosed)

Message = FromServer
_NOT_YET = object()


class Kind(Struct):
    type: str


class Misheard(Exception):
    """Not the contract's shape; the sentence says what is wrong."""


class Hearing:
    """One room's ear, for its host or for its players. Reading is what costs a client most, so a broadcast is read
    once, however many hear it."""

    def __init__(self, known: Any):
        self._decoder = msgspec.json.Decoder(known)
        self._tags = {kind.__struct_config__.tag for kind in known.__args__}
        self._read: dict[bytes, Message | None] = {}

    def understand(self, payload: bytes) -> Message | None:
        """None for what is of no interest here. Raises ``Misheard``."""
        message = self._read.get(payload, _NOT_YET)
        if message is _NOT_YET:
            try:
                message = self._decoder.decode(payload)
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                message = self._unknown(payload, str(error))
            if message is None or type(message) in _BROADCASTS:
                self._read[payload] = message
        return message

    def _unknown(self, payload: bytes, why: str) -> None:
        try:
            kind = msgspec.json.decode(payload, type=Kind).type
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise Misheard("something that is no message") from None
        if kind in self._tags:
            raise Misheard(f"{kind}: {why}")


encode = msgspec.json.Encoder().encode
