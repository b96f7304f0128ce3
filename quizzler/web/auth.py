"""Accounts: signing up, in and out, and staying signed in."""

import contextlib
import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from quizzler.errors import Invalid, InvalidBody, LimitReached, Unauthenticated, Unavailable
from quizzler.game.questions import unstorable
from quizzler.security.passwords import MAX_BYTES
from quizzler.security.tokens import NOT_VALID, REFRESH_CHARACTERS, RefreshToken
from quizzler.store import sign_ins, users
from quizzler.store.pool import Row
from quizzler.web import fields
from quizzler.web.api import USER, Message, Moment, operation
from quizzler.web.base import ADDRESS, ApiHandler, Services

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
MAX_NAME = 100
# As short as the earlier backend allowed: its clients check no further.
MIN_PASSWORD = 6
# One @ and no blanks; whether mail arrives there, only mail could tell.
_NOT_THERE = rf"@\x00-\x1f{fields.BLANK}"
WRONG_PAIR = "Invalid email or password"
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


class SignedInUser(Struct):
    """``email_confirmed`` is always true: no address is ever asked to confirm itself."""

    id: str
    name: str
    email: str
    email_confirmed: bool = True


class SignedIn(Struct):
    """``access_token`` goes into the ``Authorization`` header, after the word ``Bearer``; it lives for ``expires_in``
    seconds. ``refresh_token`` is for ``POST /auth/renew``."""

    message: str
    user: SignedInUser
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "bearer"


class Renewal(Struct):
    refresh_token: Annotated[
        str, Meta(extra_json_schema={"minLength": REFRESH_CHARACTERS, "maxLength": REFRESH_CHARACTERS})
    ]


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


class Renew(ApiHandler):
    @operation(
        "Stay signed in: a new access token and a new refresh token",
        body=Renewal,
        answer=SignedIn,
        errors=(Unauthenticated,),
        description="A refresh token is good once. Shown again some seconds later, it ends the whole sign-in: "
        "somebody else may have it.",
    )
    async def post(self) -> None:
        shown = self.services.tokens.refresh_token(self.body(Renewal).refresh_token)
        successor = self.services.tokens.successor(shown)
        sign_in = await sign_ins.renew(self.services.database, shown, successor)
        user = sign_in and await users.by_id(self.services.database, sign_in["user_id"])
        if user is None:
            self.services.registry.sign_out(shown.sign_in_id)
            raise Unauthenticated(NOT_VALID)
        self.reply(signed_in(self.services, "Signed in", user, successor, sign_in["seconds_left"]))


class SignOut(ApiHandler):
    @operation(
        "Sign out: the token and all that was renewed along with it are dead from then on, on every path and socket",
        who=USER,
        answer=Message,
    )
    async def post(self) -> None:
        claims = await self.claims()
        if claims.sign_in_id is None:
            await users.revoke(self.services.database, claims.token_id, claims.expires_at)
        else:
            await sign_ins.end(self.services.database, claims.sign_in_id)
        self.services.registry.sign_out(claims.signed_out_by)
        self.reply(Message("Signed out"))


class SignOutEverywhere(ApiHandler):
    @operation("Sign out on every device, this one too", who=USER, answer=Message)
    async def post(self) -> None:
        user = await self.user()
        await sign_ins.end_all(self.services.database, user["id"])
        self.services.registry.sign_out_user(user["id"])
        self.reply(Message("Signed out everywhere"))


class Me(ApiHandler):
    @operation("Who one is", who=USER, answer=Account)
    async def get(self) -> None:
        self.reply(msgspec.convert(await self.user(), Account))


class VerifyToken(ApiHandler):
    @operation("Whether the token is valid, and whose it is", who=USER, answer=ValidToken)
    async def get(self) -> None:
        self.reply(ValidToken(msgspec.convert(await self.user(), TokenUser)))

    post = get


async def begin(services: Services, message: str, user: Row) -> SignedIn:
    """A new sign-in. ``user`` is as it was when the password was looked at; raises ``Unauthenticated`` where that was
    changed since."""
    token = services.tokens.new_refresh_token()
    begun = await sign_ins.begin(
        services.database,
        user["id"],
        token,
        seconds=services.settings.sign_in_lifetime,
        signed_out_before=user["signed_out_before"],
    )
    if begun is None:
        raise Unauthenticated(WRONG_PAIR)
    return signed_in(services, message, user, token, begun["seconds_left"])


def signed_in(services: Services, message: str, user: Row, token: RefreshToken, seconds_left: float) -> SignedIn:
    """``token`` is the sign-in's refresh token, ``seconds_left`` are until its end."""
    access_token = services.tokens.issue(user["id"], sign_in_id=token.sign_in_id, lifetime=seconds_left)
    return SignedIn(
        message,
        SignedInUser(user["id"], user["name"], user["email"]),
        access_token,
        token.text,
        int(min(services.tokens.lifetime, seconds_left)),
    )


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
    (r"/auth/renew/?", Renew),
    (r"/auth/signout/?", SignOut),
    (r"/auth/signout-everywhere/?", SignOutEverywhere),
    (r"/auth/me/?", Me),
    (r"/auth/verify-token/?", VerifyToken),
]
