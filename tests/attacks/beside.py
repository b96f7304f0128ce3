"""Does a game notice a thousand hostile connections beside it?

    python -m tests.attacks.beside [--rounds 4] [--connections 1000] [--seconds 10]

A real server process with a core of its own and its limits as they are by default, PostgreSQL and everybody else on
the other one. A game of 50 goes on, an answer every 20 ms; in turn nobody else is there, and so many hostile connections
are, from a process of their own. The core of the game's people is theirs first (SCHED_RR for them, SCHED_IDLE for the
hostile, as root): measured is the server, not how crowded that core is. Each of the hostile does one of the attacks of
``hostile.py`` after the other, one in three seconds, so that a thousand do 333 a second. Printed: how long players wait
for the acknowledgement of an answer. Exit status 1 where the median or the p99, in the middle one of the rounds, is
more than doubled.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.attacks import hostile
from tests.attacks.raw import allow_descriptors
from tests.clients import Hall, Socket, a_question
from tests.load.contest import pin_whole
from tests.processes import ROOT, ServerProcess, clean_environ

PLAYERS = 50
RHYTHM = 0.02  # seconds from one answer to the next
MOST = 2.0
RIGHT = 1


class Game:
    """A host and ``PLAYERS`` players; ``waits`` are the seconds until each answer was acknowledged."""

    def __init__(self, host: Socket, players: list[Socket]):
        self._host = host
        self._players = players

    @classmethod
    async def open(cls, url: str) -> "Game":
        hall = Hall(url)
        host = await hall.host(await hall.rest.sign_up("Ann"))
        return cls(host, [await hall.player(host.code, f"Player {number}") for number in range(PLAYERS)])

    async def go_on(self, seconds: float) -> list[float]:
        """Question after question, each answered by all. Raises ``AssertionError`` where one is not acknowledged."""
        waits: list[float] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._host.say(a_question(time_limit=60))
            questions = await asyncio.gather(*(player.until("question") for player in self._players))
            index = questions[0]["question_index"]
            await asyncio.gather(*(self._answer(each, index, waits) for each in enumerate(self._players)))
            results = await self._host.until("results", question_index=index)
            assert results["correct_answers"] == results["total_answers"] == PLAYERS
            for socket in (self._host, *self._players):
                socket.heard.clear()
        return waits

    async def end(self) -> dict:
        self._host.say({"type": "end_game"})
        return await self._host.until("game_over")

    async def _answer(self, each: tuple[int, Socket], index: int, waits: list[float]) -> None:
        place, player = each
        await asyncio.sleep(place * RHYTHM)
        begun = time.perf_counter()
        player.say({"type": "answer", "option": RIGHT, "question_index": index})
        assert (await player.until("answer_ack", question_index=index))["accepted"]
        waits.append(time.perf_counter() - begun)


@contextmanager
def attackers(url: str, connections: int):
    """A process of them, until the end of the block; what they have done is in the ``Counter`` then."""
    done: Counter[str] = Counter()
    call = [sys.executable, "-m", "tests.attacks.beside", "--attack", url, "--connections", str(connections)]
    process = subprocess.Popen(
        call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=clean_environ()
    )
    try:
        yield done
    finally:
        said, _ = process.communicate("")
        done.update(json.loads(said))


async def attack(url: str, connections: int) -> None:
    """Until standard input ends. Their players go to a room of their own."""
    allow_descriptors(8_000)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    hall, done = Hall(url), Counter()
    bait = await hall.host(await hall.rest.sign_up(f"Bait{os.getpid()}"))
    raging = asyncio.create_task(hostile.rage(hostile.Target(url, [bait.code]), connections, done))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await lines.read()
    raging.cancel()
    await asyncio.gather(raging, return_exceptions=True)
    bait.say({"type": "end_game"})
    await bait.until_closed()
    print(json.dumps(done))


def go_first(process: psutil.Process) -> None:
    """Before all that is not real-time, which needs root: a woken thread otherwise waits for others' time slices."""
    for thread in process.threads():
        with suppress(PermissionError, ProcessLookupError):
            os.sched_setscheduler(thread.id, os.SCHED_RR, os.sched_param(1))


def quantiles(waits: list[float]) -> tuple[float, float, float]:
    """Median, p99 and the longest, in ms."""
    ordered = sorted(1000 * wait for wait in waits)
    return statistics.median(ordered), ordered[int(0.99 * len(ordered))], ordered[-1]


async def measure(given: argparse.Namespace) -> bool:
    folder = Path(tempfile.mkdtemp(prefix="quizzler-beside-"))
    folder.chmod(0o755)
    flags = ["--data-dir", str(folder), "--max-players-per-room", "100"]
    server = ServerProcess(*flags)
    cores = sorted(os.sched_getaffinity(0))
    process = psutil.Process(server.process.pid)
    people = [psutil.Process(), *process.children(recursive=True)]
    for each, core in [(process, cores[0]), *((other, cores[-1]) for other in people)]:
        pin_whole(each, core)
        go_first(each)
    try:
        game = await Game.open(server.url)
        await game.go_on(given.seconds / 2)
        alone, beside, done = [], [], Counter()
        print("| round | hostile | answers | median ms | p99 ms | max ms | server's core |\n" + "|---:" * 7 + "|")
        for number in range(1, given.rounds + 1):
            alone.append(await told(number, 0, game, given.seconds, process))
            with attackers(server.url, given.connections) as acts:
                await asyncio.sleep(hostile.HELD + 2)  # all of them are there
                beside.append(await told(number, given.connections, game, given.seconds, process))
            done += acts
            await asyncio.sleep(hostile.HELD)
        await game.end()
        print(f"\n{done.total():,} attacks: {dict(sorted(done.items()))}")
        assert "Traceback" not in server.errors() and " ERROR " not in server.errors(), server.errors()[-2000:]
        return verdict(alone, beside)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def told(number: int, hostile_ones: int, game: Game, seconds: float, process: psutil.Process) -> list[float]:
    used, begun = sum(process.cpu_times()[:2]), time.monotonic()
    waits = await game.go_on(seconds)
    core = (sum(process.cpu_times()[:2]) - used) / (time.monotonic() - begun)
    cells = " | ".join(f"{value:.2f}" for value in quantiles(waits))
    print(f"| {number} | {hostile_ones or ''} | {len(waits)} | {cells} | {core:.0%} |", flush=True)
    return waits


def verdict(alone: list[list[float]], beside: list[list[float]]) -> bool:
    """Whether the bar was reached: by the middle one of all rounds, since other programs disturb some of them."""
    right = True
    middle = [[statistics.median(each) for each in zip(*map(quantiles, rounds))] for rounds in (alone, beside)]
    for name, without, with_ in zip(("median", "p99"), *middle):
        print(f"{name}: {without:.2f} ms without, {with_:.2f} ms with them, {with_ / without:.2f} times (≤ {MOST:g})")
        right = right and with_ <= MOST * without
    return right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--attack", metavar="URL", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.attack:
        asyncio.run(attack(given.attack, given.connections))
        return 0
    return 0 if asyncio.run(measure(given)) else 1


if __name__ == "__main__":
    sys.exit(main())
