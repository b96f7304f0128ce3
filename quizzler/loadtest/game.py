"""One room's diaries, sorted: who was there, and what each heard of each question."""

from collections import defaultdict
from functools import cached_property

from quizzler.loadtest.diary import NORMAL, Asked, Diary, Ending, Evening, PlayerDiary, Said
from quizzler.loadtest.messages import (
    AnswerAck,
    AnswerCount,
    Error,
    Leaderboard,
    Message,
    Question,
    QuestionEnded,
    Results,
    YourResult,
)
from quizzler.loadtest.rules import ANY_TIME, NO_TIME, Span, seconds_taken

Heard = list[tuple[float, Message]]


class Notes:
    """What one person heard, by kind and, where it is about a question, by its index."""

    def __init__(self, diary: Diary, answers: dict[str, int]):
        """``answers`` are the questions of the person's answers, by their ids."""
        self._heard: dict[tuple[type, int | None], Heard] = defaultdict(list)
        # The last count before a question's results.
        self.counted: dict[int, AnswerCount] = {}
        current, count = None, None
        for came, message in diary.heard:
            kind, index = type(message), None
            if kind in (Question, QuestionEnded, YourResult, Results):
                index = current = current if message.question_index is None else message.question_index
            elif kind is Leaderboard:
                index = current
            elif kind is AnswerAck:
                index = answers.get(message.answer_id)
            elif kind is AnswerCount:
                count = message
            if kind is Results and count is not None:
                self.counted[index] = count
            self._heard[kind, index].append((came, message))

    def all(self, kind: type, index: int | None = None) -> Heard:
        return self._heard.get((kind, index), [])

    def first(self, kind: type, index: int | None = None) -> Message | None:
        heard = self.all(kind, index)
        return heard[0][1] if heard else None

    def came(self, kind: type, index: int | None = None) -> float | None:
        heard = self.all(kind, index)
        return heard[0][0] if heard else None

    def indexes(self) -> set[int]:
        """Of all questions that were spoken of."""
        return {index for _, index in self._heard if index is not None}


class Player:
    """A player who was let in; ``lost`` is whether the connection ended before the game did.

    ``over`` is when the host ended the game. Where that is None, the host was lost: who was cut off with them, or later,
    is lost too, and who was not had time enough to hear all that was due."""

    def __init__(self, diary: PlayerDiary, over: float | None):
        self.diary = diary
        self.name = diary.name
        self.said: dict[int, Said] = {said.question_index: said for said in diary.said}
        self.notes = Notes(diary, {said.answer_id: said.question_index for said in diary.said})
        self.lost = _is_lost(diary.ending, over)

    def ack(self, index: int) -> AnswerAck | None:
        return self.notes.first(AnswerAck, index)

    def result(self, index: int) -> YourResult | None:
        return self.notes.first(YourResult, index)

    def counts(self, index: int) -> bool:
        """Whether the server said that it took the answer."""
        ack = self.ack(index)
        return ack is not None and ack.accepted

    def is_open(self, index: int) -> bool:
        """Whether there is an answer of which nobody said what became of it."""
        return index in self.said and self.ack(index) is None

    def is_right(self, asked: Asked) -> bool:
        return asked.index in self.said and self.said[asked.index].option == asked.correct


def _is_lost(ending: Ending | None, over: float | None) -> bool:
    if ending is None:
        return False
    return ending.at < over if over is not None else not ending.given_up and ending.code != NORMAL


class Game:
    """``closed`` are the questions of which anybody heard results. Who was not let in is in ``absent``."""

    def __init__(self, evening: Evening):
        self.host = evening.host
        self.notes = Notes(evening.host, {})
        self.players = [Player(diary, self.host.over) for diary in evening.players if diary.arrived is not None]
        self.absent = [diary for diary in evening.players if diary.arrived is None]
        self.closed = [asked for asked in self.host.asked if self._has_results(asked.index)]

    @property
    def name(self) -> str:
        return f"room {self.host.room + 1}"

    @property
    def host_lost(self) -> bool:
        return self.host.arrived is not None and self.host.over is None

    @cached_property
    def doubtful(self) -> int:
        """Players whom the server may have let in without their hearing of it."""
        return sum(diary.began > 0 and not any(type(said) is Error for _, said in diary.heard) for diary in self.absent)

    @cached_property
    def first_shown(self) -> dict[int, tuple[float, Question]]:
        """When a question was seen first by any player, and what they saw."""
        seen = {}
        for asked in self.host.asked:
            shown = [player.notes.all(Question, asked.index)[:1] for player in self.players]
            seen[asked.index] = min((each for first in shown for each in first), key=lambda each: each[0], default=None)
        return seen

    def seconds(self, player: Player, asked: Asked) -> Span:
        """What the server can have counted for a right answer: nothing for one that is not."""
        index = asked.index
        if player.is_open(index):
            return ANY_TIME
        if not player.counts(index) or not player.is_right(asked):
            return NO_TIME
        if self.first_shown[index] is None:
            return ANY_TIME
        return seconds_taken(
            asked, *self.first_shown[index], player.said[index].at, player.notes.came(AnswerAck, index)
        )

    def last_answer(self, asked: Asked) -> float | None:
        """When the last player answered, or None where not all did: then the question ended by its time."""
        there = [player for player in self.players if not player.lost]
        if not there or any(asked.index not in player.said for player in there):
            return None
        return max(player.said[asked.index].at for player in there)

    def _has_results(self, index: int) -> bool:
        return bool(self.notes.all(Results, index)) or any(player.result(index) for player in self.players)
