"""``quizzler`` that notes how long each piece of work held its loop.

    python -m tests.load.held serve --port 8001

SIGUSR1 appends a line of JSON to the file that ``HELD_FILE`` names: the longest pieces since the last one, longest
first, as ``[milliseconds, milliseconds of CPU, what]``. On a machine that does other things too the two differ: a
process that waits for its core holds nobody up by its own work.
"""

import asyncio
import heapq
import json
import os
import signal
import sys
import time

from quizzler.cli import main

LONGEST = 5
WORTH_NOTING = 0.002  # seconds


def watch(path: str) -> None:
    """From here on in this process."""
    longest: list[tuple[float, float, str]] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun, used = time.perf_counter(), time.thread_time()
        run(handle)
        held = time.perf_counter() - begun
        if held > WORTH_NOTING:
            heapq.heappush(longest, (held, time.thread_time() - used, what(handle)))
            if len(longest) > LONGEST:
                heapq.heappop(longest)

    def report(*_: object) -> None:
        with open(path, "a", encoding="utf-8") as file:
            rows = [[round(1000 * held, 2), round(1000 * used, 2), name] for held, used, name in longest]
            file.write(json.dumps(sorted(rows, reverse=True)) + "\n")
        longest.clear()

    asyncio.Handle._run = timed
    signal.signal(signal.SIGUSR1, report)


def what(handle: asyncio.Handle) -> str:
    owner = getattr(handle._callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return owner.get_coro().__qualname__
    return getattr(handle._callback, "__qualname__", repr(handle._callback))


if __name__ == "__main__":
    watch(os.environ["HELD_FILE"])
    sys.exit(main())
