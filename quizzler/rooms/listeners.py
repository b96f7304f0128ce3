"""Who hears what a host or a player says, for as long as the connection lasts.

Nothing here raises: whatever is wrong with a message becomes a sentence for its sender, and the connection stays
open.
"""

import logging

from quizzler.errors import Invalid, QuizzlerError
from quizzler.rooms import protocol
from quizzler.rooms.frames import text_frame
from quizzler.rooms.room import Room
from quizzler.rooms.wire import Connection

log = logging.getLogger(__name__)


class _RoomListener:
    __slots__ = ("_connection", "_room")

    def __init__(self, room: Room, connection: Connection):
        self._room = room
        self._connection = connection

    def heard(self, text: str | bytes) -> None:
        room = self._room
        if self._connection.closed or room.deaf:
            return  # what is not acknowledged is sent again after the restart
        try:
            if isinstance(text, bytes):
                raise Invalid("That is not a message: text frames are expected")
            self._act(text)
        except QuizzlerError as error:
            self._tell_error(error.sentence)
        except Exception:
            room.counts.errors += 1
            log.exception("A message could not be handled")
            self._tell_error("Something went wrong on the server")

    def _act(self, text: str) -> None:
        """Raises ``QuizzlerError`` with a sentence for the sender."""
        raise NotImplementedError

    def _tell_error(self, sentence: str) -> None:
        self._connection.send(error_frame(sentence, self._room.clock()))


class HostListener(_RoomListener):
    __slots__ = ()

    def gone(self) -> None:
        self._room.host_left(self._connection)

    def _act(self, text: str) -> None:
        self._room.host_says(protocol.read_host(text))


class PlayerListener(_RoomListener):
    __slots__ = ("_player_id",)

    def __init__(self, room: Room, connection: Connection, player_id: int):
        super().__init__(room, connection)
        self._player_id = player_id

    def gone(self) -> None:
        self._room.player_left(self._player_id, self._connection)

    def _act(self, text: str) -> None:
        self._room.player_says(self._player_id, protocol.read_player(text))


def error_frame(sentence: str, now: float) -> bytes:
    return text_frame(protocol.encode(protocol.Error(message=sentence, timestamp=now)))
