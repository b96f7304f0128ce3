"""What anyone may ask about rooms and about this server's health, over plain HTTP."""

from datetime import UTC, datetime

from msgspec import Struct

from quizzler.errors import LimitReached, NotFound
from quizzler.game import phases
from quizzler.ops import health
from quizzler.rooms.room import Room
from quizzler.web.api import Moment, operation
from quizzler.web.base import FREE, ApiHandler
from quizzler.web.services import holder_of


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


class RoomHandler(ApiHandler):
    """What is asked by a room's code: the room decides what that costs."""

    budget = FREE

    def asker(self) -> tuple[str, str | None]:
        """The address, and the user if there is one."""
        return self.request.remote_ip, holder_of(self.services, self.request.headers.get("Authorization", ""))


class ValidateRoom(RoomHandler):
    @operation("Whether a room with that code is open", answer=CodeCheck, errors=(LimitReached,))
    async def get(self, code: str) -> None:
        room = self.services.admission.look_up(code, *self.asker())
        self.reply(CodeCheck(room is not None, code.upper(), room.game.connected if room else 0))


class Info(RoomHandler):
    @operation("An open room, in brief", answer=RoomInfo, errors=(NotFound, LimitReached))
    async def get(self, code: str) -> None:
        self.reply(RoomInfo(**basics(self.services.admission.room(code, *self.asker()))))


class Stats(RoomHandler):
    @operation("An open room's totals", answer=RoomStats, errors=(NotFound, LimitReached))
    async def get(self, code: str) -> None:
        room = self.services.admission.room(code, *self.asker())
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
    budget = FREE

    @operation("How this server is; 503 where it is not well", answer=health.Report, statuses=(200, 503))
    async def get(self) -> None:
        report = self.services.health.report()
        self.reply(report, status=200 if report.healthy else 503)

    head = get


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
