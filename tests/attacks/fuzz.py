"""Strangers say anything at all to every route and over every socket.

    python -m tests.attacks.fuzz [--cases 100000] [--seed 1]

Cases go out in batches, over real connections. After each batch nothing has failed in the server, the connection still
answers, and the room still plays. Hypothesis makes the batches, and the smallest one that breaks something.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from urllib.parse import urlencode

import hypothesis
from hypothesis import strategies as st
from tornado.testing import bind_unused_port

from quizzler.app import Quizzler
from quizzler.config import Settings
from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.migrate import migrate
from quizzler.store.pool import Database, connect
from tests.attacks import strategies
from tests.attacks.ears import Failures, Fuzzed, statuses
from tests.attacks.raw import Raw
from tests.attacks.strategies import Request
from tests.clients import PATIENCE, Hall, Rest, a_question
from tests.halls import SECRET, UNLIMITED

BATCH = 30
CONNECTIONS = 5
# Of all cases: messages of a player, messages of a host, and the rest are requests.
OF_PLAYERS, OF_HOSTS = 0.35, 0.35
ENDS_A_ROOM = ("end_game", "close_room")


class Fuzz:
    """``done`` counts the cases by what they were."""

    def __init__(self, hall: Hall):
        self.done: Counter[str] = Counter()
        self._hall = hall
        self._failures = Failures()
        self._people: dict[str, Rest] = {}
        self._names = itertools.count(1)

    async def run(self, cases: int, seed: int, *, shrink: bool = False) -> None:
        """So many cases at least. Raises the first failure; with ``shrink`` with the smallest batch that leads to it, which
        may take long to find."""
        self._phases = [hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if shrink else [])]
        logging.getLogger().addHandler(self._failures)
        try:
            known = await self._prepare()
            await self._batches("player", strategies.player_messages(), self._player_batch, cases * OF_PLAYERS, seed)
            await self._batches("host", strategies.host_messages(), self._host_batch, cases * OF_HOSTS, seed)
            rest = cases - self.done.total()
            requests = strategies.requests(self._hall.application, known)
            await self._batches("request", requests, self._requests, rest, seed)
        finally:
            logging.getLogger().removeHandler(self._failures)
            self._hall.leave()

    async def _batches(self, name: str, case: st.SearchStrategy, play, count: float, seed: int) -> None:
        loop = asyncio.get_running_loop()
        wanted = self.done[name] + count

        def drive(work: Coroutine) -> None:
            asyncio.run_coroutine_threadsafe(work, loop).result()

        async def one(batch: list) -> None:
            await play(batch)
            self._failures.check()
            self.done[name] += len(batch)

        def search(seed: int) -> None:
            @hypothesis.seed(seed)
            @hypothesis.settings(
                max_examples=int(wanted - self.done[name]) // BATCH + 1,
                database=None,
                deadline=None,
                suppress_health_check=list(hypothesis.HealthCheck),
                phases=self._phases,
            )
            @hypothesis.given(st.lists(case, min_size=BATCH, max_size=BATCH))
            def batches(batch: list) -> None:
                drive(one(batch))

            batches()

        # Hypothesis may run out of ideas a little early: with another seed it has new ones.
        for more in itertools.count():
            await asyncio.to_thread(search, seed + 1000 * more)
            if self.done[name] >= wanted:
                return

    # What there is

    async def _prepare(self) -> list[str]:
        """Somebody of each kind, and one thing of each kind that they can ask for; returns the ids of these."""
        for who in ("user", "admin"):
            await self._sign_up(who)
        self._hosting = await self._hall.rest.sign_up("Host")  # nobody says anything in this one's name
        question = {"question_text": "1 + 1?", "options": ["1", "2"], "correct_answer": 1}
        admin = self._people["admin"]
        self._quiz_id = (await self._hosting.post("/quizzes", {"title": "One", "questions": [question]}))["quiz_id"]
        taken = (await admin.post("/quizzes", {"title": "Two", "questions": [question]}))["quiz_id"]
        await admin.post(f"/quizzes/{taken}/start")
        await self._open_room()
        return [taken, self._code, "00000000-0000-0000-0000-000000000000", "1"]

    async def _sign_up(self, who: str) -> None:
        name = f"{who.title()}{next(self._names)}"
        self._people[who] = await self._hall.rest.sign_up(name)
        if who == "admin":
            await self._hall.services.database.execute(
                "UPDATE users SET is_admin = true WHERE email = %s", (f"{name.lower()}@example.org",)
            )

    async def _open_room(self) -> None:
        query = urlencode({"token": self._hosting.token, "quiz_id": self._quiz_id})
        self._host = await Fuzzed.open(self._hall.base_url, f"/realtime/ws/host/new?{query}")
        self._code = (await self._host.until("room_created"))["room_code"]
        self._player = await Fuzzed.open(self._hall.base_url, f"/realtime/ws/player/{self._code}?username=Bob")
        await self._player.until("welcome")

    # Batches

    async def _player_batch(self, batch: list[tuple[bool, bytes]]) -> None:
        await self._ask()
        await self._player.say(*batch)
        assert self._player.closed is None, self._player.closed
        await self._plays()

    async def _host_batch(self, batch: list[tuple[bool, bytes]]) -> None:
        await self._host.say(*batch)
        if self._host.closed is None and any(kind.encode() in each for _, each in batch for kind in ENDS_A_ROOM):
            await self._end_room()
        if self._host.closed is not None:
            assert self._host.closed == (1000, "The room is closed"), self._host.closed
            await self._open_room()
        await self._plays()

    async def _end_room(self) -> None:
        """The game may have ended: then the room is closed in a moment; else it is now."""
        await self._host.say((True, b'{"type": "end_game"}'))
        while self._host.closed is None:
            await self._host._hear()

    async def _ask(self) -> str:
        """A question is open."""
        text = f"Question {next(self._names)}"
        question = json.dumps(a_question(text)).encode()
        await self._host.say((True, b'{"type": "end_question"}'), (True, question))
        await self._player.until("question", question=text)
        return text

    async def _plays(self) -> None:
        await self._ask()
        answer_id = f"answer {next(self._names)}"
        await self._player.say((True, json.dumps({"type": "answer", "option": 1, "answer_id": answer_id}).encode()))
        assert (await self._player.until("answer_ack", answer_id=answer_id))["accepted"]

    async def _requests(self, batch: list[Request]) -> None:
        """Over some connections at the same time."""
        await asyncio.gather(*(self._one_after_another(batch[start::CONNECTIONS]) for start in range(CONNECTIONS)))
        for who, person in self._people.items():
            if (await person.call("GET", "/auth/me"))[0] == 401:
                await self._sign_up(who)  # somebody signed out
        await self._plays()

    async def _one_after_another(self, left: list[Request]) -> None:
        """With a request that breaks HTTP the server hangs up: then there is another connection."""
        while left:
            answered = await self._pipelined(left)
            assert answered, f"no answer to {left[0]}"
            for request, status in zip(left, answered):
                # Health's own answer, while the machine is busy with something else.
                is_late = status == 503 and request.path.startswith("/realtime/health")
                assert status < 500 or is_late, (status, request)
            left = left[len(answered) :]

    async def _pipelined(self, batch: list[Request]) -> list[int]:
        """The statuses of the answers, in order; fewer where the server hung up."""
        raw = await Raw.open(self._hall.base_url)
        try:
            sending = asyncio.create_task(raw.send(b"".join(map(self._octets, batch)) + LAST))
            methods = [request.method for request in batch]
            with contextlib.suppress(TimeoutError):
                await raw.until_end(PATIENCE)
                await sending
                return list(statuses(raw.heard, methods))[: len(batch)]
            raise AssertionError(f"no answer to {batch[len(list(statuses(raw.heard, methods)))]}")
        finally:
            raw.close()

    def _octets(self, request: Request) -> bytes:
        person = self._people.get(request.who)
        token = person.token if person else "forged" if request.who == "forger" else None
        headers = [*request.headers, ("Content-Length", str(len(request.body)))]
        if token:
            headers.append(("Authorization", f"Bearer {token}"))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"{request.method} {request.path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode() + request.body


LAST = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def fuzz(cases: int, seed: int, database: Database) -> Counter[str]:
    settings = Settings(max_rooms=10_000, bcrypt_cost=4, messages_per_second=0, **UNLIMITED)
    server = Quizzler(settings, database, SECRET)
    listening, port = bind_unused_port()
    await server.start([listening])
    hall = Hall(f"http://127.0.0.1:{port}")
    hall.services, hall.application = server.services, server.application
    try:
        fuzzing = Fuzz(hall)
        await fuzzing.run(cases, seed, shrink=True)
        return fuzzing.done
    finally:
        await server.stop()


async def on_a_database_of_its_own(given: argparse.Namespace, url: str) -> None:
    database = await connect(url, size=5)
    await migrate(database)
    done = await fuzz(given.cases, given.seed, database)
    await database.close()
    print(f"{done.total():,} cases, nothing failed: {dict(done)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quizzler-fuzz-") as folder:
        Path(folder).chmod(0o755)
        postgres = EmbeddedPostgres(Path(folder) / "data")
        postgres.start()
        try:
            asyncio.run(on_a_database_of_its_own(given, postgres.url))
        finally:
            postgres.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
