"""Everything that can go wrong for a person, in one hierarchy.

    QuizzlerError             500  1011
    ├── Invalid               400  1003   the request contradicts a rule
    │   ├── InvalidBody       422  1003   the request's shape is wrong; says where
    │   └── InvalidRows       400  1003   rows of a file are wrong; says which, and why
    ├── Unauthenticated       401  1008   no token, or a dead one
    ├── Forbidden             403  1003   known, but not allowed to
    ├── NotFound              404  1003   there is no such thing, or it is not yours to see
    ├── Misdirected           421  1008   asked for under a name that is not this server's
    ├── TooLarge              413  1009   more than is read
    ├── LimitReached          429  1008   a limit of this server
    ├── Unavailable           503  1013   the database or this server cannot do it at the moment
    ├── Refused               409  1003   the game's phase forbids it; nothing was changed
    │   └── AnswerRefused     409  1003   with the reason an acknowledgement carries
    └── StartupError            –     –   the server cannot start; ends it with exit status 2
        └── DatabaseLate        –     –   the database may yet be there for this server

Each class knows its HTTP status and its WebSocket close code (RFC 6455, 7.4.1); each instance
knows its sentence, which is shown to a person as it stands.
"""

from collections.abc import Sequence

# Of a file's bad rows, in the sentence; the others are in the list.
_ROWS_SHOWN = 5


class QuizzlerError(Exception):
    """The root. ``sentence`` is for a person: no jargon, no secrets, no traceback."""

    status = 500
    close_code = 1011

    def __init__(self, sentence: str = "Something went wrong on the server"):
        super().__init__(sentence)
        self.sentence = sentence


class Invalid(QuizzlerError):
    status = 400
    close_code = 1003


class InvalidBody(Invalid):
    """``field`` is where, outermost first: ``("questions", 3, "option_a")``; ``kind`` is a word for
    machines: ``missing``, ``str_type``, ``value_error`` and so on; ``part`` is ``body`` or ``query``."""

    status = 422

    def __init__(
        self, sentence: str, field: tuple[str | int, ...] = (), kind: str = "value_error", *, part: str = "body"
    ):
        super().__init__(sentence)
        self.field = field
        self.kind = kind
        self.part = part


class InvalidRows(Invalid):
    """``rows`` are pairs of a row's number, as a spreadsheet counts them, and a sentence; at least one. Nothing of
    the file was taken."""

    def __init__(self, rows: Sequence[tuple[int, str]]):
        shown = "; ".join(f"row {row}: {sentence}" for row, sentence in rows[:_ROWS_SHOWN])
        more = f"; and {len(rows) - _ROWS_SHOWN} more" if len(rows) > _ROWS_SHOWN else ""
        super().__init__(shown[:1].upper() + shown[1:] + more)
        self.rows = tuple(rows)


class Unauthenticated(QuizzlerError):
    status = 401
    close_code = 1008


class Forbidden(QuizzlerError):
    status = 403
    close_code = 1003


class NotFound(QuizzlerError):
    status = 404
    close_code = 1003


class Misdirected(QuizzlerError):
    status = 421
    close_code = 1008


class TooLarge(QuizzlerError):
    status = 413
    close_code = 1009


class LimitReached(QuizzlerError):
    """``retry_after`` is whole seconds until it is worth trying again, where that is known (RFC 9110, 10.2.3)."""

    status = 429
    close_code = 1008

    def __init__(self, sentence: str, retry_after: int | None = None):
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(QuizzlerError):
    """``reason`` is for the log: what whoever could not do it said."""

    status = 503
    close_code = 1013

    def __init__(self, sentence: str, reason: str = ""):
        super().__init__(sentence)
        self.reason = reason


class Refused(QuizzlerError):
    status = 409
    close_code = 1003


class AnswerRefused(Refused):
    """``reason`` is one of ``already_answered``, ``too_late``, ``no_question``, ``invalid``."""

    def __init__(self, reason: str, question_index: int | None = None):
        super().__init__(f"The answer was refused: {reason}")
        self.reason = reason
        self.question_index = question_index


class StartupError(QuizzlerError):
    """The command line prints the sentence and ends with exit status 2."""


class DatabaseLate(StartupError):
    """Nobody answers there yet, the database is starting, or the server before this one still has it: worth waiting
    for."""
