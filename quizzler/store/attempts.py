"""Quizzes that people take alone: what they were asked, what they answered, what it earned.

All times are the database's own clock's. Whoever works on an attempt holds its row, so a start, a saved answer
and a submit that arrive twice, or at once, happen one after the other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import ujson

from quizzler.errors import Invalid, NotFound
from quizzler.game import attempt as rules
from quizzler.game.attempt import Outcome, Terms
from quizzler.game.questions import Question
from quizzler.store import cursors, quizzes, sums
from quizzler.store.pool import Database, Row, Transaction
from quizzler.store.stats import NOBODY

ATTEMPTED = "You have already attempted this quiz"
NOT_STARTED = "You have not started this quiz"

_ATTEMPT = """SELECT a.id AS session_id, a.quiz_id, a.user_id, a.version, a.started_at, a.submitted_at,
                     a.started_at + a.duration * interval '1 minute' AS ends_at, clock_timestamp() AS server_time,
                     a.duration, a.positive_mark, a.negative_mark,
                     a.total_questions, a.correct_answers AS correct_count, a.score, a.seconds, a.rating,
                     q.title, q.description, q.navigation_type, q.tab_switch_exit, q.is_trivia
                FROM attempts a JOIN quizzes q ON q.id = a.quiz_id
               WHERE a.quiz_id = %s AND a.user_id = %s"""


async def start(database: Database, quiz_id: str, user_id: str) -> Row | None:
    """Begins the user's only attempt, and raises a trivia quiz's popularity. None where there is no such quiz.

    Raises ``Invalid`` before the quiz's start time, after its end time, for one without questions, and the second
    time.
    """
    async with database.transaction() as transaction:
        # Starts do not hold up each other, but an edit waits for them, and they for it: see quizzes.replace.
        quiz = await transaction.fetch_one(
            """SELECT version, start_time, end_time, is_trivia, clock_timestamp() AS now,
                      EXISTS (SELECT FROM attempts WHERE quiz_id = quizzes.id AND user_id = %s)
                      OR EXISTS (SELECT FROM past_attempts WHERE quiz_id = quizzes.id AND user_id = %s) AS attempted
                 FROM quizzes WHERE id = %s AND is_active FOR KEY SHARE""",
            (user_id, user_id, quiz_id),
        )
        if quiz is None:
            return None
        if quiz["attempted"]:
            raise Invalid(ATTEMPTED)
        rules.check_open(quiz["now"], quiz["start_time"], quiz["end_time"])
        await _insert(transaction, quiz_id, user_id, quiz["version"])
        if quiz["is_trivia"]:
            # Last of all: this is the one row that all who start the quiz wait for.
            await transaction.execute("UPDATE quizzes SET popularity = popularity + 1 WHERE id = %s", (quiz_id,))
    return await running(database, quiz_id, user_id)


async def running(database: Database, quiz_id: str, user_id: str) -> Row:
    """The user's attempt with its ``questions`` (each with its id, in order) and the ``answers`` saved so far.

    Raises ``NotFound`` where there is none, and ``Invalid`` where it is submitted.
    """
    attempt = await _find(database, quiz_id, user_id)
    if attempt is None:
        raise NotFound(NOT_STARTED)
    if attempt["submitted_at"] is not None:
        raise Invalid(ATTEMPTED)
    return await _with_answers(database, attempt)


async def save(database: Database, quiz_id: str, user_id: str, answers: Mapping[str, Any]) -> None:
    """Keeps what the user has answered so far, in place of what was kept before.

    Raises ``NotFound`` and ``Invalid`` as ``running``, ``Invalid`` when the time is over, ``InvalidBody`` for an
    answer that is not possible.
    """
    async with database.transaction() as transaction:
        attempt = await _find(transaction, quiz_id, user_id, locked=True)
        if attempt is None:
            raise NotFound(NOT_STARTED)
        if attempt["submitted_at"] is not None:
            raise Invalid(ATTEMPTED)
        if terms(attempt).is_late(_seconds(attempt)):
            raise Invalid("The time for this quiz is over")
        await _judge_and_store(transaction, attempt, answers)


async def submit(database: Database, quiz_id: str, user_id: str, answers: Mapping[str, Any]) -> Row:
    """Ends the user's attempt with these answers, and adds it to their sums; returns it as ``finished`` does, without
    questions and answers. Of an attempt that is submitted already it returns the outcome, and changes nothing.

    Raises ``NotFound`` where there is no attempt, and ``InvalidBody`` for an answer that is not possible.
    """
    async with database.transaction() as transaction:
        attempt = await _find(transaction, quiz_id, user_id, locked=True)
        if attempt is None:
            raise NotFound(NOT_STARTED)
        if attempt["submitted_at"] is not None:
            return attempt
        outcome = await _judge_and_store(transaction, attempt, answers)
        result = {
            "submitted_at": attempt["server_time"],
            "seconds": _seconds(attempt),
            "score": outcome.score,
            "correct_count": outcome.correct_count,
            "rating": outcome.rating if attempt["is_trivia"] else None,
        }
        await transaction.execute(
            """UPDATE attempts SET submitted_at = %s, seconds = %s, score = %s, correct_answers = %s, rating = %s
                WHERE id = %s""",
            (*result.values(), attempt["session_id"]),
        )
        await sums.add(transaction, attempt, outcome)
    return {**attempt, **result}


async def finished(database: Database, quiz_id: str, user_id: str) -> Row:
    """The user's submitted attempt with its ``questions``, as they were, and ``answers``.

    Raises ``NotFound`` where there is none.
    """
    attempt = await _find(database, quiz_id, user_id)
    if attempt is None or attempt["submitted_at"] is None:
        raise NotFound("You have not submitted this quiz")
    return await _with_answers(database, attempt)


async def of_quiz(
    database: Database, quiz_id: str, limit: int, cursor: str | None = None
) -> tuple[list[Row], str | None]:
    """A page of the submitted attempts, the best first and of equals the earlier, with the next page's cursor (None
    on the last). ``email`` is None for somebody whose account is gone.

    Raises ``Invalid`` for a cursor of another list.
    """
    after, place = "", ()
    if cursor:
        score, submitted_at, attempt_id = cursors.read(cursor, tuple[float, datetime, UUID])
        after, place = "AND (-a.score, a.submitted_at, a.id) > (%s, %s, %s)", (-score, submitted_at, str(attempt_id))
    rows = await database.fetch(
        f"""SELECT a.id, coalesce(u.name, '{NOBODY}') AS name, u.email, a.score, a.correct_answers AS correct_count,
                   a.total_questions, a.submitted_at, a.seconds, a.duration, a.positive_mark, a.negative_mark
              FROM attempts a LEFT JOIN users u ON u.id = a.user_id
             WHERE a.quiz_id = %s AND a.submitted_at IS NOT NULL {after}
             ORDER BY -a.score, a.submitted_at, a.id LIMIT %s""",
        (quiz_id, *place, limit + 1),
    )
    page = rows[:limit]
    if len(rows) == len(page):
        return page, None
    return page, cursors.write((page[-1]["score"], page[-1]["submitted_at"], page[-1]["id"]))


async def count_of_quiz(database: Database, quiz_id: str) -> int:
    """How many have submitted it."""
    row = await database.fetch_one(
        "SELECT coalesce(sum(attempts), 0) AS attempts FROM quiz_stats WHERE quiz_id = %s", (quiz_id,)
    )
    return row["attempts"]


def terms(attempt: Row) -> Terms:
    return Terms(attempt["duration"], attempt["positive_mark"], attempt["negative_mark"])


async def _insert(transaction: Transaction, quiz_id: str, user_id: str, version: int) -> None:
    row = await transaction.fetch_one(
        """INSERT INTO attempts (quiz_id, version, user_id, started_at, duration, positive_mark, negative_mark,
                                 total_questions)
           SELECT id, version, %s, clock_timestamp(), duration, positive_mark, negative_mark,
                  (SELECT count(*) FROM questions WHERE quiz_id = quizzes.id AND version = %s)
             FROM quizzes WHERE id = %s
           ON CONFLICT (quiz_id, user_id) DO NOTHING RETURNING total_questions""",
        (user_id, version, quiz_id),
    )
    if row is None:
        raise Invalid(ATTEMPTED)
    if not row["total_questions"]:
        raise Invalid("This quiz has no questions yet")


async def _find(database: Database | Transaction, quiz_id: str, user_id: str, *, locked: bool = False) -> Row | None:
    return await database.fetch_one(_ATTEMPT + (" FOR NO KEY UPDATE OF a" if locked else ""), (quiz_id, user_id))


async def _with_answers(database: Database, attempt: Row) -> Row:
    responses = await database.fetch(
        "SELECT question_id, answer FROM responses WHERE attempt_id = %s", (attempt["session_id"],)
    )
    return {
        **attempt,
        "questions": await quizzes.questions_of(database, attempt["quiz_id"], attempt["version"]),
        "answers": {row["question_id"]: row["answer"] for row in responses},
    }


def _seconds(attempt: Row) -> float:
    """From the start to the moment the attempt was read."""
    return (attempt["server_time"] - attempt["started_at"]).total_seconds()


async def _judge_and_store(transaction: Transaction, attempt: Row, answers: Mapping[str, Any]) -> Outcome:
    asked: dict[str, Question] = dict(await quizzes.questions_of(transaction, attempt["quiz_id"], attempt["version"]))
    rules.check_answers(asked, answers)
    outcome = rules.judge(asked, answers, terms(attempt), _seconds(attempt))
    rows = [
        {"question_id": question_id, "answer": answer, "correct": outcome.right[question_id]}
        for question_id, answer in answers.items()
    ]
    await transaction.execute("DELETE FROM responses WHERE attempt_id = %s", (attempt["session_id"],))
    await transaction.execute(
        """INSERT INTO responses (attempt_id, question_id, answer, correct)
           SELECT %s, question_id, answer, correct FROM json_to_recordset(%s::json)
               AS row(question_id uuid, answer jsonb, correct boolean)""",
        (attempt["session_id"], ujson.dumps(rows)),
    )
    return outcome
