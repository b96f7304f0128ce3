"""A player, who keeps an answer until it is acknowledged, sends it again under the same id over each new connection,
and writes down all that was said and promised."""

import asyncio
import time
from collections.abc import Callable

from tests.crash.bots import REFUSED, Bot
from tests.crash.ledger import Ack, Answer, Sending
from tests.crash.wire import Closed

NO_ROOM = "Room doesn't exist or is no longer active"


class Player(Bot):
    """``kept`` are the answers that are not acknowledged yet, and ``settled`` is set while there are none; ``repeats``
    is how often each answer is said in one go."""

    role = "player"

    def __init__(self, *arguments, room: Callable[[], str]):
        super().__init__(*arguments)
        self.room_code = room
        self.repeats = 1
        self.kept: dict[str, dict] = {}
        self.settled = asyncio.Event()
        self.settled.set()
        self.last: dict | None = None
        self.said_no_room = False
        self._token = ""
        self._start = 0.0
        self._caught_up = False
        self._thinking: dict[int, asyncio.Task] = {}

    def introduction(self) -> dict[str, str]:
        return {"resume_token": self._token} if self._token else {"username": self.name}

    def act(self, message: dict) -> None:
        match message["type"]:
            case "welcome":
                self._token = message["resume_token"]
                self.ledger.identities.setdefault(self.name, set()).add((message["player_id"], message["name"]))
                self.arrived()
                if message["phase"] != "question":
                    self._catch_up()
            case "question":
                self._start = message["question_start_time"]
                self._read(message)
                self._catch_up()
            case "answer_ack":
                self._acknowledged(message)
            case "your_result":
                place = self.name, message["question_index"]
                self.ledger.points.setdefault(place, set()).add(message["points"])
            case "game_over":
                self.ledger.scores[self.name] = message["score"]
            case "room_closed":
                self.over = True

    def closed(self, end: Closed, warned: bool) -> None:
        super().closed(end, warned)
        self._caught_up = False
        if end.code in REFUSED:
            self.said_no_room = end.reason == NO_ROOM
            # Without a token yet, a person whose name is still taken presses the button again.
            self.over = bool(self._token) or self.said_no_room
            if self.over and not self.said_no_room:
                self.complaints.append(f"{self.name} could not come back: {end}")

    def _read(self, question: dict) -> None:
        index = question["question_index"]
        if index not in self._thinking:
            self._thinking[index] = asyncio.create_task(self._think(index, len(question["options"])))

    def _catch_up(self) -> None:
        """Once on each connection: says again what was not acknowledged, and who repeats, the last answer anyway."""
        if self._caught_up:
            return
        self._caught_up = True
        again = list(self.kept.values())
        if not again and self.repeats > 1 and self.last:
            again = [self.last]
        for answer in again:
            self._send(answer)

    async def _think(self, index: int, options: int) -> None:
        """Some press at the same moment, some take their time, and now and then one lets it pass."""
        if self.rng.random() < 0.03:
            return
        right = self.ledger.questions[index].correct
        option = right if self.rng.random() < 0.6 else self.rng.randrange(options)
        await asyncio.sleep(0.3 if self.rng.random() < 0.4 else self.rng.uniform(0.02, 1.2))
        answer_id = f"{self.name}-{index}-{self.rng.getrandbits(32):08x}"
        self.ledger.answers[answer_id] = Answer(self.name, index, option)
        answer = {"type": "answer", "option": option, "question_index": index, "answer_id": answer_id}
        self.kept[answer_id] = self.last = answer
        self.settled.clear()
        if self._caught_up:
            self._send(answer)

    def _send(self, answer: dict) -> None:
        for _ in range(self.repeats):
            sendings = self.ledger.answers[answer["answer_id"]].sendings
            sendings.append(Sending(self.connection, time.time(), self._start))
            self.wire.say(answer)

    def _acknowledged(self, ack: dict) -> None:
        self.kept.pop(ack["answer_id"], None)
        if not self.kept:
            self.settled.set()
        self.ledger.answers[ack["answer_id"]].acks.append(
            Ack(ack["accepted"], ack["reason"], ack["durable"], ack["timestamp"], time.time())
        )
