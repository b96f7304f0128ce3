"""For admins: the rooms of this server as they are now."""

from datetime import UTC, datetime

from msgspec import Struct

from quizzler.game import phases
from quizzler.rooms.room import Room
from quizzler.store import users
from quizzler.web.admin import AdminHandler
from quizzler.web.api import ADMIN, Moment, operation


class LiveRoom(Struct):
    """``total_players`` have joined at some time, ``player_count`` are connected."""

    room_code: str
    quiz_title: str
    created_at: Moment
    phase: str
    host_connected: bool
    player_count: int
    total_players: int
    questions_asked: int
    has_current_question: bool


class LiveStatistics(Struct):
    active_rooms: int
    total_players: int
    total_connections: int
    messages_sent: int
    errors: int
    questions_processed: int
    answers_processed: int
    journal_backlog: int
    rooms: list[LiveRoom]


class CleanedUp(Struct):
    message: str
    removed_sessions: int
    remaining_sessions: int


class RoomsNow(AdminHandler):
    @operation("This server's rooms, and what it has done since it started", who=ADMIN, answer=LiveStatistics)
    async def get(self) -> None:
        await self.admin()
        registry, counts = self.services.registry, self.services.registry.counts
        self.reply(
            LiveStatistics(
                active_rooms=len(registry),
                total_players=registry.player_count,
                total_connections=counts.total_connections,
                messages_sent=counts.messages_sent,
                errors=counts.errors,
                questions_processed=counts.questions_processed,
                answers_processed=counts.answers_processed,
                journal_backlog=self.services.journal.backlog,
                rooms=[live_room(room) for room in registry.rooms if room.game.setting is not None],
            )
        )


class CleanUp(AdminHandler):
    @operation(
        "End games that nobody is in, and forget tokens that have expired",
        description="A game counts as left when its host is away and no player is connected; it is stored as usual.",
        who=ADMIN,
        answer=CleanedUp,
    )
    async def post(self) -> None:
        await self.admin()
        removed = self.services.registry.end_deserted()
        await users.forget_expired(self.services.database)
        remaining = sum(not room.over for room in self.services.registry.rooms)
        self.reply(CleanedUp("Rooms that nobody was in are closed", removed, remaining))


def live_room(room: Room) -> LiveRoom:
    """Totals alone: an admin may be playing."""
    game = room.game
    return LiveRoom(
        room_code=room.code,
        quiz_title=game.setting.quiz_title,
        created_at=datetime.fromtimestamp(game.opened_at, UTC),
        phase=game.phase,
        host_connected=game.host_away_since is None,
        player_count=game.connected,
        total_players=len(game.players),
        questions_asked=len(game.rounds),
        has_current_question=game.phase == phases.QUESTION,
    )


routes = [
    (r"/realtime/stats/?", RoomsNow),
    (r"/realtime/admin/cleanup/?", CleanUp),
]
