"""A host with a screen: opens a room, asks every question and waits for its results, ends the game."""

import asyncio
import time
from urllib.parse import quote

from quizzler.loadtest.diary import Asked, HostDiary
from quizzler.loadtest.messages import TO_HOST, Error, Hearing, Message, Results, RoomCreated, encode
from quizzler.loadtest.people import PATIENCE, Person
from quizzler.loadtest.plan import SPREAD, Plan, Target
from quizzler.loadtest.pulse import Pulse

OPTIONS = 4
# Between the results of a question and the next one. People take longer, and the server then does nothing.
PAUSE_SECONDS = 0.5


def right_option(room: int, index: int) -> int:
    return (room + index) % OPTIONS


class Host(Person):
    diary: HostDiary

    def __init__(self, target: Target, token: str, diary: HostDiary, pulse: Pulse):
        path = f"/realtime/ws/host/new?token={quote(f'Bearer {token}')}"
        super().__init__(target, path, diary, Hearing(TO_HOST), pulse)
        self._open: int | None = None
        self._results: asyncio.Future[bool] | None = None

    async def play(self, plan: Plan) -> None:
        """The whole game. Where a question has no results nothing further is asked."""
        if plan.answers == SPREAD:
            # Hosts do not ask in step.
            await asyncio.sleep(plan.spread_seconds * self.diary.room / plan.rooms)
        for index in range(plan.questions):
            if index:
                await asyncio.sleep(PAUSE_SECONDS)
            if not await self._question(index, plan.time_limit):
                break
        if self.ending is None:
            self.diary.over = time.perf_counter()
            self.say(encode({"type": "end_game"}))
        await self.leave()

    def act(self, came: float, message: Message) -> None:
        kind = type(message)
        if kind is RoomCreated:
            self.diary.code = message.room_code
            self.arrived(came)
        elif kind is Results and message.question_index == self._open:
            self._settle(True)
        elif kind is Error:
            self._settle(False)

    def lost(self) -> None:
        super().lost()
        self._settle(False)

    async def _question(self, index: int, time_limit: float) -> bool:
        """Whether its results came."""
        if self.ending is not None:
            return False
        asked = {
            "question": f"Load test: which is right in question {index + 1}?",
            "options": [f"Option {letter}" for letter in "ABCD"],
            "correct_answer": right_option(self.diary.room, index),
            "time_limit": time_limit,
        }
        self._open, self._results = index, asyncio.get_running_loop().create_future()
        at = self.say(encode({"type": "new_question", **asked}))
        question = Asked(index, asked["question"], asked["options"], asked["correct_answer"], time_limit, at)
        self.diary.asked.append(question)
        try:
            return await asyncio.wait_for(self._results, time_limit + PATIENCE)
        except TimeoutError:
            return False

    def _settle(self, came: bool) -> None:
        if self._results is not None and not self._results.done():
            self._results.set_result(came)
