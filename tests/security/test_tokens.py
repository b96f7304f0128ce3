"""Tokens of signed-in users: what is ours, what is not."""

import base64
import time
from datetime import UTC, datetime

import jwt
import pytest

from quizzler.errors import Unauthenticated
from quizzler.security.tokens import Tokens, strip_bearer

SECRET = "a secret that is long enough for the tests, and for every algorithm that they try"
USER = "5c0d9a64-7f0e-4a6b-9a52-0b2d0d0f6f11"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET, lifetime=3600)


def signed(secret: str = SECRET, algorithm: str = "HS256", **changed) -> str:
    now = int(time.time())
    claims = {"sub": USER, "jti": "one", "iat": now, "exp": now + 60, **changed}
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, secret, algorithm=algorithm)


def test_token_says_whose_it_is_and_until_when(tokens):
    claims = tokens.read(tokens.issue(USER))
    assert claims.user_id == USER
    assert 3590 < (claims.expires_at - datetime.now(UTC)).total_seconds() <= 3600


def test_every_token_has_its_own_id(tokens):
    assert tokens.read(tokens.issue(USER)).token_id != tokens.read(tokens.issue(USER)).token_id


def test_token_made_by_hand_is_read_as_the_others_expect(tokens):
    """So that the refusals below are refused for what they change, and for nothing else."""
    assert tokens.read(signed()).token_id == "one"


@pytest.mark.parametrize(
    "token",
    [
        signed(secret="another secret that is as long as the first, so that nothing but its words is different"),
        signed(algorithm="HS512"),
        signed(exp=int(time.time()) - 1),
        signed(exp=None),
        signed(jti=None),
        signed(sub=None),
        signed(iat=None),
        signed(exp=10**30),
        signed() + "x",
        signed().replace(".", ""),
        "",
        "ÿ.ÿ.ÿ",
    ],
    ids=[
        "secret",
        "algorithm",
        "expired",
        "no exp",
        "no jti",
        "no sub",
        "no iat",
        "far exp",
        "tail",
        "dots",
        "empty",
        "no ascii",
    ],
)
def test_token_that_is_not_ours_is_refused(tokens, token):
    with pytest.raises(Unauthenticated):
        tokens.read(token)


def test_unsigned_token_is_refused(tokens):
    with pytest.raises(Unauthenticated):
        tokens.read(signed(secret="", algorithm="none"))


@pytest.mark.parametrize("given", ["Bearer a.b.c", "bearer a.b.c", "  Bearer   a.b.c ", "a.b.c"])
def test_word_bearer_may_be_missing(given):
    assert strip_bearer(given) == "a.b.c"


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer "])
def test_no_token_is_no_token(given):
    assert strip_bearer(given) == ""


def test_token_says_which_sign_in_it_belongs_to(tokens):
    claims = tokens.read(tokens.issue(USER, sign_in_id="a sign-in"))
    assert (claims.sign_in_id, claims.signed_out_by) == ("a sign-in", "a sign-in")
    assert tokens.read(signed()).signed_out_by == "one"


@pytest.mark.parametrize(("asked", "lives"), [(60, 60), (10**6, 3600), (None, 3600)])
def test_token_lives_no_longer_than_its_sign_in(tokens, asked, lives):
    claims = tokens.read(tokens.issue(USER, lifetime=asked))
    assert (claims.expires_at - claims.issued_at).total_seconds() == lives


def test_refresh_token_is_read_as_it_was_made(tokens):
    made = tokens.new_refresh_token()
    assert len(made.text) == 64 and tokens.refresh_token(made.text) == made
    assert made.fingerprint not in base64.urlsafe_b64decode(made.text)


def test_every_sign_in_has_other_refresh_tokens(tokens):
    one, other = tokens.new_refresh_token(), tokens.new_refresh_token()
    assert one.sign_in_id != other.sign_in_id and one.fingerprint != other.fingerprint


def test_successor_is_another_token_of_the_same_sign_in_and_always_the_same(tokens):
    first = tokens.new_refresh_token()
    second, third = tokens.successor(first), tokens.successor(tokens.successor(first))
    assert tokens.successor(tokens.refresh_token(first.text)) == second
    assert first.sign_in_id == second.sign_in_id == third.sign_in_id
    assert len({first.text, second.text, third.text}) == 3


def test_refresh_token_of_another_secret_is_another_token(tokens):
    """So a new secret ends all sign-ins, and who has the database alone can make none."""
    other = Tokens(SECRET[::-1], lifetime=3600)
    made = tokens.new_refresh_token()
    assert other.refresh_token(made.text).fingerprint != made.fingerprint
    assert other.successor(made).text != tokens.successor(made).text


@pytest.mark.parametrize(
    "text", ["", "x" * 63, "x" * 65, "x" * 62 + "==", "x" * 60, "ü" * 64, "x" * 63 + "+", "\0" * 64]
)
def test_what_is_no_refresh_token_is_refused(tokens, text):
    with pytest.raises(Unauthenticated):
        tokens.refresh_token(text)
