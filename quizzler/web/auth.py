"""Accounts: signing up and in, and whose a token is."""

import contextlib
import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from quizzler.errors import Invalid, InvalidBody, LimitReached, Unauthenticated, Unavailable
from quizzler.game.questions import unstorable
from quizzler.security.passwords import MAX_BYTES
from quizzler.store import users
from quizzler.web import fields
from quizzler.web.api import USER, Moment, operation
from quizzler.web.base import ADDRESS, ApiHandler
from quizzler.web.sign_ins import WRONG_PAIR, SignedIn, begin

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
MAX_NAME = 100
# As short as the earlier backend allowed: its clients check no further.
MIN_PASSWORD = 6
# One @ and no blanks; whether mail arrives there, only mail could tell.
_NOT_THERE = rf"@\x00-\x1f{fields.BLANK}"
_EMAIL = re.compile(rf"[^{_NOT_THERE}]{{1,64}}@[^.{_NOT_THERE}]+(\.[^.{_NOT_THERE}]+)*")

Name = Annotated[str, fields.text(MAX_NAME, "Ada Lovelace")]
Email = Annotated[
    str,
    Meta(
        examples=["ada@example.org"],
        extra_json_schema={"maxLength": MAX_EMAIL, "pattern": f"^[{fields.BLANK}]*{_EMAIL.pattern}[{fields.BLANK}]*$"},
    ),
]
Password = Annotated[
    str,
    Meta(
        examples=["three blue herons"],
        extra_json_schema={"minLength": MIN_PASSWORD, "maxLength": MAX_BYTES, "pattern": fields.STORABLE},
    ),
]


class Credentials(Struct):
    email: str
    password: str


class NewAccount(Struct):
    """A password has at most 72 bytes in UTF-8."""

    email: Email
    password: Password
    name: Name


class Account(Struct):
    id: str
    name: str
    email: str
    created_at: Moment


class TokenUser(Struct):
    id: str
    email: str
    name: str


class ValidToken(Struct):
    user: TokenUser
    valid: bool = True


class SignUp(ApiHandler):
    budget = ADDRESS

    @operation("Make an account", body=NewAccount, answer=SignedIn, errors=(Invalid,))
    async def post(self) -> None:
        given = self.body(NewAccount)
        email, name = read_email(given.email), read_name(given.name)
        hashed = await self.services.passwords.hash(read_password(given.password))
        user = await users.create(self.services.database, email=email, name=name, password_hash=hashed)
        if user is None:
            raise Invalid("Email already registered")
        self.reply(await begin(self.services, "Account created", user))


class SignIn(ApiHandler):
    budget = ADDRESS

    @operation(
        "Sign in",
        body=Credentials,
        answer=SignedIn,
        errors=(Unauthenticated, LimitReached),
        description="After some wrong passwords each further try has to wait longer, the same whether there is such an "
        "account or not: 429 says for how long.",
    )
    async def post(self) -> None:
        given = self.body(Credentials)
        email = given.email.strip().lower()
        with self.services.guesses.guess(email, self.request.remote_ip) as guess:
            user = None if unstorable(email) else await users.by_email(self.services.database, email)
            hashed = user and user["password_hash"]
            guess.was_right = await self.services.passwords.verify(given.password, hashed)
        if not guess.was_right:
            self.services.registry.counts.sign_in_failures += 1
            raise Unauthenticated(WRONG_PAIR)
        answer = await begin(self.services, "Signed in", user)
        if self.services.passwords.is_outdated(hashed):
            # Whoever is signed in is not to hear that too many others are at it.
            with contextlib.suppress(Unavailable):
                hashed_anew = await self.services.passwords.hash(given.password)
                await users.replace_hash(self.services.database, user["id"], hashed, hashed_anew)
        self.reply(answer)


class Me(ApiHandler):
    @operation("Who one is", who=USER, answer=Account)
    async def get(self) -> None:
        self.reply(msgspec.convert(await self.user(), Account))


class VerifyToken(ApiHandler):
    @operation("Whether the token is valid, and whose it is", who=USER, answer=ValidToken)
    async def get(self) -> None:
        self.reply(ValidToken(msgspec.convert(await self.user(), TokenUser)))

    post = get


def read_email(given: str) -> str:
    email = given.strip().lower()
    if len(email) > MAX_EMAIL or unstorable(email) or not _EMAIL.fullmatch(email):
        raise InvalidBody("That is not an email address", ("email",))
    return email


def read_name(given: str) -> str:
    name = " ".join(given.split())
    if not name:
        raise InvalidBody("Please give a name", ("name",))
    if len(given) > MAX_NAME:
        raise InvalidBody(f"A name has at most {MAX_NAME} characters", ("name",))
    if unstorable(name):
        raise InvalidBody("The name has a character that cannot be stored", ("name",))
    return name


def read_password(given: str, field: str = "password") -> str:
    """bcrypt reads 72 bytes; more would be cut off in silence."""
    if len(given) < MIN_PASSWORD:
        raise InvalidBody(f"A password has at least {MIN_PASSWORD} characters", (field,))
    if unstorable(given):
        raise InvalidBody("The password has a character that cannot be used", (field,))
    if len(given.encode()) > MAX_BYTES:
        raise InvalidBody(f"A password has at most {MAX_BYTES} bytes; this one is longer", (field,))
    return given


routes = [
    (r"/auth/signup/?", SignUp),
    (r"/auth/signin/?", SignIn),
    (r"/auth/me/?", Me),
    (r"/auth/verify-token/?", VerifyToken),
]
