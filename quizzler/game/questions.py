"""What a question is, kind by kind, and what makes one invalid.

A question is a text, a time limit and a *body*; the body's type is the question's kind. Everything
that depends on the kind hangs on the body: its public face (what a player may see before the end),
which answers are possible, and, in ``grading``, how right an answer is. A new kind is a new body here
and a new function there.

Stored and journaled, a body is a JSON object that names its kind:
``{"kind": "single_choice", "options": ["Lyon", "Paris"], "correct": 1}``.
"""

from msgspec import Struct

from quizzler.errors import InvalidBody

MAX_TEXT = 500
MAX_OPTION = 200
MAX_EXPLANATION = 500
MIN_OPTIONS, MAX_OPTIONS = 2, 6
MIN_TIME_LIMIT, MAX_TIME_LIMIT = 1, 3600
DEFAULT_TIME_LIMIT = 30


class SingleChoice(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="single_choice"):
    """One option of 2 to 6 is right; ``correct`` is its index from 0. An answer is an index."""

    options: tuple[str, ...]
    correct: int

    kind = "single_choice"

    def check(self) -> None:
        if not MIN_OPTIONS <= len(self.options) <= MAX_OPTIONS:
            raise InvalidBody(f"A question has {MIN_OPTIONS} to {MAX_OPTIONS} options", ("options",))
        for place, option in enumerate(self.options):
            check_text(option, MAX_OPTION, "An option", ("options", place))
        if len(set(self.options)) < len(self.options):
            raise InvalidBody("Two options of a question are the same", ("options",))
        if not 0 <= self.correct < len(self.options):
            raise InvalidBody("The correct answer is not one of the options", ("correct_answer",))

    def accepts(self, answer: object) -> bool:
        return type(answer) is int and 0 <= answer < len(self.options)


Body = SingleChoice


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """``time_limit`` in seconds, for live play; ``explanation`` is shown once the answer is out."""

    text: str
    body: Body
    time_limit: float = DEFAULT_TIME_LIMIT
    explanation: str = ""

    def check(self) -> None:
        """Raises ``InvalidBody`` with a sentence and the field that is wrong."""
        check_text(self.text, MAX_TEXT, "A question", ("question",))
        self.body.check()
        if not MIN_TIME_LIMIT <= self.time_limit <= MAX_TIME_LIMIT:
            raise InvalidBody(f"A time limit is {MIN_TIME_LIMIT} to {MAX_TIME_LIMIT} seconds", ("time_limit",))
        if len(self.explanation) > MAX_EXPLANATION:
            raise InvalidBody(f"An explanation has at most {MAX_EXPLANATION} characters", ("explanation",))
        if unstorable(self.explanation):
            raise InvalidBody("An explanation has a character that cannot be stored", ("explanation",))


def check_text(text: str, longest: int, what: str, field: tuple[str | int, ...]) -> None:
    if not text.strip():
        raise InvalidBody(f"{what} is empty", field)
    if len(text) > longest:
        raise InvalidBody(f"{what} has at most {longest} characters", field)
    if unstorable(text):
        raise InvalidBody(f"{what} has a character that cannot be stored", field)


def unstorable(text: str) -> bool:
    """PostgreSQL takes neither NUL nor half a surrogate pair in text and jsonb."""
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)
