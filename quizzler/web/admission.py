"""Who may ask, and who may come in: every limit by address and by user is kept here.

A school or a company stands behind one address. Its people are let into a room without regard to the address where the
room's host is connected from there too, or has said that they may share one; then the room's size alone counts: so many
at the same time, and as many newcomers a minute, so that nobody comes and goes without end. Whoever comes back with
their token is let in from anywhere: they have a place in the room already.
"""

import time
from collections.abc import Callable

from quizzler.config import Settings
from quizzler.errors import Invalid, LimitReached, NotFound
from quizzler.rooms.registry import Registry
from quizzler.rooms.room import Room
from quizzler.security.addresses import network_of
from quizzler.security.limits import Pace, RateLimit, Seats, WrongCodes
from quizzler.store.pool import Row

NO_ROOM = "Room doesn't exist or is no longer active"
TOO_MANY_REQUESTS = "Too many requests. Please wait a moment and try again"
TOO_MANY_AT_ONCE = "Too many people are coming in at once. Please try again in a moment"
TOO_MANY_PLAYERS = "Too many people have joined from your network. Your host can let more of you in"
TOO_MANY_ROOMS = "You are hosting in too many rooms at the same time. Please close one first"

# Look-ups of a room's code by the people it lets share an address, for each newcomer there may be: who reloads the page,
# mistypes a name or loses the line looks again. As many may look at one address for the end of a game that they were in.
LOOK_UPS_EACH = 20

# Names in one room that people at one address are given, for each of them who may be there at a time. Who has a name has a
# place to come back to, so somebody who comes and goes under ever new ones could fill the room.
NAMES_EACH = 4

# Renewals of a sign-in, for each request without one: a school comes back the next day all at once. Refresh tokens are too
# long to be guessed.
RENEWALS_EACH = 10

# What is to be called when somebody's connection is gone, if anything is.
Release = Callable[[], None] | None


class Admission:
    """``now`` is seconds of a clock that never goes back. Every method that lets in raises ``LimitReached``."""

    def __init__(self, settings: Settings, registry: Registry, now: Callable[[], float] = time.monotonic):
        self._settings = settings
        self._registry = registry
        self._now = now
        self._by_address = RateLimit(
            Pace(settings.max_requests_per_window, settings.rate_limit_window), TOO_MANY_REQUESTS
        )
        self._by_user = RateLimit(Pace(settings.user_requests_per_minute, 60.0), TOO_MANY_REQUESTS)
        renewals = RENEWALS_EACH * settings.max_requests_per_window
        self._renewals = RateLimit(Pace(renewals, settings.rate_limit_window), TOO_MANY_REQUESTS)
        newcomers = settings.max_players_per_room if settings.max_requests_per_window else 0
        self._into_room = RateLimit(Pace(newcomers, 60.0), TOO_MANY_AT_ONCE)
        self._at_room = RateLimit(Pace(newcomers * LOOK_UPS_EACH, 60.0), TOO_MANY_REQUESTS)
        self._late = RateLimit(Pace(newcomers * LOOK_UPS_EACH, 60.0), TOO_MANY_REQUESTS)
        self._codes = WrongCodes()
        self._players = Seats(settings.max_connections_per_ip, TOO_MANY_PLAYERS)
        self._hosts = Seats(settings.max_connections_per_ip, TOO_MANY_ROOMS)

    def request(self, address: str, user_id: str | None = None) -> None:
        """One request of a user, or of an address where nobody is signed in."""
        if user_id is not None:
            self._by_user.charge(user_id, self._now())
        else:
            self._by_address.charge(network_of(address), self._now())

    def renewal(self, address: str) -> None:
        """One request of somebody who has a sign-in, and no token that is still good."""
        self._renewals.charge(network_of(address), self._now())

    def look_up(self, code: str, address: str, user_id: str | None = None) -> Room | None:
        """The room with that code; None costs the asker more each time."""
        room, asker = self._registry.find(code), network_of(address)
        if room is not None and room.shares_address(asker):
            self._at_room.charge(room.game_id, self._now())
        else:
            self._codes.check(asker, self._now())
            self.request(address, user_id)
        if room is None:
            self._note_wrong(code, asker)
        return room

    def room(self, code: str, address: str, user_id: str | None = None) -> Room:
        """The same; raises ``NotFound`` where there is none."""
        room = self.look_up(code, address, user_id)
        if room is None:
            raise NotFound(NO_ROOM)
        return room

    def is_open(self, code: str, address: str) -> bool:
        """The same for a page that says whether its room is there: no request is charged, and who has to wait is told
        no."""
        room, asker = self._registry.find(code), network_of(address)
        if room is not None and room.shares_address(asker):
            return True
        if self._codes.wait(asker, self._now()):
            return False
        if room is None:
            self._note_wrong(code, asker)
        return room is not None

    def newcomer(self, code: str, address: str) -> tuple[Room, Release]:
        """The room that somebody new wants to join. Raises ``NotFound`` too."""
        room, asker = self._registry.find(code), network_of(address)
        if room is not None and room.shares_address(asker):
            self._into_room.charge(room.game_id, self._now())
            return room, None
        try:
            self.room(code, address)
            self._players.check(asker)
            self._check_names(room, asker)
        except LimitReached:
            if room is not None:
                room.turn_away()
            raise
        return room, self._players.take(asker)

    def returning(self, code: str, token: str, address: str) -> tuple[Room, Release]:
        """The room of somebody who shows the token they were given: they are let in, and keep others of the address they
        joined from out. Raises ``NotFound`` and ``Invalid`` too; a token that is nobody's costs as much as a wrong
        code."""
        room = self._registry.find(code)
        player = room.holder(token) if room is not None else None
        if player is not None:
            self._by_user.charge(f"{room.game_id}/{player.player_id}", self._now())
            home = network_of(player.address) if player.address else ""
            return room, None if room.shares_address(home) else self._players.take(home)
        self.room(code, address)
        self._codes.note(network_of(address), self._now())
        raise Invalid("That player is not known in this room. Please join again")

    def late(self, address: str) -> None:
        """Somebody shows a token where there is no room any more: whether it is of a game that was played there has to
        be looked up. Whose it is has a place in no room, and costs nobody at their address anything."""
        self._late.charge(network_of(address), self._now())

    def host(self, user: Row, room: Room | None) -> Release:
        """The host of that room, or of a fresh one. Load tests host many, and admins may run them."""
        is_free = user["is_admin"] or self._settings.allow_loadtest
        if not is_free and (room is None or not room.has_host):
            self._hosts.check(user["id"])
        return self._hosts.take(user["id"])

    def _check_names(self, room: Room, asker: str) -> None:
        most = NAMES_EACH * self._settings.max_connections_per_ip
        if most and room.names_from[asker] >= most:
            raise LimitReached(TOO_MANY_PLAYERS)

    def _note_wrong(self, code: str, asker: str) -> None:
        if not self._registry.was_open(code):
            self._codes.note(asker, self._now())

    def forget(self) -> None:
        """Lets go of all who would not be limited any more."""
        limits = (self._by_address, self._by_user, self._renewals, self._into_room, self._at_room, self._late)
        for limit in (*limits, self._codes):
            limit.forget(self._now())
