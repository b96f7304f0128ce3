"""Who hears what a host or a player says, for as long as the connection lasts.

Nothing here raises: whatever is wrong with a message becomes a sentence for its sender, and the connection stays
open, unless it floods.
"""

import logging
from collections.abc import Callable

from quizzler.errors import Invalid, LimitReached, QuizzlerError
from quizzler.rooms import protocol
from quizzler.rooms.frames import POLICY, text_frame
from quizzler.rooms.room import Room
from quizzler.rooms.wire import Connection
from quizzler.security.limits import Pace

log = logging.getLogger(__name__)

TOO_QUICK = "You are sending too many messages: what comes too quickly is not read"
FLOODING = "You are sending far too many messages"
# What may come on top of a room's pace and is only dropped: a program that has lost its head gets time to notice.
FLOOD = Pace(100, 1.0)


class _RoomListener:
    """``on_gone`` is called with the connection's end; ``_until`` and ``_flood_until`` are kept for the paces."""

    __slots__ = ("_connection", "_flood_until", "_on_gone", "_room", "_told", "_until")

    def __init__(self, room: Room, connection: Connection, on_gone: Callable[[], None] | None = None):
        self._room = room
        self._connection = connection
        self._on_gone = on_gone
        self._until = self._flood_until = 0.0
        self._told = False

    @property
    def whose(self) -> dict[str, object]:
        """For a line of the log. A player is a number there: names are nobody's business."""
        return {"room": self._room.code}

    def heard(self, text: str | bytes) -> None:
        room = self._room
        if self._connection.closed or room.deaf:
            return  # what is not acknowledged is sent again after the restart
        room.counts.messages_received += 1
        if not self._is_in_time(room):
            return
        try:
            if isinstance(text, bytes):
                raise Invalid("That is not a message: text frames are expected")
            self._act(text)
        except QuizzlerError as error:
            room.counts.went_wrong(error)
            self._tell_error(error.sentence)
        except Exception as error:
            room.counts.went_wrong(error)
            log.exception("A message could not be handled", extra=self.whose)
            self._tell_error("Something went wrong on the server")

    def gone(self) -> None:
        if self._on_gone is not None:
            self._on_gone()

    def _is_in_time(self, room: Room) -> bool:
        """Whether this message is within the room's pace. One beyond it is dropped, and that is said once, until all
        of the pace can be used again; who goes on is closed."""
        now = room.clock()
        if not room.pace.wait(self._until, now):
            if self._told and self._until <= now:
                self._told = False
            self._until = room.pace.after(self._until, now)
            return True
        room.counts.wrong[LimitReached] += 1
        if FLOOD.wait(self._flood_until, now):
            self._tell_error(FLOODING)
            self._connection.close(POLICY, FLOODING)
            return False
        self._flood_until = FLOOD.after(self._flood_until, now)
        if not self._told:
            self._told = True
            self._tell_error(TOO_QUICK)
        return False

    def _act(self, text: str) -> None:
        """Raises ``QuizzlerError`` with a sentence for the sender."""
        raise NotImplementedError

    def _tell_error(self, sentence: str) -> None:
        self._connection.send(error_frame(sentence, self._room.clock()))


class HostListener(_RoomListener):
    __slots__ = ()

    def gone(self) -> None:
        super().gone()
        self._room.host_left(self._connection)

    def _act(self, text: str) -> None:
        self._room.host_says(protocol.read_host(text))


class PlayerListener(_RoomListener):
    __slots__ = ("_player_id",)

    def __init__(self, room: Room, connection: Connection, player_id: int, on_gone: Callable[[], None] | None = None):
        super().__init__(room, connection, on_gone)
        self._player_id = player_id

    @property
    def whose(self) -> dict[str, object]:
        return {"room": self._room.code, "player": self._player_id}

    def gone(self) -> None:
        super().gone()
        self._room.player_left(self._player_id, self._connection)

    def _act(self, text: str) -> None:
        self._room.player_says(self._player_id, protocol.read_player(text))


def error_frame(sentence: str, now: float) -> bytes:
    return text_frame(protocol.encode(protocol.Error(message=sentence, timestamp=now)))
