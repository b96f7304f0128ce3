"""What one quiet commit costs, layer by layer: the floor under everything that is durable before anyone sees it.

    python -m tests.load.commit_floor [--times 51]

This process has one core, PostgreSQL the other, and both are asleep before each try, as in a room where a question is
asked now and then. Medians in milliseconds.
"""

import argparse
import asyncio
import os
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable

import psutil
import psycopg2

from quizzler.game.events import HostReturned
from quizzler.store import journal
from quizzler.store.pool import connect
from tests.load.contest import pin_whole
from tests.load.fill import database_url, prepare

PAUSE = 0.1  # seconds before each try


async def typical(times: int, work: Callable[[int], Awaitable[None] | None]) -> float:
    taken = []
    for number in range(times):
        await asyncio.sleep(PAUSE)
        begun = time.perf_counter()
        if (waiting := work(number)) is not None:
            await waiting
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


async def measure(url: str, times: int) -> dict[str, float]:
    database = await connect(url, size=1)
    await database.fetch("SELECT 1")
    connection = psycopg2.connect(url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE numbers (number integer)")
    cores = sorted(os.sched_getaffinity(0))
    me = psutil.Process()
    for child in me.children(recursive=True):
        pin_whole(child, cores[-1])
    pin_whole(me, cores[0])
    game_id = str(uuid.uuid4())
    found = {
        "there and back: `SELECT 1`, synchronous": await typical(times, lambda _: cursor.execute("SELECT 1")),
        "one row of one column, synchronous": await typical(
            times, lambda number: cursor.execute("INSERT INTO numbers VALUES (%s)", (number,))
        ),
        "the journal's statement, through the pool": await typical(
            times, lambda number: journal.append(database, [(game_id, number, time.time(), HostReturned())])
        ),
    }
    cursor.execute("SET synchronous_commit = off")
    found["one row of one column, without waiting for the disk"] = await typical(
        times, lambda number: cursor.execute("INSERT INTO numbers VALUES (%s)", (number,))
    )
    connection.close()
    await database.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=51)
    given = parser.parse_args()
    with database_url() as url:
        asyncio.run(prepare(url))
        found = asyncio.run(measure(url, given.times))
    print("| | ms |\n|---|---:|")
    for what, milliseconds in sorted(found.items(), key=lambda item: item[1]):
        print(f"| {what} | {milliseconds:.2f} |")


if __name__ == "__main__":
    main()
