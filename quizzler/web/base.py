"""What all handlers share: bodies in, answers and errors out.

A handler does three things: it parses, it asks, it answers. Whatever goes wrong is raised as a ``QuizzlerError``,
and only ``write_error`` here turns that into an answer.
"""

import logging
import secrets
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from tornado.web import HTTPError, RequestHandler, stream_request_body

from quizzler.errors import (
    InvalidBody,
    InvalidRows,
    LimitReached,
    NotFound,
    QuizzlerError,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from quizzler.game.questions import unstorable
from quizzler.security.tokens import Claims
from quizzler.store.pool import Row
from quizzler.web.guards import content_security_policy, guards
from quizzler.web.problems import FieldProblem, FieldProblems, Problem, RowProblem, RowProblems, from_msgspec
from quizzler.web.services import Services, authenticate, charge

log = logging.getLogger(__name__)

T = TypeVar("T")

ASKER, ADDRESS, FREE = "asker", "address", "free"
MAX_BODY_BYTES = 1024 * 1024
# What is read past that and thrown away, so that whoever sent it hears why: Tornado itself just hangs up.
MAX_UNREAD_BYTES = 64 * MAX_BODY_BYTES


class BaseHandler(RequestHandler):
    @property
    def services(self) -> Services:
        return self.application.services

    @cached_property
    def request_id(self) -> str:
        """By which the lines of a request are found in the log."""
        return secrets.token_hex(8)

    def set_default_headers(self) -> None:
        for name, value in guards(self.request.protocol).items():
            self.set_header(name, value)
        self.set_header("X-Request-ID", self.request_id)

    def log_exception(self, kind: type | None, error: BaseException | None, trace: Any) -> None:
        """Not in Tornado's words, which have the whole address in them: a token may be part of it."""
        about = {"request": self.request_id}
        if isinstance(error, Unavailable) and error.reason:
            log.error("%s %s failed: %s", self.request.method, self.request.path, error.reason, extra=about)
        elif not isinstance(error, (QuizzlerError, HTTPError)):
            words = ("%s %s failed", self.request.method, self.request.path)
            log.error(*words, exc_info=(kind, error, trace), extra=about)


@stream_request_body
class ApiHandler(BaseHandler):
    """REST: JSON in, JSON out, errors as the wire contract has them."""

    # Which budget a request is taken from: that of the user, or without a token of the address; always of the
    # address, where it is about who somebody is; or none.
    budget = ASKER

    def prepare(self) -> None:
        self._received = bytearray()
        self.request.connection.set_max_body_size(MAX_UNREAD_BYTES)
        if self.request.method != "OPTIONS":
            self._charge()

    def data_received(self, chunk: bytes) -> None:
        if len(self._received) <= MAX_BODY_BYTES:
            self._received += chunk

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self._allow_origin()

    def _allow_origin(self) -> None:
        allowed = self.services.settings.cors_origins
        if not allowed:
            return
        origin = self.request.headers.get("Origin", "")
        self.set_header("Vary", "Origin")
        if "*" in allowed or origin in allowed:
            self.set_header("Access-Control-Allow-Origin", "*" if "*" in allowed else origin)
            self.set_header("Access-Control-Expose-Headers", "Link, Retry-After")

    def options(self, *_: str) -> None:
        """A browser's question before it sends a request from another site (CORS preflight)."""
        self.set_header("Access-Control-Allow-Methods", self.allowed_methods())
        self.set_header("Access-Control-Allow-Headers", "Authorization, Content-Type")
        self.set_header("Access-Control-Max-Age", "600")
        self.set_status(204)
        self.finish()

    def _charge(self) -> None:
        if self.budget == ASKER:
            charge(self.services, self.request.headers.get("Authorization", ""), self.request.remote_ip)
        elif self.budget == ADDRESS:
            self.services.admission.request(self.request.remote_ip)

    async def claims(self) -> Claims:
        """The caller's token. Raises ``Unauthenticated``."""
        return (await self._authenticated())[1]

    async def user(self) -> Row:
        """Who asks. Raises ``Unauthenticated``."""
        return (await self._authenticated())[0]

    async def _authenticated(self) -> tuple[Row, Claims]:
        return await authenticate(self.services, self.request.headers.get("Authorization", ""))

    def received(self) -> bytes:
        """The request's body as it came. Raises ``TooLarge``."""
        if len(self._received) > MAX_BODY_BYTES:
            raise TooLarge("The request is too large: at most 1 MiB is read")
        return bytes(self._received)

    def body(self, kind: type[T]) -> T:
        """The request's body as that type. Raises ``InvalidBody`` with the field that is wrong, and ``TooLarge``."""
        received = self.received()
        try:
            # Not strict: forms send numbers as text, and the earlier backend took them.
            return msgspec.json.decode(received, type=kind, strict=False)
        except msgspec.ValidationError as error:
            raise from_msgspec(str(error), "body") from None
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise InvalidBody("The body is not valid JSON", (), "json_invalid") from None

    def query(self, kind: type[T]) -> T:
        """The query's parameters as that type; an empty one is not given, and unknown ones are ignored. Raises
        ``InvalidBody`` with the parameter that is wrong."""
        known = {name: self._query_text(name) for name in kind.__struct_fields__}
        given = {name: text for name, text in known.items() if text}
        try:
            # Not strict: in an address everything is text.
            query = msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            raise from_msgspec(str(error), "query") from None
        for name in given:
            if getattr(query, name) is None:  # to msgspec the word "null" is nothing
                raise InvalidBody("This is not one of the possible values", (name,), "enum", part="query")
        return query

    def _query_text(self, name: str) -> str:
        """Not by ``get_query_argument``, which drops control characters in silence."""
        values = self.request.query_arguments.get(name, [b""])
        if len(values) > 1:
            raise InvalidBody("This is given more than once", (name,), part="query")
        try:
            text = values[0].decode()
        except UnicodeDecodeError:
            raise InvalidBody("This is not UTF-8 text", (name,), "string_unicode", part="query") from None
        if unstorable(text):
            raise InvalidBody("This has a character that cannot be used", (name,), part="query")
        return text

    def reply(self, answer: Any, status: int = 200) -> None:
        self.set_status(status)
        self.finish(msgspec.json.encode(answer))

    def write_error(self, status_code: int, **info: Any) -> None:
        error = info.get("exc_info", (None, None, None))[1]
        if not isinstance(error, HTTPError):
            self.services.registry.counts.went_wrong(error)
        if isinstance(error, Unauthenticated):
            self.set_header("WWW-Authenticate", "Bearer")  # RFC 9110, 11.6.1
        if isinstance(error, LimitReached) and error.retry_after is not None:
            self.set_header("Retry-After", str(error.retry_after))  # RFC 9110, 10.2.3
        if isinstance(error, InvalidBody):
            problem = FieldProblem([error.part, *error.field], error.sentence, error.kind)
            self.reply(FieldProblems([problem]), error.status)
        elif isinstance(error, InvalidRows):
            self.reply(RowProblems(error.sentence, [RowProblem(*row) for row in error.rows]), error.status)
        elif isinstance(error, QuizzlerError):
            self.reply(Problem(error.sentence), error.status)
        elif isinstance(error, HTTPError):
            self._reply_tornado(error)
        else:
            self.reply(Problem("Something went wrong on the server"), 500)

    def compute_etag(self) -> None:
        """None: no answer is kept, so none is asked for again by its tag."""

    def allowed_methods(self) -> str:
        return ", ".join(implemented_methods(type(self)))

    def _reply_tornado(self, error: HTTPError) -> None:
        """What Tornado itself refuses; it forgets ``Allow`` (RFC 9110, 15.5.6)."""
        sentence = HTTPStatus(error.status_code).phrase
        if error.status_code == 405:
            self.set_header("Allow", self.allowed_methods())
            sentence = f"{self.request.method} is not possible here, only {self.allowed_methods()}"
        self.reply(Problem(sentence), error.status_code)


class NotFoundHandler(ApiHandler):
    def prepare(self) -> None:
        super().prepare()
        raise NotFound("There is nothing at this address")


class PageHandler(BaseHandler):
    """HTML. Scripts and styles come from this server's own files alone, never from within a page."""

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Security-Policy", content_security_policy(self.request.host))


def implemented_methods(handler: type[RequestHandler]) -> list[str]:
    """Those that Tornado does not answer with 405 by itself."""
    methods = ((method, method.lower()) for method in handler.SUPPORTED_METHODS)
    return [method for method, name in methods if getattr(handler, name) is not getattr(RequestHandler, name)]
