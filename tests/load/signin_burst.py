"""Does a crowd that signs in delay a live game?

    python -m tests.load.signin_burst [--rounds 3] [--players 50] [--sign-ins 200]

A game goes on all the time, a question every few seconds; in turn nobody signs in, and so many people do within five
seconds. Printed side by side: how late the server's loop comes to what it has to do (a timer every 5 ms, inside
the server's process), and how long players wait for the acknowledgement of an answer. A burst lasts until the last one
is in: bcrypt takes a third of a second of a core for each. Players and crowd are in a process of their own.
"""

import argparse
import asyncio
import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import psycopg2
from tornado.httpclient import HTTPRequest
from tornado.netutil import bind_sockets
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from quizzler.app import Quizzler
from quizzler.config import Settings
from quizzler.store.pool import connect
from tests.clients import Hall, Socket, a_question
from tests.load.fill import add_users, database_url, prepare

TICK = 0.005  # seconds
BURST_SECONDS = 5.0
QUIET_SECONDS = 20.0
# A question is open for this long, and its answers come within it.
QUESTION_SECONDS = 2.0
PATIENCE = 300.0


async def serve(url: str) -> None:
    """The server; for every line on standard input it prints how late its loop was since the last one."""
    database, journal_database = await connect(url), await connect(url, size=1)
    server = Quizzler(Settings(), database, "x" * 32, journal_database=journal_database)
    sockets = bind_sockets(0, "127.0.0.1")
    await server.start(sockets)
    lags: list[float] = []
    probe = asyncio.create_task(measure_lag(lags))
    print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        print(json.dumps(lags), flush=True)
        lags.clear()
    probe.cancel()
    await server.stop()
    await database.close()
    await journal_database.close()


async def measure_lag(lags: list[float]) -> None:
    """Adds, every tick, by how many milliseconds the loop was late."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + TICK
        await asyncio.sleep(TICK)
        lags.append(round(1000 * (loop.time() - due), 3))


class Server:
    """``serve`` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int):
        self._process = process
        self.url = f"http://127.0.0.1:{port}"

    @classmethod
    @asynccontextmanager
    async def start(cls, url: str) -> AsyncIterator["Server"]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.load.signin_burst", "--serve", url, stdin=pipe, stdout=pipe, limit=2**26
        )
        try:
            yield cls(process, json.loads(await process.stdout.readline())["port"])
        finally:
            process.stdin.close()
            await process.wait()

    async def lags(self) -> list[float]:
        """Milliseconds, one for each tick since the last call."""
        self._process.stdin.write(b"\n")
        return json.loads(await self._process.stdout.readline())


class LiveGame:
    """A host and players who answer; ``waits`` has the milliseconds until each acknowledgement."""

    def __init__(self, host: Socket, players: list[Socket]):
        self._host = host
        self._players = players
        self.waits: list[float] = []

    @classmethod
    async def open(cls, hall: Hall, players: int) -> "LiveGame":
        host = await hall.host(await hall.rest.sign_up("Host"))
        return cls(host, [await hall.player(host.code, f"Player {number}") for number in range(players)])

    async def play(self) -> None:
        for number in itertools.count():
            self._host.say(a_question(f"Question {number}?", time_limit=30))
            await asyncio.gather(*map(self._answer, self._players))
            self._host.heard.clear()
            await self._host.until("results")

    async def _answer(self, player: Socket) -> None:
        await player.until("question")
        await asyncio.sleep(random.uniform(0, QUESTION_SECONDS))
        sent = time.perf_counter()
        player.say({"type": "answer", "option": random.randrange(4)})
        await player.until("answer_ack")
        self.waits.append(1000 * (time.perf_counter() - sent))
        player.heard.clear()


async def sign_in_all(url: str, count: int) -> list[float]:
    """That many people within ``BURST_SECONDS``, each once; returns the seconds until each was in."""
    client = SimpleAsyncHTTPClient(force_instance=True, max_clients=count)

    async def sign_in(number: int) -> float:
        await asyncio.sleep(BURST_SECONDS * number / count)
        begun = time.perf_counter()
        body = json.dumps({"email": f"person{number}@example.org", "password": "correct horse"})
        await client.fetch(
            HTTPRequest(
                f"{url}/auth/signin", method="POST", body=body, request_timeout=PATIENCE, connect_timeout=PATIENCE
            )
        )
        return time.perf_counter() - begun

    try:
        return await asyncio.gather(*map(sign_in, range(count)))
    finally:
        client.close()


async def during(work: Awaitable, server: Server, game: LiveGame) -> tuple[list[float], list[float]]:
    """The loop's lags and the players' waits, in milliseconds, from the beginning of that work to its end."""
    await server.lags()
    game.waits.clear()
    await work
    return await server.lags(), list(game.waits)


async def compare(url: str, rounds: int, players: int, sign_ins: int) -> None:
    measured: dict[str, tuple[list[float], list[float]]] = {"nobody": ([], []), "crowd": ([], [])}
    entries: list[float] = []

    async def crowd() -> None:
        entries.extend(await sign_in_all(server.url, sign_ins))

    async with Server.start(url) as server:
        hall = Hall(server.url)
        game = await LiveGame.open(hall, players)
        playing = asyncio.create_task(game.play())
        for _ in range(rounds):
            for name, work in (("nobody", asyncio.sleep(QUIET_SECONDS)), ("crowd", crowd())):
                lags, waits = await during(work, server, game)
                measured[name][0].extend(lags)
                measured[name][1].extend(waits)
            if playing.done():
                await playing  # it goes on for ever, unless something is wrong
        playing.cancel()
        hall.leave()
    report(measured, entries, players, sign_ins)


def report(measured: dict, entries: list[float], players: int, sign_ins: int) -> None:
    print(f"{players} players; {sign_ins} sign-ins within {BURST_SECONDS:g} s, or none; milliseconds")
    print("| | of | median | p95 | p99 | p99.9 | max |\n|---|---:|---:|---:|---:|---:|---:|")
    for place, what in enumerate(("the loop is late", "an acknowledgement takes")):
        for name, condition in (("nobody", "nobody signs in"), ("crowd", f"{sign_ins} sign in")):
            values = sorted(measured[name][place])
            shown = " | ".join(f"{quantile(values, share):.2f}" for share in (0.5, 0.95, 0.99, 0.999, 1))
            print(f"| {what}, {condition} | {len(values):,} | {shown} |")
    print(f"Signing in took {statistics.median(entries):.1f} s at the median, {max(entries):.1f} s at most.")


def quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a live game while a crowd signs in.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--players", type=int, default=50)
    parser.add_argument("--sign-ins", type=int, default=200)
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.serve))
        return
    with database_url() as url:
        asyncio.run(prepare(url))
        connection = psycopg2.connect(url)
        with connection, connection.cursor() as cursor:
            add_users(cursor, given.sign_ins)
        connection.close()
        asyncio.run(compare(url, given.rounds, given.players, given.sign_ins))


if __name__ == "__main__":
    main()
