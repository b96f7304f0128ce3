"""Attempts in PostgreSQL, with many people at once: each counts once, and each keeps its questions."""

import asyncio

import pytest

from quizzler.errors import Invalid, InvalidBody, NotFound
from quizzler.game.questions import Question, SingleChoice
from quizzler.store import attempts, quizzes, users
from quizzler.store.pool import Database
from tests.store.test_quizzes import a_quiz, trivia

BODY = SingleChoice(("Bergen", "Oslo"), 1)


def questions(*texts: str) -> list[Question]:
    return [Question(text, BODY) for text in texts]


async def people(database: Database, count: int) -> list[str]:
    created = [
        await users.create(database, email=f"{n}@example.org", name=f"N{n}", password_hash="x") for n in range(count)
    ]
    return [user["id"] for user in created]


@pytest.fixture
async def ada(database: Database) -> str:
    return (await users.create(database, email="ada@example.org", name="Ada", password_hash="x"))["id"]


def all_right(attempt: dict) -> dict[str, int]:
    return {question_id: 1 for question_id, _ in attempt["questions"]}


async def versions(database: Database) -> list[int]:
    rows = await database.fetch("SELECT DISTINCT version FROM questions ORDER BY version")
    return [row["version"] for row in rows]


async def test_versions_that_nobody_was_asked_are_removed(database, ada):
    quiz_id = await quizzes.create(database, a_quiz(), questions("1?"), creator_id=ada)
    for text in ("2?", "3?"):
        await quizzes.replace(database, quiz_id, a_quiz(), questions(text), creator_id=ada)
    assert await versions(database) == [3]
    attempt = await attempts.start(database, quiz_id, ada)
    for text in ("4?", "5?"):
        await quizzes.replace(database, quiz_id, a_quiz(), questions(text), creator_id=ada)
    assert await versions(database) == [3, 5]
    await attempts.submit(database, quiz_id, ada, all_right(attempt))
    await quizzes.replace(database, quiz_id, a_quiz(), questions("6?"), creator_id=ada)
    assert await versions(database) == [3, 6]
    assert [question.text for _, question in (await attempts.finished(database, quiz_id, ada))["questions"]] == ["3?"]
    assert [question.text for _, question in await quizzes.questions(database, quiz_id)] == ["6?"]


async def test_starts_while_the_quiz_is_edited(database, ada):
    crowd = await people(database, 30)
    quiz_id = await quizzes.create(database, trivia("Edited"), questions("1?"), creator_id=ada)

    async def edit() -> None:
        for number in range(2, 12):
            changed = questions(*(f"{number}?" for _ in range(number)))
            assert await quizzes.replace(database, quiz_id, trivia("Edited"), changed, creator_id=ada)

    _, *started = await asyncio.gather(edit(), *(attempts.start(database, quiz_id, user) for user in crowd))
    for attempt in started:
        asked = [question.text for _, question in attempt["questions"]]
        assert asked == [f"{attempt['version']}?"] * attempt["version"] and attempt["total_questions"] == len(asked)
    outcomes = await asyncio.gather(
        *(attempts.submit(database, quiz_id, user, all_right(attempt)) for user, attempt in zip(crowd, started))
    )
    assert [outcome["score"] for outcome in outcomes] == [attempt["total_questions"] for attempt in started]
    quiz = await quizzes.by_id(database, quiz_id)
    assert (quiz["popularity"], quiz["question_count"]) == (30, 11)


async def test_one_person_submits_many_quizzes_at_once(database, ada):
    ids = [await quizzes.create(database, trivia(f"T{n}"), questions("?"), creator_id=ada) for n in range(8)]
    started = [await attempts.start(database, quiz_id, ada) for quiz_id in ids]
    outcomes = await asyncio.gather(
        *(
            attempts.submit(database, quiz_id, ada, all_right(attempt))
            for quiz_id, attempt in zip(ids, started)
            for _ in range(3)
        )
    )
    sums = await database.fetch_one("SELECT * FROM user_stats")
    assert (sums["trivia_count"], sums["trivia_score"]) == (8, 8)
    assert sums["total_rating"] == sum(outcome["rating"] for outcome in outcomes[::3])
    assert (await database.fetch_one("SELECT count(*) FROM responses"))["count"] == 8


async def test_quiz_counts_those_who_handed_in_over_whichever_connection(database, ada):
    quiz_id = await quizzes.create(database, a_quiz(), questions("1?"), creator_id=ada)
    crowd = await people(database, 10)
    for user in crowd:
        await attempts.start(database, quiz_id, user)
    assert await attempts.count_of_quiz(database, quiz_id) == 0
    await asyncio.gather(*(attempts.submit(database, quiz_id, user, {}) for user in crowd))
    shards = await database.fetch("SELECT FROM quiz_stats WHERE quiz_id = %s", (quiz_id,))
    assert len(shards) > 1, "several connections were at work"
    assert await attempts.count_of_quiz(database, quiz_id) == 10


async def test_saving_and_submitting_at_once(database, ada):
    quiz_id = await quizzes.create(database, a_quiz(), questions("1?", "2?"), creator_id=ada)
    first, second = (id for id, _ in (await attempts.start(database, quiz_id, ada))["questions"])
    saves = [attempts.save(database, quiz_id, ada, {first: 0, second: 0}) for _ in range(5)]
    submit = attempts.submit(database, quiz_id, ada, {first: 1, second: 1})
    *saved, outcome = await asyncio.gather(*saves, submit, return_exceptions=True)
    assert outcome["score"] == 2
    assert all(said is None or isinstance(said, Invalid) for said in saved)
    assert (await attempts.finished(database, quiz_id, ada))["answers"] == {first: 1, second: 1}


async def test_submit_that_is_refused_stores_nothing(database, ada):
    quiz_id = await quizzes.create(database, a_quiz(), questions("1?", "2?"), creator_id=ada)
    first, second = (id for id, _ in (await attempts.start(database, quiz_id, ada))["questions"])
    await attempts.save(database, quiz_id, ada, {first: 1})
    with pytest.raises(InvalidBody):
        await attempts.submit(database, quiz_id, ada, {first: 0, second: 2})
    running = await attempts.running(database, quiz_id, ada)
    assert (running["submitted_at"], running["answers"]) == (None, {first: 1})
    assert await database.fetch("SELECT * FROM user_stats") == []


async def test_question_of_another_version_is_none_of_this_attempt(database, ada):
    quiz_id = await quizzes.create(database, a_quiz(), questions("1?"), creator_id=ada)
    await attempts.start(database, quiz_id, ada)
    await quizzes.replace(database, quiz_id, a_quiz(), questions("1?"), creator_id=ada)
    [(new, _)] = await quizzes.questions(database, quiz_id)
    with pytest.raises(InvalidBody):
        await attempts.submit(database, quiz_id, ada, {new: 1})


async def test_best_quiz_is_the_one_with_the_highest_rating(database, ada):
    ids = [await quizzes.create(database, trivia(f"T{n}"), questions("1?", "2?"), creator_id=ada) for n in range(3)]
    ratings = []
    for quiz_id, right in zip(ids, (1, 2, 0)):
        asked = (await attempts.start(database, quiz_id, ada))["questions"]
        given = {id: int(place < right) for place, (id, _) in enumerate(asked)}
        ratings.append((await attempts.submit(database, quiz_id, ada, given))["rating"])
    sums = await database.fetch_one("SELECT * FROM user_stats")
    assert (sums["best_quiz_id"], sums["best_score"], sums["best_rating"]) == (ids[1], 2, ratings[1])
    assert (sums["trivia_best"], sums["trivia_score"], sums["total_rating"]) == (2, 2.75, sum(ratings))


@pytest.mark.parametrize("ask", [attempts.running, attempts.finished])
async def test_attempt_that_is_not_there(database, ada, ask):
    quiz_id = await quizzes.create(database, a_quiz(), questions("1?"), creator_id=ada)
    with pytest.raises(NotFound):
        await ask(database, quiz_id, ada)
    with pytest.raises(NotFound):
        await attempts.submit(database, quiz_id, ada, {})
    with pytest.raises(NotFound):
        await attempts.save(database, quiz_id, ada, {})
