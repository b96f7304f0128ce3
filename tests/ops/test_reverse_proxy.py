"""The shipped configurations of nginx and Caddy, in front of a server, with real clients."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from quizzler.config.values import networks
from tests.certificates import Authority
from tests.clients import Hall, Rest, Socket, a_question, play_a_short_game
from tests.ops.proxies import KINDS, Proxy
from tests.processes import run_quizzler
from tests.web.raw import Line
from tests.web.test_gate import Mirror

SOMEBODY = "127.0.0.2"
"""An address of this machine that is not the proxy's."""

# Caddy 2.6 says that its upstream failed; later ones say what it was.
HUGE = {"nginx": {413}, "caddy": {502, 413}}

Opened = Callable[[str], Awaitable[tuple[Hall, Proxy]]]


@pytest.fixture
async def behind(hall_with, tmp_path):
    """Starts a server and that proxy in front of it; gives the hall as the proxy's visitors see it."""
    running = []

    async def start(kind: str) -> tuple[Hall, Proxy]:
        authority = Authority(tmp_path)
        authority.issue()
        proxy = KINDS[kind](tmp_path, authority)
        inner = await hall_with(public_url=proxy.url, trusted_proxies=networks("127.0.0.1"))
        inner.application.add_handlers(".*", [("/mirror", Mirror)])
        await asyncio.to_thread(proxy.start, int(inner.base_url.rpartition(":")[2]))
        hall = Hall(proxy.url, authority.trusting)
        hall.services, hall.server, hall.inner = inner.services, inner.server, inner
        running.append((hall, proxy))
        return hall, proxy

    yield start
    for hall, proxy in running:
        hall.leave()
        await asyncio.to_thread(proxy.stop)


@pytest.mark.parametrize("kind", KINDS)
async def test_pages_files_the_api_and_a_short_game(behind: Opened, kind):
    hall, proxy = await behind(kind)
    for path in ("/", "/join", "/static/js/lib/share.js", "/realtime/health"):
        answer = await hall.rest.fetch("GET", path)
        assert answer.code == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", path
    policy = (await hall.rest.fetch("GET", "/")).headers["Content-Security-Policy"]
    assert f"wss://{proxy.url.removeprefix('https://')};" in policy
    plain = await Rest(proxy.plain_url).fetch("GET", "/join/ABCD?a=b")
    assert plain.code == 308 and re.fullmatch(r"https://localhost(:\d+)?/join/ABCD\?a=b", plain.headers["Location"])
    await play_a_short_game(hall)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_server_knows_who_asks_whatever_they_claim(behind: Opened, kind):
    hall, proxy = await behind(kind)
    claims = {"X-Forwarded-For": "198.51.100.7, 127.0.0.1", "X-Forwarded-Proto": "http", "X-Real-IP": "198.51.100.7"}
    line = await Line.open(proxy.url, hall.rest.trust, source=SOMEBODY)
    seen = json.loads((await line.ask("GET", "/mirror", **claims)).body)
    assert (seen["ip"], seen["scheme"]) == (SOMEBODY, "https")
    host = await hall.host(await hall.rest.sign_up("Ann"))
    request = HTTPRequest(
        f"{hall.ws_url}/player/{host.code}?username=Bob", headers=claims, ssl_options=hall.rest.trust,
        network_interface=SOMEBODY, allow_ipv6=False,
    )  # fmt: skip
    bob = Socket(await websocket_connect(request))
    await bob.until("welcome")
    [player] = hall.services.registry.find(host.code).game.players.values()
    assert player.address == SOMEBODY
    bob.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_pages_of_other_sites_open_no_socket(behind: Opened, kind):
    hall, proxy = await behind(kind)
    for origin in ("https://evil.example", "null", proxy.url.replace("https", "http")):
        with pytest.raises(HTTPClientError, match="403"):
            await websocket_connect(
                HTTPRequest(f"{hall.ws_url}/host/new", headers={"Origin": origin}, ssl_options=hall.rest.trust)
            )


@pytest.mark.parametrize("kind", KINDS)
async def test_body_that_is_too_large_gets_a_sentence_and_a_huge_one_stays_outside(behind: Opened, kind):
    hall, _ = await behind(kind)
    status, answer = await hall.rest.call("POST", "/auth/signup", b" " * 1_500_000)
    assert (status, answer) == (413, {"detail": "The request is too large: at most 1 MiB is read"})
    huge = await hall.rest.fetch("POST", "/auth/signup", b" " * 3_000_000)
    assert huge.code in HUGE[kind] and b"1 MiB" not in huge.body


@pytest.mark.parametrize("kind", KINDS)
async def test_tokens_stay_out_of_its_logs_also_when_the_server_is_away(behind: Opened, kind):
    hall, proxy = await behind(kind)
    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    bob = await hall.player(host.code, "Bob")
    hall.inner.door.stop()
    await hall.server.close_all_connections()
    way_back = bob.welcome["resume_token"]
    for role, query in (("host", f"token=Bearer%20{ann.token}"), ("player", f"resume_token={way_back}")):
        with pytest.raises(HTTPClientError, match="502"):
            await websocket_connect(HTTPRequest(f"{hall.ws_url}/{role}/new?{query}", ssl_options=hall.rest.trust))
    await asyncio.to_thread(proxy.stop)
    logs = proxy.logs()
    assert "/realtime/ws/" in logs
    assert ann.token not in logs and way_back not in logs


async def test_nginx_keeps_its_connections_and_sends_other_names_away(behind: Opened):
    hall, proxy = await behind("nginx")
    for _ in range(30):
        line = await Line.open(proxy.url, hall.rest.trust)
        assert (await line.ask("GET", "/realtime/health")).status == 200
        line.close()
    assert len(hall.server._connections) < 5
    misdirected = await (await Line.open(proxy.url, hall.rest.trust)).ask("GET", "/", Host="evil.example")
    assert misdirected.status == 421


async def test_reload_of_nginx_leaves_a_game_alone(behind: Opened):
    hall, proxy = await behind("nginx")
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob = await hall.player(host.code, "Bob")
    await asyncio.to_thread(proxy.reload)
    cleo = await hall.player(host.code, "Cleo")
    host.say(a_question(correct_answer=1))
    for player in (bob, cleo):
        await player.until("question")
        player.say({"type": "answer", "option": 1})
        assert (await player.until("answer_ack"))["accepted"]


class TestVerb:
    @pytest.mark.parametrize("kind", KINDS)
    def test_names_are_filled_in(self, kind):
        said = run_quizzler("proxy", kind, "--domain", "Quiz.Example.com", "--port", "9000").stdout
        for expected in ("PUBLIC_URL=https://quiz.example.com\n", "PORT=9000\n", "127.0.0.1:9000", "quiz.example.com"):
            assert expected in said
        assert "example.org" not in said and "8000" not in said

    @pytest.mark.parametrize("domain", ["", "*", "a;b", "a b", "a.example, b.example", "{", "https://a.example"])
    def test_what_is_no_name(self, domain):
        done = run_quizzler("proxy", "nginx", "--domain", domain)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"quizzler: --domain: {domain!r} is not a name like quiz.example.org\n"

    def test_what_is_no_port(self):
        assert "--port: '0' is not" in run_quizzler("proxy", "caddy", "--domain", "a.example", "--port", "0").stderr
