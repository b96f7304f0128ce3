"""The way out: effects become frames, frames go to connections.

A message is encoded once per audience, however many read it. Counters are coalesced: what changes with every
answer or arrival is sent at most every so many seconds, the newest value always in the end. What goes to thousands
is sent some hundred at a time, with the loop's other work in between; whatever comes after waits its turn, so that
nobody reads things in another order than they happened.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from quizzler.game.effects import (
    AnswerAck,
    AnswerCount,
    Effect,
    Message,
    PlayerCount,
    Results,
    ToAll,
    ToEach,
    ToHost,
    ToPlayer,
)
from quizzler.rooms.clock import Clock
from quizzler.rooms.counts import Counts
from quizzler.rooms.frames import text_frame
from quizzler.rooms.protocol import encode
from quizzler.rooms.wire import Connection

log = logging.getLogger(__name__)

# Seconds between two values of one counter, to the host and to all players.
HOST_COUNT_INTERVAL = 0.1
PLAYERS_COUNT_INTERVAL = 0.5
# Connections that are written to, and deliveries that are finished, before other work of the loop gets its turn.
SLICE = 500

# Work that pauses wherever it yields.
Steps = Iterator[None]

T = TypeVar("T")


class Outbox:
    """``players`` and ``host`` are who is listening; effects to anyone else are dropped."""

    def __init__(self, counts: Counts, clock: Clock):
        self.host: Connection | None = None
        self.players: dict[int, Connection] = {}
        self._counts = counts
        self._clock = clock
        self._host_counters = Counters(HOST_COUNT_INTERVAL, self.tell_host)
        self._player_counters = Counters(PLAYERS_COUNT_INTERVAL, self._count_to_players)
        self._under_way: deque[Steps] = deque()

    def deliver(
        self, effects: Iterable[Effect], durable: bool = True, arrival: Callable[[], None] | None = None
    ) -> None:
        """``arrival`` is called when it is their turn: a connection that listens from these effects on."""
        self._do(self._deliver(effects, durable, arrival))

    def broadcast(self, frames: bytes) -> None:
        """The same bytes to the host and every player."""
        self._do(self._to_all(frames))

    def drop_silent(self, now: float, timeout: float) -> None:
        """Drops who has not answered a ping for ``timeout`` seconds; from all others an answer is due from ``now``."""
        for connection in (self.host, *self.players.values()):
            if connection is None:
                continue
            if connection.unanswered_since is None:
                connection.unanswered_since = now
            elif now - connection.unanswered_since >= timeout:
                connection.drop()

    def close(self, code: int, reason: str) -> asyncio.Future[None]:
        """Ends every connection, the host's too, when they have been sent all that is due; then it is done."""
        done = asyncio.get_running_loop().create_future()
        self._do(self._close(code, reason, done))
        return done

    def tell_host(self, message: Message) -> None:
        if self.host is not None:
            self._counts.messages_sent += 1
            self.host.send(text_frame(encode(message)))

    def count_to_host(self, message: Message) -> None:
        """A counter's newest value; not more often than the others."""
        self._host_counters.put(message)

    # Some at a time

    def _do(self, steps: Steps) -> None:
        self._under_way.append(steps)
        if len(self._under_way) == 1:
            self._go_on()

    def _go_on(self) -> None:
        for _ in range(SLICE):
            try:
                next(self._under_way[0])
                break
            except StopIteration:
                pass
            except Exception:
                log.exception("Something could not be delivered")
            self._under_way.popleft()
            if not self._under_way:
                return
        asyncio.get_running_loop().call_soon(self._go_on)

    def _deliver(self, effects: Iterable[Effect], durable: bool, arrival: Callable[[], None] | None) -> Steps:
        if arrival is not None:
            arrival()
        for effect in effects:
            audience = type(effect)
            if audience is ToEach:
                yield from self._to_each(effect)
                continue
            message = effect.message
            if audience is ToPlayer:
                if type(message) is AnswerAck:
                    self._acknowledge(effect.player_id, message, durable)
                else:
                    self._to_player(effect.player_id, message)
            elif type(message) in (AnswerCount, PlayerCount):
                (self._host_counters if audience is ToHost else self._player_counters).put(message)
            elif audience is ToHost:
                if type(message) is Results:
                    self._host_counters.flush()
                self.tell_host(message)
            elif audience is ToAll:
                yield from self._to_all(text_frame(encode(message)))
            else:
                yield from self._to_players(text_frame(encode(message)), effect.but)

    def _acknowledge(self, player_id: int, message: AnswerAck, durable: bool) -> None:
        self._to_player(player_id, message if durable else msgspec.structs.replace(message, durable=False))
        self._counts.acknowledged.add(self._clock() - message.timestamp)

    def _to_player(self, player_id: int, message: Message) -> None:
        connection = self.players.get(player_id)
        if connection is not None:
            self._counts.messages_sent += 1
            connection.send(text_frame(encode(message)))

    def _to_all(self, frames: bytes) -> Steps:
        if self.host is not None:
            self._counts.messages_sent += 1
            self.host.send(frames)
        yield from self._to_players(frames)

    def _to_players(self, frames: bytes, but: int | None = None) -> Steps:
        spared = None if but is None else self.players.get(but)
        for some in _slices(list(self.players.values())):
            for connection in some:
                if connection is not spared:
                    connection.send(frames)
            self._counts.messages_sent += len(some)
            if len(some) == SLICE:
                yield

    def _to_each(self, effect: ToEach) -> Steps:
        """What one player reads at one moment is one write."""
        before, after = (b"".join(text_frame(encode(m)) for m in part) for part in (effect.before, effect.after))
        messages = len(effect.before) + len(effect.after) + 1
        for some in _slices(list(self.players.items())):
            for player_id, connection in some:
                own = effect.own(player_id)
                connection.send(before + text_frame(encode(own)) + after if own is not None else before + after)
            self._counts.messages_sent += messages * len(some)
            if len(some) == SLICE:
                yield

    def _close(self, code: int, reason: str, done: asyncio.Future[None]) -> Steps:
        self._host_counters.stop()
        self._player_counters.stop()
        if self.host is not None:
            self.host.close(code, reason)
            self.host = None
        for some in _slices(list(self.players.values())):
            for connection in some:
                connection.close(code, reason)
            if len(some) == SLICE:
                yield
        self.players.clear()
        done.set_result(None)

    def _count_to_players(self, message: Message) -> None:
        self._do(self._to_players(text_frame(encode(message))))


def _slices(everybody: list[T]) -> Iterator[list[T]]:
    """Some at a time."""
    return (everybody[start : start + SLICE] for start in range(0, len(everybody), SLICE))


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
