"""Every answer is guarded: whatever the route, the method, the status and the way that it was made."""

import re
from collections.abc import AsyncIterator, Iterator

from tornado.routing import PathMatches
from tornado.web import Application

from quizzler.config.values import networks
from quizzler.web.base import PageHandler
from quizzler.web.pages import FromBrowser
from tests.clients import Hall
from tests.web.raw import Answer, Line

GUARDS = {
    "server": "Quizzler",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' ws://localhost wss://localhost; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
READY = ["/join", "/join/ABCD", "/play/ABCD", "/favicon.svg", "/manifest.webmanifest", "/static/js/lib/share.js"]
BROWSER = {"Accept": "text/html"}
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


def paths(application: Application) -> Iterator[str]:
    """One for each route."""
    for rule in application.wildcard_router.rules:
        if isinstance(rule.matcher, PathMatches):
            path = rule.matcher.regex.pattern.removesuffix("$").removesuffix("/?").replace("\\", "")
            yield re.sub(r"\(.*?\)(?=/|\.|$)", "abc", path)


async def ask(base_url: str, method: str, path: str, **headers: str) -> Answer:
    """On a connection of its own: who answers before all of a body is there closes it."""
    line = await Line.open(base_url)
    try:
        return await line.ask(method, path, b"{}" if method in ("POST", "PUT", "PATCH") else b"", **headers)
    finally:
        line.close()


async def every_answer(hall: Hall, paths: list[str]) -> AsyncIterator[tuple[str, str, Answer]]:
    """Each path in every method, as nobody and as somebody who is new each time, for some end what is signed in; and
    what browsers ask for."""
    for number, path in enumerate([*paths, *READY, "/nothing", "/static/nothing"]):
        user = await hall.rest.sign_up(f"Ann{number}")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            for more in ({}, {"Authorization": f"Bearer {user.token}"}):
                yield method, path, await ask(hall.base_url, method, path, **more)
    for path in [*READY, "/nothing"]:
        for more in (BROWSER, {"If_None_Match": "*"}):
            yield "GET", path, await ask(hall.base_url, "GET", path, **more)


async def test_every_route_in_every_method(hall: Hall):
    walked = list(paths(hall.application))
    assert len(walked) > 50 and "/realtime/ws/host/abc" in walked and "/join/abc/qr.svg" in walked
    seen = set()
    async for method, path, answer in every_answer(hall, walked):
        seen.add(answer.status)
        assert answer.headers.items() >= GUARDS.items(), (method, path, answer)
        assert "set-cookie" not in answer.headers, (method, path)
        assert "strict-transport-security" not in answer.headers, (method, path)
        if "text/html" in answer.headers.get("content-type", ""):
            assert answer.headers["content-security-policy"] == POLICY, (method, path)
    assert {200, 204, 304, 400, 401, 403, 404, 405, 422} <= seen and 500 not in seen


async def test_over_https_browsers_are_told_to_stay_there(hall_with):
    hall = await hall_with(trusted_proxies=networks("127.0.0.1"))
    over_https = {"X_Forwarded_Proto": "https"}
    for path in [*READY, "/", "/realtime/health", "/nothing", "/realtime/ws/host/new"]:
        for more in ({}, {"If_None_Match": "*"}):
            answer = await ask(hall.base_url, "GET", path, **over_https, **more)
            assert answer.headers["strict-transport-security"] == "max-age=31536000", path
        plain = await ask(hall.base_url, "GET", path)
        assert "strict-transport-security" not in plain.headers, path
    refused = await ask(hall.base_url, "GET", "/join", Host="a;b", **over_https)
    assert refused.status == 400 and "strict-transport-security" in refused.headers


async def test_each_request_of_a_proxys_connection_has_what_is_its_own(hall_with):
    """In the front, and with Tornado."""
    hall = await hall_with(trusted_proxies=networks("127.0.0.1"))
    line = await Line.open(hall.base_url)
    for path in ("/join", "/realtime/health", "/join"):
        for scheme in ("https", "http", "https"):
            answer = await line.ask("GET", path, X_Forwarded_Proto=scheme)
            assert ("strict-transport-security" in answer.headers) == (scheme == "https"), path


async def test_sockets_and_their_refusals(hall: Hall):
    for origin, status in ((hall.base_url, 101), ("https://evil.example", 403)):
        line = await Line.open(hall.base_url)
        fields = {"Host": hall.base_url.rpartition("/")[2], "Origin": origin, **UPGRADE}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        line.send(f"GET /realtime/ws/player/NOSUCHRM HTTP/1.1\r\n{head}\r\n".encode())
        code, headers = await line.head()
        assert code == status and headers.items() >= GUARDS.items()


async def test_every_page_has_the_policy(hall: Hall):
    """Those that are made by a handler; what stands ready was among the routes above."""
    line = await Line.open(hall.base_url)
    rules = hall.application.wildcard_router.rules
    pages = [rule for rule in rules if isinstance(rule.target, type) and issubclass(rule.target, PageHandler)]
    assert len(pages) > 15 and any(isinstance(rule.matcher, FromBrowser) for rule in pages)
    answer = await line.ask("GET", "/nothing", **BROWSER)
    assert answer.status == 404 and answer.headers["content-security-policy"] == POLICY


async def test_api_of_a_listed_site_is_read_and_nothing_is_embedded(hall_with):
    """Cross-Origin-Resource-Policy does not touch what CORS lets through (Fetch standard, 3.7)."""
    hall = await hall_with(cors_origins=("https://quiz.example",))
    answer = await hall.rest.fetch("GET", "/trivia", Origin="https://quiz.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://quiz.example"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
