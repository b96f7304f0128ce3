"""Rooms that open and close, people who come, answer, leave and come back, and others who mean harm."""

import asyncio
import contextlib
import itertools
import random
from collections import Counter

from tornado.websocket import WebSocketClosedError

from tests.attacks import hostile
from tests.clients import Hall, Rest, Socket, a_question

# More than the server has connections to its database.
AT_ONCE = 60
PLAYERS = 4
QUESTIONS = 2
PASSWORD = "correct horse"


class Evening:
    """``done`` counts what happened; ``wrong`` are the things that went otherwise than they should."""

    def __init__(self, url: str, *, rooms: int, intruders: int, pace: float, sign_in_every: float):
        """``pace`` is the seconds that a room takes from its opening to the next one's."""
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._hall = Hall(url)
        self._rooms = rooms
        self._intruders = intruders
        self._pace = pace
        self._sign_in_every = sign_in_every
        self._codes: list[str] = []
        self._chance = random.Random(60)
        self._names = itertools.count(1)

    async def warm_up(self) -> None:
        """All that a server makes once and keeps is there afterwards, such as its connections to the database."""
        await asyncio.gather(*(self._hall.rest.get("/results/leaderboards/global") for _ in range(AT_ONCE)))
        await self._game(await self._hall.rest.sign_up("Early"))

    async def go_on(self, seconds: float) -> None:
        """Then everybody leaves: rooms in the middle of a game end it first."""
        self._until = asyncio.get_running_loop().time() + seconds
        hosts = [await self._hall.rest.sign_up(f"Host{number}") for number in range(4)]
        target = hostile.Target(self._hall.base_url, self._codes)
        raging = asyncio.create_task(hostile.rage(target, self._intruders, self.done))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sign_in_and_out())
            for number in range(self._rooms):
                group.create_task(self._one_room_after_another(number, hosts[number % len(hosts)]))
        raging.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await raging
        self._hall.leave()

    @property
    def _is_over(self) -> bool:
        return asyncio.get_running_loop().time() > self._until

    async def _one_room_after_another(self, number: int, user: Rest) -> None:
        await asyncio.sleep(self._pace * number / self._rooms)
        while not self._is_over:
            pause = asyncio.create_task(asyncio.sleep(self._pace))
            try:
                await self._game(user)
                self.done["games"] += 1
            except (AssertionError, OSError, TimeoutError, WebSocketClosedError) as error:
                self.wrong.append(repr(error))
            await pause

    async def _game(self, user: Rest) -> None:
        async with contextlib.AsyncExitStack() as stack:
            host = await stack.enter_async_context(await self._hall.host(user))
            self._hall._sockets.clear()  # each room lets go of its own
            self._codes.append(host.code)
            stack.callback(self._codes.remove, host.code)
            players = [await self._come(stack, host.code) for _ in range(PLAYERS)]
            for index in range(QUESTIONS):
                await asyncio.sleep(self._pace / (QUESTIONS + 1))
                await self._question(host, players, index)
                players[0] = await self._come_back(stack, host.code, players[0])
                players[-1].close()
                self.done["left"] += 1
                players[-1] = await self._come(stack, host.code)
            host.say({"type": "end_game"})
            await host.until("game_over")
            for player in players:
                await player.until("game_over")
            await host.until_closed()

    async def _come(self, stack: contextlib.AsyncExitStack, code: str) -> Socket:
        player = await stack.enter_async_context(await self._hall.player(code, f"Player {next(self._names)}"))
        self._hall._sockets.clear()
        self.done["joined"] += 1
        return player

    async def _come_back(self, stack: contextlib.AsyncExitStack, code: str, player: Socket) -> Socket:
        """After going, or while still there."""
        if self._chance.random() < 0.5:
            player.close()
        back = await stack.enter_async_context(await self._hall.resume(code, player.welcome["resume_token"]))
        self._hall._sockets.clear()
        back.welcome = player.welcome
        self.done["came back"] += 1
        return back

    async def _question(self, host: Socket, players: list[Socket], index: int) -> None:
        host.say(a_question())
        for player in players:
            await player.until("question", question_index=index)
            player.say({"type": "answer", "option": self._chance.randrange(4), "question_index": index})
            assert (await player.until("answer_ack", question_index=index))["accepted"]
            player.heard.clear()
            self.done["answers"] += 1
        host.say({"type": "end_question"})
        await host.until("results")
        host.heard.clear()

    async def _sign_in_and_out(self) -> None:
        account = await self._hall.rest.sign_up("Often")
        while not self._is_over:
            given = {"email": "often@example.org", "password": PASSWORD}
            token = (await self._hall.rest.post("/auth/signin", given))["access_token"]
            await Rest(self._hall.base_url, token).post("/auth/signout")
            self.done["signed in"] += 1
            await asyncio.sleep(self._sign_in_every)
        await account.post("/auth/signout")
