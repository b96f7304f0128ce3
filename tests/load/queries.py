"""PostgreSQL's own time (EXPLAIN ANALYZE) for what people look at, with more and more answers in the database.

    python -m tests.load.queries [--users 100000] [--responses 10000 100000 1000000] [--repeat 51]

It asks through the very functions that the server asks through. For each it takes the worst there is: the person who
has taken the most quizzes, the quiz that most people have taken, and the middle of each leaderboard besides its
beginning. A request's time is the sum of its statements', planning included; the table has the medians. It ends with
exit status 1 where one is not under 20 ms, or where one grows faster than logarithmically: where a tenfold number of
answers adds more to it than the tenfold before did.
"""

import argparse
import asyncio
import math
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any

import psycopg2

from quizzler.store import stats
from quizzler.store.pool import Database, Row, connect
from tests.load.fill import database_url, fill, prepare

MOST_MILLISECONDS = 20.0
# What these times differ by from one run to the next, on a machine with other things to do.
NOISE_MILLISECONDS = 0.5

Request = Callable[["Explaining"], Awaitable[Any]]


class Explaining:
    """A database that also sums up what EXPLAIN ANALYZE says of each statement: ``milliseconds``, planning included,
    the ``blocks`` of 8 KiB that it looked at, and the ``rows`` that went through all steps of its plan or were thrown
    away there (those within SQL functions are not said)."""

    def __init__(self, database: Database):
        self._database = database
        self.milliseconds = 0.0
        self.blocks = 0
        self.rows = 0

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        [row] = await self._database.fetch(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        [explained] = row["QUERY PLAN"]
        self.milliseconds += explained["Planning Time"] + explained["Execution Time"]
        self.blocks += explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"]
        self.rows += rows_through(explained["Plan"])
        return await self._database.fetch(sql, params)

    async def fetch_one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        rows = await self.fetch(sql, params)
        return rows[0] if rows else None


def rows_through(step: dict) -> int:
    own = step["Actual Rows"] + sum(step[name] for name in step if name.startswith("Rows Removed"))
    return round(own * step["Actual Loops"]) + sum(map(rows_through, step.get("Plans", ())))


async def requests(database: Database) -> dict[str, Request]:
    """What is measured, by name, for the busiest person and quiz of this database."""
    user_id = await value(database, "SELECT user_id FROM user_stats ORDER BY trivia_count + private_count DESC LIMIT 1")
    quiz_id = await value(
        database, "SELECT quiz_id FROM quiz_stats GROUP BY quiz_id ORDER BY sum(attempts) DESC LIMIT 1"
    )
    middle_of_all = await cursor_in_the_middle(lambda limit: stats.global_leaderboard(database, limit, None))
    middle_of_quiz = await cursor_in_the_middle(lambda limit: stats.quiz_leaderboard(database, quiz_id, limit, None))

    async def global_leaderboard(explaining: Explaining, cursor: str | None) -> None:
        await stats.global_leaderboard(explaining, 50, cursor)
        await stats.ranked_users(explaining)

    async def quiz_leaderboard(explaining: Explaining, cursor: str | None) -> None:
        await stats.ranked_quiz(explaining, quiz_id)
        await stats.quiz_leaderboard(explaining, quiz_id, 50, cursor)

    async def user_statistics(explaining: Explaining) -> list[str]:
        await stats.sums(explaining, user_id)
        return [topic["topic"] for topic in await stats.topics_of(explaining, user_id)]

    async def profile(explaining: Explaining) -> None:
        topics = await user_statistics(explaining)
        await stats.history(explaining, user_id)
        await stats.recommendations(explaining, user_id, topics)
        await stats.position(explaining, user_id)

    return {
        "global leaderboard": lambda explaining: global_leaderboard(explaining, None),
        "global leaderboard, its middle": lambda explaining: global_leaderboard(explaining, middle_of_all),
        "a quiz's leaderboard": lambda explaining: quiz_leaderboard(explaining, None),
        "a quiz's leaderboard, its middle": lambda explaining: quiz_leaderboard(explaining, middle_of_quiz),
        "user statistics": user_statistics,
        "position": lambda explaining: stats.position(explaining, user_id),
        "profile": profile,
    }


async def cursor_in_the_middle(first: Callable[[int], Awaitable[tuple[list[Row], str | None]]]) -> str | None:
    everything, _ = await first(10**9)
    _, cursor = await first(max(1, len(everything) // 2))
    return cursor


async def value(database: Database, sql: str) -> Any:
    row = await database.fetch_one(sql)
    return next(iter(row.values()))


async def measure(urls: dict[int, str], repeat: int) -> dict[int, dict[str, float]]:
    """Milliseconds by number of responses and request, the median of so many, all of them in turn: whatever else the
    machine does meanwhile slows all alike."""
    databases = {size: await connect(url, size=1) for size, url in urls.items()}
    taken: dict[int, dict[str, list[float]]] = {size: {} for size in urls}
    todo = {size: await requests(database) for size, database in databases.items()}
    for _ in range(repeat):
        for size, database in databases.items():
            for name, request in todo[size].items():
                explaining = Explaining(database)
                await request(explaining)
                taken[size].setdefault(name, []).append(explaining.milliseconds)
    for database in databases.values():
        await database.close()
    return {size: {name: statistics.median(all_) for name, all_ in times.items()} for size, times in taken.items()}


def filled(url: str, users: int, size: int) -> str:
    """A new database beside that one, with so many people and responses; returns its address."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE load_{size}")
    connection.close()
    url = url.replace("/postgres?", f"/load_{size}?")
    asyncio.run(prepare(url))
    begun = time.perf_counter()
    counts = fill(url, users, size)
    print(*(f"{count:,} {what}" for what, count in counts.items()), end=" ", sep=", ", file=sys.stderr)
    print(f"in {time.perf_counter() - begun:.1f} s", file=sys.stderr)
    return url


def shortcomings(name: str, sizes: list[int], times: list[float]) -> list[str]:
    """In sentences."""
    found = [f"{name}: {taken:.2f} ms at {size:,}" for size, taken in zip(sizes, times) if taken >= MOST_MILLISECONDS]
    points = list(zip(map(math.log10, sizes), times))
    steps = [(later[1] - sooner[1]) / (later[0] - sooner[0]) for sooner, later in pairwise(points)]
    for size, before, step in zip(sizes[2:], steps, steps[1:]):
        if step > max(before, 0.0) + NOISE_MILLISECONDS:
            found.append(f"{name}: up to {size:,} each tenfold adds {step:.2f} ms, {before:.2f} ms before that")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure statements in a database that grows.")
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--responses", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=51)
    given = parser.parse_args()
    sizes = sorted(given.responses)
    with database_url() as url:
        columns = asyncio.run(measure({size: filled(url, given.users, size) for size in sizes}, given.repeat))
    print(f"| ms, median of {given.repeat} |", " | ".join(f"{size:,} responses" for size in sizes), "|")
    print("|---|" + "---:|" * len(sizes))
    found = []
    for name in columns[sizes[0]]:
        times = [columns[size][name] for size in sizes]
        print(f"| {name} |", " | ".join(f"{taken:.2f}" for taken in times), "|")
        found += shortcomings(name, sizes, times)
    print(*found, sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
