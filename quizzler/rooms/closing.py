"""From a game's end to the last goodbye: the game is stored, its people hear how it ended, their connections end."""

import asyncio
import logging
from collections.abc import Callable

from quizzler.errors import Unavailable
from quizzler.rooms.clock import Clock
from quizzler.rooms.frames import NORMAL
from quizzler.rooms.journal import Entry
from quizzler.rooms.room import Room
from quizzler.store import games
from quizzler.store.pool import Database

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class Closing:
    """All rooms whose games are over. ``gone`` is called with a room when nobody is connected to it any more;
    ``patience`` is how many seconds people wait for a game to be stored before they hear its end all the same."""

    def __init__(self, database: Database, clock: Clock, patience: float, gone: Callable[[Room], None]):
        self._database = database
        self._clock = clock
        self._patience = patience
        self._gone = gone
        self._tasks: set[asyncio.Task] = set()

    @property
    def tasks(self) -> list[asyncio.Task]:
        """What is still to be done, a task for each room."""
        return list(self._tasks)

    def begin(self, room: Room, last: Entry | None) -> None:
        """``last`` is the journal's entry of the end; None where it was written before the server started."""
        task = asyncio.create_task(self._close(room, last), name=f"close {room.code}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stored(self, room: Room) -> None:
        """Returns when that game is stored. Raises ``Unavailable`` where that takes longer than people wait."""
        done, _ = await asyncio.wait({room.stored}, timeout=self._patience)
        if not done:
            raise Unavailable("The game is over and is still being stored. Please try again in a moment")

    async def _close(self, room: Room, last: Entry | None) -> None:
        """Stores the game, then lets everybody hear the end of it: who asks for the results finds them.

        With the database away the end is told after ``patience`` all the same, and the game is stored when it is back.
        """
        storing = asyncio.create_task(self._store(room, last))
        await asyncio.wait({storing}, timeout=self._patience)
        room.outbox.deliver(last.effects if last else [])
        await room.outbox.close(NORMAL, "The room is closed")
        self._gone(room)
        game = room.game
        figures = {"players": len(game.players), "questions": len(game.rounds)}
        seconds = round(self._clock() - game.opened_at, 1)
        log.info("Room closed", extra={"room": room.code, "game": room.game_id, **figures, "seconds": seconds})
        await storing

    async def _store(self, room: Room, last: Entry | None) -> None:
        about = {"room": room.code, "game": room.game_id}
        # Storing a game empties its journal. What is written after that would be left there, without a beginning.
        while last is not None and not last.written:
            await asyncio.sleep(RETRY_SECONDS)
        while True:
            try:
                await games.save(self._database, room.game)
                room.stored.set_result(None)
                return log.info("Game stored", extra=about)
            except Unavailable as error:
                log.warning("The game cannot be stored yet: %s", error.reason or error, extra=about)
            await asyncio.sleep(RETRY_SECONDS)
