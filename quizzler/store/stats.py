"""Leaderboards, ranks and statistics of people who take quizzes alone.

Nothing here adds up answers: the sums are in ``user_stats`` and ``quiz_stats``, the counts behind a rank in
``rating_counts`` (migration 0004), and a page of a leaderboard is a walk along an index.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from quizzler.store import cursors
from quizzler.store.pool import Database, Row

HISTORY = 10
RECOMMENDATIONS = 5

Bigint = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
# The last entry's place in the order, then how many entries there were until then and its rank.
GlobalPlace = tuple[Bigint, UUID, Bigint, Bigint]
QuizPlace = tuple[float, datetime, UUID, Bigint, Bigint]

_BEFORE_ALL = (float("inf"), datetime.min, UUID(int=0), 0, 0)

NOBODY = "Deleted account"


async def global_leaderboard(database: Database, limit: int, cursor: str | None) -> tuple[list[Row], str | None]:
    """A page of everybody who has taken trivia, the highest total rating first, each with ``rank``; and the next
    page's cursor (None on the last). Raises ``Invalid`` for a cursor of another list."""
    if cursor:
        rating, user_id, count, rank = cursors.read(cursor, GlobalPlace)
        after, place = "AND (s.total_rating, s.user_id) < (%s, %s)", (rating, str(user_id))
    else:
        rating, count, rank, after, place = None, 0, 0, "", ()
    found = await database.fetch(
        f"""SELECT s.user_id, u.name AS user_name, u.email, s.total_rating, s.trivia_count AS quiz_count,
                   q.title AS best_quiz, s.best_score,
                   round(s.total_rating::numeric / s.trivia_count, 2)::float8 AS average_rating
              FROM user_stats s JOIN users u ON u.id = s.user_id LEFT JOIN quizzes q ON q.id = s.best_quiz_id
             WHERE s.trivia_count > 0 {after}
             ORDER BY s.total_rating DESC, s.user_id DESC LIMIT %s""",
        (*place, limit + 1),
    )
    page = _ranked(found[:limit], "total_rating", count, rank, rating)
    if len(found) <= limit:
        return page, None
    last = page[-1]
    return page, cursors.write((last["total_rating"], last["user_id"], count + len(page), last["rank"]))


async def ranked_users(database: Database) -> int:
    """How many people have taken trivia."""
    row = await database.fetch_one("SELECT ranked_users() AS count")
    return row["count"]


async def quiz_leaderboard(
    database: Database, quiz_id: str, limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """A page of a quiz's submitted attempts with ``rank`` and ``user_id``, the highest score first, of equal ones the
    earlier; and the next page's cursor. Raises ``Invalid`` for a cursor of another list."""
    score, at, attempt_id, count, rank = cursors.read(cursor, QuizPlace) if cursor else _BEFORE_ALL
    # In two halves, what is left of the same score and what is below it: each is a walk along the index.
    found = await database.fetch(
        f"""SELECT page.*, coalesce(u.name, '{NOBODY}') AS user_name, u.email
              FROM ((SELECT id, user_id, score, submitted_at FROM attempts
                      WHERE quiz_id = %s AND submitted_at IS NOT NULL AND score = %s AND (submitted_at, id) > (%s, %s)
                      ORDER BY submitted_at, id LIMIT %s)
                    UNION ALL
                    (SELECT id, user_id, score, submitted_at FROM attempts
                      WHERE quiz_id = %s AND submitted_at IS NOT NULL AND score < %s
                      ORDER BY score DESC, submitted_at, id LIMIT %s)) AS page
              LEFT JOIN users u ON u.id = page.user_id
             ORDER BY score DESC, submitted_at, page.id LIMIT %s""",
        (quiz_id, score, at, str(attempt_id), limit + 1, quiz_id, score, limit + 1, limit + 1),
    )
    page = _ranked(found[:limit], "score", count, rank, score)
    if len(found) <= limit:
        return page, None
    last = page[-1]
    return page, cursors.write((last["score"], last["submitted_at"], last["id"], count + len(page), last["rank"]))


async def ranked_quiz(database: Database, quiz_id: str) -> Row | None:
    """A quiz as its leaderboard shows it, also one that was deleted, with ``is_active``, ``creator_id`` and
    ``participants``: how many have submitted it."""
    return await database.fetch_one(
        """SELECT id, title, is_trivia, is_active, creator_id,
                  (SELECT coalesce(sum(attempts), 0) FROM quiz_stats WHERE quiz_id = quizzes.id) AS participants
             FROM quizzes WHERE id = %s""",
        (quiz_id,),
    )


async def sums(database: Database, user_id: str) -> Row:
    """What a user has reached: the columns of ``user_stats``, 0 for somebody who has taken nothing yet."""
    row = await database.fetch_one(
        """SELECT trivia_count, trivia_score, trivia_best, total_rating,
                  private_count, private_score, private_best, has_perfect_score
             FROM user_stats WHERE user_id = %s""",
        (user_id,),
    )
    return row or {
        "trivia_count": 0,
        "trivia_score": 0.0,
        "trivia_best": 0.0,
        "total_rating": 0,
        "private_count": 0,
        "private_score": 0.0,
        "private_best": 0.0,
        "has_perfect_score": False,
    }


async def topics_of(database: Database, user_id: str) -> list[Row]:
    """The topics of trivia that a user has taken, by name, with how many quizzes, questions and right answers."""
    return await database.fetch(
        """SELECT q.topic, count(*) AS quizzes_attempted, sum(a.total_questions) AS total_questions,
                  coalesce(sum(a.correct_answers), 0) AS correct_answers
             FROM attempts a JOIN quizzes q ON q.id = a.quiz_id
            WHERE a.user_id = %s AND a.submitted_at IS NOT NULL AND q.is_trivia AND q.topic <> ''
            GROUP BY q.topic ORDER BY q.topic""",
        (user_id,),
    )


async def position(database: Database, user_id: str) -> Row | None:
    """``rank`` by total rating among ``total_users``, with ``average_rating`` and ``quiz_count``; None for somebody who
    has not taken any trivia."""
    return await database.fetch_one(
        """SELECT rating_rank(total_rating) AS rank, ranked_users() AS total_users,
                  round(total_rating::numeric / trivia_count, 2)::float8 AS average_rating, trivia_count AS quiz_count
             FROM user_stats WHERE user_id = %s AND trivia_count > 0""",
        (user_id,),
    )


async def history(database: Database, user_id: str) -> list[Row]:
    """The last quizzes that a user has submitted, the newest first."""
    return await database.fetch(
        """SELECT a.quiz_id, q.title AS quiz_title, q.topic, q.is_trivia, q.difficulty, a.score, a.correct_answers,
                  a.total_questions, a.rating, a.submitted_at
             FROM attempts a JOIN quizzes q ON q.id = a.quiz_id
            WHERE a.user_id = %s AND a.submitted_at IS NOT NULL
            ORDER BY a.submitted_at DESC LIMIT %s""",
        (user_id, HISTORY),
    )


async def recommendations(database: Database, user_id: str, known_topics: list[str]) -> list[Row]:
    """Open trivia that the user has not begun: each topic's most popular, topics that are new to them first."""
    return await database.fetch(
        """SELECT id, title, topic, difficulty, popularity
             FROM (SELECT DISTINCT ON (q.topic) q.id, q.title, q.topic, q.difficulty, q.popularity
                     FROM quizzes q
                    WHERE q.is_trivia AND q.is_active AND q.topic <> ''
                      AND coalesce(q.start_time <= now(), true) AND coalesce(q.end_time > now(), true)
                      AND NOT EXISTS (SELECT FROM attempts a WHERE a.quiz_id = q.id AND a.user_id = %s)
                      AND NOT EXISTS (SELECT FROM past_attempts p WHERE p.quiz_id = q.id AND p.user_id = %s)
                    ORDER BY q.topic, q.popularity DESC, q.title) AS best
            ORDER BY topic = ANY (%s), popularity DESC, title LIMIT %s""",
        (user_id, user_id, known_topics, RECOMMENDATIONS),
    )


def _ranked(page: list[Row], by: str, count: int, rank: int, value: float | None) -> list[Row]:
    """Adds ``rank``: equal values share one, and the next is the place in the whole list. ``count``, ``rank`` and
    ``value`` are of the entry before the page."""
    for entry in page:
        count += 1
        if entry[by] != value:
            rank, value = count, entry[by]
        entry["rank"] = rank
    return page
