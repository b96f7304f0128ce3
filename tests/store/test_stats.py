"""Ranks, totals and pages, held against counting everything one by one."""

import asyncio
import random

import pytest

from quizzler.errors import Invalid
from quizzler.game.questions import Question, SingleChoice
from quizzler.store import admin, attempts, quizzes, stats
from quizzler.store.migrate import FOLDER, migrate
from quizzler.store.pool import connect
from tests.attempts import add_attempt, add_quiz, add_rating, add_user
from tests.conftest import administer, database_url_of

# Ratings on both sides of every boundary between the ranges that are counted, and far apart.
EDGES = [0, 1, 62, 63, 64, 65, 127, 128, 4095, 4096, 4097, 262_143, 262_144, 64**4 - 1, 64**4, 64**5, 64**6, 64**6 + 1]


async def ranks_by_counting(database) -> dict[str, int]:
    rows = await database.fetch(
        "SELECT user_id, rank() OVER (ORDER BY total_rating DESC) AS rank FROM user_stats WHERE trivia_count > 0"
    )
    return {row["user_id"]: row["rank"] for row in rows}


async def all_positions(database, users: list[str]) -> dict[str, dict]:
    found = {user_id: await stats.position(database, user_id) for user_id in users}
    return {user_id: position for user_id, position in found.items() if position is not None}


async def assert_ranks_are_right(database, users: list[str]) -> None:
    counted = await ranks_by_counting(database)
    positions = await all_positions(database, users)
    assert {user_id: position["rank"] for user_id, position in positions.items()} == counted
    assert all(position["total_users"] == len(counted) for position in positions.values())
    assert await stats.ranked_users(database) == len(counted)


class TestRank:
    async def test_is_what_counting_gives_at_every_boundary(self, database):
        ratings = EDGES + EDGES[::3]
        users = [await add_user(database, f"User{number}") for number in range(len(ratings))]
        for user_id, rating in zip(users, ratings):
            await add_rating(database, user_id, rating)
        await assert_ranks_are_right(database, users)
        assert sorted((await ranks_by_counting(database)).values())[0] == 1

    async def test_follows_every_kind_of_change(self, database):
        dice = random.Random(7)
        users = [await add_user(database, f"User{number}") for number in range(30)]
        for user_id in users:
            await add_rating(database, user_id, dice.randrange(200))
        for _ in range(40):
            await database.execute(
                "UPDATE user_stats SET total_rating = total_rating + %s WHERE user_id = %s",
                (dice.randrange(5000), dice.choice(users)),
            )
        await assert_ranks_are_right(database, users)
        await database.execute("UPDATE user_stats SET total_rating = total_rating + 64")
        await database.execute("DELETE FROM users WHERE id = ANY (%s::uuid[])", (users[:5],))
        await assert_ranks_are_right(database, users)
        await database.execute("UPDATE user_stats SET trivia_count = 0 WHERE user_id = %s", (users[10],))
        await assert_ranks_are_right(database, users)
        assert await stats.position(database, users[10]) is None
        await database.execute("DELETE FROM user_stats")
        assert await stats.ranked_users(database) == 0

    async def test_change_that_is_rolled_back_counts_for_nothing(self, database):
        ann, bob = await add_user(database, "Ann"), await add_user(database, "Bob")
        await add_rating(database, ann, 10)
        with pytest.raises(ZeroDivisionError):
            async with database.transaction() as transaction:
                await add_rating(transaction, bob, 20)
                assert (await stats.position(transaction, ann))["rank"] == 2
                raise ZeroDivisionError
        assert (await stats.position(database, ann))["rank"] == 1

    async def test_private_quizzes_give_none(self, database):
        ann = await add_user(database, "Ann")
        await add_rating(database, ann, 0, trivia_count=0, private_count=3)
        assert await stats.position(database, ann) is None
        assert await stats.global_leaderboard(database, 10, None) == ([], None)


class TestSubmitsAtOnce:
    async def test_are_all_counted(self, database):
        creator = await add_user(database, "Creator")
        question = Question("2 + 2?", SingleChoice(("3", "4"), 1))
        columns = {"title": "Sums", "description": "", "is_trivia": True, "topic": "Numbers", "difficulty": "easy"}
        schedule = {"start_time": None, "end_time": None, "duration": 10}
        marks = {"positive_mark": 1.0, "negative_mark": 0.0, "navigation_type": "omni", "tab_switch_exit": False}
        quiz_id = await quizzes.create(database, {**columns, **schedule, **marks}, [question], creator_id=creator)
        [(question_id, _)] = await quizzes.questions(database, quiz_id)
        users = [await add_user(database, f"User{number}") for number in range(40)]

        async def take(user_id: str, option: int) -> None:
            await attempts.start(database, quiz_id, user_id)
            await attempts.submit(database, quiz_id, user_id, {question_id: option})

        await asyncio.gather(*(take(user_id, number % 2) for number, user_id in enumerate(users)))
        await assert_ranks_are_right(database, users)
        assert await stats.ranked_users(database) == (await stats.ranked_quiz(database, quiz_id))["participants"] == 40
        [listed], _ = await admin.quizzes(database, 10, None)
        assert (listed["total_attempts"], listed["average_score"]) == (40, 0.5)
        rows = await database.fetch("SELECT DISTINCT shard FROM quiz_stats")
        assert len(rows) > 1, "one connection did it all: nothing happened at once"


async def test_database_that_was_used_before_there_were_counts(postgres):
    administer(postgres, "CREATE DATABASE older")
    database = await connect(database_url_of(postgres, "older"), size=1)
    await database.execute(
        "CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz DEFAULT now())"
    )
    for path in sorted(FOLDER.glob("000[123]_*.sql")):
        await database.execute(path.read_text())
        await database.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (path.name,))
    users = [await add_user(database, name) for name in ("Ann", "Bob", "Eve")]
    quiz_id = await add_quiz(database)
    for user_id, rating in zip(users, (70, 110, 70)):
        await add_attempt(database, quiz_id, user_id, 6, rating=rating)
        await add_rating(database, user_id, rating)

    assert "0004_standings.sql" in await migrate(database)
    await assert_ranks_are_right(database, users)
    assert (await stats.position(database, users[2]))["rank"] == 2
    assert (await stats.ranked_quiz(database, quiz_id))["participants"] == 3
    await database.close()
    administer(postgres, "DROP DATABASE older WITH (FORCE)")


async def pages_of(fetch, limit: int) -> list[dict]:
    """All entries of a list, page by page."""
    entries, cursor = await fetch(limit, None)
    while cursor is not None:
        page, cursor = await fetch(limit, cursor)
        assert page
        entries += page
    return entries


class TestPages:
    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
    async def test_global_leaderboard_has_everyone_once_with_shared_ranks(self, database, limit):
        for number, rating in enumerate([50, 90, 50, 70, 50, 90, 10]):
            await add_rating(database, await add_user(database, f"User{number}"), rating)
        entries = await pages_of(lambda *page: stats.global_leaderboard(database, *page), limit)
        assert [(entry["rank"], entry["total_rating"]) for entry in entries] == [
            (1, 90), (1, 90), (3, 70), (4, 50), (4, 50), (4, 50), (7, 10),
        ]  # fmt: skip
        assert len({entry["user_id"] for entry in entries}) == 7

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
    async def test_quiz_leaderboard_puts_the_earlier_of_equal_scores_first(self, database, limit):
        quiz_id = await add_quiz(database)
        for number, (score, minute) in enumerate([(5, 3), (9.5, 2), (5, 1), (0, 0), (5, 1), (9.5, 9), (0, 8)]):
            await add_attempt(database, quiz_id, await add_user(database, f"User{number}"), score, minute=minute)
        entries = await pages_of(lambda *page: stats.quiz_leaderboard(database, quiz_id, *page), limit)
        assert [(entry["rank"], entry["score"], entry["submitted_at"].minute) for entry in entries] == [
            (1, 9.5, 2), (1, 9.5, 9), (3, 5, 1), (3, 5, 1), (3, 5, 3), (6, 0, 0), (6, 0, 8),
        ]  # fmt: skip
        assert len({entry["user_id"] for entry in entries}) == 7

    @pytest.mark.parametrize("limit", [1, 2, 5])
    async def test_admins_lists_have_everything_once(self, database, limit):
        users = [await add_user(database, f"User{number}") for number in range(5)]
        quiz_ids = [await add_quiz(database, f"Quiz {number}") for number in range(5)]
        for number, quiz_id in enumerate(quiz_ids):
            for user_id in users[: number % 3]:
                await add_attempt(database, quiz_id, user_id, 4)
        listed = await pages_of(lambda *page: admin.quizzes(database, *page), limit)
        assert [quiz["total_attempts"] for quiz in listed] == [2, 1, 1, 0, 0]
        assert {quiz["quiz_id"] for quiz in listed} == set(quiz_ids)
        people = await pages_of(lambda *page: admin.users(database, *page), limit)
        assert [person["user_id"] for person in people] == users[::-1]

    @pytest.mark.parametrize("cursor", ["x", "é", "W10=", "bnVsbA==", "WzEsMl0=", "WyJ4IiwieCIsMCwwXQ=="])
    async def test_cursor_of_another_list_is_refused(self, database, cursor):
        quiz_id = await add_quiz(database)
        for fetch in (
            lambda: stats.global_leaderboard(database, 5, cursor),
            lambda: stats.quiz_leaderboard(database, quiz_id, 5, cursor),
            lambda: admin.quizzes(database, 5, cursor),
            lambda: admin.users(database, 5, cursor),
        ):
            with pytest.raises(Invalid):
                await fetch()


class TestTotalsOfAQuiz:
    async def summary(self, database, quiz_id: str) -> tuple[int, float]:
        [quiz], _ = await admin.quizzes(database, 10, None)
        assert quiz["quiz_id"] == quiz_id
        assert (await stats.ranked_quiz(database, quiz_id))["participants"] == quiz["total_attempts"]
        return quiz["total_attempts"], quiz["average_score"]

    async def test_count_submitted_attempts_alone(self, database):
        quiz_id = await add_quiz(database)
        ann, bob = await add_user(database, "Ann"), await add_user(database, "Bob")
        await add_attempt(database, quiz_id, ann, 7)
        await database.execute(
            "INSERT INTO attempts (quiz_id, version, user_id, total_questions) VALUES (%s, 1, %s, 10)", (quiz_id, bob)
        )
        assert await self.summary(database, quiz_id) == (1, 7)
        await database.execute(
            "UPDATE attempts SET submitted_at = now(), score = 2, seconds = 5 WHERE user_id = %s", (bob,)
        )
        assert await self.summary(database, quiz_id) == (2, 4.5)

    async def test_keep_the_answers_of_a_deleted_account(self, database):
        quiz_id = await add_quiz(database)
        ann = await add_user(database, "Ann")
        await add_attempt(database, quiz_id, ann, 7)
        await database.execute("DELETE FROM users WHERE id = %s", (ann,))
        assert await self.summary(database, quiz_id) == (1, 7)
        [entry], _ = await stats.quiz_leaderboard(database, quiz_id, 10, None)
        assert (entry["user_id"], entry["user_name"], entry["email"]) == (None, stats.NOBODY, None)

    async def test_go_with_a_quiz_that_goes(self, database):
        ann, bob = await add_user(database, "Ann"), await add_user(database, "Bob")
        quiz_id = await add_quiz(database, creator_id=ann)
        await add_attempt(database, quiz_id, bob, 7)
        await database.execute("DELETE FROM quizzes WHERE id = %s", (quiz_id,))
        assert await stats.ranked_quiz(database, quiz_id) is None
        assert await database.fetch("SELECT * FROM quiz_stats") == []
