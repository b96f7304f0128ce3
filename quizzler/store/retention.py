"""Removes what ended long ago: games with their players, questions and answers, attempts with theirs, and journals of
games that nobody could end.

What was won by them stays: a person's totals, rating and rank (``user_stats``, ``rating_counts``), and a quiz's
popularity. What is counted from the rows that are there goes with them: a quiz's leaderboard, its number of
participants and its average (``quiz_stats``, by its triggers), and a person's history and topics. That somebody has
taken a quiz is remembered, without anything else, in ``past_attempts``.
"""

import asyncio
import time
from collections.abc import Collection, Coroutine
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

from quizzler.store.pool import Database, Row

T = TypeVar("T")

# For how many seconds in one clean-up: the rest is for the next one.
SECONDS = 20.0
# How many at a time. Each player's end looks through the game's answers, also those that are only just gone.
ANSWERS, PLAYERS, ATTEMPTS = 2_000, 100, 100

_ANSWERS = """
    DELETE FROM game_answers WHERE ctid = ANY (ARRAY(SELECT ctid FROM game_answers WHERE game_id = %s LIMIT %s))
"""
_PLAYERS = """
    DELETE FROM game_players WHERE ctid = ANY (ARRAY(SELECT ctid FROM game_players WHERE game_id = %s LIMIT %s))
"""
# One that was begun and never submitted ended when its time was over.
_ATTEMPTS = """
    WITH old AS (
        SELECT id FROM attempts
         WHERE started_at < now() - %s
           AND coalesce(submitted_at, started_at + duration * interval '1 minute') < now() - %s
         LIMIT %s FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM attempts USING old WHERE attempts.id = old.id RETURNING quiz_id, user_id),
    remembered AS (
        INSERT INTO past_attempts (quiz_id, user_id)
        SELECT quiz_id, user_id FROM gone WHERE user_id IS NOT NULL ON CONFLICT DO NOTHING)
    SELECT count(*) AS removed FROM gone
"""


_JOURNALS = """
    DELETE FROM journal WHERE game_id IN (
        SELECT game_id FROM journal WHERE game_id <> ALL (%s::uuid[])
         GROUP BY game_id HAVING max(at) < extract(epoch FROM now()) - %s)
    RETURNING game_id
"""


class Removed(NamedTuple):
    """How many."""

    games: int
    attempts: int
    journals: int


async def remove_old(
    database: Database, days: int, *, running: Collection[str] = (), seconds: float = SECONDS
) -> Removed:
    """Removes what ended more than so many days ago, and journals to which nothing was added for as long: of games that
    no version of this server could rebuild. ``running`` are the ids of games that go on. What does not fit into that
    time is left. Raises ``Unavailable``."""
    work = _Work(database, timedelta(days=days), time.monotonic() + seconds)
    return Removed(await work.games(), await work.attempts(), await work.journals(running))


class _Work:
    def __init__(self, database: Database, age: timedelta, until: float):
        self._database = database
        self._age = age
        self._until = until

    async def games(self) -> int:
        removed = 0
        while game := await self._next_game():
            for statement, size in ((_ANSWERS, ANSWERS), (_PLAYERS, PLAYERS)):
                while await self._slowly(self._database.execute(statement, (game["id"], size))):
                    pass
            if self._is_over:
                return removed
            removed += await self._database.execute("DELETE FROM games WHERE id = %s", (game["id"],))
        return removed

    async def attempts(self) -> int:
        removed = 0
        while row := await self._slowly(self._database.fetch_one(_ATTEMPTS, (self._age, self._age, ATTEMPTS))):
            if not row["removed"]:
                break
            removed += row["removed"]
        return removed

    async def journals(self, running: Collection[str]) -> int:
        removed = await self._slowly(self._database.fetch(_JOURNALS, (list(running), self._age.total_seconds())))
        return len({row["game_id"] for row in removed or ()})

    async def _next_game(self) -> Row | None:
        """Without its host from here on: nobody sees half a report."""
        return await self._slowly(
            self._database.fetch_one(
                """UPDATE games SET host_id = NULL
                    WHERE id = (SELECT id FROM games WHERE ended_at < now() - %s LIMIT 1) RETURNING id""",
                (self._age,),
            )
        )

    @property
    def _is_over(self) -> bool:
        return time.monotonic() >= self._until

    async def _slowly(self, statement: Coroutine[Any, Any, T]) -> T | None:
        """Then the database is left to the live games for as long as that took. None where there is no time left."""
        if self._is_over:
            statement.close()
            return None
        began = time.monotonic()
        result = await statement
        await asyncio.sleep(time.monotonic() - began)
        return result
