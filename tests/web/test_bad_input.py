"""Bad input on every route: the right 4xx with a sentence, never a 500, and nothing half stored.

The tables are by what is wrong; each entry is one request of somebody who is signed in, unless it says otherwise.
"""

import json
from typing import Any

import pytest

from quizzler.security.tokens import Tokens
from quizzler.web import openapi
from quizzler.web.api import ADMIN, ANYONE, JSON
from tests.clients import Rest
from tests.halls import SECRET

MIB = 1024 * 1024
QUESTION = {"question_text": "Where is Oslo?", "option_a": "Sweden", "option_b": "Norway", "correct_option": "b"}
QUIZ = {"title": "Mixed", "questions": [QUESTION]}
ACCOUNT = {"email": "cleo@example.org", "password": "correct horse", "name": "Cleo"}
NOBODYS = "00000000-0000-0000-0000-000000000000"

NOT_JSON = ["", "{", "nonsense", b"\xff\xfe", '{"a": NaN}', '{"a": 1}}', "[" * 100_000, '{"a": "\\ud800"}', "\x00"]
NO_OBJECT = ["[]", "17", "null", '"text"', "true", "1e400"]
BODIED = [
    ("POST", "/auth/signup"),
    ("POST", "/auth/signin"),
    ("POST", "/auth/renew"),
    ("POST", "/quizzes"),
    ("PUT", "/quizzes/{own}"),
    ("POST", "/quizzes/{own}/submit"),
    ("PUT", "/quizzes/{own}/attempt"),
    ("PATCH", "/users/me"),
    ("DELETE", "/users/me"),
    ("PATCH", "/users/me/password"),
]

# By route and field; the rest of the body is right.
BAD_FIELDS: dict[tuple[str, str, str], list[Any]] = {
    ("POST", "/auth/signup", "email"): [
        5, None, [], {}, True, "", "a", "a@", "@b", "a b@c.org", "a@b\x00", "x" * 300 + "@b.org",
    ],
    ("POST", "/auth/signup", "password"): [5, None, [], "", "short", "x" * 73, "ü" * 37, "correct\x00horse"],
    ("POST", "/auth/signup", "name"): [5, None, [], "", "  ", "\x00", "x" * 101],
    ("POST", "/auth/signin", "password"): [5, None, [], {}],
    ("POST", "/auth/renew", "refresh_token"): [5, None, [], {}],
    ("DELETE", "/users/me", "password"): [5, None, [], {}],
    ("PATCH", "/users/me/password", "current_password"): [5, None, [], {}],
    ("PATCH", "/users/me/password", "new_password"): [5, None, [], "", "short", "x" * 73, "ü" * 37, "a\x00b" * 3],
    ("PATCH", "/users/me", "name"): [5, None, [], "", " \t", "a\x00b", "x" * 101, "x" * 100_000],
    ("POST", "/quizzes", "title"): [5, None, [], "", "\n", "\x00", "x" * 201],
    ("PUT", "/quizzes/{own}", "title"): [5, None, "", "x" * 201],
    ("POST", "/quizzes", "duration"): [0, -1, 1.5, 10**30, "long", "1e400", "nan", [], True],
    ("POST", "/quizzes", "positive_mark"): [-1, 1001, 1e300, "nan", "inf", "-inf", [], "x"],
    ("POST", "/quizzes", "negative_mark"): [-0.5, 10**400, "Infinity", {}],
    ("POST", "/quizzes", "difficulty"): ["brutal", "EASY", 3, []],
    ("POST", "/quizzes", "is_trivia"): ["maybe", 7, [], None],
    ("POST", "/quizzes", "tab_switch_exit"): ["perhaps", 2, {}],
    ("POST", "/quizzes", "start_time"): [
        12, "tomorrow", "2030-13-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", [],
    ],
    ("POST", "/quizzes", "topic"): [5, "x" * 101, "a\x00b", []],
    ("POST", "/quizzes", "description"): [5, "x" * 2001, "\x00", []],
    ("POST", "/quizzes", "navigation_type"): [5, "", "x" * 51, None],
    ("POST", "/quizzes", "questions"): [
        {}, "a", 5, None, [5], [None], [{}], [[]], [QUESTION] * 51, [QUESTION] * 5000,
    ],
    ("POST", "/quizzes/{own}/submit", "answers"): [5, None, [], "a", {"x": 1}, {"x": "z"}, {"x": []}],
    ("PUT", "/quizzes/{own}/attempt", "answers"): [5, None, [], {"x": "z"}],
}  # fmt: skip
PASSWORDS = {"current_password": "correct horse", "new_password": "three blue herons"}
RIGHT = {
    "/auth/signup": ACCOUNT,
    "/auth/signin": ACCOUNT,
    "/users/me/password": PASSWORDS,
    "/quizzes": QUIZ,
    "/quizzes/{own}": QUIZ,
}

GENERAL = {"question_text": "2 + 2?", "options": ["3", "4"], "correct_answer": 1}
BAD_QUESTIONS: list[dict[str, Any]] = [
    *({**QUESTION, "question_text": bad} for bad in (5, "", "\x00", "x" * 501, None)),
    *({**QUESTION, "correct_option": bad} for bad in ("c", "e", "", 1, None, "B", [])),
    *({**QUESTION, "option_b": bad} for bad in (5, "", "Sweden", "x" * 201, "\x00", None)),
    *({**GENERAL, "options": bad} for bad in ([], ["a"], ["a", "a"], list("abcdefg"), ["a", None], "ab", {})),
    *({**GENERAL, "correct_answer": bad} for bad in (2, -1, 10**30, 0.5, "a", None)),
    *({**GENERAL, "time_limit": bad} for bad in (0, -5, 3601, 1e300, "nan", [])),
    *({**GENERAL, "explanation": bad} for bad in (5, "x" * 501, "\x00", [])),
]

QUIZ_PATHS = [
    ("GET", "/quizzes/{id}"),
    ("PUT", "/quizzes/{id}"),
    ("DELETE", "/quizzes/{id}"),
    ("GET", "/quizzes/{id}/questions"),
    ("POST", "/quizzes/{id}/copy"),
    ("POST", "/quizzes/{id}/start"),
    ("GET", "/quizzes/{id}/attempt"),
    ("PUT", "/quizzes/{id}/attempt"),
    ("POST", "/quizzes/{id}/submit"),
    ("GET", "/results/{id}/my-result"),
    ("GET", "/results/{id}/results"),
    ("GET", "/results/{id}/results.csv"),
    ("GET", "/results/leaderboards/quiz/{id}"),
    ("GET", "/results/games/{id}"),
]
NO_IDS = [NOBODYS, "1", "null", "x" * 300, "%00", "%F0%9F%90%88", "{00000000-0000-0000-0000-000000000000}"]
FOR_CREATORS = [
    ("PUT", "/quizzes/{own}", 404),
    ("DELETE", "/quizzes/{own}", 404),
    ("GET", "/quizzes/{own}/questions", 404),
    ("POST", "/quizzes/{own}/copy", 404),
    ("GET", "/results/{own}/results", 403),
    ("GET", "/results/{own}/results.csv", 403),
    ("GET", "/results/leaderboards/quiz/{own}", 403),
]

PAGED = ["/results/games", "/results/leaderboards/global", "/results/{own}/results"]
BAD_LIMITS = ["0", "-1", "x", "1.5", "1e9", "9" * 40, "null", "%00"]
BAD_CURSORS = [
    "x", "AAAA", "W10=", "bnVsbA==", "null", "%F0%9F%90%88", "eyJhIjoxfQ==", "WyJhIiwiYiJd", "MjAyMC0wMS0wMSB4",
]  # fmt: skip
BAD_FILTERS = [
    "sort_by=luck", "sort_by=null", "sort_by=%12", "sort_by=%20", "sort_by=recent&sort_by=recent",
    "difficulty=brutal", "difficulty=null", "topic=%FF", "topic=%00",
]  # fmt: skip
BAD_QUERIES = [
    *((path, f"limit={bad}", 422) for path in PAGED for bad in BAD_LIMITS),
    *((path, f"cursor={bad}", 400) for path in PAGED for bad in BAD_CURSORS),
    *(("/trivia", bad, 422) for bad in BAD_FILTERS),
]


@pytest.fixture
async def ann(hall) -> Rest:
    return await hall.rest.sign_up("Ann")


@pytest.fixture
async def own(ann) -> str:
    """Ann's quiz."""
    return (await ann.post("/quizzes", QUIZ))["quiz_id"]


async def stored(hall) -> list[int]:
    """How much there is of everything."""
    tables = ("users", "quizzes", "questions", "attempts", "responses", "user_stats", "games", "genres")
    return [(await hall.services.database.fetch_one(f"SELECT count(*) AS n FROM {table}"))["n"] for table in tables]


def sentence_of(answer: dict) -> str:
    """What a person reads."""
    detail = answer["detail"]
    if isinstance(detail, str):
        return detail
    assert all(problem["loc"] and problem["type"] for problem in detail)
    return detail[0]["msg"]


async def refused(hall, rest: Rest, method: str, path: str, body: Any = None) -> tuple[int, dict]:
    """The status and the body of a refusal that was one: with a sentence, and with nothing changed."""
    before = await stored(hall)
    status, answer = await rest.call(method, path, body)
    assert 400 <= status < 500, (status, answer)
    sentence = sentence_of(answer)
    assert sentence[0].isupper() and "Traceback" not in sentence and "`" not in sentence
    assert await stored(hall) == before
    assert hall.services.registry.counts.errors == 0
    return status, answer


def test_the_tables_are_long_enough():
    bodies = len(BODIED) * (len(NOT_JSON) + len(NO_OBJECT))
    ids = len(QUIZ_PATHS) * len(NO_IDS)
    fields = sum(len(bad) for bad in BAD_FIELDS.values()) + len(BAD_QUESTIONS)
    assert fields >= 150 and bodies + ids + len(FOR_CREATORS) + len(BAD_QUERIES) >= 150


@pytest.mark.parametrize(("method", "path"), BODIED)
async def test_body_that_is_no_object(hall, ann, own, method, path):
    for body in [*NOT_JSON, *NO_OBJECT]:
        status, answer = await refused(hall, ann, method, path.format(own=own), body)
        assert status == 422 and answer["detail"][0]["loc"][0] == "body", body


@pytest.mark.parametrize(("method", "path"), BODIED)
async def test_body_of_ten_megabytes(hall, ann, own, method, path):
    status, _ = await refused(hall, ann, method, path.format(own=own), b" " * 10 * MIB)
    assert status == 413


async def test_a_hundred_thousand_questions(hall, ann):
    assert (await refused(hall, ann, "POST", "/quizzes", {**QUIZ, "questions": [QUESTION] * 100_000}))[0] == 413
    empty = '{"title": "Many", "questions": [' + ",".join(["{}"] * 100_000) + "]}"
    assert (await refused(hall, ann, "POST", "/quizzes", empty))[0] == 422


@pytest.mark.parametrize(("method", "path", "field"), BAD_FIELDS)
async def test_bad_field_is_named(hall, ann, own, method, path, field):
    for bad in BAD_FIELDS[method, path, field]:
        status, answer = await refused(hall, ann, method, path.format(own=own), {**RIGHT.get(path, {}), field: bad})
        assert status == 422, (bad, answer)
        assert answer["detail"][0]["loc"][:2] == ["body", field], (bad, answer)


async def test_bad_question_is_named(hall, ann, own):
    for bad in BAD_QUESTIONS:
        for method, path in (("POST", "/quizzes"), ("PUT", f"/quizzes/{own}")):
            status, answer = await refused(hall, ann, method, path, {**QUIZ, "questions": [GENERAL, bad]})
            assert status == 422, (bad, answer)
            assert answer["detail"][0]["loc"][:3] == ["body", "questions", 1], (bad, answer)


async def test_required_fields_are_named(hall, ann, own):
    for method, path, fields in (
        ("POST", "/auth/signup", ("email", "password", "name")),
        ("POST", "/auth/signin", ("email", "password")),
        ("POST", "/quizzes", ("title",)),
        ("POST", "/auth/renew", ("refresh_token",)),
        ("PATCH", "/users/me", ("name",)),
        ("PATCH", "/users/me/password", ("current_password", "new_password")),
        ("DELETE", "/users/me", ("password",)),
        ("POST", f"/quizzes/{own}/submit", ("answers",)),
    ):
        status, answer = await refused(hall, ann, method, path, {"unknown": 1})
        assert (status, answer["detail"][0]["loc"]) == (422, ["body", fields[0]])
        assert answer["detail"][0]["type"] == "missing"


@pytest.mark.parametrize(("method", "path"), QUIZ_PATHS)
async def test_id_that_is_none(hall, ann, method, path):
    body = {"PUT": {**QUIZ, "answers": {}}, "POST": {"answers": {}}}.get(method)
    for given in NO_IDS:
        status, _ = await refused(hall, ann, method, path.format(id=given), body)
        assert status == 404, given


@pytest.mark.parametrize(("method", "path", "expected"), FOR_CREATORS)
async def test_another_users_quiz(hall, own, method, path, expected):
    bob = await hall.rest.sign_up("Bob")
    status, _ = await refused(hall, bob, method, path.format(own=own), QUIZ if method == "PUT" else None)
    assert status == expected


async def test_bad_queries(hall, ann, own):
    for path, query, expected in BAD_QUERIES:
        status, _ = await refused(hall, ann, "GET", f"{path.format(own=own)}?{query}")
        assert status == expected, (path, query)


@pytest.mark.parametrize("file", [b"", b"\x00\x01\x02", b"a,b\n1,2\n", b"\xff" * 100, b'"' * 1000, b"," * 100_000])
async def test_file_that_holds_no_questions(hall, ann, file):
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="q.csv"\r\n\r\n' + file + b"\r\n--x--\r\n"
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    response = await ann.fetch("POST", "/quizzes/import-questions", body, **form)
    assert response.code == 400 and sentence_of(json.loads(response.body))


@pytest.mark.parametrize("kind", ["text/plain", JSON, "multipart/form-data", "multipart/form-data; boundary="])
@pytest.mark.parametrize("body", [b"", b"{}", b"--x--", b"\x00" * 50])
async def test_upload_that_is_no_form(hall, ann, kind, body):
    response = await ann.fetch("POST", "/quizzes/import-questions", body, **{"Content-Type": kind})
    assert response.code == 422 and sentence_of(json.loads(response.body))


def routes(hall) -> list[tuple[str, str, str]]:
    """Who may, the method, and an address that the route answers at."""
    known = {"quiz_id": NOBODYS, "game_id": NOBODYS, "code": "ABCDEFGH"}
    return [
        (each.operation.who, each.method.upper(), each.path.format_map(known))
        for each in openapi.endpoints(hall.application)
        if each.operation
    ]


def body_for(method: str) -> dict | None:
    return {"name": "X", "answers": {}} if method in ("POST", "PUT", "PATCH") else None


async def test_tokens_that_are_none_on_every_route(hall):
    lifetime = 3600
    tokens = [
        "", "x", "a.b.c", "ü",
        Tokens("another secret that is long enough to be one", lifetime).issue(NOBODYS),
        Tokens(SECRET, -10).issue(NOBODYS),
        Tokens(SECRET, lifetime).issue(NOBODYS),
        Tokens(SECRET, lifetime).issue("not an id"),
        Tokens(SECRET, lifetime).issue(NOBODYS, sign_in_id=NOBODYS),
        Tokens(SECRET, lifetime).issue(NOBODYS, sign_in_id="not an id"),
    ]  # fmt: skip
    closed = [(method, path) for who, method, path in routes(hall) if who != ANYONE]
    assert len(closed) > 20
    for method, path in closed:
        for token in tokens:
            status, _ = await refused(hall, Rest(hall.base_url, token), method, path, body_for(method))
            assert status == 401, (method, path, token)


async def test_token_of_a_deleted_user(hall, ann):
    await hall.services.database.execute("DELETE FROM users")
    for who, method, path in routes(hall):
        if who != ANYONE:
            status, _ = await refused(hall, ann, method, path, body_for(method))
            assert status == 401, (method, path)


async def test_what_is_for_admins(hall, ann):
    closed = [(method, path) for who, method, path in routes(hall) if who == ADMIN]
    assert len(closed) >= 7
    for method, path in closed:
        status, _ = await refused(hall, ann, method, path, body_for(method))
        assert status == 403, path


# What programs watch.
ANSWERS_HEAD = {"/livez", "/metrics", "/readyz", "/realtime/health"}


async def test_wrong_method_on_every_route(hall, ann):
    """405 names what is possible (RFC 9110, 15.5.6)."""
    possible: dict[str, set[str]] = {}
    for _, method, path in routes(hall):
        possible.setdefault(path, set()).add(method)
    for path, methods in possible.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            response = await ann.fetch(method, path, body_for(method))
            assert response.code == 405 and sentence_of(json.loads(response.body)), (method, path)
            allowed = set(response.headers["Allow"].split(", "))
            asks_by_head = {"HEAD"} if path in ANSWERS_HEAD else set()
            assert allowed == {*methods, "OPTIONS", *asks_by_head}, path
