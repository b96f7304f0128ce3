"""What anyone may ask about rooms and about this server's health, over plain HTTP."""

from datetime import UTC, datetime

from quizzler.game import phases
from quizzler.ops import health
from quizzler.rooms.room import Room
from quizzler.web.base import ApiHandler


class ValidateRoom(ApiHandler):
    async def get(self, code: str) -> None:
        room = self.services.registry.find(code)
        self.reply(
            {
                "valid": room is not None,
                "room_code": code.upper(),
                "player_count": room.game.connected if room else 0,
            }
        )


class RoomInfo(ApiHandler):
    async def get(self, code: str) -> None:
        self.reply(room_info(self.services.registry.get(code)))


class RoomStats(ApiHandler):
    async def get(self, code: str) -> None:
        room = self.services.registry.get(code)
        game = room.game
        closed = [asked for asked in game.rounds if asked is not game.round or game.phase != phases.QUESTION]
        self.reply(
            {
                **room_info(room),
                "total_players": len(game.players),
                "questions_asked": len(game.rounds),
                "answers_given": sum(len(asked.answers) for asked in closed),
            }
        )


class Health(ApiHandler):
    async def get(self) -> None:
        report = health.report(self.services.settings, self.services.registry, self.services.journal)
        self.reply(report, status=200 if report["healthy"] else 503)


def room_info(room: Room) -> dict:
    """Totals alone: no names, no answers, nothing of a question that is open."""
    return {
        "room_code": room.code,
        "is_active": not room.over,
        "player_count": room.game.connected,
        "has_current_question": room.game.phase == phases.QUESTION,
        "created_at": datetime.fromtimestamp(room.game.opened_at, UTC),
    }


routes = [
    (r"/realtime/rooms/validate/([^/]+)/?", ValidateRoom),
    (r"/realtime/rooms/([^/]+)/info/?", RoomInfo),
    (r"/realtime/rooms/([^/]+)/stats/?", RoomStats),
    (r"/realtime/health/?", Health),
]
