"""A day in ten minutes: does the server hold more at the end than at the beginning?

    python -m tests.soak [--minutes 10] [--rooms 100] [--intruders 100] [--pace 10]

A real server process with a private PostgreSQL; rooms open and close all the time, with joins, leaves, people who come
back, sign-ins, and hostile clients among them. Every ten seconds: memory, descriptors, tasks, and the length of every
collection that the server keeps. Exit status 1 where memory in the last minute is more than 5 % above that of the
second, something grows, or anything is left over when all have gone.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.attacks.conftest import LOOSE_ENVIRONMENT
from tests.attacks.raw import allow_descriptors
from tests.processes import ServerProcess
from tests.soak.evening import Evening
from tests.soak.measure import Probe, Sample, growing, left_over

EVERY = 10.0
MEMORY = {"rss": "RSS", "own": "Its own memory"}
MOST_MEMORY = 0.05
# Seconds until everything of people who have gone has to be gone as well: half-read requests have 60.
AFTERWARDS = 90.0
# What is quicker than in life, so that ten minutes are a day.
SETTINGS = {
    "CLEANUP_INTERVAL": "5",
    "HEARTBEAT_INTERVAL": "5",
    "HEARTBEAT_TIMEOUT": "20",
    "HOST_GRACE": "5",
    "DATABASE_POOL_SIZE": "4",
}
SHOWN = {
    "rooms": "services.registry._rooms",
    "sockets": "services.switchboard._connections",
    "requests": "server._connections",
    "visitors": "_front._visitors",
    "journal": "services.journal._held",
}


def heading() -> str:
    names = ["s", "RSS MB", "own MB", "descriptors", "tasks", "timers", "objects", *SHOWN]
    return "| " + " | ".join(names) + " |\n|" + "---:|" * len(names)


def row(sample: Sample) -> str:
    held = [sample.held.get(name, 0) for name in ("tasks", "timers", "objects", *SHOWN.values())]
    cells = [f"{sample.at:.0f}", f"{sample.rss:.1f}", f"{sample.own:.1f}", sample.descriptors, *held]
    return "| " + " | ".join(map(str, cells)) + " |"


async def soak(given: argparse.Namespace) -> list[str]:
    """What is wrong."""
    folder = Path(tempfile.mkdtemp(prefix="quizzler-soak-"))
    folder.chmod(0o755)
    probe = Probe()
    environment = {"MAX_ROOMS": str(given.rooms + 20), **SETTINGS, **LOOSE_ENVIRONMENT, **probe.environment}
    command = [sys.executable, "-m", "tests.soak.server"]
    server = ServerProcess("--data-dir", str(folder), command=command, **environment)
    try:
        probe.attach(server)
        evening = Evening(
            server.url, rooms=given.rooms, intruders=given.intruders, pace=given.pace, sign_in_every=given.pace / 10
        )
        await evening.warm_up()
        before = await probe.until(lambda sample: sample.held["server._connections"] == 0, AFTERWARDS)
        print(heading(), row(before), sep="\n", flush=True)
        going_on = asyncio.create_task(evening.go_on(60 * given.minutes))
        during = []
        while not going_on.done():
            await asyncio.wait({going_on}, timeout=EVERY)
            if not going_on.done():
                during.append(await probe.look())
                print(row(during[-1]), flush=True)
        await going_on
        print("Everybody has gone.", flush=True)
        after = await probe.until(lambda sample: not left_over(before, sample), AFTERWARDS)
        print(row(after))
        print(f"\n{dict(sorted(evening.done.items()))}")
        return judged(before, during, after, evening, server.errors())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def judged(before: Sample, during: list[Sample], after: Sample, evening: Evening, log: str) -> list[str]:
    minute = round(60 / EVERY)
    wrong = [f"{len(evening.wrong)} games went wrong: {evening.wrong[:3]}"] if evening.wrong else []
    wrong += [f"In the log: {line}" for line in log.splitlines() if " ERROR " in line or "Traceback" in line][:5]
    for name in ("rss", "own"):
        then = median(getattr(sample, name) for sample in during[minute : 2 * minute])
        now = median(getattr(sample, name) for sample in during[-minute:])
        print(
            f"{MEMORY[name]}: {then:.1f} MB in the second minute, {now:.1f} MB in the last one, {now / then - 1:+.1%}"
        )
        if now > then * (1 + MOST_MEMORY):
            wrong.append(f"{MEMORY[name]} grew by {now / then - 1:.1%}, the bar is {MOST_MEMORY:.0%}")
    wrong += [f"{name} grows: {then}, later {now}" for name, (then, now) in growing(during).items()]
    wrong += [f"{name} left over: {then} before, {now} after" for name, (then, now) in left_over(before, after).items()]
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rooms", type=int, default=100)
    parser.add_argument("--intruders", type=int, default=100)
    parser.add_argument("--pace", type=float, default=10.0, help="seconds from one room to the next in its place")
    given = parser.parse_args()
    if given.minutes < 3:
        parser.error("the second and the last minute are compared: 3 minutes are the least")
    allow_descriptors(8_000)
    wrong = asyncio.run(soak(given))
    print("\nNothing grew, and nothing is left over." if not wrong else "\n" + "\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
