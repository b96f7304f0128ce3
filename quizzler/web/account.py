"""One's own account: another password, and its end."""

from datetime import datetime

from msgspec import Struct

from quizzler.errors import Forbidden, LimitReached, Refused
from quizzler.store import accounts, sign_ins, users
from quizzler.store.pool import Row
from quizzler.web.api import USER, operation
from quizzler.web.auth import Password, read_password
from quizzler.web.base import ApiHandler
from quizzler.web.sign_ins import SignedIn, signed_in

NOT_THE_PASSWORD = "That is not your current password"
HOST_LEFT = "The host's account was deleted"
ADMIN_BY_SETTINGS = (
    "This account is an admin by the server's settings. Take its address out of ADMIN_EMAILS first: whoever makes an "
    "account with it later would be an admin"
)


class PasswordChange(Struct):
    """A password has at most 72 bytes in UTF-8."""

    current_password: str
    new_password: Password


class Confirmation(Struct):
    """``password`` is the current one."""

    password: str


class OwnPassword(ApiHandler):
    @operation(
        "Change one's password",
        who=USER,
        body=PasswordChange,
        answer=SignedIn,
        errors=(Forbidden, LimitReached),
        description="With that every sign-in is over, on every path and socket; the answer is a new one.",
    )
    async def patch(self) -> None:
        user = await self.user()
        given = self.body(PasswordChange)
        new_password = read_password(given.new_password, "new_password")
        as_of = await check_password(self, user, given.current_password)
        hashed = await self.services.passwords.hash(new_password)
        token = self.services.tokens.new_refresh_token()
        begun = await sign_ins.change_password(
            self.services.database,
            user["id"],
            hashed,
            token,
            seconds=self.services.settings.sign_in_lifetime,
            as_of=as_of,
        )
        if begun is None:
            raise Forbidden(NOT_THE_PASSWORD)
        self.services.registry.sign_out_user(user["id"])
        self.reply(signed_in(self.services, "Your password is changed", user, token, begun["seconds_left"]))


async def delete_account(handler: ApiHandler, user: Row, password: str) -> None:
    """Raises ``Forbidden``, ``LimitReached`` and ``Refused``."""
    services = handler.services
    as_of = await check_password(handler, user, password)
    if user["email"] in services.settings.admin_emails:
        raise Refused(ADMIN_BY_SETTINGS)
    if not await accounts.delete(services.database, user["id"], as_of=as_of):
        raise Forbidden(NOT_THE_PASSWORD)
    services.registry.end_all_of(user["id"], HOST_LEFT)


async def check_password(handler: ApiHandler, user: Row, given: str) -> datetime:
    """Returns ``signed_out_before``: while it stays the same, so does the password. Raises ``Forbidden``, not
    ``Unauthenticated``: a client would take that for the end of its sign-in."""
    services = handler.services
    with services.guesses.guess(user["email"], handler.request.remote_ip) as guess:
        known = await users.password_of(services.database, user["id"])
        guess.was_right = await services.passwords.verify(given, known and known["password_hash"])
    if not guess.was_right:
        raise Forbidden(NOT_THE_PASSWORD)
    return known["signed_out_before"]


routes = [(r"/users/me/password/?", OwnPassword)]
