"""An answer against a question: the share of it that is right, from 0 to 1, one function per kind."""

from collections.abc import Callable
from typing import Any

from quizzler.game.questions import Body, Question, SingleChoice


def grade(question: Question, answer: Any) -> float:
    """``answer`` is one that ``question.body.accepts``."""
    return _GRADERS[type(question.body)](question.body, answer)


def _single_choice(body: SingleChoice, answer: int) -> float:
    return 1.0 if answer == body.correct else 0.0


_GRADERS: dict[type[Body], Callable[[Any, Any], float]] = {SingleChoice: _single_choice}
