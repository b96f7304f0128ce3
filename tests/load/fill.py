"""Fills a database with people, quizzes and answers, the way they are spread in life.

    python -m tests.load.fill --users 100000 --responses 1000000 [--data-dir FOLDER | --database-url URL]

A few quizzes are taken by very many and most by few (Zipf's law), some people take much more than others, and one
takes everything. Without a folder or an address it fills a PostgreSQL of its own and throws it away: that is for its
time alone. Everyone's password is ``correct horse``.
"""

import argparse
import asyncio
import contextlib
import io
import json
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bcrypt
import psycopg2

from quizzler.game.attempt import rating
from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.migrate import migrate
from quizzler.store.pool import connect

TRIVIA, PRIVATE, TOPICS, QUESTIONS = 400, 100, 20, 10
DURATION = 10  # minutes
REGULARS = 0.02  # the share of people who take a third of all quizzes
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fill a database to measure with.")
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--data-dir", type=Path, help="a folder for a private PostgreSQL, to be served from afterwards")
    parser.add_argument("--database-url", help="an empty database")
    given = parser.parse_args()
    with database_url(given.data_dir, given.database_url) as url:
        asyncio.run(prepare(url))
        begun = time.perf_counter()
        counts = fill(url, given.users, given.responses)
        print(", ".join(f"{count:,} {what}" for what, count in counts.items()), end=" ")
        print(f"in {time.perf_counter() - begun:.1f} s")


@contextlib.contextmanager
def database_url(data_dir: Path | None = None, url: str | None = None) -> Iterator[str]:
    """That address, or a private PostgreSQL's in that folder; without either in a folder that is thrown away."""
    if url:
        yield url
        return
    folder = data_dir or Path(tempfile.mkdtemp(prefix="quizzler-load-"))
    if data_dir is None:
        folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    try:
        yield postgres.url
    finally:
        postgres.stop()
        if data_dir is None:
            shutil.rmtree(folder, ignore_errors=True)


async def prepare(url: str) -> None:
    database = await connect(url, size=1)
    try:
        await migrate(database)
    finally:
        await database.close()


def fill(url: str, users: int, responses: int, seed: int = 1) -> dict[str, int]:
    """One transaction, then ANALYZE; returns how many there are of each."""
    dice = random.Random(seed)
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            people = add_users(cursor, users)
            quizzes = add_quizzes(cursor, people[0])
            attempts = add_attempts(cursor, dice, quizzes, people, responses // QUESTIONS)
            add_sums(cursor)
        # What autovacuum does on a server that has been running: statistics, and the map for index-only scans.
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    finally:
        connection.close()
    return {"users": users, "quizzes": len(quizzes), "attempts": attempts, "responses": attempts * QUESTIONS}


def add_users(cursor, count: int) -> list[str]:
    password = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(12)).decode()
    people = [str(uuid.uuid4()) for _ in range(count)]
    copy(
        cursor,
        "users (id, email, name, password_hash, created_at)",
        (
            (user_id, f"person{number}@example.org", f"Person {number}", password, NOON + timedelta(seconds=number))
            for number, user_id in enumerate(people)
        ),
    )
    return people


def add_quizzes(cursor, creator: str) -> list[tuple[str, bool, list[str]]]:
    """Each quiz's id, whether it is trivia, and its questions' ids."""
    made = [
        (str(uuid.uuid4()), number < TRIVIA, [str(uuid.uuid4()) for _ in range(QUESTIONS)])
        for number in range(TRIVIA + PRIVATE)
    ]
    copy(
        cursor,
        "quizzes (id, creator_id, title, is_trivia, topic, difficulty, duration, popularity)",
        (
            (quiz_id, creator, f"Quiz {number}", is_trivia, f"Topic {number % TOPICS}", "medium", DURATION, number)
            for number, (quiz_id, is_trivia, _) in enumerate(made)
        ),
    )
    body = json.dumps({"kind": "single_choice", "options": ["one", "two", "three", "four"], "correct": 0})
    copy(
        cursor,
        "questions (id, quiz_id, position, text, kind, body, time_limit)",
        (
            (question_id, quiz_id, position, f"Question {position}?", "single_choice", body, 30)
            for quiz_id, _, questions in made
            for position, question_id in enumerate(questions)
        ),
    )
    return made


def add_attempts(cursor, dice: random.Random, quizzes: list, people: list[str], count: int) -> int:
    """As many as that, as far as each takes a quiz once; returns how many."""
    shares = zipf_shares(count, len(quizzes), most=len(people))
    dice.shuffle(shares)
    regulars = people[: max(1, int(len(people) * REGULARS))]
    attempts, answers = [], []
    for (quiz_id, is_trivia, questions), share in zip(quizzes, shares):
        takers = {*people[: min(share, 1)], *dice.sample(regulars, min(share // 3, len(regulars)))}
        while len(takers) < share:
            takers.add(dice.choice(people))
        for user_id in takers:
            attempt = one_attempt(dice, quiz_id, is_trivia, user_id)
            attempts.append(attempt)
            right = attempt[8]
            answers += (
                (attempt[0], question, int(place >= right), place < right) for place, question in enumerate(questions)
            )
    columns = """id, quiz_id, user_id, version, started_at, submitted_at, total_questions, duration, correct_answers,
                 score, seconds, rating"""
    copy(cursor, f"attempts ({columns})", attempts)
    copy(cursor, "responses (attempt_id, question_id, answer, correct)", answers)
    return len(attempts)


def zipf_shares(count: int, parts: int, most: int) -> list[int]:
    """``count`` in that many parts, the n-th in proportion to 1/n, none over ``most``; what rounding leaves over goes
    to the first."""
    weights = [1 / number for number in range(1, parts + 1)]
    shares = [min(round(count * weight / sum(weights)), most) for weight in weights]
    shares[0] = min(shares[0] + count - sum(shares), most)
    return shares


def one_attempt(dice: random.Random, quiz_id: str, is_trivia: bool, user_id: str) -> tuple:
    right = min(QUESTIONS, max(0, round(dice.gauss(6.5, 2))))
    seconds = round(dice.uniform(60, 60 * DURATION), 3)
    started = NOON + timedelta(seconds=dice.randrange(10**7))
    earned = rating(right, QUESTIONS, DURATION, seconds / 60) if is_trivia else None
    ended = started + timedelta(seconds=seconds)
    taken = (started, ended, QUESTIONS, DURATION, right, float(right), seconds, earned)
    return (str(uuid.uuid4()), quiz_id, user_id, 1, *taken)


def add_sums(cursor) -> None:
    """What submitting them one by one would have added up to."""
    cursor.execute(
        """INSERT INTO user_stats (user_id, trivia_count, trivia_score, trivia_best, total_rating, best_quiz_id,
                                   best_rating, best_score, private_count, private_score, private_best,
                                   has_perfect_score)
           SELECT a.user_id, count(*) FILTER (WHERE q.is_trivia), coalesce(sum(score) FILTER (WHERE q.is_trivia), 0),
                  coalesce(max(score) FILTER (WHERE q.is_trivia), 0), coalesce(sum(rating), 0),
                  (array_agg(q.id ORDER BY rating DESC) FILTER (WHERE q.is_trivia))[1], coalesce(max(rating), 0),
                  coalesce((array_agg(score ORDER BY rating DESC) FILTER (WHERE q.is_trivia))[1], 0),
                  count(*) FILTER (WHERE NOT q.is_trivia), coalesce(sum(score) FILTER (WHERE NOT q.is_trivia), 0),
                  coalesce(max(score) FILTER (WHERE NOT q.is_trivia), 0), bool_or(correct_answers = total_questions)
             FROM attempts a JOIN quizzes q ON q.id = a.quiz_id GROUP BY a.user_id"""
    )


def copy(cursor, table: str, rows: Iterable[tuple]) -> None:
    """None of the values has a tab, a newline or a backslash."""
    text = io.StringIO()
    for row in rows:
        text.write("\t".join("\\N" if value is None else str(value) for value in row) + "\n")
    text.seek(0)
    cursor.copy_expert(f"COPY {table} FROM STDIN", text)


if __name__ == "__main__":
    main()
