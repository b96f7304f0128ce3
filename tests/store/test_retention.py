"""What RETENTION_DAYS removes, what it leaves, and that the sums still are what counting gives."""

import asyncio
import time
import uuid

import pytest

from quizzler.errors import Invalid
from quizzler.store import attempts, games, retention, stats
from quizzler.store.contents import contents
from tests.attempts import add_quiz, add_user

DAYS = 30


async def add_game(database, host_id: str, days_ago: float, *, players: int = 3, questions: int = 2) -> str:
    """A game that ended so long ago, everybody's answer to every question right."""
    game_id = str(uuid.uuid4())
    await database.execute(
        """INSERT INTO games (id, host_id, quiz_title, room_code, started_at, ended_at, player_count, question_count)
           VALUES (%s, %s, 'Capitals', 'ABCDEFGH', now(), now() - %s * interval '1 day', %s, %s)""",
        (game_id, host_id, days_ago, players, questions),
    )
    for statement, numbers in (
        (
            """INSERT INTO game_questions SELECT %s, n, 'Oslo?', 'single', '{"options": ["a"], "correct": 0}', 20, now()
                 FROM generate_series(0, %s - 1) AS n""",
            (questions,),
        ),
        ("INSERT INTO game_players SELECT %s, n, 'Player ' || n, 100, 1 FROM generate_series(1, %s) AS n", (players,)),
        (
            """INSERT INTO game_answers SELECT %s, question, player, '0', true, 100, 1
                 FROM generate_series(0, %s - 1) AS question, generate_series(1, %s) AS player""",
            (questions, players),
        ),
    ):
        await database.execute(statement, (game_id, *numbers))
    return game_id


async def take(database, quiz_id: str, user_id: str, *, days_ago: float) -> None:
    """Starts the quiz, submits it, and moves that into the past."""
    started = await attempts.start(database, quiz_id, user_id)
    await attempts.submit(database, quiz_id, user_id, {question_id: 0 for question_id, _ in started["questions"]})
    await move(database, quiz_id, user_id, days_ago)


async def move(database, quiz_id: str, user_id: str, days_ago: float) -> None:
    await database.execute(
        """UPDATE attempts SET started_at = started_at - %s * interval '1 day',
                               submitted_at = submitted_at - %s * interval '1 day'
            WHERE quiz_id = %s AND user_id = %s""",
        (days_ago, days_ago, quiz_id, user_id),
    )


async def add_questions(database, quiz_id: str) -> str:
    await database.execute(
        """INSERT INTO questions (quiz_id, position, text, kind, body, time_limit)
           SELECT %s, n, 'Oslo?', 'single_choice', '{"kind": "single_choice", "options": ["a", "b"], "correct": 0}', 20
             FROM generate_series(0, 2) AS n""",
        (quiz_id,),
    )
    return quiz_id


async def count(database, table: str) -> int:
    return (await database.fetch_one(f"SELECT count(*) FROM {table}"))["count"]


class TestGames:
    async def test_old_ones_go_with_all_that_belongs_to_them(self, database):
        ann = await add_user(database, "Ann")
        old, new = [await add_game(database, ann, days) for days in (DAYS + 0.01, DAYS - 0.01)]
        assert await retention.remove_old(database, DAYS) == (1, 0, 0)
        assert await games.by_id(database, old) is None
        report = await games.by_id(database, new)
        assert len(report["players"]) == 3 and [len(asked["answers"]) for asked in report["questions"]] == [3, 3]
        for table, left in (("game_players", 3), ("game_questions", 2), ("game_answers", 6)):
            assert await count(database, table) == left
        assert await retention.remove_old(database, DAYS) == (0, 0, 0)

    async def test_what_there_is_no_time_for_is_left_for_the_next_clean_up(self, database):
        ann = await add_user(database, "Ann")
        for _ in range(3):
            await add_game(database, ann, 2 * DAYS)
        assert await retention.remove_old(database, DAYS, seconds=0) == (0, 0, 0)
        assert len((await games.of_host(database, ann, 10, None))[0]) == 3
        assert await retention.remove_old(database, DAYS) == (3, 0, 0)

    async def test_of_thousands_holds_up_nobody(self, database):
        """While it is removed, a statement of others and the loop itself come through."""
        ann = await add_user(database, "Ann")
        await add_game(database, ann, 2 * DAYS, players=2_000, questions=10)
        removing = asyncio.create_task(retention.remove_old(database, DAYS, seconds=60))
        slowest = turns = 0
        while not removing.done():
            began = time.monotonic()
            await database.fetch_one("SELECT count(*) FROM users")
            slowest, turns = max(slowest, time.monotonic() - began), turns + 1
        assert await removing == (1, 0, 0) and await count(database, "game_answers") == 0
        assert turns > 20 and slowest < 1.0, (turns, slowest)


class TestJournals:
    """Of games that no server could rebuild: they hold names and addresses too."""

    async def add(self, database, *days_ago: float) -> str:
        game_id = str(uuid.uuid4())
        for seq, days in enumerate(days_ago):
            await database.execute(
                "INSERT INTO journal VALUES (%s, %s, extract(epoch FROM now()) - %s * 86400, '{}')", (game_id, seq, days)
            )
        return game_id

    async def left(self, database) -> set[str]:
        return {row["game_id"] for row in await database.fetch("SELECT game_id FROM journal")}

    async def test_old_ones_go_and_those_of_running_games_stay(self, database):
        await self.add(database, DAYS + 2, DAYS + 1)
        young, running = await self.add(database, DAYS + 2, DAYS - 1), await self.add(database, DAYS + 2, DAYS + 1)
        assert await retention.remove_old(database, DAYS, running=[running]) == (0, 0, 1)
        assert await self.left(database) == {young, running}
        assert await retention.remove_old(database, DAYS) == (0, 0, 1)
        assert await self.left(database) == {young}


class TestAttempts:
    @pytest.fixture
    async def quiz(self, database) -> str:
        return await add_questions(database, await add_quiz(database))

    async def test_old_ones_go_and_what_was_won_stays(self, database, quiz):
        people = [await add_user(database, name) for name in ("Ann", "Bob", "Cleo")]
        for user_id, days_ago in zip(people, (2 * DAYS, DAYS + 1, 1)):
            await take(database, quiz, user_id, days_ago=days_ago)
        before = [(await stats.position(database, user_id), await stats.sums(database, user_id)) for user_id in people]
        assert await retention.remove_old(database, DAYS) == (0, 2, 0)
        after = [(await stats.position(database, user_id), await stats.sums(database, user_id)) for user_id in people]
        assert after == before and before[0][0]["total_users"] == 3
        assert await stats.history(database, people[0]) == []
        assert len((await stats.global_leaderboard(database, 10, None))[0]) == 3

    async def test_leaderboard_of_the_quiz_is_what_counting_gives(self, database, quiz):
        for number in range(5):
            await take(database, quiz, await add_user(database, f"User{number}"), days_ago=DAYS * number)
        assert await retention.remove_old(database, DAYS) == (0, 4, 0)
        assert (await stats.ranked_quiz(database, quiz))["participants"] == 1
        assert len((await stats.quiz_leaderboard(database, quiz, 10, None))[0]) == 1
        kept = await database.fetch_one("SELECT sum(attempts) AS n, sum(total_score) AS score FROM quiz_stats")
        counted = await database.fetch_one("SELECT count(*) AS n, sum(score) AS score FROM attempts")
        assert kept == counted
        assert await count(database, "responses") == 3

    async def test_nobody_takes_the_same_quiz_twice(self, database, quiz):
        ann = await add_user(database, "Ann")
        await take(database, quiz, ann, days_ago=2 * DAYS)
        assert await retention.remove_old(database, DAYS) == (0, 1, 0)
        with pytest.raises(Invalid, match="You have already attempted this quiz"):
            await attempts.start(database, quiz, ann)
        assert await stats.recommendations(database, ann, []) == []
        await database.execute("DELETE FROM users")
        assert await count(database, "past_attempts") == 0

    async def test_one_under_way_stays_until_its_time_is_long_over(self, database, quiz):
        ann = await add_user(database, "Ann")
        await attempts.start(database, quiz, ann)
        await move(database, quiz, ann, DAYS - 1)
        assert await retention.remove_old(database, DAYS) == (0, 0, 0)
        await move(database, quiz, ann, 2)
        assert await retention.remove_old(database, DAYS) == (0, 1, 0)

    async def test_more_than_fit_into_a_batch(self, database, quiz):
        await database.execute(
            """WITH people AS (INSERT INTO users (email, name, password_hash)
                               SELECT n || '@example.org', n::text, '' FROM generate_series(1, 250) AS n RETURNING id)
               INSERT INTO attempts (quiz_id, version, user_id, started_at, submitted_at, total_questions, score)
               SELECT %s, 1, id, now() - interval '1 year', now() - interval '1 year', 3, 1 FROM people""",
            (quiz,),
        )
        assert await retention.remove_old(database, DAYS) == (0, 250, 0)
        assert await count(database, "past_attempts") == 250


class TestSetting:
    async def test_clean_up_removes_what_is_older(self, database, hall_with):
        ann = await add_user(database, "Ann")
        await add_game(database, ann, 2)
        await hall_with(retention_days=1, cleanup_interval=0.1)
        async with asyncio.timeout(10):
            while await count(database, "games"):
                await asyncio.sleep(0.02)

    async def test_without_it_everything_is_kept(self, database, database_url, hall_with):
        await add_game(database, await add_user(database, "Ann"), 10_000)
        await database.execute("INSERT INTO revoked_tokens VALUES ('a', now() - interval '1 day')")
        await hall_with(cleanup_interval=0.1)
        async with asyncio.timeout(10):
            while await count(database, "revoked_tokens"):  # so there was a clean-up
                await asyncio.sleep(0.02)
        assert (await asyncio.to_thread(contents, database_url))["public.game_answers"][0] == 6
