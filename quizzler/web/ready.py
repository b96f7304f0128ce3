"""Answers that stand ready in memory, for what a whole hall asks for in the same seconds.

They are found by path and host and sent as they are: by the ``Front`` where a connection begins, by ``ready_rule`` on
a connection that Tornado has.
"""

import gzip
import logging
import re
import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2s
from http import HTTPStatus

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    ResponseStartLine,
    format_timestamp,
)
from tornado.routing import AnyMatches, Router, Rule

from quizzler.rooms.counts import Counts
from quizzler.web.guards import GUARDS, OVER_HTTPS, guards

log = logging.getLogger(__name__)

# By what name such answers are counted.
ROUTE = "ready"
FOR_A_YEAR = "public, max-age=31536000, immutable"
ASKED_EVERY_TIME = "no-cache"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n"

# What gzip makes smaller by less than this share is sent as it is; so is what would hold up a game while it is zipped.
_WORTH_IT = 0.1
_LARGEST_ZIPPED = 256 * 1024
_TAG = re.compile(r'"[^"]*"|\*')
_OVER_HTTPS = "".join(f"{name}: {value}\r\n" for name, value in OVER_HTTPS.items()).encode("latin-1")


class Form:
    """One way to send an answer; the headers go with a 304 too."""

    def __init__(self, body: bytes, headers: dict[str, str]):
        self.body = body
        self.headers = headers
        self._head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")

    def is_known(self, tags: str) -> bool:
        """By an If-None-Match header, compared weakly (RFC 9110, 13.1.2)."""
        return any(tag in (self.headers["Etag"], "*") for tag in _TAG.findall(tags))

    def response(self, tags: str, *, over_https: bool = False) -> bytes:
        """All bytes of the answer to a GET with that If-None-Match header."""
        more = date_line(int(time.time()))
        if over_https:
            more += _OVER_HTTPS
        if tags and self.is_known(tags):
            return NOT_MODIFIED + b"%s%s\r\n" % (self._head, more)
        head = b"HTTP/1.1 200 OK\r\n%s%sContent-Length: %d\r\n\r\n" % (self._head, more, len(self.body))
        return head + self.body


class Ready:
    """A body with its headers, plain and, where that is worth it, gzipped; ``more`` are headers of its own."""

    def __init__(self, body: bytes, kind: str, cache: str, **more: str):
        tag = blake2s(body, digest_size=12).hexdigest()
        headers = {**GUARDS, **more, "Content-Type": kind, "Cache-Control": cache}
        zipped = gzip.compress(body, mtime=0) if len(body) <= _LARGEST_ZIPPED else body
        self._zipped = None
        if len(zipped) < (1 - _WORTH_IT) * len(body):
            headers["Vary"] = "Accept-Encoding"
            self._zipped = Form(zipped, {**headers, "Etag": f'"{tag}-gzip"', "Content-Encoding": "gzip"})
        self._plain = Form(body, {**headers, "Etag": f'"{tag}"'})

    def form(self, accepted: str) -> Form:
        """For who sent that Accept-Encoding header."""
        return self._zipped if self._zipped and takes_gzip(accepted) else self._plain


Find = Callable[[str, str, str], Ready | None]
"""What there is for a path on a host, for somebody at an address."""


def either(one: Find, other: Find) -> Find:
    return lambda *asked: one(*asked) or other(*asked)


@lru_cache(256)
def takes_gzip(accepted: str) -> bool:
    """By an Accept-Encoding header (RFC 9110, 12.5.3)."""
    weights = {}
    for choice in accepted.lower().replace(" ", "").split(","):
        name, _, weight = choice.partition(";")
        weights[name] = not re.fullmatch(r"q=0(\.0*)?", weight)
    return weights.get("gzip", weights.get("*", False))


@lru_cache(1)
def date_line(second: int) -> bytes:
    return f"Date: {format_timestamp(second)}\r\n".encode()


def ready_rule(find: Find, counts: Counts) -> Rule:
    """A route to whatever ``find`` has; where that is nothing, the routes that follow are asked."""
    return Rule(AnyMatches(), _ReadyRouter(find, counts))


class _ReadyRouter(Router):
    def __init__(self, find: Find, counts: Counts):
        self._find = find
        self._counts = counts

    def find_handler(self, request: HTTPServerRequest, **_: object) -> HTTPMessageDelegate | None:
        reply = self._reply(request)
        if reply is not None:
            self._counts.requests[ROUTE, reply.status.code] += 1
        return reply

    def _reply(self, request: HTTPServerRequest) -> "Reply | None":
        guarded = guards(request.protocol)
        try:
            ready = self._find(request.path, request.host, request.remote_ip)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            return Reply(request.connection, request.method, 500, guarded)
        if ready is None:
            return None
        if request.method not in ("GET", "HEAD"):
            return Reply(request.connection, request.method, 405, {**guarded, "Allow": "GET, HEAD"})
        form = ready.form(request.headers.get("Accept-Encoding", ""))
        headers = {**guarded, **form.headers}
        if form.is_known(request.headers.get("If-None-Match", "")):
            return Reply(request.connection, request.method, 304, headers)
        return Reply(request.connection, request.method, 200, headers, form.body)


class Reply(HTTPMessageDelegate):
    """Answers at the end of a request, whatever body that has."""

    def __init__(
        self, connection: HTTPConnection, method: str, status: int, headers: dict[str, str], body: bytes = b""
    ):
        self._connection = connection
        self._method = method
        self.status = ResponseStartLine("HTTP/1.1", status, HTTPStatus(status).phrase)
        self._headers = headers
        self._body = body

    def finish(self) -> None:
        headers = HTTPHeaders({**self._headers, "Date": format_timestamp(time.time())})
        if self.status.code != 304:
            headers["Content-Length"] = str(len(self._body))
        self._connection.write_headers(self.status, headers, self._body if self._method != "HEAD" else None)
        self._connection.finish()
