"""People who have taken quizzes alone, put into the database in one go."""

from datetime import UTC, datetime, timedelta

from quizzler.store.pool import Database

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


async def add_quiz(database: Database, title: str = "Capitals", *, creator_id: str | None = None, **columns) -> str:
    """A quiz without questions: trivia in the topic of that name, unless ``is_trivia`` or ``topic`` say otherwise."""
    values = {"title": title, "creator_id": creator_id, "is_trivia": True, "topic": title, **columns}
    row = await database.fetch_one(
        f"INSERT INTO quizzes ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))}) RETURNING id",
        tuple(values.values()),
    )
    return row["id"]


async def add_user(database: Database, name: str) -> str:
    row = await database.fetch_one(
        "INSERT INTO users (email, name, password_hash) VALUES (%s, %s, '') RETURNING id",
        (f"{name.lower()}@example.org", name),
    )
    return row["id"]


async def add_attempt(
    database: Database, quiz_id: str, user_id: str, score: float, *, minute: int = 0, rating: int | None = None
) -> None:
    """Submitted ``minute`` minutes past noon; of 10 questions."""
    at = NOON + timedelta(minutes=minute)
    await database.execute(
        """INSERT INTO attempts (quiz_id, version, user_id, started_at, submitted_at, total_questions,
                                 correct_answers, score, seconds, rating)
           VALUES (%s, 1, %s, %s, %s, 10, %s, %s, 60, %s)""",
        (quiz_id, user_id, at - timedelta(minutes=1), at, int(score), score, rating),
    )


async def add_rating(database: Database, user_id: str, total_rating: int, trivia_count: int = 1, **columns) -> None:
    values = {"user_id": user_id, "total_rating": total_rating, "trivia_count": trivia_count, **columns}
    await database.execute(
        f"INSERT INTO user_stats ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",
        tuple(values.values()),
    )
