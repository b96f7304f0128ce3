"""What it costs the server that a hall opens the pages: from the QR code to the lobby.

    python -m tests.load.storm_pages [--phones 1000] [--within 2] [--typing 3] [--rounds 2] [--before COMMIT]

A Chromium with an empty cache joins a room once, and what it asks of the server is written down. Then that many phones
come within so many seconds and ask the same, byte for byte: the join page and what it names, a name some seconds
later, the play page and what it names; on as many connections as the browser had. The WebSocket at the end is left
out. Printed are the requests and bytes of a phone, the server's processor time for it (user and system), how long a
page took from the tap to its last byte, and how many were refused anything.

With ``--before`` a server of that commit, from a git worktree, is asked in turn with this one. A server has one core,
PostgreSQL and the phones have the others.
"""

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.clients import Rest, Socket
from tests.load.recorder import Recorded, record
from tests.processes import ROOT, ServerProcess

PATIENCE = 120.0
WARM_UP = 200  # phones that come before the measured ones


class Line(asyncio.Protocol):
    """One keep-alive connection: a request, its whole answer, the next request."""

    def __init__(self) -> None:
        self._answer: asyncio.Future | None = None
        self._missing = 0
        self._head = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            self._head += data
            head, found, body = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            status, _, fields = head.partition(b"\r\n")
            code = status.split(b" ")[1]
            if code not in (b"200", b"304"):
                return self._fail(ConnectionError(status.decode()))
            length = fields.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._missing = int(length) - len(body) if code == b"200" else 0
            self._head = b""
        else:
            self._missing -= len(data)
        if not self._missing:
            self._answer.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or ConnectionError("hung up on"))

    async def ask(self, head: bytes) -> None:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(head)
        await asyncio.wait_for(self._answer, PATIENCE)

    def _fail(self, error: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)


class Phone:
    """Asks what was recorded, page by page; ``waits`` has the seconds that each page took."""

    def __init__(self, address: tuple[str, int], pages: list[list[Recorded]]):
        self._address = address
        self._pages = pages
        self._lines: dict[int, Line] = {}
        self.waits: list[float] = []

    async def come(self, delay: float, typing: float) -> None:
        await asyncio.sleep(delay)
        for page in self._pages:
            begun = time.perf_counter()
            await self._load(page)
            self.waits.append(time.perf_counter() - begun)
            if page is not self._pages[-1]:
                await asyncio.sleep(random.uniform(0.5, 1.5) * typing)
        for line in self._lines.values():
            line.transport.abort()

    async def _load(self, page: list[Recorded]) -> None:
        """The first request alone: nothing else is known before. Then each connection its requests in turn."""
        first, *others = page
        await self._ask([first])
        turns = defaultdict(list)
        for request in others:
            turns[request.connection].append(request)
        await asyncio.gather(*map(self._ask, turns.values()))

    async def _ask(self, requests: list[Recorded]) -> None:
        for request in requests:
            if request.connection not in self._lines:
                loop = asyncio.get_running_loop()
                self._lines[request.connection] = (await loop.create_connection(Line, *self._address))[1]
            await self._lines[request.connection].ask(request.head)


@dataclass
class Storm:
    """What a round came to; seconds."""

    processor: float
    waits: list[float]
    refused: int


class Server:
    """One that runs, and what a phone asks of it."""

    def __init__(self, process: ServerProcess):
        host, port = process.url.removeprefix("http://").split(":")
        self._process = process
        self._address = (host, int(port))
        self.pages: list[list[Recorded]] = []

    async def get_ready(self) -> None:
        token = (await Rest(self._process.url).sign_up("Load")).token
        websockets = self._process.url.replace("http", "ws", 1)
        self._host = await Socket.connect(f"{websockets}/realtime/ws/host/new", token=token)
        pages = await record(self._process.url, (await self._host.until("room_created"))["room_code"])
        self.pages = [[request for request in page if not request.is_upgrade] for page in pages]
        await self.storm(WARM_UP, 1.0, 0.0)

    async def storm(self, phones: int, within: float, typing: float) -> Storm:
        before = self._processor_time()
        crowd = [Phone(self._address, self.pages) for _ in range(phones)]
        arrivals = (within * number / phones for number in range(phones))
        ends = await asyncio.gather(
            *(phone.come(delay, typing) for phone, delay in zip(crowd, arrivals)), return_exceptions=True
        )
        return Storm(
            self._processor_time() - before,
            [wait for phone in crowd for wait in phone.waits],
            sum(end is not None for end in ends),
        )

    def _processor_time(self) -> float:
        used = psutil.Process(self._process.process.pid).cpu_times()
        return used.user + used.system

    def requests(self) -> list[Recorded]:
        return [request for page in self.pages for request in page]


@contextlib.contextmanager
def running(root: Path) -> Iterator[Server]:
    """The server whose code is in that folder, on a core of its own."""
    folder = Path(tempfile.mkdtemp(prefix="quizzler-load-"))
    folder.chmod(0o755)
    process = ServerProcess("--data-dir", str(folder), cwd=root, PYTHONPATH=str(root))
    try:
        cores = os.sched_getaffinity(0)
        if len(cores) > 1:
            os.sched_setaffinity(process.process.pid, {min(cores)})
        yield Server(process)
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def worktree(commit: str) -> Iterator[Path]:
    folder = tempfile.mkdtemp(prefix="quizzler-before-")
    git = ["git", "-C", str(ROOT), "-c", f"safe.directory={ROOT}", "worktree"]
    subprocess.run([*git, "add", "--detach", "--force", folder, commit], check=True, capture_output=True)
    try:
        yield Path(folder)
    finally:
        subprocess.run([*git, "remove", "--force", folder], check=True)


async def compare(servers: dict[str, Server], given: argparse.Namespace) -> None:
    for name, server in servers.items():
        await server.get_ready()
        print(f"\nWhat a phone asks, {name}:")
        for request in server.requests():
            print(f"  {request.received:>7,} bytes on connection {request.connection}  {request.path}")
    storms = defaultdict(list)
    for _ in range(given.rounds):
        for name, server in servers.items():
            storms[name].append(await server.storm(given.phones, given.within, given.typing))
    print(
        f"\n{given.phones:,} phones within {given.within:g} s, {given.typing:g} s for a name, {given.rounds} rounds\n"
    )
    report(servers, storms, given.phones)


def report(servers: dict[str, Server], storms: dict[str, list[Storm]], phones: int) -> None:
    columns = ["", "requests", "connections", "KB", "server ms per phone", "median wait s", "longest wait s", "refused"]
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    costs = {}
    for name, rounds in storms.items():
        asked = servers[name].requests()
        waits = [wait for storm in rounds for wait in storm.waits]
        costs[name] = statistics.median(1000 * storm.processor / phones for storm in rounds)
        cells = [
            name,
            len(asked),
            len({request.connection for request in asked}),
            f"{sum(request.received for request in asked) / 1000:.1f}",
            f"{costs[name]:.2f}",
            f"{statistics.median(waits):.3f}",
            f"{max(waits):.3f}",
            sum(storm.refused for storm in rounds),
        ]
        print("| " + " | ".join(map(str, cells)) + " |")
    if "before" in costs:
        print(f"\nBefore, a phone cost {costs['before'] / costs['now']:.1f} times as much.")
    print(f"500 phones a second take {500 * costs['now'] / 10:.0f} % of a core.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--phones", type=int, default=1000)
    parser.add_argument("--within", type=float, default=2.0, help="seconds in which they come")
    parser.add_argument("--typing", type=float, default=3.0, help="seconds until a name is typed, on average")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--before", metavar="COMMIT", help="compare with the server of that commit")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        servers = {}
        if given.before:
            servers["before"] = stack.enter_context(running(stack.enter_context(worktree(given.before))))
        servers["now"] = stack.enter_context(running(ROOT))
        cores = os.sched_getaffinity(0)
        if len(cores) > 1:
            os.sched_setaffinity(0, cores - {min(cores)})
        asyncio.run(compare(servers, given))


if __name__ == "__main__":
    main()
