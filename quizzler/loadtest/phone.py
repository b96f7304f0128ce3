"""A player with a phone: joins, answers every question once, and hears how it went."""

import asyncio
import random
from urllib.parse import quote

from quizzler.loadtest.diary import PlayerDiary, Said
from quizzler.loadtest.host import OPTIONS, right_option
from quizzler.loadtest.messages import AnswerAck, Hearing, Message, Question, Welcome, encode
from quizzler.loadtest.people import Person
from quizzler.loadtest.plan import SPREAD, Plan, Target
from quizzler.loadtest.pulse import Pulse

# Of those who know the answer, as in a game that is neither too easy nor too hard.
RIGHT = 0.6
# In a burst everybody has read the question for so many seconds, then all answer.
READING_SECONDS = 0.5


class Thinking:
    """When the players of one room answer."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._moments: dict[int, float] = {}

    def answer_in_time(self, phone: "Phone", index: int) -> None:
        loop = asyncio.get_running_loop()
        if self._plan.answers == SPREAD:
            loop.call_later(random.uniform(0, self._plan.spread_seconds), phone.answer, index)
        else:
            # The first one's moment is everybody's; it may have passed for those whom the question reaches late.
            moment = self._moments.setdefault(index, loop.time() + READING_SECONDS)
            loop.call_at(moment, phone.answer, index)


class Phone(Person):
    diary: PlayerDiary

    def __init__(
        self, target: Target, code: str, diary: PlayerDiary, hearing: Hearing, pulse: Pulse, thinking: Thinking
    ):
        path = f"/realtime/ws/player/{quote(code)}?username={quote(diary.name)}"
        super().__init__(target, path, diary, hearing, pulse)
        self._thinking = thinking
        self._seen: set[int] = set()

    def act(self, came: float, message: Message) -> None:
        kind = type(message)
        if kind is AnswerAck:
            self._pulse.acknowledged += 1
        elif kind is Question and message.question_index not in self._seen:
            self._seen.add(message.question_index)
            self._thinking.answer_in_time(self, message.question_index)
        elif kind is Welcome:
            self.arrived(came)

    def answer(self, index: int) -> None:
        if self.ending is not None:
            return
        option = right_option(self.diary.room, index)
        if random.random() >= RIGHT:
            option = (option + random.randrange(1, OPTIONS)) % OPTIONS
        answer_id = f"question {index}"
        words = {"type": "answer", "option": option, "question_index": index, "answer_id": answer_id}
        self.diary.said.append(Said(index, option, answer_id, self.say(encode(words))))
