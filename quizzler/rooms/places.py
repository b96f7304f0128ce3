"""Which rooms make place for others where all are in use."""

from collections import Counter
from collections.abc import Iterable

from quizzler.game import phases
from quizzler.rooms.room import Room

# A host who is away for longer, and whose room is empty, gives it to others.
DESERTED_SECONDS = 30.0
# The same of a host who is there, and whose room nobody has ever joined.
UNUSED_SECONDS = 300.0


def deserted(rooms: Iterable[Room], before: float) -> list[Room]:
    """Those whose host went before that moment (Unix seconds) and in which no player is connected."""
    return [
        room
        for room in rooms
        if not room.over
        and room.game.host_away_since is not None
        and room.game.host_away_since <= before
        and not room.game.connected
    ]


def unused(rooms: Iterable[Room], before: float) -> Room | None:
    """One that was opened before that moment and that nobody has ever joined: the oldest of the address that has most of
    them, so that nobody keeps all others out by opening rooms."""
    waiting = [
        room
        for room in rooms
        if room.game.phase == phases.LOBBY and not room.game.players and room.game.opened_at <= before
    ]
    rooms_at = Counter(room.host_address for room in waiting)
    return max(waiting, key=lambda room: (rooms_at[room.host_address], -room.game.opened_at), default=None)
