"""Attacks on who may do what: other people's roles, rooms, seats and tokens."""

import base64
import hmac
import json
import time

import jwt
import pytest

from quizzler.rooms.room import TAKEN_OVER
from quizzler.security.limits import WrongCodes
from quizzler.security.tokens import NOT_VALID
from tests.attacks.conftest import Life
from tests.clients import Rest, a_question
from tests.halls import SECRET

# The secret is long enough for the one algorithm that is taken.
pytestmark = pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")

HOST_COMMANDS = [
    a_question(),
    *({"type": kind} for kind in ("next_question", "end_question", "end_game", "close_room")),
    {"type": ["answer", "new_question"]},
    {"type": "answer", "type ": "close_room", "role": "host", "player_id": 1},
]
# Servers that check RS256 with it have been made to take it for a secret; this one has no key that is public.
PUBLIC_KEY = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----"""


async def refusal(socket) -> str:
    """The sentence to whoever said something that is not theirs to say."""
    return (await socket.until("error"))["message"]


@pytest.mark.both_wires
async def test_player_who_sends_host_commands(hall, life):
    eve = await hall.player(life.code, "Eve")
    for command in HOST_COMMANDS:
        eve.say(command)
        if command["type"] == "answer":
            assert (await eve.until("answer_ack"))["accepted"] is False
        else:
            assert "Known are: answer" in await refusal(eve)
    assert eve.close_code is None
    await life.goes_on(eve)


async def test_host_who_sends_a_players_messages(life):
    life.host.say({"type": "answer", "option": 1, "player_id": 1})
    assert "Known are: new_question" in await refusal(life.host)
    await life.goes_on()


@pytest.mark.both_wires
async def test_host_of_one_room_in_another(hall, life):
    """Neither by its code, nor as its player, nor with a quiz of their own."""
    mallory = await hall.rest.sign_up("Mallory")
    own = await hall.host(mallory)
    for query in ({}, {"quiz_id": "00000000-0000-0000-0000-000000000000"}):
        intruder = await hall.socket("host", life.code, token=f"Bearer {mallory.token}", **query)
        assert (await intruder.next())["message"] == "Room code already in use"
        assert await intruder.until_closed() == (1003, "Room code already in use")
    guest = await hall.socket("player", life.code, username="Mallory", token=f"Bearer {mallory.token}")
    await guest.until("welcome")
    guest.say({"type": "close_room"})
    await refusal(guest)
    own.say({"type": "end_game", "room_code": life.code})
    assert (await own.until_closed())[0] == 1000
    await life.goes_on(guest)


async def test_other_peoples_quiz_in_a_room_of_ones_own(hall, life):
    question = {"question_text": "Secret?", "option_a": "a", "option_b": "b", "correct_option": "b"}
    quiz_id = (await life.user.post("/quizzes", {"title": "Ann's", "questions": [question]}))["quiz_id"]
    mallory = await hall.rest.sign_up("Mallory")
    intruder = await hall.socket("host", "new", token=f"Bearer {mallory.token}", quiz_id=quiz_id)
    code, reason = await intruder.until_closed()
    assert (code, reason) == (1003, "There is no such quiz, or it is not yours to play")


async def test_tokens_in_each_others_place(hall, life):
    """A user's token is no seat in a room, and a seat is no account."""
    resume = life.player.welcome["resume_token"]
    eve = await hall.socket("player", life.code, resume_token=life.user.token)
    assert await eve.until_closed() == (1003, "That player is not known in this room. Please join again")
    for token in (resume, f"Bearer {resume}"):
        eve = await hall.socket("host", life.code, token=token)
        assert await eve.until_closed() == (1008, "Authentication required")
    assert (await Rest(hall.base_url, resume).call("GET", "/auth/me"))[0] == 401
    await life.goes_on()


@pytest.mark.both_wires
async def test_guessed_resume_tokens(hall, life):
    """Close to the right one, and shaped to break what compares them."""
    right = life.player.welcome["resume_token"]
    number, _, secret = right.partition(".")
    guesses = [
        f"{number}.{secret[:-1]}", f"{number}.{secret[:-1]}!", f"{number}.{secret}x", f"{number}.", f"{number}", secret,
        f"2.{secret}", f"0{number}.{secret}", f"-1.{secret}", f"{number}.0.{secret}", f"١.{secret}", f"².{secret}",
        f"{'9' * 5000}.{secret}", right.swapcase(), f"{number}\x00.{secret}", "." * 1000, "💥", "\u202e" + right,
    ]  # fmt: skip
    for guess in guesses:
        eve = await hall.socket("player", life.code, resume_token=guess)
        assert await eve.until_closed() == (1003, "That player is not known in this room. Please join again"), guess
    await life.goes_on()


@pytest.mark.both_wires
async def test_stolen_resume_token(hall, life):
    """Whoever shows it is that player, and the one who had the seat is told; with the same token they take it back."""
    stolen = life.player.welcome["resume_token"]
    thief = await hall.resume(life.code, stolen)
    assert thief.welcome["player_id"] == life.player.welcome["player_id"]
    assert (await life.player.until_closed())[0] == TAKEN_OVER
    life.player = await hall.resume(life.code, stolen)
    assert (await thief.until_closed())[0] == TAKEN_OVER
    await life.goes_on()


async def test_resume_token_of_another_room(hall, life):
    other = await Life.begin(hall, "Olga")
    eve = await hall.socket("player", other.code, resume_token=life.player.welcome["resume_token"])
    assert await eve.until_closed() == (1003, "That player is not known in this room. Please join again")
    await life.goes_on()
    await other.goes_on()


async def test_room_codes_that_are_none(hall, life):
    codes = ("A" * 5000, "ß" * 8, "ı", "%00", "..%2f..", life.code[:-1], life.code + "A", "{}", "'; DROP TABLE x")
    for number, code in enumerate(codes):
        eve = await hall.socket("player", code.replace("/", "%2f").replace(" ", "%20"), username="Eve")
        said = await eve.until_closed()
        if number <= WrongCodes.FREE:
            assert said == (1003, "Room doesn't exist or is no longer active"), code
        else:
            assert said[0] == 1008 and said[1].startswith("Too many wrong room codes"), code
    await life.goes_on()


def encoded(part: object) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def forged(token: str) -> dict[str, str]:
    """Tokens that somebody without the secret can make, or somebody with it must not; each would be this user's."""
    now = int(time.time())
    head, body, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    confused = hmac.digest(PUBLIC_KEY, f"{head}.{body}".encode(), "sha256")
    algorithm = jwt.get_unverified_header(token)["alg"]

    def signed(secret: str = SECRET, alg: str = "HS256", headers: dict | None = None, **changed: object) -> str:
        kept = {name: value for name, value in {**claims, **changed}.items() if value is not ...}
        return jwt.encode(kept, secret, algorithm=alg, headers=headers)

    assert algorithm == "HS256" and jwt.decode(signed(), SECRET, algorithms=["HS256"])
    return {
        **{
            f"alg {alg}": f"{encoded({'alg': alg, 'typ': 'JWT'})}.{body}."
            for alg in ("none", "None", "NONE", "nOnE", "")
        },
        **{
            f"alg {alg!r} with a signature": f"{encoded({'alg': alg})}.{body}.{signature}"
            for alg in (None, 1, [], {}, ["HS256"], "hs256", "HS256 ", "RS256", "ES256", "EdDSA", "PS512")
        },
        "no alg": f"{encoded({'typ': 'JWT'})}.{body}.{signature}",
        **{f"the right secret, {alg}": signed(alg=alg) for alg in ("HS384", "HS512")},
        "another secret": signed("x" * 64),
        "no secret": signed(" " * 32),
        "a public key as the secret": f"{head}.{body}.{encoded(confused)}",
        "kid that is a path": signed("x" * 32, headers={"kid": "../../../../dev/null"}),
        "kid that is SQL": signed("x" * 32, headers={"kid": "' UNION SELECT 'x"}),
        "jku of another site": signed("x" * 32, headers={"jku": "http://127.0.0.1:1/keys"}),
        "jwk of its own": signed("x" * 32, headers={"jwk": {"kty": "oct", "k": encoded(b"x" * 32)}}),
        "crit that nobody knows": signed(headers={"crit": ["b64"], "b64": False}),
        "expired": signed(exp=now - 1),
        "expires in text": f"{head}.{encoded({**claims, 'exp': 'soon'})}.{signature}",
        "not yet valid": signed(nbf=now + 3600),
        "issued tomorrow": signed(iat=now + 86_400),
        "another user": f"{head}.{encoded({**claims, 'sub': '00000000-0000-0000-0000-000000000000'})}.{signature}",
        "an admin": f"{head}.{encoded({**claims, 'is_admin': True})}.{signature}",
        **{f"no {name}": signed(**{name: ...}) for name in ("sub", "jti", "exp", "iat")},
        "a subject that is no id": signed(sub="1 OR 1=1"),
        "a subject with NUL": signed(sub="\x00"),
        "no such user": signed(sub="00000000-0000-0000-0000-000000000000"),
        "for ever": signed(exp=10**30),
        "no signature": f"{head}.{body}.",
        "half a signature": f"{head}.{body}.{signature[:20]}",
        "a longer signature": f"{token}AAAA",
        "two parts": f"{head}.{body}",
        "four parts": f"{token}.{signature}",
        "no part": "...",
        "not base64": "💥.💥.💥",
        "not JSON": f"{encoded(b'{')}.{encoded(b'[')}.{signature}",
        "no object": f"{encoded([])}.{encoded([])}.{signature}",
        "not UTF-8": f"{encoded(bytes([255, 254]))}.{body}.{signature}",
        "very deep": f"{encoded(b'[' * 9_000)}.{body}.{signature}",
        "very long": f"{head}.{encoded({**claims, 'x': 'a' * 9_000})}.{signature}",
        "blanks": "   ",
        "the word alone": "Bearer",
    }


@pytest.mark.both_wires
async def test_forged_tokens(hall, life):
    """On the REST API and on the host's socket alike."""
    for name, token in forged(life.user.token).items():
        headers = token.encode().decode("latin-1")
        status, answer = await Rest(hall.base_url, headers).call("GET", "/auth/me")
        assert (status, answer["detail"]) in ((401, NOT_VALID), (401, "Authentication required")), (
            name,
            status,
            answer,
        )
        eve = await hall.socket("host", life.code, token=f"Bearer {token}")
        assert await eve.until_closed() == (1008, "Authentication required"), name
    assert (await life.user.get("/auth/me"))["name"] == "Ann"
    await life.goes_on()


@pytest.mark.both_wires
async def test_token_after_signing_out(hall, life):
    """Dead at once, and the host's socket with it; the game waits for them to come back."""
    again = await hall.rest.post("/auth/signin", {"email": "ann@example.org", "password": "correct horse"})
    await life.user.post("/auth/signout")
    assert (await life.host.until_closed())[0] == 1008
    assert (await life.user.call("GET", "/auth/me"))[0] == 401
    eve = await hall.socket("host", life.code, token=f"Bearer {life.user.token}")
    assert await eve.until_closed() == (1008, "Authentication required")
    life.host = await hall.host(Rest(hall.base_url, again["access_token"]), life.code)
    await life.goes_on()


async def test_admins_routes_by_others(hall, life):
    """Each that the document has for admins alone."""
    document = await hall.rest.get("/openapi.json")
    routes = [
        (method.upper(), path.replace("{quiz_id}", "00000000-0000-0000-0000-000000000000"))
        for path, methods in document["paths"].items()
        for method, told in methods.items()
        if told["description"].startswith("For admins")
    ]
    assert len(routes) > 5
    for method, path in routes:
        assert (await life.user.call(method, path, {}))[0] == 403, path
        assert (await hall.rest.call(method, path, {}))[0] == 401, path
    await life.goes_on()
