"""The trivia quizzes of the package, loaded into PostgreSQL."""

import asyncio

from quizzler.formats.bank import parse
from quizzler.store import bank, quizzes, users
from quizzler.store.pool import Database

PACKAGED = [quiz for path in bank.FOLDER.glob("*.json") for quiz in parse(path.read_text(encoding="utf-8"))]


async def all_trivia(database: Database) -> list[dict]:
    return await quizzes.trivia(database, topic=None, difficulty=None, sort_by="popularity")


async def test_every_packaged_quiz_is_there_after_the_first_start(database):
    assert await bank.load(database) == len(PACKAGED) > 0
    stored = await all_trivia(database)
    assert sorted(
        (quiz["topic"], quiz["title"], quiz["difficulty"], quiz["question_count"]) for quiz in stored
    ) == sorted((quiz.topic, quiz.title, quiz.difficulty, len(quiz.questions)) for quiz in PACKAGED)


async def test_packaged_quiz_is_played_as_it_was_written(database):
    await bank.load(database)
    written = PACKAGED[0]
    row = await database.fetch_one("SELECT id FROM quizzes WHERE bank_key = %s", (written.key,))
    anyone = await users.create(database, email="ada@example.org", name="Ada", password_hash="x")
    assert (await quizzes.playable(database, row["id"], anyone["id"]))["questions"] == written.questions


async def test_second_start_adds_nothing(database):
    await bank.load(database)
    assert await bank.load(database) == 0
    assert len(await all_trivia(database)) == len(PACKAGED)


async def test_two_servers_that_start_at_once_load_it_once(database):
    assert sorted(await asyncio.gather(bank.load(database), bank.load(database))) == [0, len(PACKAGED)]
    assert len(await all_trivia(database)) == len(PACKAGED)


async def test_deactivated_quiz_stays_away(database):
    await bank.load(database)
    await database.execute("UPDATE quizzes SET is_active = false WHERE bank_key = %s", (PACKAGED[0].key,))
    assert await bank.load(database) == 0
    assert len(await all_trivia(database)) == len(PACKAGED) - 1


async def test_title_that_an_admin_has_used_already_does_not_stop_the_start(database):
    packaged = PACKAGED[0]
    admin = await users.create(database, email="ada@example.org", name="Ada", password_hash="x")
    own = {
        "title": packaged.title,
        "description": "An admin's own",
        "is_trivia": True,
        "topic": packaged.topic,
        "difficulty": None,
        "start_time": None,
        "end_time": None,
        "duration": 60,
        "positive_mark": 1,
        "negative_mark": 0,
        "navigation_type": "omni",
        "tab_switch_exit": True,
    }
    await quizzes.create(database, own, packaged.questions, creator_id=admin["id"])
    assert await bank.load(database) == len(PACKAGED) - 1
    assert [quiz["description"] for quiz in await all_trivia(database) if quiz["title"] == packaged.title] == [
        "An admin's own"
    ]
