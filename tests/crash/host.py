"""The host, who leads the game from wherever it is: after each return the room's state says what comes next."""

import asyncio
from collections.abc import Callable

from tests.crash.bots import Bot
from tests.crash.player import Player
from tests.crash.wire import Closed

# Seconds that a host leaves the result of a question on the wall.
REVEAL_SECONDS = 0.3


class Host(Bot):
    """Asks all questions of the ledger. Before the first and before the end the host waits until every player is there
    and every answer acknowledged: so whoever cannot come back keeps the game from ending, and is found. ``reached``
    hears how far the game is: the index of the open question, or how many there are once the end was asked for."""

    role = "host"

    def __init__(self, *arguments, token: str, players: list[Player], reached: Callable[[int], None]):
        super().__init__(*arguments)
        self.code = ""
        self._token = token
        self._players = players
        self._reached = reached
        self._asked = -1
        self._next: asyncio.Task | None = None

    def room_code(self) -> str:
        return self.code or "new"

    def introduction(self) -> dict[str, str]:
        return {"token": f"Bearer {self._token}"}

    def act(self, message: dict) -> None:
        match message["type"]:
            case "room_created" if self.code and message["room_code"] != self.code:
                # The game had ended while we were away: a code that no room has opens a fresh one.
                self.over = True
                self.wire.say({"type": "close_room"})
            case "room_created":
                self.code = message["room_code"]
                self.arrived()
            case "room_state":
                self._asked = -1 if message["question_index"] is None else message["question_index"]
                if message["phase"] != "question":
                    self._go_on()
            case "question":
                self._asked = message["question_index"]
                self._stay()
                self._reached(self._asked)
            case "results":
                self.ledger.totals[message["question_index"]] = message["total_answers"]
                self._go_on()
            case "error":
                self._go_on()
            case "room_closed":
                self.over = True

    def closed(self, end: Closed, warned: bool) -> None:
        super().closed(end, warned)
        self._stay()

    def _stay(self) -> None:
        if self._next is not None:
            self._next.cancel()

    def _go_on(self) -> None:
        self._stay()
        self._next = asyncio.create_task(self._next_step())

    async def _next_step(self) -> None:
        await asyncio.sleep(REVEAL_SECONDS)
        index = self._asked + 1
        if index in (0, len(self.ledger.questions)):
            await self._everyone_there()
        if index == len(self.ledger.questions):
            self._reached(index)
            self.wire.say({"type": "end_game"})
            return
        question = self.ledger.questions[index]
        self.wire.say(
            {
                "type": "new_question",
                "question": question.text,
                "options": question.options,
                "correct_answer": question.correct,
                "time_limit": question.time_limit,
            }
        )

    async def _everyone_there(self) -> None:
        for player in self._players:
            await player.here.wait()
            await player.settled.wait()
