"""Sums over each user's submitted attempts, so that no leaderboard and no statistics add up rows."""

from quizzler.game.attempt import Outcome
from quizzler.store.pool import Row, Transaction

_TOTALS = ("trivia_count", "trivia_score", "total_rating", "private_count", "private_score")
_HIGHEST = ("trivia_best", "private_best")
_BEST_QUIZ = ("best_quiz_id", "best_rating", "best_score")
_COLUMNS = ("user_id", *_TOTALS, *_HIGHEST, *_BEST_QUIZ, "has_perfect_score")

# The best quiz is the trivia with the highest rating; of equals, the first.
_IS_BETTER = "new.trivia_count > 0 AND (old.trivia_count = 0 OR new.best_rating > old.best_rating)"
_ADD = f"""
    INSERT INTO user_stats AS old ({", ".join(_COLUMNS)}) VALUES ({", ".join(["%s"] * len(_COLUMNS))})
    ON CONFLICT (user_id) DO UPDATE SET
        {", ".join(f"{name} = old.{name} + new.{name}" for name in _TOTALS)},
        {", ".join(f"{name} = greatest(old.{name}, new.{name})" for name in _HIGHEST)},
        {", ".join(f"{name} = CASE WHEN {_IS_BETTER} THEN new.{name} ELSE old.{name} END" for name in _BEST_QUIZ)},
        has_perfect_score = old.has_perfect_score OR new.has_perfect_score
""".replace("new.", "excluded.")


async def add(transaction: Transaction, attempt: Row, outcome: Outcome) -> None:
    """Counts an attempt that is submitted in this same transaction: once, or the sums are wrong."""
    score = outcome.score
    sums = {"user_id": attempt["user_id"], "has_perfect_score": outcome.perfect}
    if attempt["is_trivia"]:
        best = {"best_quiz_id": attempt["quiz_id"], "best_rating": outcome.rating, "best_score": score}
        sums |= {"trivia_count": 1, "trivia_score": score, "trivia_best": score, "total_rating": outcome.rating, **best}
    else:
        sums |= {"private_count": 1, "private_score": score, "private_best": score}
    await transaction.execute(_ADD, [sums.get(name, None if name == "best_quiz_id" else 0) for name in _COLUMNS])
