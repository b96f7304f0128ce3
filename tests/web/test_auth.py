"""Signing up, in and out, over HTTP."""

import asyncio
import json
from datetime import datetime, timedelta
from uuid import UUID

import bcrypt
import pytest

from quizzler.security.guesses import FREE
from quizzler.security.tokens import Tokens
from quizzler.store import sign_ins
from tests.clients import Rest
from tests.halls import SECRET

ADA = {"email": "ada@example.org", "password": "correct horse", "name": "Ada"}
DEAD = (401, {"detail": "Your sign-in is not valid any more. Please sign in again"})


@pytest.fixture
def rest(hall) -> Rest:
    return hall.rest


async def field_of(rest: Rest, path: str, body: dict) -> tuple:
    """Where a body was found wrong."""
    status, answer = await rest.call("POST", path, body)
    assert status == 422, answer
    (entry,) = answer["detail"]
    assert entry.keys() == {"loc", "msg", "type"} and entry["msg"] and entry["type"]
    return tuple(entry["loc"])


async def test_sign_up_gives_the_user_and_a_token_that_works(rest):
    answer = await rest.post("/auth/signup", ADA)
    assert answer.keys() == {"message", "user", "access_token", "refresh_token", "expires_in", "token_type"}
    user = answer["user"]
    assert user == {"id": str(UUID(user["id"])), "email": "ada@example.org", "name": "Ada", "email_confirmed": True}
    me = await Rest(rest.base_url, answer["access_token"]).get("/auth/me")
    assert datetime.fromisoformat(me.pop("created_at")).utcoffset() == timedelta(0)
    assert me == {"id": user["id"], "name": "Ada", "email": "ada@example.org"}


async def test_sign_in_answers_as_sign_up_does(rest):
    signed_up = await rest.post("/auth/signup", ADA)
    signed_in = await rest.post("/auth/signin", {"email": ADA["email"], "password": ADA["password"]})
    assert signed_in.keys() == signed_up.keys() and signed_in["user"] == signed_up["user"]
    assert signed_in["access_token"] != signed_up["access_token"]


async def test_address_is_one_in_any_case_and_with_blanks_around(rest):
    await rest.post("/auth/signup", {**ADA, "email": "  Ada@Example.ORG "})
    answer = await rest.post("/auth/signin", {"email": "ADA@example.org\n", "password": ADA["password"]})
    assert answer["user"]["email"] == "ada@example.org"
    status, answer = await rest.call("POST", "/auth/signup", {**ADA, "email": "aDa@example.org"})
    assert (status, answer) == (400, {"detail": "Email already registered"})


@pytest.mark.parametrize(
    "email", ["a@b.local", "a@intranet", "a.b+c@x.test", "ü@exämple.org", "x" * 64 + "@example.org"]
)
async def test_addresses_of_every_kind_are_taken(rest, email):
    assert (await rest.post("/auth/signup", {**ADA, "email": email}))["user"]["email"] == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "a da@example.org",
        "a@b@c",
        "a@.org",
        "a@b..org",
        "a\x00@b.org",
        "a@b.org\x00",
        "a@" + "b" * 260,
    ],
)
async def test_what_is_no_address_is_refused(rest, email):
    assert await field_of(rest, "/auth/signup", {**ADA, "email": email}) == ("body", "email")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "x" * 101),
        ("name", "A\x00da"),
        ("name", None),
        ("password", "short"),
        ("password", "x" * 73),
        ("password", "ü" * 37),
        ("password", "correct\x00horse"),
        ("password", 12345678),
    ],
)
async def test_bad_field_is_named(rest, field, value):
    assert await field_of(rest, "/auth/signup", {**ADA, field: value}) == ("body", field)


@pytest.mark.parametrize("field", ["email", "password", "name"])
async def test_missing_field_is_named(rest, field):
    body = {name: value for name, value in ADA.items() if name != field}
    assert await field_of(rest, "/auth/signup", body) == ("body", field)


async def test_password_of_72_bytes_is_the_longest(rest):
    await rest.post("/auth/signup", {**ADA, "password": "ü" * 36})
    assert (await rest.call("POST", "/auth/signin", {**ADA, "password": "ü" * 36 + "x"}))[0] == 401
    assert (await rest.call("POST", "/auth/signin", {**ADA, "password": "ü" * 36}))[0] == 200


async def test_name_is_trimmed(rest):
    assert (await rest.post("/auth/signup", {**ADA, "name": "  Ada   Lovelace\n"}))["user"]["name"] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.org", "wrong horse"),
        ("ada@example.org", ""),
        ("ada@example.org", "correct horse\x00"),
        ("ada@example.org", "x" * 5000),
        ("nobody@example.org", "correct horse"),
        ("nobody@example.org", "nobody"),
        ("not an address", "correct horse"),
        ("a\x00@example.org", "correct horse"),
        ("", ""),
    ],
)
async def test_bad_pair_is_refused_in_the_same_words(rest, email, password):
    await rest.post("/auth/signup", ADA)
    outcome = await rest.call("POST", "/auth/signin", {"email": email, "password": password})
    assert outcome == (401, {"detail": "Invalid email or password"})


async def test_unknown_address_costs_as_much_as_a_wrong_password(rest, monkeypatch):
    """One real check of a hash of the same cost for either, so that the time tells nobody who has an account."""
    await rest.post("/auth/signup", ADA)
    checked, really = [], bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda given, hashed: checked.append(hashed) or really(given, hashed))
    for email in ("ada@example.org", "nobody@example.org", "a\x00@example.org"):
        assert (await rest.call("POST", "/auth/signin", {"email": email, "password": "wrong horse"}))[0] == 401
    assert len(checked) == 3
    assert {hashed[:7] for hashed in checked} == {b"$2b$04$"}


async def test_signed_out_token_is_dead_everywhere_and_others_live(rest):
    here = await rest.sign_up("Ada")
    there = Rest(rest.base_url, (await rest.post("/auth/signin", ADA))["access_token"])
    assert await here.post("/auth/signout") == {"message": "Signed out"}
    for method, path in [
        ("GET", "/auth/me"), ("GET", "/auth/verify-token"), ("POST", "/auth/verify-token"), ("POST", "/auth/signout"),
        ("GET", "/quizzes"), ("POST", "/quizzes"), ("GET", "/results/games"),
    ]:  # fmt: skip
        assert await here.call(method, path) == DEAD, path
    assert (await there.get("/auth/me"))["name"] == "Ada"


async def test_sign_out_cuts_off_the_hosts_socket(hall):
    ada = await hall.rest.sign_up("Ada")
    host = await hall.host(ada)
    await ada.post("/auth/signout")
    code, _ = await host.until_closed()
    assert code == 1008
    stranger = await hall.socket("host", "new", token=f"Bearer {ada.token}")
    assert await stranger.until_closed() == (1008, "Authentication required")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_token_is_verified_either_way(rest, method):
    ada = await rest.sign_up("Ada")
    status, answer = await ada.call(method, "/auth/verify-token")
    assert (status, answer["valid"], answer["user"].keys()) == (200, True, {"id", "email", "name"})


@pytest.mark.parametrize("given", ["{token}", "bearer {token}", "Bearer  {token}"])
async def test_word_bearer_may_be_missing(rest, given):
    ada = await rest.sign_up("Ada")
    response = await rest.fetch("GET", "/auth/me", Authorization=given.format(token=ada.token))
    assert response.code == 200


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer x", "Basic YWRhOnB3", "Bearer a.b.c"])
async def test_without_a_good_token_it_is_401(rest, given):
    response = await rest.fetch("GET", "/auth/me", Authorization=given)
    assert response.code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert json.loads(response.body)["detail"]


async def test_expired_token_is_dead(rest):
    ada = await rest.post("/auth/signup", ADA)
    expired = Tokens(SECRET, lifetime=-1).issue(ada["user"]["id"])
    assert await Rest(rest.base_url, expired).call("GET", "/auth/me") == DEAD


@pytest.mark.parametrize("user_id", ["5c0d9a64-7f0e-4a6b-9a52-0b2d0d0f6f11", "1", "x'; --", ""])
async def test_token_of_nobody_is_dead(rest, user_id):
    token = Tokens(SECRET, lifetime=60).issue(user_id)
    assert await Rest(rest.base_url, token).call("GET", "/auth/me") == DEAD


async def test_token_of_a_deleted_account_is_dead(rest, database):
    ada = await rest.sign_up("Ada")
    await database.execute("DELETE FROM users")
    assert await ada.call("GET", "/auth/me") == DEAD


async def test_no_answer_holds_a_password_or_its_hash(rest, database):
    ada = await rest.sign_up("Ada")
    row = await database.fetch_one("SELECT password_hash FROM users")
    assert row["password_hash"].startswith("$2b$")
    answers = [
        await rest.call("POST", "/auth/signin", ADA),
        await ada.call("GET", "/auth/me"),
        await ada.call("POST", "/auth/verify-token"),
        await rest.call("POST", "/auth/signup", ADA),
    ]
    told = json.dumps(answers)
    assert row["password_hash"] not in told and ADA["password"] not in told


async def renew(rest: Rest, answer: dict) -> tuple:
    return await rest.call("POST", "/auth/renew", {"refresh_token": answer["refresh_token"]})


class TestRenewal:
    @pytest.fixture
    async def ada(self, rest) -> dict:
        return await rest.post("/auth/signup", ADA)

    async def test_gives_a_pair_that_works(self, rest, ada):
        status, renewed = await renew(rest, ada)
        assert (status, renewed.keys(), renewed["user"]) == (200, ada.keys(), ada["user"])
        assert renewed["access_token"] != ada["access_token"] and renewed["refresh_token"] != ada["refresh_token"]
        for token in (ada["access_token"], renewed["access_token"]):
            assert (await Rest(rest.base_url, token).get("/auth/me"))["name"] == "Ada"
        assert (await renew(rest, renewed))[0] == 200

    async def test_says_how_long_the_access_token_lives(self, hall_with):
        rest = (await hall_with(token_lifetime=600.0)).rest
        answer = await rest.post("/auth/signup", ADA)
        assert answer["expires_in"] == 600
        claims = Tokens(SECRET, 1).read(answer["access_token"])
        assert claims.expires_at - claims.issued_at == timedelta(seconds=600)

    async def test_nothing_lives_longer_than_the_sign_in(self, hall_with, database):
        rest = (await hall_with(token_lifetime=9000.0, sign_in_lifetime=100.0)).rest
        ada = await rest.post("/auth/signup", ADA)
        assert 90 < ada["expires_in"] <= 100
        await database.execute("UPDATE sign_ins SET expires_at = expires_at - interval '50 seconds'")
        _, renewed = await renew(rest, ada)
        assert 40 < renewed["expires_in"] <= 50
        claims = Tokens(SECRET, 1).read(renewed["access_token"])
        assert (claims.expires_at - claims.issued_at).total_seconds() <= 50

    async def test_two_tabs_at_the_same_moment_both_stay_signed_in(self, rest, ada):
        answers = await asyncio.gather(*(renew(rest, ada) for _ in range(5)))
        assert {status for status, _ in answers} == {200}
        assert len({answer["refresh_token"] for _, answer in answers}) == 1
        assert (await renew(rest, answers[0][1]))[0] == 200

    async def test_token_that_was_stolen_ends_the_whole_sign_in(self, hall, rest, ada, database):
        """Whichever of the two comes second: neither has anything left."""
        user = Rest(rest.base_url, ada["access_token"])
        host = await hall.host(user)
        elsewhere = Rest(rest.base_url, (await rest.post("/auth/signin", ADA))["access_token"])
        _, renewed = await renew(rest, ada)
        await database.execute("UPDATE sign_ins SET renewed_at = now() - %s * interval '1 second'", (sign_ins.GRACE,))
        assert await renew(rest, ada) == DEAD
        assert await renew(rest, renewed) == DEAD
        for token in (ada["access_token"], renewed["access_token"]):
            assert await Rest(rest.base_url, token).call("GET", "/auth/me") == DEAD
        assert (await host.until_closed())[0] == 1008
        assert (await elsewhere.get("/auth/me"))["name"] == "Ada"

    async def test_sign_out_ends_all_that_was_renewed_along(self, hall, rest, ada):
        host = await hall.host(Rest(rest.base_url, ada["access_token"]))
        _, renewed = await renew(rest, ada)
        await Rest(rest.base_url, renewed["access_token"]).post("/auth/signout")
        assert (await host.until_closed())[0] == 1008, "it came with the token before"
        assert await Rest(rest.base_url, ada["access_token"]).call("GET", "/auth/me") == DEAD
        assert await renew(rest, renewed) == DEAD and await renew(rest, ada) == DEAD

    async def test_access_token_is_no_refresh_token_nor_the_other_way_round(self, rest, ada):
        assert await renew(rest, {"refresh_token": ada["access_token"]}) == DEAD
        assert await Rest(rest.base_url, ada["refresh_token"]).call("GET", "/auth/me") == DEAD

    @pytest.mark.parametrize("token", ["", "x" * 64, "A" * 64, "ü" * 64, "\x00" * 64, "x" * 100_000])
    async def test_made_up_token_is_401(self, rest, ada, token):
        assert await renew(rest, {"refresh_token": token}) == DEAD

    async def test_deleted_account_is_not_renewed(self, rest, ada, database):
        await database.execute("DELETE FROM users")
        assert await renew(rest, ada) == DEAD


class TestTokensFromBefore:
    """Of a version that knew no sign-ins: the same claims, without ``sid``."""

    @pytest.fixture
    async def old(self, rest) -> Rest:
        ada = await rest.post("/auth/signup", ADA)
        old = Rest(rest.base_url, Tokens(SECRET, 604_800).issue(ada["user"]["id"]))
        assert Tokens(SECRET, 1).read(old.token).sign_in_id is None
        old.new = Rest(rest.base_url, ada["access_token"])
        return old

    async def test_are_good_until_they_are_signed_out(self, hall, old):
        host = await hall.host(old)
        assert (await old.get("/auth/me"))["name"] == "Ada"
        await old.post("/auth/signout")
        assert await old.call("GET", "/auth/me") == DEAD
        assert (await host.until_closed())[0] == 1008
        assert (await old.new.get("/auth/me"))["name"] == "Ada"

    async def test_die_when_all_are_signed_out(self, old):
        await old.new.post("/auth/signout-everywhere")
        assert await old.call("GET", "/auth/me") == DEAD
        assert await old.new.call("GET", "/auth/me") == DEAD


async def test_sign_out_everywhere_leaves_no_token_and_no_socket(hall):
    ada = await hall.rest.sign_up("Ada")
    there = await hall.rest.post("/auth/signin", ADA)
    bob = await hall.rest.sign_up("Bob")
    hosts = [await hall.host(ada), await hall.host(Rest(hall.base_url, there["access_token"])), await hall.host(bob)]
    await ada.post("/auth/signout-everywhere")
    assert [(await host.until_closed())[0] for host in hosts[:2]] == [1008, 1008]
    assert await ada.call("GET", "/auth/me") == DEAD and await renew(hall.rest, there) == DEAD
    assert (await bob.get("/auth/me"))["name"] == "Bob"
    hosts[2].say({"type": "close_room"})
    assert (await hosts[2].until_closed())[0] == 1000, "his room is his to close"
    assert (await hall.rest.call("POST", "/auth/signin", ADA))[0] == 200


async def test_sign_in_hashes_a_password_of_another_cost_anew(hall_with, database):
    before = await hall_with(bcrypt_cost=5)
    await before.rest.post("/auth/signup", ADA)
    rest = (await hall_with(bcrypt_cost=4)).rest
    hashes = []
    for password, status in (("wrong horse", 401), (ADA["password"], 200), (ADA["password"], 200)):
        assert (await rest.call("POST", "/auth/signin", {**ADA, "password": password}))[0] == status
        hashes.append((await database.fetch_one("SELECT password_hash FROM users"))["password_hash"])
    assert [hashed[:7] for hashed in hashes] == ["$2b$05$", "$2b$04$", "$2b$04$"]
    assert hashes[1] == hashes[2], "once is enough"


class TestGuessing:
    async def guess(self, rest: Rest, email: str = ADA["email"], password: str = "wrong horse") -> tuple:
        response = await rest.fetch("POST", "/auth/signin", {"email": email, "password": password})
        return response.code, response.headers.get("Retry-After"), json.loads(response.body)

    async def test_is_slowed_down_the_same_with_and_without_an_account(self, rest):
        await rest.post("/auth/signup", ADA)
        stories = []
        for email in (ADA["email"], "nobody@example.org", "not an address", "a\x00@example.org"):
            stories.append([await self.guess(rest, email) for _ in range(FREE + 2)])
        wrong = (401, None, {"detail": "Invalid email or password"})
        told = (429, "1", {"detail": "Too many wrong passwords. Please try again in 1 second"})
        assert stories == [[wrong] * FREE + [told] * 2] * 4

    async def test_name_is_the_same_in_any_case_and_with_blanks_around(self, rest):
        ways = ("Ada@example.org", " ada@example.org ", "ADA@EXAMPLE.ORG", "ada@example.org\n", "\tada@Example.org")
        for email in ways:
            assert (await self.guess(rest, email))[0] == 401
        assert (await self.guess(rest))[0] == 429

    async def test_right_password_has_to_wait_too_and_then_all_is_good(self, hall, rest):
        await rest.post("/auth/signup", ADA)
        now = [hall.services.clock()]
        hall.services.guesses._clock = lambda: now[0]
        for _ in range(FREE):
            await self.guess(rest)
        assert (await self.guess(rest, password=ADA["password"]))[:2] == (429, "1")
        now[0] += 1
        assert (await self.guess(rest, password=ADA["password"]))[0] == 200
        assert [(await self.guess(rest))[0] for _ in range(FREE + 1)] == [401] * FREE + [429]

    async def test_hundred_at_the_same_moment_are_no_way_around(self, rest):
        await rest.post("/auth/signup", ADA)
        statuses = [status for status, _, _ in await asyncio.gather(*(self.guess(rest) for _ in range(100)))]
        assert statuses.count(401) <= 30 and statuses.count(429) >= 70

    async def test_sign_up_tells_nothing_about_it(self, rest):
        """Else a guesser could learn from it whether the wait is of an account."""
        for _ in range(FREE + 1):
            await self.guess(rest)
        assert (await rest.call("POST", "/auth/signup", ADA))[0] == 200
