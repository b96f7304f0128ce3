"""What a REST handler's method says of itself: the OpenAPI document is made from this and from the routes.

    class Quizzes(ApiHandler):
        @operation("Save a quiz", who=USER, body=QuizBody, answer=SavedQuiz, errors=(Invalid, Forbidden))
        async def post(self) -> None: ...

The arguments of a method are the path's parameters, in order: ``get(self, quiz_id)`` on ``/quizzes/([^/]+)/?`` is
``/quizzes/{quiz_id}``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct

from quizzler.errors import QuizzlerError

ANYONE, USER, CREATOR, HOST, ADMIN = "anyone", "user", "creator", "host", "admin"
JSON = "application/json"

# Goes out as ISO 8601 with an offset.
Moment = Annotated[datetime, Meta(tz=True)]

F = TypeVar("F", bound=Callable)


class Message(Struct):
    """An answer that is a sentence for a person and no more."""

    message: str


@dataclass(frozen=True)
class Operation:
    """``body`` and ``query`` are the types that validate what comes in, ``answer`` is the type that goes out with
    each of ``statuses``, as ``media``; ``upload`` is the name of the file in a ``multipart/form-data`` body.
    ``errors`` are those beside what follows from the rest: 422 and 413 for a body, 401 for who is not signed in, 403
    for who is no admin, 503 where the database is away."""

    summary: str
    who: str = ANYONE
    body: Any = None
    query: Any = None
    answer: Any = None
    errors: tuple[type[QuizzlerError], ...] = ()
    description: str = ""
    upload: str = ""
    media: str = JSON
    statuses: tuple[int, ...] = (200,)


def operation(summary: str, **more: Any) -> Callable[[F], F]:
    """Marks a handler's method; see ``Operation`` for what can be said."""

    def mark(method: F) -> F:
        method.operation = Operation(summary, **more)
        return method

    return mark


def operation_of(method: Callable) -> Operation | None:
    return getattr(method, "operation", None)
