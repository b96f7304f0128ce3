"""Accounts: signing up, in and out."""

import re

from msgspec import Struct

from quizzler.errors import Invalid, InvalidBody, Unauthenticated
from quizzler.game.questions import unstorable
from quizzler.security.passwords import MAX_BYTES
from quizzler.store import users
from quizzler.store.pool import Row
from quizzler.web.base import ApiHandler

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
MAX_NAME = 100
# As short as the earlier backend allowed: its clients check no further.
MIN_PASSWORD = 6
# One @ and no blanks; whether mail arrives there, only mail could tell.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)*")


class Credentials(Struct):
    email: str
    password: str


class NewAccount(Struct):
    email: str
    password: str
    name: str


class SignUp(ApiHandler):
    async def post(self) -> None:
        given = self.body(NewAccount)
        email, name = read_email(given.email), read_name(given.name)
        hashed = await self.services.passwords.hash(read_password(given.password))
        user = await users.create(self.services.database, email=email, name=name, password_hash=hashed)
        if user is None:
            raise Invalid("Email already registered")
        self.reply(signed_in("Account created", user, self.services.tokens.issue(user["id"])))


class SignIn(ApiHandler):
    async def post(self) -> None:
        given = self.body(Credentials)
        email = given.email.strip().lower()
        user = None if unstorable(email) else await users.by_email(self.services.database, email)
        if not await self.services.passwords.verify(given.password, user and user["password_hash"]):
            raise Unauthenticated("Invalid email or password")
        self.reply(signed_in("Signed in", user, self.services.tokens.issue(user["id"])))


class SignOut(ApiHandler):
    async def post(self) -> None:
        claims = await self.claims()
        await users.revoke(self.services.database, claims.token_id, claims.expires_at)
        self.services.registry.sign_out(claims.token_id)
        self.reply({"message": "Signed out"})


class Me(ApiHandler):
    async def get(self) -> None:
        user = await self.user()
        self.reply({name: user[name] for name in ("id", "name", "email", "created_at")})


class VerifyToken(ApiHandler):
    async def get(self) -> None:
        user = await self.user()
        self.reply({"valid": True, "user": {name: user[name] for name in ("id", "email", "name")}})

    post = get


def signed_in(message: str, user: Row, token: str) -> dict:
    shown = {"id": user["id"], "email": user["email"], "name": user["name"], "email_confirmed": True}
    return {"message": message, "user": shown, "access_token": token, "token_type": "bearer"}


def read_email(given: str) -> str:
    email = given.strip().lower()
    if len(email) > MAX_EMAIL or unstorable(email) or not _EMAIL.fullmatch(email):
        raise InvalidBody("That is not an email address", ("email",))
    return email


def read_name(given: str) -> str:
    name = " ".join(given.split())
    if not name:
        raise InvalidBody("Please give a name", ("name",))
    if len(name) > MAX_NAME:
        raise InvalidBody(f"A name has at most {MAX_NAME} characters", ("name",))
    if unstorable(name):
        raise InvalidBody("The name has a character that cannot be stored", ("name",))
    return name


def read_password(given: str) -> str:
    """bcrypt reads 72 bytes; more would be cut off in silence."""
    if len(given) < MIN_PASSWORD:
        raise InvalidBody(f"A password has at least {MIN_PASSWORD} characters", ("password",))
    if unstorable(given):
        raise InvalidBody("The password has a character that cannot be used", ("password",))
    if len(given.encode()) > MAX_BYTES:
        raise InvalidBody(f"A password has at most {MAX_BYTES} bytes; this one is longer", ("password",))
    return given


routes = [
    (r"/auth/signup/?", SignUp),
    (r"/auth/signin/?", SignIn),
    (r"/auth/signout/?", SignOut),
    (r"/auth/me/?", Me),
    (r"/auth/verify-token/?", VerifyToken),
]
