"""Saved quizzes and their questions. A quiz that was deleted is only made inactive: what was played stays.

Each edit makes a new version of the questions. Those of older versions stay as long as an attempt was asked them.
"""

from collections.abc import Sequence

import msgspec
import psycopg2.errors
import ujson

from quizzler.errors import Invalid
from quizzler.game.questions import Body, Question
from quizzler.store.pool import Database, Row, Transaction

_COLUMNS = (
    "title", "description", "is_trivia", "topic", "difficulty", "start_time", "end_time", "duration",
    "positive_mark", "negative_mark", "navigation_type", "tab_switch_exit",
)  # fmt: skip

_QUIZ = f"""SELECT q.id, q.creator_id, {", ".join("q." + column for column in _COLUMNS)}, q.popularity, q.created_at,
                   (SELECT count(*) FROM questions WHERE quiz_id = q.id AND version = q.version) AS question_count
              FROM quizzes q"""

_QUESTION = "questions.id, text, body, time_limit, explanation"

SAME_TITLE = "There is a trivia quiz with this title in this topic already"

_ORDERS = {
    "popularity": "q.popularity DESC, q.title",
    "difficulty": "array_position(ARRAY['easy', 'medium', 'hard'], q.difficulty), q.topic, q.title",
    "recent": "q.created_at DESC, q.title",
}


async def create(database: Database, quiz: Row, questions: Sequence[Question], *, creator_id: str) -> str:
    """Stores it whole or not at all; returns its id. ``quiz`` has a value for each column.

    Raises ``Invalid`` for a second active trivia quiz of one title in one topic.
    """
    async with database.transaction() as transaction:
        quiz_id = await insert(transaction, quiz, questions, creator_id=creator_id)
    if quiz_id is None:
        raise Invalid(SAME_TITLE)
    return quiz_id


async def insert(
    transaction: Transaction,
    quiz: Row,
    questions: Sequence[Question],
    *,
    creator_id: str | None = None,
    bank_key: str | None = None,
) -> str | None:
    """``create`` within a transaction of the caller's; None where that bank key, or that title in that topic of
    trivia, is there already. ``creator_id`` is None for a quiz that came with the package."""
    row = await transaction.fetch_one(
        f"""INSERT INTO quizzes (creator_id, bank_key, {", ".join(_COLUMNS)})
            VALUES (%s, %s, {", ".join(["%s"] * len(_COLUMNS))}) ON CONFLICT DO NOTHING RETURNING id""",
        (creator_id, bank_key, *(quiz[column] for column in _COLUMNS)),
    )
    if row is None:
        return None
    await _insert_questions(transaction, row["id"], 1, questions)
    return row["id"]


async def replace(
    database: Database, quiz_id: str, quiz: Row, questions: Sequence[Question], *, creator_id: str
) -> bool:
    """The creator's quiz becomes this one, whole or not at all. False where it is not theirs. Raises as
    ``create`` does."""
    try:
        async with database.transaction() as transaction:
            # No attempt begins in the meantime: its questions could be those that are removed here.
            before = await transaction.fetch_one(
                "SELECT version FROM quizzes WHERE id = %s AND creator_id = %s AND is_active FOR UPDATE",
                (quiz_id, creator_id),
            )
            if before is None:
                return False
            version = before["version"] + 1
            await transaction.execute(
                f"""UPDATE quizzes SET version = %s, {", ".join(column + " = %s" for column in _COLUMNS)}
                     WHERE id = %s""",
                (version, *(quiz[column] for column in _COLUMNS), quiz_id),
            )
            await _insert_questions(transaction, quiz_id, version, questions)
            await _forget_unasked(transaction, quiz_id, version)
    except psycopg2.errors.UniqueViolation:
        raise Invalid(SAME_TITLE) from None
    return True


async def copy(database: Database, quiz: Row, *, title: str, creator_id: str) -> str:
    """Of a quiz as ``by_id`` gives it: a private one of the creator's own, open at once; returns its id."""
    private = {"title": title, "is_trivia": False, "start_time": None, "end_time": None}
    columns = {column: quiz[column] for column in _COLUMNS} | private
    copied = [question for _, question in await questions(database, quiz["id"])]
    return await create(database, columns, copied, creator_id=creator_id)


async def deactivate(database: Database, quiz_id: str, *, creator_id: str) -> bool:
    """False where it is not this creator's."""
    sql = "UPDATE quizzes SET is_active = false WHERE id = %s AND creator_id = %s AND is_active"
    return await database.execute(sql, (quiz_id, creator_id)) > 0


async def by_id(database: Database, quiz_id: str, *, even_deleted: bool = False) -> Row | None:
    return await database.fetch_one(f"{_QUIZ} WHERE q.id = %s AND (q.is_active OR %s)", (quiz_id, even_deleted))


async def of_creator(
    database: Database, creator_id: str, *, limit: int | None = None, after: str | None = None
) -> list[Row]:
    """Without trivia, the newest first; at most ``limit``, those behind the quiz ``after``."""
    where = "q.creator_id = %s AND q.is_active AND NOT q.is_trivia"
    return await _listed(database, where, (creator_id,), "q.created_at DESC", limit, after)


async def trivia(
    database: Database,
    *,
    topic: str | None,
    difficulty: str | None,
    sort_by: str,
    limit: int | None = None,
    after: str | None = None,
) -> list[Row]:
    """``sort_by`` is one of ``popularity``, ``difficulty``, ``recent``; ``limit`` and ``after`` as above."""
    where = """q.is_trivia AND q.is_active
               AND (%s::text IS NULL OR q.topic = %s) AND (%s::text IS NULL OR q.difficulty = %s)"""
    params = (topic, topic, difficulty, difficulty)
    return await _listed(database, where, params, _ORDERS[sort_by], limit, after)


async def _listed(
    database: Database, where: str, params: tuple, order: str, limit: int | None, after: str | None
) -> list[Row]:
    """Popularity changes while somebody turns pages: a page begins behind the quiz that was the last one, wherever
    that stands now."""
    rows = await database.fetch(
        f"""WITH listed AS (
                SELECT q.*, row_number() OVER (ORDER BY {order}, q.id) AS place FROM ({_QUIZ} WHERE {where}) AS q
            )
            SELECT * FROM listed
             WHERE %s::uuid IS NULL OR place > (SELECT place FROM listed WHERE id = %s::uuid)
             ORDER BY place LIMIT %s""",
        (*params, after, after, limit),
    )
    for row in rows:
        del row["place"]
    return rows


async def topics(database: Database) -> list[str]:
    rows = await database.fetch(
        "SELECT DISTINCT topic FROM quizzes WHERE is_trivia AND is_active AND topic <> '' ORDER BY topic"
    )
    return [row["topic"] for row in rows]


async def questions(database: Database, quiz_id: str) -> list[tuple[str, Question]]:
    """Each question with its id, in order, as they are now."""
    rows = await database.fetch(
        f"""SELECT {_QUESTION} FROM questions
              JOIN quizzes ON (quizzes.id, quizzes.version) = (questions.quiz_id, questions.version)
             WHERE quiz_id = %s ORDER BY position""",
        (quiz_id,),
    )
    return [(row["id"], _question(row)) for row in rows]


async def questions_of(database: Database | Transaction, quiz_id: str, version: int) -> list[tuple[str, Question]]:
    """``questions``, as they were in that version; a version that nobody attempted is gone."""
    rows = await database.fetch(
        f"SELECT {_QUESTION} FROM questions WHERE quiz_id = %s AND version = %s ORDER BY position", (quiz_id, version)
    )
    return [(row["id"], _question(row)) for row in rows]


async def playable(database: Database, quiz_id: str, user_id: str) -> Row | None:
    """``id``, ``title`` and ``questions`` of a quiz that this user may host: their own, or any public trivia that has
    begun."""
    quiz = await database.fetch_one(
        """SELECT id, title FROM quizzes WHERE id = %s AND is_active
              AND (creator_id = %s OR is_trivia AND coalesce(start_time <= now(), true))""",
        (quiz_id, user_id),
    )
    if quiz is None:
        return None
    return {**quiz, "questions": tuple(question for _, question in await questions(database, quiz_id))}


def _question(row: Row) -> Question:
    return Question(row["text"], msgspec.convert(row["body"], Body), row["time_limit"], row["explanation"])


async def _forget_unasked(transaction: Transaction, quiz_id: str, version: int) -> None:
    """Removes the questions of versions before that one which no attempt refers to."""
    await transaction.execute(
        """DELETE FROM questions AS q WHERE quiz_id = %s AND version < %s
              AND NOT EXISTS (SELECT FROM attempts WHERE quiz_id = q.quiz_id AND version = q.version)""",
        (quiz_id, version),
    )


async def _insert_questions(
    transaction: Transaction, quiz_id: str, version: int, questions: Sequence[Question]
) -> None:
    rows = [
        {
            "position": position,
            "text": question.text,
            "kind": question.body.kind,
            "body": msgspec.to_builtins(question.body),
            "time_limit": question.time_limit,
            "explanation": question.explanation,
        }
        for position, question in enumerate(questions)
    ]
    await transaction.execute(
        """INSERT INTO questions (quiz_id, version, position, text, kind, body, time_limit, explanation)
           SELECT %s, %s, position, text, kind, body, time_limit, explanation FROM json_to_recordset(%s::json)
               AS row(position integer, text text, kind text, body jsonb, time_limit float8, explanation text)""",
        (quiz_id, version, ujson.dumps(rows, ensure_ascii=False)),
    )
