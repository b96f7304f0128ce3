"""The way out: effects become frames, frames go to connections.

A message is encoded once per audience, however many read it. Counters are coalesced: what changes with every
answer or arrival is sent at most every so many seconds, the newest value always in the end. A connection that
does not read what it is sent is dropped when its buffer is full; nobody waits for it.
"""

import asyncio
import struct
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from quizzler.game.effects import (
    AnswerAck,
    AnswerCount,
    Effect,
    Message,
    PlayerCount,
    Results,
    ToAll,
    ToHost,
    ToPlayer,
)
from quizzler.rooms.counts import Counts
from quizzler.rooms.protocol import encode

# Seconds between two values of one counter, to the host and to all players.
HOST_COUNT_INTERVAL = 0.1
PLAYERS_COUNT_INTERVAL = 0.5


class Connection(Protocol):
    """What a room knows of a client: frames go out, and it can be ended.

    No call waits or raises; on a connection that is gone they do nothing. ``unanswered_since`` is when a ping was
    sent that nothing has come back for yet (Unix seconds), or None.
    """

    closed: bool
    unanswered_since: float | None

    def send(self, frame: bytes) -> None: ...

    def close(self, code: int, reason: str) -> None: ...

    def drop(self) -> None:
        """Ends it without a farewell: nobody is there to hear it."""


# An empty ping (RFC 6455, 5.5.2): browsers answer by themselves, pages and programs need not know.
PING = b"\x89\x00"


def text_frame(payload: bytes) -> bytes:
    """An unmasked, unfragmented text frame (RFC 6455, 5.2)."""
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", 0x81, length)
    elif length < 65536:
        head = struct.pack("!BBH", 0x81, 126, length)
    else:
        head = struct.pack("!BBQ", 0x81, 127, length)
    return head + payload


class Outbox:
    """``players`` and ``host`` are who is listening; effects to anyone else are dropped."""

    def __init__(self, counts: Counts):
        self.host: Connection | None = None
        self.players: dict[int, Connection] = {}
        self._counts = counts
        self._host_counters = Counters(HOST_COUNT_INTERVAL, self.tell_host)
        self._player_counters = Counters(PLAYERS_COUNT_INTERVAL, self._to_players)

    def deliver(self, effects: Iterable[Effect], durable: bool = True) -> None:
        for effect in effects:
            message, audience = effect.message, type(effect)
            if audience is ToPlayer:
                if type(message) is AnswerAck and not durable:
                    message = msgspec.structs.replace(message, durable=False)
                self._to_player(effect.player_id, message)
            elif type(message) in (AnswerCount, PlayerCount):
                (self._host_counters if audience is ToHost else self._player_counters).put(message)
            elif audience is ToHost:
                if type(message) is Results:
                    self._host_counters.flush()
                self.tell_host(message)
            elif audience is ToAll:
                self.broadcast(text_frame(encode(message)))
            else:
                self._to_players(message, effect.but)

    def broadcast(self, frame: bytes) -> None:
        """The same bytes to the host and every player."""
        self._send(self.host, frame)
        for connection in tuple(self.players.values()):
            self._send(connection, frame)

    def drop_silent(self, now: float, timeout: float) -> None:
        """Drops who has not answered a ping for ``timeout`` seconds; from all others an answer is due from ``now``."""
        for connection in (self.host, *self.players.values()):
            if connection is None:
                continue
            if connection.unanswered_since is None:
                connection.unanswered_since = now
            elif now - connection.unanswered_since >= timeout:
                connection.drop()

    def close(self, code: int, reason: str) -> None:
        """Ends every connection, the host's too."""
        self._host_counters.stop()
        self._player_counters.stop()
        for connection in (self.host, *self.players.values()):
            if connection is not None:
                connection.close(code, reason)
        self.host = None
        self.players.clear()

    def tell_host(self, message: Message) -> None:
        if self.host is not None:
            self._send(self.host, text_frame(encode(message)))

    def _to_player(self, player_id: int, message: Message) -> None:
        connection = self.players.get(player_id)
        if connection is not None:
            self._send(connection, text_frame(encode(message)))

    def _to_players(self, message: Message, but: int | None = None) -> None:
        frame = text_frame(encode(message))
        for player_id, connection in tuple(self.players.items()):
            if player_id != but:
                self._send(connection, frame)

    def _send(self, connection: Connection | None, frame: bytes) -> None:
        if connection is not None:
            self._counts.messages_sent += 1
            connection.send(frame)


class Counters:
    """The newest message of each type, sent at most every ``interval`` seconds, the last one always."""

    def __init__(self, interval: float, send: Callable[[Message], None]):
        self._interval = interval
        self._send = send
        self._newest: dict[type[Message], Message] = {}
        self._timer: asyncio.TimerHandle | None = None

    def put(self, message: Message) -> None:
        self._newest[type(message)] = message
        if self._timer is None:
            self._tick()

    def flush(self) -> None:
        """Sends what waits, now."""
        waiting, self._newest = self._newest, {}
        for message in waiting.values():
            self._send(message)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._newest.clear()

    def _tick(self) -> None:
        self._timer = None
        if self._newest:
            self.flush()
            self._timer = asyncio.get_running_loop().call_later(self._interval, self._tick)
