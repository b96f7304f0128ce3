"""``quizzler`` that tells how much it holds.

    python -m tests.soak.server serve --port 8001

SIGUSR1 appends a line of JSON to the file that ``SIZES_FILE`` names: the tasks and timers of its loop, and the length
of every collection that its services keep, by where it is: ``services.registry._rooms``. Nobody has to name a new one.
"""

import asyncio
import gc
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

from quizzler.app import Quizzler
from quizzler.cli import main

COLLECTIONS = (dict, list, set, deque)
# What is made by the source alone, and the routes.
SETTLED = ("application", "services.settings")


def sizes(holder: Any, path: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, int]]:
    """Of all collections that objects of ours hold, from that one inwards, but not within collections."""
    seen = set() if seen is None else seen
    if id(holder) in seen or path in SETTLED:
        return
    seen.add(id(holder))
    for name in (*getattr(holder, "__dict__", ()), *getattr(type(holder), "__slots__", ())):
        value, place = getattr(holder, name, None), f"{path}.{name}".removeprefix(".")
        if isinstance(value, COLLECTIONS):
            yield place, sum(each is not None for each in value)
        elif type(value).__module__.startswith("quizzler.") or name == "server":
            yield from sizes(value, place, seen)


def watch(path: str) -> None:
    """From here on in this process."""
    start = Quizzler.start

    async def start_watched(server: Quizzler, sockets: Any) -> None:
        loop = asyncio.get_running_loop()

        def report() -> None:
            told = {
                "tasks": len(asyncio.all_tasks(loop)),
                "timers": sum(not timer.cancelled() for timer in loop._scheduled),
                "objects": len(gc.get_objects()),
                **dict(sizes(server)),
            }
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")

        loop.add_signal_handler(signal.SIGUSR1, report)
        await start(server, sockets)

    Quizzler.start = start_watched


if __name__ == "__main__":
    watch(os.environ["SIZES_FILE"])
    sys.exit(main())
