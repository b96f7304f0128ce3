"""Saved quizzes in PostgreSQL: whole or not at all, and each to their own."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg2.errors
import pytest

from quizzler.errors import Invalid
from quizzler.game.questions import Question, SingleChoice
from quizzler.store import quizzes, users
from quizzler.store.pool import Database

OSLO = Question("What is the capital of Norway?", SingleChoice(("Bergen", "Oslo"), 1), 20.0, "Since 1814.")
ODD = Question('"Ünï/code" \\ %s 😀?', SingleChoice(("a\tb", "{}", "'; --", "null"), 3), 7.5)


def a_quiz(**changed) -> dict:
    return {
        "title": "Capitals",
        "description": "",
        "is_trivia": False,
        "topic": None,
        "difficulty": None,
        "start_time": None,
        "end_time": None,
        "duration": 60,
        "positive_mark": 1.0,
        "negative_mark": 0.25,
        "navigation_type": "omni",
        "tab_switch_exit": True,
        **changed,
    }


def trivia(title: str, topic: str = "Places", **changed) -> dict:
    return a_quiz(title=title, topic=topic, is_trivia=True, **changed)


@pytest.fixture
async def ada(database: Database) -> str:
    return (await users.create(database, email="ada@example.org", name="Ada", password_hash="x"))["id"]


@pytest.fixture
async def eve(database: Database) -> str:
    return (await users.create(database, email="eve@example.org", name="Eve", password_hash="x"))["id"]


async def asked(database: Database, quiz_id: str) -> list[Question]:
    return [question for _, question in await quizzes.questions(database, quiz_id)]


async def titles(database: Database, **given) -> list[str]:
    wanted = {"topic": None, "difficulty": None, "sort_by": "popularity", **given}
    return [quiz["title"] for quiz in await quizzes.trivia(database, **wanted)]


async def test_quiz_comes_back_as_it_was_stored(database, ada):
    begins = datetime(2031, 5, 1, 18, tzinfo=UTC)
    quiz_id = await quizzes.create(database, a_quiz(start_time=begins), [OSLO, ODD], creator_id=ada)
    stored = await quizzes.by_id(database, quiz_id)
    assert {name: stored[name] for name in a_quiz()} == a_quiz(start_time=begins)
    assert (stored["creator_id"], stored["question_count"], stored["popularity"]) == (ada, 2, 0)
    assert await asked(database, quiz_id) == [OSLO, ODD]


async def test_fifty_questions_keep_their_order(database, ada):
    many = [Question(f"Question {number}?", OSLO.body) for number in range(50)]
    quiz_id = await quizzes.create(database, a_quiz(), many, creator_id=ada)
    assert await asked(database, quiz_id) == many


async def test_quiz_without_questions_is_stored(database, ada):
    quiz_id = await quizzes.create(database, a_quiz(), [], creator_id=ada)
    assert (await quizzes.by_id(database, quiz_id))["question_count"] == 0


async def test_quiz_whose_questions_cannot_be_stored_is_not_stored_either(database, ada):
    with pytest.raises(psycopg2.errors.DataError):
        await quizzes.create(database, a_quiz(), [OSLO, Question("NUL \x00?", OSLO.body)], creator_id=ada)
    assert await quizzes.of_creator(database, ada) == []


async def test_creator_sees_their_own_newest_first_and_no_trivia(database, ada, eve):
    for title in ("First", "Second"):
        await quizzes.create(database, a_quiz(title=title), [OSLO], creator_id=ada)
    await quizzes.create(database, a_quiz(title="Eve's"), [OSLO], creator_id=eve)
    await quizzes.create(database, trivia("Public"), [OSLO], creator_id=ada)
    assert [quiz["title"] for quiz in await quizzes.of_creator(database, ada)] == ["Second", "First"]


async def test_replaced_quiz_has_nothing_of_the_old_one(database, ada):
    quiz_id = await quizzes.create(database, a_quiz(description="old"), [OSLO, OSLO], creator_id=ada)
    assert await quizzes.replace(database, quiz_id, a_quiz(title="New", duration=5), [ODD], creator_id=ada)
    stored = await quizzes.by_id(database, quiz_id)
    assert {name: stored[name] for name in a_quiz()} == a_quiz(title="New", duration=5)
    assert await asked(database, quiz_id) == [ODD]


async def test_nobody_replaces_or_deletes_what_is_not_theirs(database, ada, eve):
    quiz_id = await quizzes.create(database, a_quiz(), [OSLO], creator_id=ada)
    assert not await quizzes.replace(database, quiz_id, a_quiz(title="Eve's"), [ODD], creator_id=eve)
    assert not await quizzes.deactivate(database, quiz_id, creator_id=eve)
    assert (await quizzes.by_id(database, quiz_id))["title"] == "Capitals"
    assert await asked(database, quiz_id) == [OSLO]


async def test_deleted_quiz_is_gone_from_everywhere(database, ada):
    quiz_id = await quizzes.create(database, trivia("Capitals"), [OSLO], creator_id=ada)
    assert await quizzes.deactivate(database, quiz_id, creator_id=ada)
    assert await quizzes.by_id(database, quiz_id) is None
    assert await titles(database) == []
    assert await quizzes.topics(database) == []
    assert await quizzes.playable(database, quiz_id, ada) is None
    assert not await quizzes.deactivate(database, quiz_id, creator_id=ada)
    assert not await quizzes.replace(database, quiz_id, a_quiz(), [OSLO], creator_id=ada)


async def test_one_trivia_title_in_one_topic(database, ada):
    first = await quizzes.create(database, trivia("Capitals"), [OSLO], creator_id=ada)
    with pytest.raises(Invalid, match="this title in this topic"):
        await quizzes.create(database, trivia("capitals", topic="PLACES"), [OSLO], creator_id=ada)
    other = await quizzes.create(database, trivia("Capitals", topic="History"), [OSLO], creator_id=ada)
    with pytest.raises(Invalid, match="this title in this topic"):
        await quizzes.replace(database, other, trivia("Capitals"), [ODD], creator_id=ada)
    assert await asked(database, other) == [OSLO]
    await quizzes.deactivate(database, first, creator_id=ada)
    assert await quizzes.create(database, trivia("Capitals"), [OSLO], creator_id=ada)


async def test_private_quizzes_may_share_a_title(database, ada):
    for _ in range(2):
        await quizzes.create(database, a_quiz(), [OSLO], creator_id=ada)
    assert len(await quizzes.of_creator(database, ada)) == 2


async def test_trivia_is_filtered_and_sorted(database, ada):
    for title, topic, difficulty, popularity in [
        ("Rivers", "Places", "hard", 3),
        ("Kings", "History", "easy", 9),
        ("Hills", "Places", "easy", 1),
        ("Wars", "History", None, 0),
    ]:
        quiz_id = await quizzes.create(database, trivia(title, topic, difficulty=difficulty), [OSLO], creator_id=ada)
        await database.execute("UPDATE quizzes SET popularity = %s WHERE id = %s", (popularity, quiz_id))
    await quizzes.create(database, a_quiz(title="Private"), [OSLO], creator_id=ada)
    assert await titles(database) == ["Kings", "Rivers", "Hills", "Wars"]
    assert await titles(database, sort_by="difficulty") == ["Kings", "Hills", "Rivers", "Wars"]
    assert await titles(database, sort_by="recent") == ["Wars", "Hills", "Kings", "Rivers"]
    assert await titles(database, topic="Places") == ["Rivers", "Hills"]
    assert await titles(database, topic="Places", difficulty="easy") == ["Hills"]
    assert await titles(database, topic="places'; --") == []
    assert await quizzes.topics(database) == ["History", "Places"]


async def test_host_plays_their_own_and_any_trivia(database, ada, eve):
    private = await quizzes.create(database, a_quiz(), [OSLO, ODD], creator_id=ada)
    public = await quizzes.create(database, trivia("Public"), [ODD], creator_id=ada)
    assert await quizzes.playable(database, private, ada) == {
        "id": private, "title": "Capitals", "questions": (OSLO, ODD),
    }  # fmt: skip
    assert await quizzes.playable(database, private, eve) is None
    assert (await quizzes.playable(database, public, eve))["questions"] == (ODD,)
    assert await quizzes.playable(database, str(uuid4()), ada) is None
