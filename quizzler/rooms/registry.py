"""All rooms of this process: by their codes, from their opening to their last word."""

import asyncio
import logging
import uuid

from quizzler.config import Settings
from quizzler.errors import LimitReached, Refused
from quizzler.game import phases
from quizzler.game.events import Event, Opened
from quizzler.game.questions import Question
from quizzler.rooms import codes, places
from quizzler.rooms.clock import Clock
from quizzler.rooms.closing import Closing
from quizzler.rooms.counts import Counts
from quizzler.rooms.frames import RESTARTING, text_frame
from quizzler.rooms.journal import Journal
from quizzler.rooms.protocol import Heartbeat, ServerRestarting, StorageStatus, encode
from quizzler.rooms.room import Room
from quizzler.rooms.wire import PING_FRAME
from quizzler.security.limits import Pace
from quizzler.store import journal as journals
from quizzler.store.pool import Database

log = logging.getLogger(__name__)


class Registry:
    def __init__(self, settings: Settings, database: Database, journal: Journal, clock: Clock):
        self.counts = Counts()
        self.journal = journal
        self.stopping = False
        journal.on_change = self.storage_changed
        self._settings = settings
        self._database = database
        self._clock = clock
        self._pace = Pace(settings.messages_per_second, 1.0, settings.message_burst)
        self._rooms: dict[str, Room] = {}
        self._closing = Closing(database, clock, settings.journal_patience, self._gone)
        self._former = codes.FormerCodes()

    def __len__(self) -> int:
        return len(self._rooms)

    @property
    def rooms(self) -> list[Room]:
        return list(self._rooms.values())

    @property
    def player_count(self) -> int:
        """Connected players in all rooms."""
        return sum(room.game.connected for room in self._rooms.values())

    @property
    def is_answering(self) -> bool:
        """Whether a question is open in any room."""
        return any(room.game.phase == phases.QUESTION for room in self._rooms.values())

    def find(self, code: str) -> Room | None:
        """The room with that code, in either case, unless its game is over."""
        room = self._rooms.get(code.upper())
        return room if room is not None and not room.over else None

    def was_open(self, code: str) -> bool:
        """Whether a room had that code not long ago: who still has it is not guessing."""
        return code in self._former

    async def stored(self, code: str) -> None:
        """Returns when the game that has just ended in a room of that code is stored, at once where there is none.
        Raises ``Unavailable`` where that takes longer than the journal's patience."""
        room = self._rooms.get(code.upper())
        if room is not None and room.over:
            await self._closing.stored(room)

    def for_host(self, code: str, user_id: str) -> Room | None:
        """The user's own room of that code; None where a fresh one is to be opened. Raises ``Refused`` for
        somebody else's room."""
        room = self.find(code)
        if room is not None and room.host_id != user_id:
            raise Refused("Room code already in use")
        return room

    def open(
        self, host_id: str, *, quiz_id: str | None = None, quiz_title: str = "", questions: tuple[Question, ...] = ()
    ) -> Room:
        """A fresh room; its game begins when its host is attached. Raises ``LimitReached``."""
        if self._is_full():
            # Or a few who open rooms and leave would keep everybody else out.
            self._make_place()
            if self._is_full():
                raise LimitReached("All rooms of this server are in use. Please try again later")
        opened = Opened(
            game_id=str(uuid.uuid4()),
            room_code=self._fresh_code(),
            host_id=host_id,
            host_grace=self._settings.host_grace,
            max_age=self._settings.session_max_age,
            quiz_id=quiz_id,
            quiz_title=quiz_title,
            questions=questions,
        )
        log.info("Room opened", extra={"room": opened.room_code, "game": opened.game_id})
        return self._add(opened)

    async def recover(self) -> int:
        """Rebuilds every unfinished game from the journal, at start. Returns how many. One that an earlier version's
        rules made, and this one's do not, stays in the journal: it must not keep the others from going on."""
        unfinished = await journals.read_all(self._database)
        alive_until = await journals.alive_until(self._database) or 0.0
        for game_id, rows in unfinished:
            try:
                self._rebuild(journals.decoded(rows), alive_until)
            except Exception:
                log.exception("A game cannot be rebuilt", extra={"game": game_id})
        return len(self._rooms)

    def _rebuild(self, events: list[tuple[float, Event]], alive_until: float) -> None:
        (_, opened), (last_at, _) = events[0], events[-1]
        if not isinstance(opened, Opened):
            raise Refused("The beginning of this game is missing")
        room = self._add(opened)
        try:
            room.recover(events, max(0.0, self._clock() - max(last_at, alive_until)))
        except Exception:
            self.discard(room)
            raise

    def discard(self, room: Room) -> None:
        """Of a room whose game has not begun nothing is left."""
        self._rooms.pop(room.code, None)

    async def mark_alive(self) -> None:
        """Notes that people can play at this moment, so that recovery knows for how long they could not."""
        if self._rooms and not self.journal.away:
            await journals.mark_alive(self._database, self._clock())

    def sign_out(self, signed_out_by: str) -> None:
        """A sign-in or a token has died: hosts who came with it are disconnected. Their games go on for them to come
        back."""
        for room in self.rooms:
            if room.host_signed_out_by == signed_out_by:
                room.sign_out_host()

    def sign_out_user(self, user_id: str) -> None:
        """The same of whatever a user came with."""
        for room in self.rooms:
            if room.host_id == user_id:
                room.sign_out_host()

    def end_all_of(self, user_id: str, reason: str) -> None:
        """Ends a user's games. ``reason`` is the sentence that players read."""
        for room in self.rooms:
            if room.host_id == user_id and not room.over:
                room.end(reason)

    def heartbeat(self) -> None:
        """Says that the server is there, asks whether the others are, and lets go of who has not answered."""
        now = self._clock()
        # The beat that was to notice may come a little early.
        timeout = self._settings.heartbeat_timeout - 0.1 * self._settings.heartbeat_interval
        frames = text_frame(encode(Heartbeat(timestamp=now))) + PING_FRAME
        for room in self.rooms:
            room.outbox.drop_silent(now, timeout)
            room.outbox.broadcast(frames)

    def end_deserted(self, seconds: float = 0.0) -> int:
        """Ends the games whose host has been away for so long and in which no player is connected, without waiting
        for their hosts' grace to pass; returns how many."""
        left = places.deserted(self.rooms, self._clock() - seconds)
        for room in left:
            room.end("Nobody was left in the room")
        return len(left)

    def storage_changed(self, durable: bool) -> None:
        """Every host learns whether what happens is stored."""
        for room in self.rooms:
            room.outbox.tell_host(StorageStatus(durable=durable, timestamp=self._clock()))

    def announce_restart(self) -> None:
        """From here on nothing new is taken; everybody is told why."""
        self.stopping = True
        frame = text_frame(encode(ServerRestarting(timestamp=self._clock())))
        for room in self.rooms:
            room.deaf = True
            # Time that nobody can answer in is given back; a question must not end in it.
            room.stop()
            room.outbox.broadcast(frame)

    async def stop(self, timeout: float) -> None:
        """Closes all connections, and waits at most ``timeout`` seconds for games that are being stored: their people
        hear how it ended."""
        closing = [self._restart(room) for room in self.rooms if not room.over]
        if waiting := [*closing, *self._closing.tasks]:
            await asyncio.wait(waiting, timeout=timeout)
        if late := [self._restart(room) for room in self.rooms if room.over]:
            await asyncio.wait(late, timeout=timeout)

    @staticmethod
    def _restart(room: Room) -> asyncio.Future:
        return room.outbox.close(RESTARTING, "The server is restarting")

    def _add(self, opened: Opened) -> Room:
        room = self._rooms[opened.room_code] = Room(
            opened,
            max_players=self._settings.max_players_per_room,
            journal=self.journal,
            clock=self._clock,
            counts=self.counts,
            pace=self._pace,
            on_over=self._closing.begin,
        )
        return room

    def _make_place(self) -> None:
        if self.end_deserted(places.DESERTED_SECONDS):
            return
        room = places.unused(self.rooms, self._clock() - places.UNUSED_SECONDS)
        if room is not None:
            room.end("All rooms of this server are in use, and nobody has joined this one")

    def _is_full(self) -> bool:
        return sum(not room.over for room in self._rooms.values()) >= self._settings.max_rooms

    def _fresh_code(self) -> str:
        while True:
            code = codes.fresh()
            if code not in self._rooms:
                return code

    def _gone(self, room: Room) -> None:
        self._rooms.pop(room.code, None)
        self._former.add(room.code)
