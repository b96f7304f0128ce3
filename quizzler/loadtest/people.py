"""What the hosts and the players of a load test have in common: they come in, write down what they hear, and leave."""

import asyncio
import ssl
import time

from quizzler.loadtest.connection import Connection
from quizzler.loadtest.diary import Diary
from quizzler.loadtest.messages import Error, Hearing, Message, Misheard
from quizzler.loadtest.plan import Target
from quizzler.loadtest.pulse import Pulse
from quizzler.ops.terminal import printable

# Seconds until what does not come is missing.
PATIENCE = 15.0


class Person(Connection):
    def __init__(self, target: Target, path: str, diary: Diary, hearing: Hearing, pulse: Pulse):
        super().__init__(target, path)
        loop = asyncio.get_running_loop()
        self.diary = diary
        self._hearing = hearing
        self._pulse = pulse
        self._let_in: asyncio.Future[None] = loop.create_future()
        self._gone: asyncio.Future[None] = loop.create_future()

    async def arrive(self, tls: ssl.SSLContext | None) -> bool:
        """Whether the server lets them in; if not, the diary says why."""
        self.diary.began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                await self.connect(tls)
                await self._let_in
        except TimeoutError:
            self.hang_up(f"No answer within {PATIENCE:g} s")
        return self.diary.arrived is not None

    async def leave(self) -> None:
        """Waits for the server to close, and hangs up where it does not."""
        try:
            await asyncio.wait_for(self._gone, PATIENCE)
        except TimeoutError:
            self.hang_up(f"The server did not close within {PATIENCE:g} s", given_up=True)

    def act(self, came: float, message: Message) -> None:
        """Does what the message asks for; it is written down already."""
        raise NotImplementedError

    def arrived(self, came: float) -> None:
        if self.diary.arrived is None:
            self.diary.arrived = came
        if not self._let_in.done():
            self._let_in.set_result(None)

    def heard(self, came: float, payload: bytes) -> None:
        self._pulse.traffic += 1
        try:
            message = self._hearing.understand(payload)
        except Misheard as error:
            self.diary.misheard.append(printable(str(error)))
            return
        if message is None:
            return
        self.diary.heard.append((came, message))
        if type(message) is Error and self.diary.arrived is None:
            self.diary.refusal = printable(message.message)
        self.act(came, message)

    def say(self, payload: bytes) -> float:
        self._pulse.traffic += 1
        return super().say(payload)

    def lost(self) -> None:
        self.diary.ending = self.ending
        if self.diary.arrived is None and not self.diary.refusal:
            self.diary.refusal = self.ending.sentence or f"The server closed with {self.ending.code or 'no code'}"
        for waiting in (self._let_in, self._gone):
            if not waiting.done():
                waiting.set_result(None)
