"""The log of an evening: what stands in it, and what never does, whatever somebody tries."""

import asyncio
import json
import logging
import re
import sys

import pytest

from quizzler.ops.logs import JsonLines, TextLines, without_secrets
from tests.clients import PATIENCE, Hall, Socket, a_question
from tests.processes import ServerProcess
from tests.web.raw import Line

EVENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) (?P<logger>[\w.]+): (?P<said>.*)")
PASSWORD = "correct horse"  # that of tests.clients
WRONG_PASSWORD = "tr0ub4dor&3"
KEY = "k3y-of-the-server-which-nobody-may-read"
FORGED = "2026-01-01 00:00:00,000 ERROR quizzler.app: Forged"
NAMES = ("Zebedee", "Florence")


class Evening:
    """Everything that people do, and some of what they should not; ``secrets`` are all that were in it."""

    def __init__(self, server: ServerProcess, database):
        self.hall = Hall(server.url)
        self.secrets = [PASSWORD, WRONG_PASSWORD, KEY]
        self._server = server
        self._database = database

    async def play(self) -> None:
        rest = self.hall.rest
        ann = await rest.sign_up("Dougal")
        credentials = {"email": "dougal@example.org", "password": PASSWORD}
        again = (await rest.post("/auth/signin", credentials))["access_token"]
        await rest.call("POST", "/auth/signin", {**credentials, "password": WRONG_PASSWORD})
        host = await self.hall.host(ann)
        zebedee, florence = [await self.hall.player(host.code, name) for name in NAMES]
        host.say(a_question())
        await zebedee.until("question")
        zebedee.say({"type": "answer", "option": 1, "answer_id": "mine"})
        await zebedee.until("answer_ack")
        zebedee.say("not a message\n" + FORGED)
        await zebedee.until("error")
        zebedee.close()
        await host.until("player_left")
        token = zebedee.welcome["resume_token"]
        back = await self.hall.resume(host.code, token)
        self.secrets += [ann.token, again, token, florence.welcome["resume_token"], back.welcome["resume_token"]]
        await self._misbehave(host.code, ann.token, token)
        await self._break(ann)
        host.say({"type": "end_game"})
        await host.until_closed()
        await rest.fetch("POST", "/auth/signout", "{}", Authorization=f"Bearer {again}")
        self.hall.leave()

    async def _misbehave(self, code: str, token: str, resume_token: str) -> None:
        """Addresses, headers and frames that nobody sends by mistake, with secrets in places where none belong."""
        urls = self.hall.ws_url
        refused = [
            await Socket.connect(f"{urls}/player/NOSUCHRM%0A{FORGED.replace(' ', '%20')}", username="x\n" + FORGED),
            await Socket.connect(f"{urls}/player/{code}", resume_token=resume_token + "x\r\n"),
            await Socket.connect(f"{urls}/player/{code}", username="a\nb\x1b[31m"),  # comes in, by a tidier name
            await Socket.connect(f"{urls}/host/new", token=token[:-4] + "\nAAAA"),
            await Socket.connect(f"{urls}/host/{code}", token="Bearer " + token + "x"),
        ]
        for socket in refused:
            await asyncio.wait_for(socket.until_closed(), PATIENCE) if socket is not refused[2] else socket.close()
        for path in (
            f"/nothing%0a{FORGED.replace(' ', '+')}?token={token}",
            f"/nothing%3Ftoken={token}",
            f"/realtime/ws/host/new?token=Bearer%20{token}",
            f"/auth/me?token={token}&password={WRONG_PASSWORD}",
        ):
            await self.hall.rest.fetch("GET", path)
        for lines in (
            f"GET /auth/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\x01{resume_token}\r\n\r\n",
            f"GET /auth/me HTTP/1.1\r\nHost: a\r\nAuthorization Bearer {token}\r\n\r\n",
            f"GET /x?token={token} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            f"GET /x\x0b{FORGED.replace(' ', '_')}?token={token} HTTP/1.1\r\nHost: a\r\n\r\n",
            f"POST /auth/signin HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\npassword={WRONG_PASSWORD}",
        ):
            line = await Line.open(self.hall.base_url)
            line.send(lines.encode("latin-1"))
            await asyncio.wait_for(line._reader.read(1), PATIENCE)  # an answer, or the end
            line.close()

    async def _break(self, ann) -> None:
        """Faults of the server's own. PostgreSQL quotes the row that it does not take, the password's hash in it."""
        await self._database.execute("ALTER TABLE users ADD CHECK (email <> 'mallory@example.org')")
        mallory = {"email": "mallory@example.org", "password": PASSWORD, "name": "Mallory"}
        assert (await self.hall.rest.call("POST", "/auth/signup", mallory))[0] == 500
        await self._database.execute("ALTER TABLE quizzes RENAME TO mislaid")
        assert (await ann.call("GET", f"/quizzes?token={ann.token}"))[0] == 500
        self.hall.rest.token = None
        host = await Socket.connect(
            f"{self.hall.ws_url}/host/new", token=ann.token, quiz_id="00000000-0000-0000-0000-000000000000"
        )
        await host.until_closed()
        await self._database.execute("ALTER TABLE mislaid RENAME TO quizzes")
        self.secrets.append("$2b$12$")


async def log_of_an_evening(server_process, database, **environ: str) -> tuple[str, list[str]]:
    server = server_process(LOG_LEVEL="debug", JWT_SECRET_KEY=KEY, PYTHONASYNCIODEBUG="1", **environ)
    evening = Evening(server, database)
    await evening.play()
    assert await asyncio.to_thread(server.stop) == 0
    return server.log(), evening.secrets


def check_events(events: list[tuple[str, str]]) -> None:
    """(level, message) of every line."""
    messages = [message for _, message in events]
    for message in (
        "Server started", "Room opened", "Host came", "Player came", "Somebody refused", "Request answered",
        "Room closed", "Game stored", "Server stopped", "GET /quizzes failed", "POST /auth/signup failed",
        "Somebody could not be let in",
    ):  # fmt: skip
        assert message in messages, message
    assert messages.index("Server started") < messages.index("Room opened") < messages.index("Room closed")
    assert messages[-1] == "Server stopped"
    assert not any(level == "critical" or "Forged" == message for level, message in events)
    assert sum(level == "error" for level, _ in events) == 5, [each for each in events if each[0] == "error"]


@pytest.mark.both_wires
class TestEvening:
    async def test_text(self, server_process, database):
        log, secrets = await log_of_an_evening(server_process, database)
        events = []
        for line in log.splitlines():
            if not line.startswith("    "):  # of a traceback
                assert (event := EVENT.fullmatch(line)), line
                events.append((event["level"].lower(), re.split(r" \w+=", event["said"])[0]))
        check_events(events)
        assert "Traceback" in log and "CheckViolation" in log
        for secret in (*secrets, *NAMES):
            assert secret not in log

    async def test_json(self, server_process, database):
        log, secrets = await log_of_an_evening(server_process, database, LOG_FORMAT="json")
        events = [json.loads(line) for line in log.splitlines()]
        check_events([(event["level"], event["message"]) for event in events])
        assert all({"time", "level", "logger", "message"} <= set(event) for event in events)
        answered = [event for event in events if event["message"] == "Request answered"]
        assert all(event.keys() >= {"status", "method", "path", "ms", "request"} for event in answered)
        assert len({event["request"] for event in answered}) == len(answered)
        [stored], [closed] = ([e for e in events if e["message"] == m] for m in ("Game stored", "Room closed"))
        assert (closed["players"], closed["questions"]) == (3, 1) and closed["seconds"] > 0
        assert stored["room"] == closed["room"] and len(closed["room"]) == 8
        came = {event["request"] for event in events if event["message"] == "Host came"}
        assert came <= {event["request"] for event in answered if event["status"] == 101}
        assert all("Traceback" in event["exception"] for event in events if "failed" in event["message"])
        assert not any("address" in event for event in answered if event["status"] != 429)
        for secret in (*secrets, *NAMES):
            assert secret not in log


async def test_answers_carry_the_id_of_their_lines(hall, caplog):
    caplog.set_level(logging.DEBUG, "quizzler")
    one, other = [(await hall.rest.fetch("GET", path)).headers["X-Request-ID"] for path in ("/livez", "/nothing")]
    assert re.fullmatch("[0-9a-f]{16}", one) and one != other
    logged = {record.request: record.path for record in caplog.records if record.message == "Request answered"}
    assert (logged[one], logged[other]) == ("/livez", "/nothing")


@pytest.mark.parametrize("broken", ["\n", "\r", "\x85", "\u2028", "\x1b[2J", "\x00", "\u202e", "\x0b", "\ud800"])
@pytest.mark.parametrize("lines", [TextLines(), JsonLines()], ids=["text", "json"])
def test_nobody_forges_a_line(lines, broken):
    forged = f"one{broken}{FORGED}"
    try:
        raise ValueError(forged)
    except ValueError:
        trace = sys.exc_info()
    record = logging.LogRecord("web", logging.INFO, __file__, 1, "Said %s", (forged,), trace)
    record.room = forged
    first, *others = lines.format(record).splitlines()
    assert broken not in first and (broken == "\n" or broken not in "".join(others))
    assert all(line.startswith("    ") for line in others)
    assert len(others) == 0 if isinstance(lines, JsonLines) else len(others) >= 4


def test_particulars_stay_apart():
    record = logging.LogRecord("a", logging.INFO, __file__, 1, "Room opened", (), None)
    record.room, record.note, record.players = "ABCD", 'x" players=9', 3
    assert TextLines().format(record).endswith(r'INFO a: Room opened room=ABCD note="x\" players=9" players=3')
    event = json.loads(JsonLines().format(record))
    assert (event["room"], event["note"], event["players"]) == ("ABCD", 'x" players=9', 3)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /ws?token=Bearer%20abc.def-g&quiz_id=7 (127.0.0.1)", "quiz_id=7"),
        ("GET /ws?resume_token=12.s3cret HTTP", "HTTP"),
        ("PlayerJoined(player_id=1, resume_token='12.s3cret', address='::1')", "address='::1'"),
        ('{"password": "s3cret", "email": "a@b"}', '"email": "a@b"'),
        (r"{\"password\": \"s3cret\", \"email\": 1}", r"\"email\": 1"),
        ("Authorization: Bearer s3cret\nHost: a", "Host: a"),
        ("the token eyJhbGci.eyJzdWIi.c2VjcmV0 came", "came"),
        ("postgresql://ann:s3cret@db/quiz", "@db/quiz"),
        ("violates\nDETAIL:  Failing row contains (1, s3cret,\n s3cret).\nCONTEXT:  here", "CONTEXT:  here"),
        ("hash $2b$12$s3creTs3creTs3creTs3creTs3creTs3creT end", "end"),
    ],
)
def test_what_looks_like_a_secret_is_left_out(text, kept):
    shown = without_secrets(text)
    assert kept in shown and "[left out]" in shown
    assert not re.search("(?i)s3cret|abc.def|c2VjcmV0", shown)


def test_ordinary_words_stay():
    for text in ("Token is not valid", "The password has 8 characters", "Room opened room=ABCD", "a: b", "x://y/z"):
        assert without_secrets(text) == text
