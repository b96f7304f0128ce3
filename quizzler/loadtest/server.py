"""What a load test asks of the server over HTTP before it plays: may it, within what limits, and as whom."""

import secrets
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from tornado.httpclient import HTTPClient, HTTPError, HTTPRequest, HTTPResponse

from quizzler.errors import Forbidden, Invalid, LimitReached, NotFound, Unauthenticated, Unavailable
from quizzler.loadtest.plan import Plan
from quizzler.ops.terminal import printable
from quizzler.security.tokens import strip_bearer
from quizzler.web.auth import Account, SignedIn
from quizzler.web.loadtest import Permission
from quizzler.web.problems import Problem

T = TypeVar("T")

SECONDS = 30.0


class Guest(Struct, frozen=True):
    """Whom the games belong to. ``password`` is None for an account that was there before."""

    email: str
    token: str
    password: str | None = None


class Server:
    """``url`` has no slash at its end. Every method raises ``QuizzlerError`` with a sentence."""

    def __init__(self, url: str, token: str | None):
        self._url = url
        self._token = strip_bearer(token) if token else None

    def permission(self) -> Permission:
        return self._ask("POST", "/realtime/loadtest", Permission)

    def guest(self) -> Guest:
        """The token's account, or a new one."""
        if self._token:
            return Guest(self._ask("GET", "/auth/me", Account).email, self._token)
        email, password = f"loadtest-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(12)
        body = {"email": email, "password": password, "name": "Load test"}
        return Guest(email, self._ask("POST", "/auth/signup", SignedIn, body).access_token, password)

    def _ask(self, method: str, path: str, kind: type[T], body: Any = None) -> T:
        answer = self._fetch(method, path, body)
        if answer.code == 200:
            try:
                return msgspec.json.decode(answer.body, type=kind)
            except (msgspec.DecodeError, UnicodeError):
                raise Unavailable(f"{self._url} does not answer as a Quizzler server does") from None
        if 300 <= answer.code < 400:
            raise Invalid(f"{self._url} sends on to {printable(answer.headers.get('Location', 'somewhere else'))}")
        raise self._refusal(answer)

    def _fetch(self, method: str, path: str, body: Any) -> HTTPResponse:
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = HTTPRequest(
            self._url + path,
            method=method,
            headers=headers,
            body=None if method == "GET" else msgspec.json.encode({} if body is None else body),
            follow_redirects=False,
            connect_timeout=SECONDS,
            request_timeout=SECONDS,
        )
        client = HTTPClient()
        try:
            return client.fetch(request, raise_error=False)
        except (OSError, HTTPError) as error:
            raise Unavailable(f"{self._url} does not answer: {getattr(error, 'strerror', None) or error}") from None
        finally:
            client.close()

    def _refusal(self, answer: HTTPResponse) -> Exception:
        try:
            sentence = printable(msgspec.json.decode(answer.body, type=Problem).detail)
        except (msgspec.DecodeError, UnicodeError):
            return Unavailable(
                f"{self._url} is no Quizzler server: it answers {answer.code} {printable(answer.reason)}"
            )
        if answer.code == 401:
            return Unauthenticated(f"The server does not take the token: {sentence}")
        if answer.code == 403:
            return Forbidden(sentence)
        if answer.code == 404:
            return NotFound(f"The server at {self._url} knows no load tests: {sentence}")
        return Unavailable(f"{self._url} answers {answer.code}: {sentence}")


def check_limits(plan: Plan, permission: Permission) -> None:
    """Raises ``LimitReached`` with what to change on the server."""
    if plan.players > permission.max_players_per_room:
        raise LimitReached(
            f"The server allows {permission.max_players_per_room:,} players in a room: "
            f"start it with MAX_PLAYERS_PER_ROOM={plan.players}"
        )
    if permission.active_rooms + plan.rooms > permission.max_rooms:
        in_use = f", and {permission.active_rooms:,} are in use" if permission.active_rooms else ""
        raise LimitReached(
            f"The server allows {permission.max_rooms:,} rooms{in_use}: "
            f"start it with MAX_ROOMS={permission.active_rooms + plan.rooms}"
        )
