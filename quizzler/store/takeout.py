"""All that is stored about somebody, for them to take along: some at a time, however much it is."""

from collections.abc import AsyncIterator
from typing import Any

from quizzler.store import games, quizzes
from quizzler.store.pool import Database, Row

_AT_A_TIME = 50


async def quizzes_of(database: Database, user_id: str) -> AsyncIterator[Row]:
    """Every quiz that the user has made, also those that they deleted, with its ``questions`` as they are now."""
    after = None
    while page := await _page(
        database,
        """SELECT id, title, description, is_trivia, topic, difficulty, start_time, end_time, duration, positive_mark,
                  negative_mark, navigation_type, tab_switch_exit, is_active, popularity, created_at
             FROM quizzes WHERE creator_id = %s AND (%s::uuid IS NULL OR id > %s::uuid) ORDER BY id LIMIT %s""",
        user_id,
        after,
    ):
        for quiz in page:
            quiz["questions"] = [question for _, question in await quizzes.questions(database, quiz["id"])]
            yield quiz
        after = page[-1]["id"]


async def attempts_of(database: Database, user_id: str) -> AsyncIterator[Row]:
    """Every attempt of the user's, with ``answers``: for each question that they were asked its ``text`` and
    ``options``, and what they answered; with what was right once it is submitted, as their own result has it."""
    after = None
    while page := await _page(
        database,
        """SELECT a.id, a.quiz_id, q.title AS quiz_title, a.version, a.started_at, a.submitted_at, a.total_questions,
                  a.correct_answers, a.score, a.seconds, a.rating
             FROM attempts a JOIN quizzes q ON q.id = a.quiz_id
            WHERE a.user_id = %s AND (%s::uuid IS NULL OR a.id > %s::uuid) ORDER BY a.id LIMIT %s""",
        user_id,
        after,
    ):
        for attempt in page:
            after = attempt.pop("id")
            attempt["answers"] = await _answers(database, after, attempt)
            yield attempt


async def past_attempts_of(database: Database, user_id: str) -> AsyncIterator[Row]:
    """Every quiz that the user has taken, of which that alone is kept: the attempt was removed by age."""
    after = None
    while page := await _page(
        database,
        """SELECT p.quiz_id, q.title AS quiz_title FROM past_attempts p JOIN quizzes q ON q.id = p.quiz_id
            WHERE p.user_id = %s AND (%s::uuid IS NULL OR p.quiz_id > %s::uuid) ORDER BY p.quiz_id LIMIT %s""",
        user_id,
        after,
    ):
        for attempt in page:
            yield attempt
        after = page[-1]["quiz_id"]


async def games_of(database: Database, user_id: str) -> AsyncIterator[dict[str, Any]]:
    """Every game that the user hosted, as its report has it."""
    cursor, first = None, True
    while first or cursor:
        first = False
        page, cursor = await games.of_host(database, user_id, _AT_A_TIME, cursor)
        for summary in page:
            game = await games.by_id(database, summary["game_id"])
            if game is not None:
                yield game


async def _page(database: Database, sql: str, user_id: str, after: str | None) -> list[Row]:
    return await database.fetch(sql, (user_id, after, after, _AT_A_TIME))


async def _answers(database: Database, attempt_id: str, attempt: Row) -> list[Row]:
    given = {
        row["question_id"]: row
        for row in await database.fetch(
            "SELECT question_id, answer, correct FROM responses WHERE attempt_id = %s", (attempt_id,)
        )
    }
    submitted = attempt["submitted_at"] is not None
    answers = []
    for question_id, question in await quizzes.questions_of(database, attempt["quiz_id"], attempt.pop("version")):
        row = given.get(question_id, {})
        answers.append(
            {
                "question": question.text,
                "kind": question.body.kind,
                "options": list(question.body.options),
                "answer": row.get("answer"),
                "correct_answer": question.body.correct if submitted else None,
                "correct": row.get("correct", False) if submitted else None,
            }
        )
    return answers
