"""Staying signed in, and signing out."""

from typing import Annotated

from msgspec import Meta, Struct

from quizzler.errors import Unauthenticated
from quizzler.security.tokens import NOT_VALID, REFRESH_CHARACTERS, RefreshToken
from quizzler.store import sign_ins, users
from quizzler.store.pool import Row
from quizzler.web.api import USER, Message, operation
from quizzler.web.base import FREE, ApiHandler
from quizzler.web.services import Services

WRONG_PAIR = "Invalid email or password"


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


class Renew(ApiHandler):
    budget = FREE

    @operation(
        "Stay signed in: a new access token and a new refresh token",
        body=Renewal,
        answer=SignedIn,
        errors=(Unauthenticated,),
        description="A refresh token is good once. Shown again some seconds later, it ends the whole sign-in: "
        "somebody else may have it.",
    )
    async def post(self) -> None:
        self.services.admission.renewal(self.request.remote_ip)
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


routes = [
    (r"/auth/renew/?", Renew),
    (r"/auth/signout/?", SignOut),
    (r"/auth/signout-everywhere/?", SignOutEverywhere),
]
