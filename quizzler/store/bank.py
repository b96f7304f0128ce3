"""Loads the trivia quizzes that come with the package."""

from pathlib import Path

from quizzler.formats import bank
from quizzler.store import quizzes
from quizzler.store.pool import Database, Row

FOLDER = Path(__file__).parent.parent / "bank"


async def load(database: Database) -> int:
    """Adds those that are not there yet, in one transaction; returns how many. A quiz that an admin has deactivated
    stays away: it is known by its key. Of two servers that start at once, the second waits for the first."""
    async with database.transaction() as transaction:
        added = 0
        for path in sorted(FOLDER.glob("*.json")):
            for quiz in bank.parse(path.read_text(encoding="utf-8")):
                new = await quizzes.insert(transaction, _columns(quiz), quiz.questions, bank_key=quiz.key)
                added += new is not None
        return added


def _columns(quiz: bank.BankQuiz) -> Row:
    """A trivia quiz without a schedule, a minute for each question when it is taken alone."""
    return {
        "title": quiz.title,
        "description": quiz.description,
        "is_trivia": True,
        "topic": quiz.topic,
        "difficulty": quiz.difficulty,
        "start_time": None,
        "end_time": None,
        "duration": len(quiz.questions),
        "positive_mark": 1.0,
        "negative_mark": 0.0,
        "navigation_type": "omni",
        "tab_switch_exit": False,
    }
