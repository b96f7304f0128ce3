"""Reports of games that ended, for those who hosted them."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from quizzler.errors import Invalid, NotFound
from quizzler.store import games
from quizzler.web.api import HOST, USER, Moment, operation
from quizzler.web.base import ApiHandler
from quizzler.web.services import is_uuid

MAX_PAGE = 100


class Page(Struct):
    """``cursor`` is the ``next_cursor`` of the page before."""

    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 20
    cursor: str | None = None


class GameSummary(Struct):
    game_id: str
    room_code: str
    quiz_title: str
    started_at: Moment
    ended_at: Moment
    player_count: int
    question_count: int


class GamePage(Struct):
    """``next_cursor`` is null on the last page."""

    games: list[GameSummary]
    next_cursor: str | None


class ReportedPlayer(Struct):
    player_id: str
    name: str
    score: int
    rank: int


class ReportedAnswer(Struct):
    """``option`` is what the player chose, as an index; ``seconds`` is the time they took."""

    player_id: str
    option: Any
    correct: bool
    points: int
    seconds: float


class ReportedQuestion(Struct):
    question_index: int
    kind: str
    question: str
    options: list[str]
    correct_answer: Any
    time_limit: float
    asked_at: Moment
    answers: list[ReportedAnswer]


class HostedGame(GameSummary):
    players: list[ReportedPlayer]
    questions: list[ReportedQuestion]


class Games(ApiHandler):
    @operation("The games that one hosted, the newest first", who=USER, query=Page, answer=GamePage, errors=(Invalid,))
    async def get(self) -> None:
        user = await self.user()
        wanted = self.query(Page)
        page, cursor = await games.of_host(self.services.database, user["id"], wanted.limit, wanted.cursor)
        self.reply(GamePage(msgspec.convert(page, list[GameSummary]), cursor))


class GameReport(ApiHandler):
    @operation(
        "A game with its players, questions and answers",
        who=HOST,
        answer=HostedGame,
        errors=(NotFound,),
        description="Admins read any game's.",
    )
    async def get(self, game_id: str) -> None:
        user = await self.user()
        game = await games.by_id(self.services.database, game_id) if is_uuid(game_id) else None
        if game is None or game["host_id"] != user["id"] and not user["is_admin"]:
            raise NotFound("There is no such game")
        self.reply(msgspec.convert(game, HostedGame))


routes = [
    (r"/results/games/?", Games),
    (r"/results/games/([^/]+)/?", GameReport),
]
