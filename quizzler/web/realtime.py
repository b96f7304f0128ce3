"""What anyone may ask about rooms and about this server's health, over plain HTTP."""

from datetime import UTC, datetime

from msgspec import Struct

from quizzler.errors import NotFound
from quizzler.game import phases
from quizzler.ops import health
from quizzler.rooms.room import Room
from quizzler.web.api import Moment, operation
from quizzler.web.base import ApiHandler


class CodeCheck(Struct):
    """``player_count`` counts connected players."""

    valid: bool
    room_code: str
    player_count: int


class RoomInfo(Struct):
    """Totals alone: no names, no answers, nothing of a question that is open."""

    room_code: str
    is_active: bool
    player_count: int
    has_current_question: bool
    created_at: Moment


class RoomStats(RoomInfo):
    """``total_players`` also counts those who are gone; ``answers_given`` leaves out an open question's."""

    total_players: int
    questions_asked: int
    answers_given: int


class ValidateRoom(ApiHandler):
    @operation("Whether a room with that code is open", answer=CodeCheck)
    async def get(self, code: str) -> None:
        room = self.services.registry.find(code)
        self.reply(CodeCheck(room is not None, code.upper(), room.game.connected if room else 0))


class Info(ApiHandler):
    @operation("An open room, in brief", answer=RoomInfo, errors=(NotFound,))
    async def get(self, code: str) -> None:
        self.reply(RoomInfo(**basics(self.services.registry.get(code))))


class Stats(ApiHandler):
    @operation("An open room's totals", answer=RoomStats, errors=(NotFound,))
    async def get(self, code: str) -> None:
        room = self.services.registry.get(code)
        game = room.game
        closed = [asked for asked in game.rounds if asked is not game.round or game.phase != phases.QUESTION]
        self.reply(
            RoomStats(
                **basics(room),
                total_players=len(game.players),
                questions_asked=len(game.rounds),
                answers_given=sum(len(asked.answers) for asked in closed),
            )
        )


class Health(ApiHandler):
    @operation("How this server is; 503 where it is not well", answer=health.Report, statuses=(200, 503))
    async def get(self) -> None:
        report = health.report(self.services.settings, self.services.registry, self.services.journal)
        self.reply(report, status=200 if report.healthy else 503)


def basics(room: Room) -> dict:
    return {
        "room_code": room.code,
        "is_active": not room.over,
        "player_count": room.game.connected,
        "has_current_question": room.game.phase == phases.QUESTION,
        "created_at": datetime.fromtimestamp(room.game.opened_at, UTC),
    }


routes = [
    (r"/realtime/rooms/validate/([^/]+)/?", ValidateRoom),
    (r"/realtime/rooms/([^/]+)/info/?", Info),
    (r"/realtime/rooms/([^/]+)/stats/?", Stats),
    (r"/realtime/health/?", Health),
]
