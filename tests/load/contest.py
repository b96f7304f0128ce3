"""Servers under a load client in C, in turn: the product, variants of it, and a server that does as little as possible.

``client/README.md`` says what the figures mean. The server has one core, PostgreSQL and the client have the other. A
time in milliseconds says little about another machine; how many times the limit it is says much.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from tests.clients import Rest
from tests.processes import ServerProcess

CLIENT = Path(__file__).parent / "client"
MAX_SECONDS = 600
ALLOWED = ["--max-players-per-room", "100000", "--max-rooms", "1000"]
# What is measured, by name: whether it is the product that is started, and how.
PRODUCTS = {
    "product": ["-m", "quizzler"],
    "stub journal": ["-m", "tests.load.stub_journal"],
    "timed": ["-m", "tests.load.held"],
}
LIMIT = "limit"


@dataclass
class Report:
    """One run: what the load client printed, the longest pieces of work where they were timed, and the memory of the
    server's process once the games had been stored, in MB."""

    figures: dict
    held: list[tuple[float, float, str]] = field(default_factory=list)
    memory: float = 0.0

    @property
    def right(self) -> bool:
        return bool(self.figures["ok"])

    def each(self, part: str, name: str) -> list[float]:
        """Of every question."""
        values = (question[part].get(name) for question in self.figures["questions"])
        return [value for value in values if value is not None]

    def middle(self, part: str, name: str) -> float:
        return median(self.each(part, name))


class Arena:
    """Compiled once, then any number of runs."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="quizzler-load-"))
        for name in ("wsload", "limit"):
            subprocess.run(["gcc", "-O2", "-o", self._folder / name, CLIENT / f"{name}.c"], check=True)
        cores = sorted(os.sched_getaffinity(0))
        self.server_core, self.client_core = cores[0], cores[-1]

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, server: str, **options: object) -> Report:
        """``options`` are the load client's; ``rooms=1`` is ``--rooms 1``."""
        if server == LIMIT:
            with self._limit() as (port, pid):
                return Report(self._load(port, pid, "any-token", options))
        with self._product(server) as (process, port):
            token = asyncio.run(Rest(f"http://127.0.0.1:{port}").sign_up("Load")).token
            figures = self._load(port, process.process.pid, token, options)
            memory = psutil.Process(process.process.pid).memory_info().rss / 1e6
            return Report(figures, self._held(process) if server == "timed" else [], memory)

    def _load(self, port: int, pid: int, token: str, options: dict[str, object]) -> dict:
        flags = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", str(value))]
        call = [self._folder / "wsload", "--port", str(port), "--token", token, "--server-pid", str(pid), *flags]
        done = subprocess.run(
            call, capture_output=True, text=True, timeout=MAX_SECONDS, preexec_fn=lambda: pin(0, self.client_core)
        )
        if not done.stdout:
            raise RuntimeError(f"The load client could not run: {done.stderr}")
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def _limit(self) -> Iterator[tuple[int, int]]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen([self._folder / "limit", str(port)], preexec_fn=lambda: pin(0, self.server_core))
        try:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port, process.pid
        finally:
            process.kill()
            process.wait()

    @contextlib.contextmanager
    def _product(self, variant: str) -> Iterator[tuple[ServerProcess, int]]:
        folder = Path(tempfile.mkdtemp(prefix="data-", dir=self._folder))
        for each in (self._folder, folder):
            each.chmod(0o755)
        self._held_file = folder / "held"
        server = ServerProcess(
            "--data-dir",
            str(folder),
            *ALLOWED,
            command=[sys.executable, *PRODUCTS[variant]],
            HELD_FILE=str(self._held_file),
        )
        try:
            process = psutil.Process(server.process.pid)
            pin_whole(process, self.server_core)
            for child in process.children(recursive=True):
                pin_whole(child, self.client_core)
            yield server, int(re.search(r":(\d+)$", server.url)[1])
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def _held(self, server: ServerProcess) -> list[tuple[float, float, str]]:
        server.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 10
        while not (self._held_file.exists() and self._held_file.read_text().endswith("\n")):
            if time.monotonic() > deadline:
                raise RuntimeError("The server does not say how long its loop was held")
            time.sleep(0.05)
        return [tuple(row) for row in json.loads(self._held_file.read_text().splitlines()[-1])]


def pin(pid: int, core: int) -> None:
    os.sched_setaffinity(pid, {core})


def pin_whole(process: psutil.Process, core: int) -> None:
    """All its threads; those to come inherit it."""
    for thread in process.threads():
        with contextlib.suppress(ProcessLookupError):
            pin(thread.id, core)
