"""The end of an account in PostgreSQL: what stays, what goes, and what happens at the same moment."""

import asyncio
from datetime import UTC, datetime

import pytest

from quizzler.errors import NotFound
from quizzler.game.questions import Question, SingleChoice
from quizzler.store import accounts, attempts, quizzes, stats, users
from quizzler.store.pool import Database, Row
from tests.store.test_quizzes import a_quiz, trivia

ASKED = [Question("Where?", SingleChoice(("Bergen", "Oslo"), 1))]


async def add(database: Database, name: str) -> Row:
    return await users.create(database, email=f"{name.lower()}@example.org", name=name, password_hash="a hash")


@pytest.fixture
async def ada(database: Database) -> Row:
    return await add(database, "Ada")


@pytest.fixture
async def bob(database: Database) -> Row:
    return await add(database, "Bob")


async def delete(database: Database, user: Row) -> bool:
    return await accounts.delete(database, user["id"], as_of=user["signed_out_before"])


async def make(database: Database, user: Row, quiz: Row | None = None) -> str:
    return await quizzes.create(database, quiz or a_quiz(), ASKED, creator_id=user["id"])


async def take(database: Database, quiz_id: str, user: Row) -> None:
    attempt = await attempts.start(database, quiz_id, user["id"])
    await attempts.submit(database, quiz_id, user["id"], {id: 1 for id, _ in attempt["questions"]})


async def kept(database: Database, quiz_id: str) -> tuple | None:
    row = await database.fetch_one("SELECT creator_id, is_active FROM quizzes WHERE id = %s", (quiz_id,))
    return row and (row["creator_id"], row["is_active"])


async def test_quiz_of_nobody_else_goes(database, ada):
    untouched, own = await make(database, ada), await make(database, ada)
    await take(database, own, ada)
    assert await delete(database, ada)
    assert await kept(database, untouched) is None and await kept(database, own) is None
    assert await database.fetch("SELECT FROM questions") == await database.fetch("SELECT FROM attempts") == []


async def test_quiz_that_others_have_answered_stays_for_them_and_for_nobody_new(database, ada, bob):
    quiz_id = await make(database, ada)
    await take(database, quiz_id, bob)
    assert await delete(database, ada)
    assert await kept(database, quiz_id) == (None, False)
    assert (await attempts.finished(database, quiz_id, bob["id"]))["score"] == 1
    assert await attempts.start(database, quiz_id, (await add(database, "Eve"))["id"]) is None


async def test_quiz_that_somebody_is_taking_can_be_handed_in(database, ada, bob):
    quiz_id = await make(database, ada)
    attempt = await attempts.start(database, quiz_id, bob["id"])
    assert await delete(database, ada)
    right = {id: 1 for id, _ in attempt["questions"]}
    assert (await attempts.submit(database, quiz_id, bob["id"], right))["score"] == 1


async def test_quiz_that_was_answered_by_somebody_who_is_gone_stays_too(database, ada, bob):
    quiz_id = await make(database, ada)
    await take(database, quiz_id, bob)
    assert await delete(database, bob) and await delete(database, ada)
    assert await kept(database, quiz_id) == (None, False)


async def test_public_trivia_goes_on_being_played(database, ada, bob):
    quiz_id = await make(database, ada, trivia("Rivers"))
    assert await delete(database, ada)
    assert await kept(database, quiz_id) == (None, True)
    assert (await quizzes.playable(database, quiz_id, bob["id"]))["title"]
    await take(database, quiz_id, bob)


async def test_trivia_that_was_deleted_before_goes_unless_somebody_took_it(database, ada, bob):
    ids = [await make(database, ada, trivia(title)) for title in ("Rivers", "Lakes")]
    await take(database, ids[0], bob)
    for quiz_id in ids:
        await quizzes.deactivate(database, quiz_id, creator_id=ada["id"])
    assert await delete(database, ada)
    assert [await kept(database, quiz_id) for quiz_id in ids] == [(None, False), None]


async def test_submitted_answers_stay_without_a_name_and_those_under_way_go(database, ada, bob):
    done, begun = await make(database, ada), await make(database, ada)
    await take(database, done, bob)
    attempt = await attempts.start(database, begun, bob["id"])
    await attempts.save(database, begun, bob["id"], {id: 1 for id, _ in attempt["questions"]})
    assert await delete(database, bob)
    page, _ = await attempts.of_quiz(database, done, 10)
    assert [(row["name"], row["email"], row["score"]) for row in page] == [("Deleted account", None, 1)]
    assert await attempts.count_of_quiz(database, done) == 1
    assert len(await database.fetch("SELECT FROM attempts")) == len(await database.fetch("SELECT FROM responses")) == 1


async def test_name_goes_from_the_leaderboards_and_ranks_close_up(database, ada, bob):
    quiz_id = await make(database, ada, trivia("Rivers"))
    await take(database, quiz_id, ada)
    await take(database, quiz_id, bob)
    assert await delete(database, ada)
    assert [row["user_name"] for row in (await stats.global_leaderboard(database, 10, None))[0]] == ["Bob"]
    assert (await stats.ranked_users(database), (await stats.position(database, bob["id"]))["rank"]) == (1, 1)
    board, _ = await stats.quiz_leaderboard(database, quiz_id, 10, None)
    assert sorted(row["user_name"] for row in board) == ["Bob", "Deleted account"]
    everything = await database.fetch("SELECT users::text AS shown FROM users")
    assert not any("Ada" in row["shown"] for row in everything)


async def test_hosted_games_stay_without_a_host(database, ada):
    now = datetime.now(UTC)
    await database.execute(
        """INSERT INTO games (id, host_id, quiz_title, room_code, started_at, ended_at, player_count, question_count)
           VALUES (gen_random_uuid(), %s, 'Rivers', 'ABCDEFGH', %s, %s, 2, 1)""",
        (ada["id"], now, now),
    )
    assert await delete(database, ada)
    assert await database.fetch("SELECT host_id, quiz_title FROM games") == [{"host_id": None, "quiz_title": "Rivers"}]


async def test_nothing_goes_where_the_password_was_changed_meanwhile(database, ada, bob):
    quiz_id = await make(database, ada)
    await database.execute("UPDATE users SET signed_out_before = now()")
    assert not await delete(database, ada)
    assert await kept(database, quiz_id) == (ada["id"], True)


async def test_of_two_deletions_one_does_it(database, ada):
    assert sorted(await asyncio.gather(delete(database, ada), delete(database, ada))) == [False, True]


async def test_everything_at_the_same_moment(database, ada, bob):
    """Whoever starts, submits or saves a quiz while accounts go is served, or told; nothing hangs or is half done."""
    for _ in range(10):
        crowd = [await add(database, f"C{number}") for number in range(3)]
        ids = [await make(database, crowd[0]) for _ in range(3)]
        begun = await attempts.start(database, ids[0], crowd[1]["id"])
        right = {id: 1 for id, _ in begun["questions"]}
        outcomes = await asyncio.gather(
            delete(database, crowd[0]),
            attempts.start(database, ids[1], crowd[1]["id"]),
            attempts.start(database, ids[1], bob["id"]),
            attempts.submit(database, ids[0], crowd[1]["id"], right),
            delete(database, crowd[1]),
            make(database, crowd[1]),
            return_exceptions=True,
        )
        assert [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, NotFound)] == []
        assert outcomes[0] is True and outcomes[4] is True
        await database.execute("DELETE FROM users WHERE name LIKE 'C%%'")
        assert await database.fetch("SELECT FROM attempts WHERE user_id IS NULL AND submitted_at IS NULL") == []
