"""The border: JSON text becomes a typed message here, once, and a message becomes JSON text.

What a client sends is read leniently (unknown fields are ignored) and judged strictly.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from quizzler.errors import Invalid
from quizzler.game.effects import Message
from quizzler.game.questions import DEFAULT_TIME_LIMIT, Question, SingleChoice, unstorable

MAX_ANSWER_ID = 64

# What an answer's fields should be, for those who read the document. What they are is anybody's guess.
_INDEX = Meta(extra_json_schema={"type": ["integer", "null"]})
_ANSWER_ID = Meta(extra_json_schema={"type": ["string", "null"], "maxLength": MAX_ANSWER_ID})


class FromClient(Struct, frozen=True, tag_field="type"):
    pass


class NewQuestion(FromClient, tag="new_question"):
    """``correct_answer`` is the index of the right option; ``time_limit`` in seconds."""

    question: str
    options: list[str]
    correct_answer: int
    time_limit: float | None = None

    def checked(self) -> Question:
        """Raises ``Invalid`` where it is not a question that can be asked."""
        limit = DEFAULT_TIME_LIMIT if self.time_limit is None else self.time_limit
        body = SingleChoice(tuple(option.strip() for option in self.options), self.correct_answer)
        question = Question(self.question.strip(), body, limit)
        question.check()
        return question


class NextQuestion(FromClient, tag="next_question"):
    """The next question of the saved quiz, please."""


class EndQuestion(FromClient, tag="end_question"):
    """The open question ends now, before its time."""


class EndGame(FromClient, tag="end_game"):
    """The game ends: leaderboard, podium, and everyone goes."""


class CloseRoom(FromClient, tag="close_room"):
    """The same as ``end_game``."""


class AllowSharedAddress(FromClient, tag="allow_shared_address"):
    """Whether the room's people may all come from one address, such as a school's that the host is not at."""

    allowed: bool


class Answer(Struct, frozen=True):
    """Nothing but the type is required: an answer that makes no sense still gets its acknowledgement. ``option`` is
    an index; ``question_index`` is the question that is meant; the same ``answer_id`` again is counted once."""

    type: Literal["answer"]
    option: Annotated[Any, _INDEX] = None
    question_index: Annotated[Any, _INDEX] = None
    answer_id: Annotated[Any, _ANSWER_ID] = None

    @property
    def makes_sense(self) -> bool:
        return (self.question_index is None or type(self.question_index) is int) and (
            self.answer_id is None or is_answer_id(self.answer_id)
        )


FromHost = NewQuestion | NextQuestion | EndQuestion | EndGame | CloseRoom | AllowSharedAddress

_KNOWN_FROM_HOST = "new_question, next_question, end_question, end_game, close_room, allow_shared_address"

_host_decoder = msgspec.json.Decoder(FromHost)
_player_decoder = msgspec.json.Decoder(Answer)
_encoder = msgspec.json.Encoder()


class Heartbeat(Message):
    """Nothing happened, and the server is still there."""


class StorageStatus(Message):
    """To the host: whether what happens is stored at once. While it is not, the game goes on in memory."""

    durable: bool


class TurnedAway(Message):
    """To the host: people were not let in because too many come from their address; ``count`` in all so far. The host
    may let them in with ``allow_shared_address``."""

    count: int


class ServerRestarting(Message):
    """To all: the connection will be closed, and the game goes on for who comes back in a moment."""


class Error(Message):
    """``message`` is a sentence for whoever erred; the connection stays open."""

    message: str


def is_answer_id(value: Any) -> bool:
    return type(value) is str and len(value) <= MAX_ANSWER_ID and not unstorable(value)


def read_host(text: str | bytes) -> FromHost:
    return _read(_host_decoder, text, _KNOWN_FROM_HOST)


def read_player(text: str | bytes) -> Answer:
    return _read(_player_decoder, text, "answer")


def encode(message: Message) -> bytes:
    return _encoder.encode(message)


def _read(decoder: msgspec.json.Decoder, text: str | bytes, known: str) -> Any:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        if "$.type" in str(error) or "`type`" in str(error):
            raise Invalid(f"That type of message is not known here. Known are: {known}") from None
        raise Invalid(f"That message is not right: {error}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Invalid("That is not a message: a JSON object is expected") from None
