"""Attacks by what is said: names and texts, tables for spreadsheets, addresses of files."""

import csv
import io
import json
import os
from urllib.parse import quote

import pytest

from quizzler.formats.csv_text import BYTE_ORDER_MARK
from quizzler.web import assets
from quizzler.web.assets import Assets
from tests.attacks.names import MARKUP, NAMES
from tests.attacks.raw import statuses_in
from tests.clients import Rest

FORMULAS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "＝1+1", '="a"&"b"', '"=1+1', "';=1+1",
    "=cmd|' /C calc'!A0", "%0A=1", "=HYPERLINK(\"//127.0.0.1\",\"x\")",
]  # fmt: skip
OF_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
QUESTION = {"question_text": "1 + 1?", "options": ["1", "2"], "correct_answer": 1}
TRAVERSALS = [
    "/static/../quizzler/app.py", "/static/..%2f..%2fetc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%252f..%252fetc/passwd", "/static/..\\..\\etc\\passwd", "/static/..%5c..%5cetc%5cpasswd",
    "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/js/../../setup.py", "/static/....//....//setup.py",
    "/static/..;/setup.py", "/static/..%00/setup.py", "/static/css/base.css%00.png", "/static/css/base.css/",
    "/static/./css/base.css", "/static/css//base.css", "/static/%c0%ae%c0%ae/setup.py",
    "/static/%ef%bc%8e%ef%bc%8e/setup.py", "/static/file:///etc/passwd", "/static/http://127.0.0.1/",
    "/static/v-00/../../setup.py", "/static/v-%2e%2e/setup.py", "/static/C:/windows/win.ini", "/static/.git/config",
    "/static/~root/.bashrc", "/static/css", "/static/css/", "/static/", "/static", "/templates/base.html",
    "/quizzler/app.py", "/.env", "/../setup.py", "//etc/passwd", "/%2e%2e/setup.py", "/join/../../etc/passwd",
    "/join/AB/../../setup.py", "/join/%2e%2e/qr.svg", "/static/js/lib/../../../setup.py",
]  # fmt: skip
SECRETS_OF_FILES = (b"root:", b"setup(", b"class Settings", b"[core]", b"{% ", b"[extensions]")


@pytest.mark.both_wires
async def test_names_in_messages(hall, life):
    """Each goes to everybody as it is shown: without what is invisible, in JSON."""
    await life.host.until("player_joined")
    for kind, name in NAMES.items():
        eve = await hall.player(life.code, name)
        shown = eve.welcome["name"]
        assert (await life.host.until("player_joined"))["username"] == shown, kind
        assert not set(shown) & set("\u202e\u202c\u2067\u2069\u200f\u200e\u061c\u200b\u2060\ufeff\x00"), kind
        eve.close()
    await life.goes_on()


async def test_two_people_of_one_look(hall, life):
    """Who is called like somebody in the room, as far as eyes can tell, is refused."""
    for name in (
        "bob",
        "Bob\u200b",
        "B\u034fob",
        "Bo\ufe0fb",
        "Bob\u3164",
        "Ｂob",
        "B o b",
        "\u202eBob",
        "Bob\U000e0042",
    ):
        eve = await hall.socket("player", life.code, username=name)
        message = (await eve.next())["message"]
        assert "already has that name" in message, ascii(name)
    await life.goes_on()


async def test_texts_that_are_too_much(hall, life):
    """For the question's size, for PostgreSQL and for JSON; the room plays on."""
    base = {"type": "new_question", "question": "?", "options": ["a", "b"], "correct_answer": 0}
    for changed in (
        {"question": "x" * 60_000}, {"question": "\x00"}, {"question": "\ud800"}, {"options": ["a", "\udfff"]},
        {"options": ["x" * 60_000, "b"]}, {"options": ["a"] * 5_000}, {"time_limit": 1e308}, {"correct_answer": 2**63},
        {"question": "\u0301" * 5_000}, {"options": ["\u200b", " "]},
    ):  # fmt: skip
        life.host.say({**base, **changed})
        assert (await life.host.until("error"))["message"]
    await life.goes_on()


async def test_formulas_in_exports(hall):
    """Every text of the file is a text to a spreadsheet; take the apostrophe away, and it is what was entered."""
    ann = await hall.rest.sign_up("Ann")
    for formula in FORMULAS:
        quiz = {"title": formula, "questions": [QUESTION]}
        status, answer = await ann.call("POST", "/quizzes", quiz)
        if status == 422:
            continue
        person = Rest(hall.base_url, ann.token)
        assert (await person.call("PATCH", "/users/me", {"name": formula}))[0] == 200
        await person.post(f"/quizzes/{answer['quiz_id']}/start")
        await person.post(f"/quizzes/{answer['quiz_id']}/submit", {"answers": {}})
        file = await ann.fetch("GET", f"/results/{answer['quiz_id']}/results.csv")
        assert "\r" not in file.headers["Content-Disposition"] and "\n" not in file.headers["Content-Disposition"]
        text = file.body.decode()
        assert text.startswith(BYTE_ORDER_MARK)
        _, row = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
        assert not any(cell.lstrip().startswith(OF_SPREADSHEETS) for cell in row), row
        title, name = (await ann.get(f"/quizzes/{answer['quiz_id']}"))["title"], (await ann.get("/auth/me"))["name"]
        assert row[0] in (title, f"'{title}") and row[2] in (name, f"'{name}")


async def test_files_of_import(hall, life):
    """Bombs, other formats and endless cells are refused with a sentence, and what looks like a formula is a text."""
    header = b"question_text,option_a,option_b,option_c,option_d,correct_option\r\n"
    files = [
        b"PK\x03\x04" + bytes(1000), b"\xff\xfe\x00", bytes(1000), header, header * 1000,
        header + b'"' + b"a" * 900_000,
        header + b"?,a,b,,,a\r\n" * 30_000, header + b"," * 900_000, b"\xef\xbb\xbf" * 1000, b"=1+1," * 10_000,
    ]  # fmt: skip
    for content in files:
        assert (await upload(life.user, content))[0] in (400, 422), content[:40]
    status, answer = await upload(life.user, header + b"=1+1,@a,+b,,,a\r\n")
    assert (status, answer["questions"][0]["question_text"]) == (200, "=1+1")
    await life.goes_on()


async def upload(user: Rest, content: bytes) -> tuple[int, dict]:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    response = await user.fetch("POST", "/quizzes/import-questions", head + content + b"\r\n--x--\r\n", **kind)
    return response.code, json.loads(response.body)


async def test_path_traversal(raw, life):
    """Before Tornado and behind it: an answer to HTTP/1.0 is never the front's own."""
    for path in TRAVERSALS:
        for version in ("1.1", "1.0"):
            asked = f"GET {path} HTTP/{version}\r\nHost: a\r\nConnection: close\r\n\r\n"
            heard = await (await raw()).say_all(asked.encode("latin-1", "replace"))
            assert statuses_in(heard) in ([404], [400], [405]), (path, version, heard[:300])
            assert not any(secret in heard.partition(b"\r\n\r\n")[2] for secret in SECRETS_OF_FILES), path
    await life.goes_on()


async def test_file_beside_the_folder_by_a_link(hall, tmp_path, monkeypatch):
    """Files are read once, at the start, by their names; what an address says opens none."""
    root = tmp_path / "static"
    (root / "js").mkdir(parents=True)
    (root / "js" / "a.js").write_text("export const a = 1;\n")
    (tmp_path / "secret").write_text("root:")
    os.symlink(tmp_path, root / "up")
    found = Assets(root, watched=False)
    assert found.find("/static/js/a.js") is not None
    for path in (
        "/static/up/secret",
        "/static/../secret",
        "/static/js/../../secret",
        f"/static/{quote(str(tmp_path))}/secret",
    ):
        assert found.find(path) is None
    assert assets.folder("static").is_dir()


async def test_headers_of_ones_own(raw, life):
    """What comes in an address, a title or a host name never becomes a line of the answer's head."""
    for path in (
        "/a%0d%0aX-Evil:%20yes",
        "/?a=%0d%0aX-Evil:%20yes",
        "/join/A%0d%0aX-Evil:%20yes",
        "/static/%0d%0aX-Evil:%20yes",
    ):
        for accept in ("text/html", "*/*"):
            asked = f"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
            heard = await (await raw()).say_all(asked.encode())
            assert b"\r\nX-Evil" not in heard.partition(b"\r\n\r\n")[0], path
    await life.goes_on()


async def test_markup_in_what_pages_are_made_of(hall, life):
    """No page is made of what people have entered: scripts fetch it, as JSON that a browser does not sniff."""
    quiz = await life.user.post(
        "/quizzes", {"title": MARKUP[:200], "questions": [{**QUESTION, "question_text": MARKUP}]}
    )
    await life.user.call("PATCH", "/users/me", {"name": MARKUP[:100]})
    for path in (f"/quiz/{quiz['quiz_id']}", f"/library/{quiz['quiz_id']}", "/library", "/profile", "/leaderboard"):
        page = await life.user.fetch("GET", path, Accept="text/html")
        assert page.code == 200 and b"onerror" not in page.body
    for path in (f"/quizzes/{quiz['quiz_id']}", f"/quizzes/{quiz['quiz_id']}/questions", "/users/me"):
        answer = await life.user.fetch("GET", path)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
