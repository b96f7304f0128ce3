"""What admins see of everybody and everything, and what they alone may change."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from quizzler.store import cursors
from quizzler.store.pool import Database, Row
from quizzler.store.stats import NOBODY

QuizPlace = tuple[Annotated[int, Meta(ge=0, lt=2**31)], UUID]
UserPlace = tuple[datetime, UUID]


async def add_genre(database: Database, *, name: str, description: str, created_by: str) -> Row | None:
    """The new genre; None where there is one with that name, in either case."""
    return await database.fetch_one(
        """INSERT INTO genres (name, description, created_by) VALUES (%s, %s, %s)
           ON CONFLICT (lower(name)) DO NOTHING RETURNING id, name, description, created_at""",
        (name, description, created_by),
    )


async def genres(database: Database) -> list[Row]:
    """Every genre, and every topic that has active trivia but no genre (its ``id`` and ``created_at`` are None), by
    name, with ``quiz_count``: its active trivia quizzes."""
    return await database.fetch(
        """SELECT g.id, coalesce(g.name, t.name) AS name, coalesce(g.description, '') AS description, g.created_at,
                  coalesce(t.quiz_count, 0) AS quiz_count
             FROM genres g
             FULL JOIN (SELECT lower(topic) AS key, min(topic) AS name, count(*) AS quiz_count FROM quizzes
                         WHERE is_trivia AND is_active AND topic <> '' GROUP BY lower(topic)) AS t
               ON t.key = lower(g.name)
            ORDER BY 2"""
    )


async def quizzes(database: Database, limit: int, cursor: str | None) -> tuple[list[Row], str | None]:
    """A page of all quizzes, also those that were deleted, the most taken first; and the next page's cursor (None on
    the last). ``creator_name`` is None for a quiz that came with the package. Raises ``Invalid`` for a cursor of
    another list."""
    attempts, quiz_id = cursors.read(cursor, QuizPlace) if cursor else (2**31 - 1, UUID(int=0))
    found = await database.fetch(
        f"""SELECT q.id AS quiz_id, q.title, q.creator_id,
                  CASE WHEN q.bank_key IS NULL THEN coalesce(u.name, '{NOBODY}') END AS creator_name,
                  q.is_trivia, q.is_active, q.topic, q.difficulty, coalesce(s.attempts, 0) AS total_attempts,
                  coalesce(round((s.total_score / nullif(s.attempts, 0))::numeric, 2), 0)::float8 AS average_score,
                  q.popularity, q.created_at
             FROM quizzes q LEFT JOIN users u ON u.id = q.creator_id
             LEFT JOIN (SELECT quiz_id, sum(attempts) AS attempts, sum(total_score) AS total_score
                          FROM quiz_stats GROUP BY quiz_id) AS s ON s.quiz_id = q.id
            WHERE (-coalesce(s.attempts, 0), q.id) > (%s, %s)
            ORDER BY -coalesce(s.attempts, 0), q.id LIMIT %s""",
        (-attempts, str(quiz_id), limit + 1),
    )
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    return page, cursors.write((page[-1]["total_attempts"], page[-1]["quiz_id"]))


async def users(database: Database, limit: int, cursor: str | None) -> tuple[list[Row], str | None]:
    """A page of all accounts with what they have taken, the newest first; and the next page's cursor (None on the
    last). Raises ``Invalid`` for a cursor of another list."""
    if cursor:
        created_at, user_id = cursors.read(cursor, UserPlace)
        after, place = "WHERE (u.created_at, u.id) < (%s, %s)", (created_at, str(user_id))
    else:
        after, place = "", ()
    found = await database.fetch(
        f"""SELECT u.id AS user_id, u.name, u.email, u.is_admin, coalesce(s.trivia_count, 0) AS trivia_attempts,
                   coalesce(s.private_count, 0) AS private_attempts, coalesce(s.total_rating, 0) AS total_rating,
                   coalesce(s.trivia_score + s.private_score, 0) AS total_score, u.created_at
              FROM users u LEFT JOIN user_stats s ON s.user_id = u.id {after}
             ORDER BY u.created_at DESC, u.id DESC LIMIT %s""",
        (*place, limit + 1),
    )
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    return page, cursors.write((page[-1]["created_at"], page[-1]["user_id"]))


async def quiz_totals(database: Database) -> Row:
    return await database.fetch_one(
        """SELECT count(*) AS total_quizzes, count(*) FILTER (WHERE is_trivia) AS trivia_quizzes,
                  count(*) FILTER (WHERE NOT is_trivia) AS private_quizzes,
                  count(*) FILTER (WHERE is_active) AS active_quizzes FROM quizzes"""
    )


async def user_totals(database: Database) -> Row:
    """``active_users`` have submitted a quiz."""
    return await database.fetch_one(
        """SELECT (SELECT count(*) FROM users) AS total_users,
                  (SELECT count(*) FROM user_stats WHERE trivia_count + private_count > 0) AS active_users"""
    )


async def overview(database: Database) -> Row:
    """Totals of what there is now, deleted quizzes left out."""
    return await database.fetch_one(
        """SELECT (SELECT count(*) FROM users) AS total_users,
                  (SELECT coalesce(sum(attempts), 0)::bigint FROM quiz_stats) AS total_quiz_attempts,
                  (SELECT count(*) FROM games) AS total_games,
                  count(*) AS total_active_quizzes, count(*) FILTER (WHERE is_trivia) AS trivia_quizzes,
                  count(*) FILTER (WHERE NOT is_trivia) AS private_quizzes
             FROM quizzes WHERE is_active"""
    )


async def recent_activity(database: Database) -> Row:
    """What was new in the last seven days."""
    return await database.fetch_one(
        """SELECT (SELECT count(*) FROM users WHERE created_at > moment) AS new_users,
                  (SELECT count(*) FROM attempts WHERE submitted_at > moment) AS quiz_attempts,
                  (SELECT count(*) FROM quizzes WHERE created_at > moment AND is_active) AS new_quizzes,
                  (SELECT count(*) FROM games WHERE ended_at > moment) AS games
             FROM (SELECT now() - interval '7 days' AS moment) AS week"""
    )


async def deactivate_quiz(database: Database, quiz_id: str) -> str | None:
    """Whosever it is; returns its title, or None where there is no active quiz of that id. What was played stays."""
    row = await database.fetch_one(
        "UPDATE quizzes SET is_active = false WHERE id = %s AND is_active RETURNING title", (quiz_id,)
    )
    return row and row["title"]


async def set_admin(database: Database, email: str, is_admin: bool) -> Row | None:
    """The account with what it is now; None where there is none with that address, given in lower case."""
    return await database.fetch_one(
        "UPDATE users SET is_admin = %s WHERE email = %s RETURNING id, email, name, is_admin", (is_admin, email)
    )
