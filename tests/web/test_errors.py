"""What a client gets when something is wrong: a status and a sentence, never a traceback."""

import json
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.clients import Rest


@pytest.fixture
def rest(hall) -> Rest:
    return hall.rest


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nonsense",
        "[]",
        "17",
        "null",
        '"text"',
        "{",
        b"\xff\xfe",
        "[" * 100_000,
        '{"email": NaN}',
        '{"email": "\\ud800"}',
    ],
)
@pytest.mark.parametrize("path", ["/auth/signup", "/auth/signin"])
async def test_body_that_is_no_object(rest, path, body):
    status, answer = await rest.call("POST", path, body)
    assert status == 422
    assert answer["detail"][0]["loc"][0] == "body" and answer["detail"][0]["msg"]


async def test_unknown_address_is_json(rest):
    for path in ("/nothing", "/auth/nothing", "/quizzes/a/b/c"):
        status, answer = await rest.call("GET", path)
        assert status == 404 and answer["detail"], path


async def test_wrong_method_says_which_are_right(rest):
    response = await rest.fetch("DELETE", "/auth/signin", None)
    assert response.code == 405
    assert response.headers["Allow"] == "POST, OPTIONS"
    assert json.loads(response.body)["detail"]


@pytest.mark.parametrize(
    "path", ["/auth/me", "/quizzes", "/trivia", "/quizzes/trivia", "/quizzes/topics/list", "/realtime/health"]
)
async def test_slash_at_the_end_makes_no_difference(hall, path):
    ann = await hall.rest.sign_up("Ann")
    with_slash, without = await ann.fetch("GET", path + "/"), await ann.fetch("GET", path)
    assert with_slash.code == without.code == 200
    assert type(json.loads(with_slash.body)) is type(json.loads(without.body))


async def test_slash_at_the_end_of_a_post(rest):
    body = {"email": "a@example.org", "password": "correct horse", "name": "Ann"}
    assert (await rest.call("POST", "/auth/signup/", body))[0] == 200
    assert (await rest.call("POST", "/auth/signin/", body))[0] == 200


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 3_000_000])
async def test_large_body_is_refused_with_a_sentence(rest, size):
    status, answer = await rest.call("POST", "/auth/signup", b" " * size)
    assert (status, answer) == (413, {"detail": "The request is too large: at most 1 MiB is read"})


async def test_body_of_one_mebibyte_is_read(rest):
    body = json.dumps({"email": "a@example.org", "password": "correct horse", "name": "Ann"})
    assert (await rest.call("POST", "/auth/signup", body.ljust(1024 * 1024)))[0] == 200


@pytest.mark.parametrize(
    ("body", "msg", "type"),
    [
        ({"email": 5, "password": "x"}, "This has to be text, not a whole number", "str_type"),
        ({"email": None, "password": "x"}, "This has to be text, not empty", "str_type"),
        ({"password": "x"}, "Field required", "missing"),
    ],
)
async def test_what_is_wrong_with_a_body_is_said_in_words(rest, body, msg, type):
    answer = {"detail": [{"loc": ["body", "email"], "msg": msg, "type": type}]}
    assert await rest.call("POST", "/auth/signin", body) == (422, answer)


async def test_database_that_is_away_is_503_and_comes_back(hall, database_url):
    """Every connection is cut and none is let in."""
    ann = await hall.rest.sign_up("Ann")
    name = urlsplit(database_url).path.lstrip("/")
    shut = psycopg2.connect(database_url.replace(f"/{name}?", "/postgres?"))
    shut.autocommit = True
    cursor = shut.cursor()
    cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    away = {"detail": "The database cannot be reached at the moment"}
    assert await ann.call("GET", "/auth/me") == (503, away)
    assert await hall.rest.call("GET", "/trivia") == (503, away)
    cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    shut.close()
    assert (await ann.get("/auth/me"))["name"] == "Ann"


async def test_every_answer_is_guarded(rest):
    for path in ("/auth/me", "/trivia", "/", "/nothing"):
        headers = (await rest.fetch("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        assert "ornado" not in headers["Server"]
    assert (await rest.fetch("GET", "/trivia")).headers["Cache-Control"] == "no-store"
    policy = (await rest.fetch("GET", "/")).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "unsafe" not in policy and "default-src 'none'" in policy


async def test_fault_of_the_server_tells_nothing(hall, caplog):
    ann = await hall.rest.sign_up("Ann")
    await hall.services.database.execute("ALTER TABLE quizzes RENAME TO mislaid")
    assert await ann.call("GET", "/quizzes") == (500, {"detail": "Something went wrong on the server"})
    assert "GET /quizzes failed" in caplog.text
    assert (await hall.rest.get("/realtime/health"))["metrics"]["errors"] == 1


class TestOtherSites:
    async def preflight(self, hall, origin: str):
        return await hall.rest.fetch(
            "OPTIONS", "/quizzes", Origin=origin,
            **{"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"},
        )  # fmt: skip

    async def test_listed_site_may_call(self, hall_with):
        hall = await hall_with(cors_origins=("https://quiz.example",))
        answer = await self.preflight(hall, "https://quiz.example")
        assert answer.code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "https://quiz.example"
        assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        assert {"Authorization", "Content-Type"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
        simple = await hall.rest.fetch("GET", "/trivia", Origin="https://quiz.example")
        assert simple.headers["Access-Control-Allow-Origin"] == "https://quiz.example"
        assert "Origin" in simple.headers["Vary"]
        refused = await hall.rest.fetch("GET", "/auth/me", Origin="https://quiz.example")
        assert refused.code == 401
        assert refused.headers["Access-Control-Allow-Origin"] == "https://quiz.example"

    async def test_other_site_may_not(self, hall_with):
        hall = await hall_with(cors_origins=("https://quiz.example",))
        assert "Access-Control-Allow-Origin" not in (await self.preflight(hall, "https://evil.example")).headers

    async def test_by_default_no_site_may(self, hall):
        assert "Access-Control-Allow-Origin" not in (await self.preflight(hall, "https://quiz.example")).headers

    async def test_any_site_may_where_the_setting_says_so(self, hall_with):
        hall = await hall_with(cors_origins=("*",))
        assert (await self.preflight(hall, "https://quiz.example")).headers["Access-Control-Allow-Origin"] == "*"

    async def test_listed_site_reads_errors_and_posts(self, hall_with):
        """As a browser sends it from there; it shows its page no answer without the header."""
        hall = await hall_with(cors_origins=("https://quiz.example",))
        browser = {"Origin": "https://quiz.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
        account = {"email": "a@example.org", "password": "correct horse", "name": "Ann"}
        for method, path, body, status in [
            ("POST", "/auth/signup", account, 200), ("POST", "/auth/signup", account, 400),
            ("POST", "/auth/signup", {}, 422), ("GET", "/nothing", None, 404), ("DELETE", "/trivia", None, 405),
        ]:  # fmt: skip
            answer = await hall.rest.fetch(method, path, body, **browser)
            assert answer.code == status
            assert answer.headers["Access-Control-Allow-Origin"] == "https://quiz.example", path

    async def test_other_site_may_not_open_sockets(self, hall_with):
        hall = await hall_with(cors_origins=("https://quiz.example",))
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        path = "/realtime/ws/player/NOSUCHRM"
        refused = await hall.rest.fetch("GET", path, Origin="https://evil.example", **upgrade, **key)
        assert refused.code == 403


FULL_DISK = 'could not extend file "base/16384/2608": No space left on device'


@pytest.mark.parametrize(
    ("code", "reason"), [("53100", FULL_DISK), ("25006", "cannot execute INSERT in a read-only transaction")]
)
async def test_database_that_can_store_nothing_is_no_riddle(hall, database, caplog, code, reason):
    """The person reads that it will not do, whoever runs the server why."""
    ann = await hall.rest.sign_up("Ann")
    await database.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        f"BEGIN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = '{reason}'; END $$"
    )
    await database.execute("CREATE TRIGGER refusal BEFORE INSERT ON quizzes EXECUTE FUNCTION refuse()")
    status, answer = await ann.call("POST", "/quizzes", {"title": "Capitals"})
    assert (status, answer) == (503, {"detail": "The database cannot store anything at the moment"})
    assert f"POST /quizzes failed: {reason}" in caplog.text and "Traceback" not in caplog.text
