"""Reports of games that ended, for those who hosted them."""

from quizzler.errors import Invalid, NotFound
from quizzler.store import games
from quizzler.web.base import ApiHandler, is_uuid

MAX_PAGE = 100


class Games(ApiHandler):
    async def get(self) -> None:
        user = await self.user()
        page, cursor = await games.of_host(
            self.services.database,
            user["id"],
            read_limit(self.get_query_argument("limit", "20")),
            self.get_query_argument("cursor", None),
        )
        self.reply({"games": page, "next_cursor": cursor})


class GameReport(ApiHandler):
    async def get(self, game_id: str) -> None:
        user = await self.user()
        game = await games.by_id(self.services.database, game_id) if is_uuid(game_id) else None
        if game is None or str(game.pop("host_id")) != str(user["id"]) and not user["is_admin"]:
            raise NotFound("There is no such game")
        self.reply(game)


def read_limit(text: str) -> int:
    """A page's length, 1 to ``MAX_PAGE``."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_PAGE:
        raise Invalid(f"The limit is a number from 1 to {MAX_PAGE}")
    return int(text)


routes = [
    (r"/results/games/?", Games),
    (r"/results/games/([^/]+)/?", GameReport),
]
