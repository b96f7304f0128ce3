"""What goes wrong, each with the moment from which play has to go on.

A fault is a coroutine function of a ``Scene``; it calls ``scene.struck()`` when it has happened, and returns when
the harness has done its part (a new process runs, PostgreSQL may go on).
"""

import asyncio
import contextlib
import math
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import psutil

from tests.crash.bots import Bot
from tests.crash.host import Host
from tests.crash.player import Player
from tests.crash.server import Server

FREEZE_SECONDS = 10.0
# The server's own promise for SIGTERM.
STOP_SECONDS = 5.0


@dataclass
class Scene:
    """``struck_at`` is when it happened, Unix seconds; infinity before."""

    server: Server
    host: Host
    players: list[Player]
    rng: random.Random
    struck_at: float = math.inf
    complaints: list[str] = field(default_factory=list)

    @property
    def bots(self) -> list[Bot]:
        return [self.host, *self.players]

    def struck(self) -> None:
        self.struck_at = time.time()

    def leave(self) -> None:
        """All go, whoever is still there."""
        for bot in self.bots:
            if bot.wire is not None:
                bot.wire.cut()

    def some_bots(self) -> list[Bot]:
        return self.rng.sample(self.bots, self.rng.randint(len(self.bots) // 3, len(self.bots)))


async def kill_server(scene: Scene) -> None:
    scene.struck()
    await scene.server.kill()
    await scene.server.start()


async def kill_postgres(scene: Scene) -> None:
    scene.struck()
    scene.server.postgres().kill()


async def freeze_postgres(scene: Scene) -> None:
    """The postmaster first, so that it starts no further backend."""
    postmaster = scene.server.postgres()
    postmaster.send_signal(signal.SIGSTOP)
    frozen = [postmaster, *postmaster.children()]
    try:
        for process in frozen[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)
        scene.struck()
        await asyncio.sleep(FREEZE_SECONDS)
    finally:
        for process in frozen:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


async def restart(scene: Scene) -> None:
    scene.struck()
    status = await scene.server.terminate()
    seconds = time.time() - scene.struck_at
    await scene.server.start()
    if status != 0 or seconds > STOP_SECONDS:
        scene.complaints.append(f"SIGTERM: status {status} after {seconds:.1f} s")


async def cut_connections(scene: Scene) -> None:
    """Several times, some at once."""
    scene.struck()
    for _ in range(scene.rng.randint(1, 3)):
        for bot in scene.some_bots():
            if bot.wire is not None:
                bot.wire.cut()
        await asyncio.sleep(scene.rng.uniform(0.0, 0.4))


async def repeat_frames(scene: Scene) -> None:
    """Everyone sends every answer two or three times all along (``prepare`` saw to it). Now some lose their
    connection, and send their last answer again over the next, acknowledged or not."""
    scene.struck()
    for player in scene.players:
        if player.wire is not None and scene.rng.random() < 0.5:
            player.wire.cut()


async def delay_frames(scene: Scene) -> None:
    slow = scene.rng.choice(scene.players)
    slow.delay = scene.rng.uniform(0.1, 0.8)
    scene.struck()
    if slow.wire is not None:
        slow.wire.delay = slow.delay


FAULTS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "kill -9 of the server": kill_server,
    "kill -9 of PostgreSQL": kill_postgres,
    "PostgreSQL stopped for 10 s": freeze_postgres,
    "SIGTERM, socket activation": restart,
    "connections cut by RST": cut_connections,
    "frames repeated": repeat_frames,
    "one client's frames delayed": delay_frames,
}


def fault_of(seed: int) -> str:
    """Seven seeds in a row meet every fault."""
    return list(FAULTS)[seed % len(FAULTS)]


def needs_activation(fault: str) -> bool:
    return FAULTS[fault] is restart


def takes_database(fault: str) -> bool:
    return FAULTS[fault] in (kill_postgres, freeze_postgres)


def prepare(scene: Scene, fault: str) -> None:
    if FAULTS[fault] is repeat_frames:
        for player in scene.players:
            player.repeats = scene.rng.randint(2, 3)
