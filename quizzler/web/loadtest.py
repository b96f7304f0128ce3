"""Whether ``quizzler loadtest`` may play on this server."""

from msgspec import Struct

from quizzler import __version__
from quizzler.errors import Forbidden, Unauthenticated
from quizzler.web.api import operation
from quizzler.web.base import ApiHandler

NOT_ALLOWED = (
    "This server has not allowed load tests: start it with ALLOW_LOADTEST=yes, or give an admin's token with --token"
)


class Permission(Struct):
    """The limits that a load test has to keep to. ``active_rooms`` are open now and count towards ``max_rooms``."""

    allowed: bool
    version: str
    max_rooms: int
    max_players_per_room: int
    active_rooms: int


class LoadTest(ApiHandler):
    @operation(
        "Whether a load test may run here, and within what limits",
        description="It may where the setting `ALLOW_LOADTEST` says so, and always for an admin.",
        answer=Permission,
        errors=(Forbidden, Unauthenticated),
    )
    async def post(self) -> None:
        settings = self.services.settings
        if not settings.allow_loadtest and not await self._is_admin():
            raise Forbidden(NOT_ALLOWED)
        self.reply(
            Permission(
                allowed=True,
                version=__version__,
                max_rooms=settings.max_rooms,
                max_players_per_room=settings.max_players_per_room,
                active_rooms=len(self.services.registry),
            )
        )

    async def _is_admin(self) -> bool:
        """Raises ``Unauthenticated`` for a token that is not valid; none at all is nobody's."""
        return "Authorization" in self.request.headers and (await self.user())["is_admin"]


routes = [(r"/realtime/loadtest/?", LoadTest)]
