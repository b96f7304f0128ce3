"""How a caller's own connection arrives here: for finding out what a proxy in between makes of it."""

from msgspec import Struct

from quizzler.web.api import operation
from quizzler.web.base import ApiHandler


class Connection(Struct):
    """``address`` is the one that limits count for this caller; ``forwarded_for`` is the header X-Forwarded-For as it
    arrived, or null; ``instance`` is another one after each start of the server."""

    instance: str
    address: str
    forwarded_for: str | None


class OwnConnection(ApiHandler):
    @operation("How the caller's own connection arrives", answer=Connection)
    async def get(self) -> None:
        forwarded = self.request.headers.get("X-Forwarded-For")
        self.reply(Connection(self.services.instance, self.request.remote_ip, forwarded))


routes = [(r"/realtime/connection/?", OwnConnection)]
