"""What a server's process holds, looked at from time to time, and whether it grew."""

import asyncio
import json
import re
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from tests.processes import ServerProcess

PATIENCE = 10.0
# A collection that is longer at the end of a run than at its middle by more than this share and so many may be growing.
GROWTH, SLACK = 0.25, 20


@dataclass
class Sample:
    """``at`` in seconds from the beginning; ``held`` is what the server tells of itself. Memory in MB: ``rss`` is all
    that the process has, ``own`` what it asked for. USS would change with who else has the same files open."""

    at: float
    rss: float
    own: float
    descriptors: int
    held: dict[str, int]


class Probe:
    """Looks into a server that was started with ``environment``."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="quizzler-soak-")
        self._file = Path(self._folder.name) / "sizes"
        self._told = 0
        self.samples: list[Sample] = []

    @property
    def environment(self) -> dict[str, str]:
        return {"SIZES_FILE": str(self._file)}

    def attach(self, server: ServerProcess) -> None:
        self._process = psutil.Process(server.process.pid)
        self._begun = asyncio.get_running_loop().time()

    async def look(self) -> Sample:
        self._process.send_signal(signal.SIGUSR1)
        held = await asyncio.wait_for(self._next_line(), PATIENCE)
        at = asyncio.get_running_loop().time() - self._begun
        rss, own = (megabytes(self._process.pid, name) for name in ("VmRSS", "RssAnon"))
        self.samples.append(Sample(at, rss, own, self._process.num_fds(), held))
        return self.samples[-1]

    async def until(self, reached, seconds: float) -> Sample:
        """Looks until a sample is as it should be, or the time is up; returns the last one."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not reached(sample := await self.look()) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.5)
        return sample

    async def _next_line(self) -> dict[str, int]:
        while True:
            lines = self._file.read_text().splitlines(keepends=True) if self._file.exists() else []
            if len(lines) > self._told and lines[-1].endswith("\n"):
                self._told = len(lines)
                return json.loads(lines[-1])
            await asyncio.sleep(0.02)


# What is kept on purpose, all of it bounded: by the routes and errors that there are, by a window of time, or by a number.
KEPT = (
    "_front._requests",
    "services.admission.",
    "services.guesses.",
    "services.health.lag.",
    "services.registry._former._codes",
    "services.registry.counts.",
)


def megabytes(pid: int, name: str) -> float:
    """Of a line of the process's status (proc(5))."""
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 / 1e6


def left_over(before: Sample, after: Sample) -> dict[str, tuple[int, int]]:
    """What there is more of than before anybody came: (before, after)."""
    counts = {"descriptors": (before.descriptors, after.descriptors)}
    for name, value in after.held.items():
        if name not in ("objects", "timers") and not name.startswith(KEPT):
            counts[name] = (before.held.get(name, 0), value)
    return {name: pair for name, pair in counts.items() if pair[1] > pair[0]}


def growing(samples: list[Sample]) -> dict[str, tuple[int, int]]:
    """Collections whose middle value in the last quarter is above that in the second one: (then, now)."""
    quarter = len(samples) // 4
    second, last = samples[quarter : 2 * quarter], samples[-quarter:]
    found = {}
    for name in samples[-1].held:
        # Objects are those too that wait for the garbage collector, which looks at the old ones rarely: memory tells.
        if name == "objects" or name.startswith(KEPT):
            continue
        then, now = (round(median(sample.held.get(name, 0) for sample in part)) for part in (second, last))
        if now > then * (1 + GROWTH) + SLACK:
            found[name] = (then, now)
    return found
