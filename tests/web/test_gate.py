"""Before the application: whose address a request has, over which scheme and under which name it came."""

import json

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.web import RequestHandler
from tornado.websocket import websocket_connect

from quizzler.config.values import networks
from tests.clients import Hall
from tests.web.raw import Line

TRUSTED = networks("127.0.0.1")
STRICT = {"public_url": "https://quiz.example.org"}
NO_HOST = [
    [], ["a", "a"], ["a, b"], [""], ["a;script-src:*"], ["a'unsafe-inline'"], ["a b"], ["*"], ["a:99999"], ["[::1"],
    ["a/b"], ["a@b"], ["ä"],
]  # fmt: skip
OTHER_PAGES = ["null", "https://evil.example", "http://127.0.0.1", "file://", "http://127.0.0.1.evil.example", ""]


class Mirror(RequestHandler):
    """What a handler knows of who asks."""

    def get(self) -> None:
        self.finish({"ip": self.request.remote_ip, "scheme": self.request.protocol, "host": self.request.host})


async def mirrored(hall: Hall, *, source: str | None = None, **headers: str) -> dict:
    hall.application.add_handlers(".*", [("/mirror", Mirror)])
    line = await Line.open(hall.base_url, source=source)
    return json.loads((await line.ask("GET", "/mirror", **headers)).body)


async def joined_from(hall: Hall, **headers: str) -> str:
    """The address that a live room knows of a player who came with these headers."""
    host = await hall.host(await hall.rest.sign_up("Ann"))
    url = f"{hall.ws_url}/player/{host.code}?username=Bob"
    await (await websocket_connect(HTTPRequest(url, headers=headers))).read_message()
    [player] = hall.services.registry.find(host.code).game.players.values()
    return player.address


class TestProxies:
    async def test_trusted_one_is_believed(self, hall_with):
        hall = await hall_with(trusted_proxies=TRUSTED)
        said = {"X_Forwarded_For": "203.0.113.9, 198.51.100.7", "X_Forwarded_Proto": "https"}
        assert await mirrored(hall, **said) == {"ip": "198.51.100.7", "scheme": "https", "host": "localhost"}

    async def test_nobody_else_is(self, hall_with):
        hall = await hall_with(trusted_proxies=TRUSTED)
        said = {"X_Forwarded_For": "198.51.100.7", "X_Forwarded_Proto": "https", "X_Real_Ip": "198.51.100.8"}
        assert await mirrored(hall, source="127.0.0.2", **said) == {
            "ip": "127.0.0.2", "scheme": "http", "host": "localhost",
        }  # fmt: skip

    async def test_by_default_nobody_is(self, hall):
        said = {"X_Forwarded_For": "198.51.100.7", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil.example"}
        assert await mirrored(hall, **said) == {"ip": "127.0.0.1", "scheme": "http", "host": "localhost"}

    async def test_what_one_request_says_is_not_the_next_ones(self, hall_with):
        """A proxy sends requests of many people over one connection."""
        hall = await hall_with(trusted_proxies=TRUSTED)
        hall.application.add_handlers(".*", [("/mirror", Mirror)])
        line = await Line.open(hall.base_url)
        said = {"X_Forwarded_For": "198.51.100.7", "X_Forwarded_Proto": "https"}
        first, second = [json.loads((await line.ask("GET", "/mirror", **each)).body) for each in (said, {})]
        assert (first["ip"], first["scheme"]) == ("198.51.100.7", "https")
        assert (second["ip"], second["scheme"]) == ("127.0.0.1", "http")

    async def test_it_is_known_who_asks_after_something_that_stood_ready(self, hall_with):
        """The front hands such a connection over with the peer's address."""
        hall = await hall_with(trusted_proxies=TRUSTED)
        hall.application.add_handlers(".*", [("/mirror", Mirror)])
        line = await Line.open(hall.base_url)
        assert (await line.ask("GET", "/join")).status == 200
        answer = await line.ask("GET", "/mirror", X_Forwarded_For="198.51.100.7")
        assert json.loads(answer.body)["ip"] == "198.51.100.7"

    @pytest.mark.both_wires
    async def test_rooms_know_where_a_player_is(self, hall_with):
        hall = await hall_with(trusted_proxies=TRUSTED)
        assert await joined_from(hall, **{"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}) == "198.51.100.7"

    async def test_rooms_do_not_believe_a_player(self, hall):
        assert await joined_from(hall, **{"X-Forwarded-For": "198.51.100.7"}) == "127.0.0.1"

    async def test_links_for_players_have_the_proxys_scheme(self, hall_with):
        hall = await hall_with(trusted_proxies=TRUSTED)
        line = await Line.open(hall.base_url)
        page = await line.ask("GET", "/host/new", Host="quiz.example.org", X_Forwarded_Proto="https")
        assert b"https://quiz.example.org" in page.body


class TestHost:
    async def test_wrong_one_is_misdirected(self, hall_with):
        hall = await hall_with(**STRICT)
        sentence = "This server does not go by the name evil.example. Please open https://quiz.example.org"
        for path in ("/", "/join", "/static/js/lib/share.js", "/realtime/health", "/nothing"):
            answer = await (await Line.open(hall.base_url)).ask("GET", path, Host="evil.example:8000")
            assert answer.status == 421, path
            assert json.loads(answer.body) == {"detail": sentence}
            assert answer.headers["x-content-type-options"] == "nosniff"

    async def test_a_person_reads_the_sentence_alone(self, hall_with):
        line = await Line.open((await hall_with(**STRICT)).base_url)
        answer = await line.ask("GET", "/", Host="evil.example", Accept="text/html,*/*")
        assert answer.body.startswith(b"This server does not go by") and "text/plain" in answer.headers["content-type"]

    async def test_nothing_is_done_for_it(self, hall_with):
        line = await Line.open((await hall_with(**STRICT)).base_url)
        account = json.dumps({"email": "a@example.org", "password": "correct horse", "name": "Ann"}).encode()
        assert (await line.ask("POST", "/auth/signup", account, Host="evil.example")).status == 421
        assert (await line.ask("POST", "/auth/signup", account, Host="quiz.example.org")).status == 200

    async def test_connection_goes_on_after_a_refusal(self, hall_with):
        line = await Line.open((await hall_with(**STRICT)).base_url)
        assert [(await line.ask("GET", "/", Host=host)).status for host in ("a.example", "localhost")] == [421, 200]

    async def test_right_ones(self, hall_with):
        hall = await hall_with(**STRICT)
        for host in ("127.0.0.1:8000", "[::1]", "localhost", "quizzler:8000", "quiz.example.org"):
            for path in ("/", "/join", "/realtime/health"):
                assert (await (await Line.open(hall.base_url)).ask("GET", path, Host=host)).status == 200, host

    async def test_sockets_are_opened_under_a_right_one_alone(self, hall_with):
        hall = await hall_with(allowed_hosts=frozenset({"quiz.example.org"}))
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        for host, status in (("evil.example", 421), ("quiz.example.org", 101)):
            line = await Line.open(hall.base_url)
            fields = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin", **upgrade, **key}
            head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            line.send(f"GET /realtime/ws/host/new HTTP/1.1\r\n{head}\r\n".encode())
            assert (await line.head())[0] == status

    async def test_what_is_no_host(self, hall):
        for hosts in NO_HOST:
            head = "".join(f"Host: {host}\r\n" for host in hosts)
            for path in ("/", "/join", "/realtime/health"):
                line = await Line.open(hall.base_url)
                line.send(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
                status, headers = await line.head()
                assert status == 400 and "content-security-policy" not in headers, (hosts, path)

    async def test_program_from_the_nineties_need_not_say_it(self, hall_with):
        line = await Line.open((await hall_with(**STRICT)).base_url)
        line.send(b"GET /realtime/health HTTP/1.0\r\n\r\n")
        assert (await line.head())[0] == 200

    async def test_policy_of_a_page_names_the_host_as_it_is(self, hall):
        line = await Line.open(hall.base_url)
        for path in ("/", "/join"):
            answer = await line.ask("GET", path, Host="Quiz.Example.ORG:8000")
            policy = answer.headers["content-security-policy"]
            assert "connect-src 'self' ws://quiz.example.org:8000 wss://quiz.example.org:8000;" in policy


class TestOrigin:
    """A page of another site can open no socket of a host or a player."""

    async def answer(self, hall: Hall, origin: str | None, role: str = "player", **headers: str) -> int:
        given = {"Origin": origin} if origin is not None else {}
        url = f"{hall.ws_url}/{role}/NOSUCHRM"
        try:
            (await websocket_connect(HTTPRequest(url, headers={**given, **headers}))).close()
        except HTTPClientError as error:
            return error.code
        return 101

    async def test_own_pages_and_programs(self, hall):
        for origin in (None, hall.base_url, hall.base_url.replace("http", "HTTP")):
            for role in ("host", "player"):
                assert await self.answer(hall, origin, role) == 101, (origin, role)

    async def test_other_pages(self, hall):
        for origin in OTHER_PAGES:
            for fetched in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin"}):
                for role in ("host", "player"):
                    assert await self.answer(hall, origin, role, **fetched) == 403, (origin, fetched, role)

    async def test_page_without_tls_of_a_host_with_it(self, hall_with):
        hall = await hall_with(trusted_proxies=TRUSTED)
        over_https = {"Host": "quiz.example.org", "X-Forwarded-Proto": "https"}
        assert await self.answer(hall, "https://quiz.example.org", **over_https) == 101
        assert await self.answer(hall, "https://quiz.example.org:443", **over_https) == 101
        assert await self.answer(hall, "http://quiz.example.org", **over_https) == 403

    async def test_proxy_that_nobody_trusts_does_not_lock_its_own_pages_out(self, hall):
        headers = {"Host": "quiz.example.org", "X-Forwarded-Proto": "https"}
        assert await self.answer(hall, "https://quiz.example.org", **headers) == 101

    async def test_public_address_is_ours_where_a_proxy_asks_for_another_host(self, hall_with):
        hall = await hall_with(public_url="https://Quiz.Example.org/live")
        assert await self.answer(hall, "https://quiz.example.org") == 101
        assert await self.answer(hall, "http://quiz.example.org") == 403
        assert await self.answer(hall, "https://other.example.org") == 403

    async def test_listed_sites(self, hall_with):
        hall = await hall_with(cors_origins=("https://quiz.example",))
        assert await self.answer(hall, "https://QUIZ.example", **{"Sec-Fetch-Site": "cross-site"}) == 101
        assert await self.answer(hall, "http://quiz.example") == 403
        assert await self.answer(hall, "null") == 403
        anywhere = await hall_with(cors_origins=("*",))
        assert await self.answer(anywhere, "https://evil.example") == 101


async def test_form_of_another_site_changes_nothing(hall):
    """What a browser sends without asking first: no token comes along by itself, as there are no cookies."""
    ann = await hall.rest.sign_up("Ann")
    quiz_id = (await ann.post("/quizzes", {"title": "Mixed", "questions": []}))["quiz_id"]
    forms = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
    for kind in forms:
        headers = {"Content-Type": kind, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        for path in ("/quizzes", f"/quizzes/{quiz_id}/start", "/auth/signout", "/quizzes/import-questions"):
            answer = await hall.rest.fetch("POST", path, '{"title": "Theirs", "questions": []}', **headers)
            assert answer.code == 401, (kind, path)
            assert "Access-Control-Allow-Origin" not in answer.headers
    assert [quiz["title"] for quiz in await ann.get("/quizzes")] == ["Mixed"]
