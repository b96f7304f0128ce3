"""All plain sockets of live rooms behind one epoll object, whose descriptor the loop watches.

After the handshake ``take`` takes a socket from Tornado's stream, and handler, request and stream are let go: a tenth
of the memory and a third of the time per answer (Linux, without TLS in the process).
"""

import asyncio
import logging
import os
import select
import sys
from collections import deque

from tornado.ioloop import IOLoop
from tornado.iostream import IOStream, SSLIOStream

from quizzler.rooms.sockets import SocketConnection
from quizzler.rooms.wire import MAX_MESSAGE_BYTES, MAX_WAITING

log = logging.getLogger(__name__)

# Seconds that the other side has for its part of the close.
CLOSE_PATIENCE = 5.0
# Sockets that are served before other work of the loop gets its turn.
_SOCKETS_PER_TURN = 128


def can_be_taken(stream: IOStream) -> bool:
    """Whether a ``Switchboard`` can take this stream's socket."""
    return sys.platform == "linux" and not isinstance(stream, SSLIOStream) and not stream.writing()


class Switchboard:
    """All taken sockets behind one epoll object. It works on the running loop from the first socket on."""

    def __init__(self, max_message: int = MAX_MESSAGE_BYTES):
        self.max_message = max_message
        self.epoll = select.epoll() if sys.platform == "linux" else None
        # By descriptor: the kernel gives out the lowest free one, so there are few holes.
        self._connections: list[SocketConnection | None] = []
        self._watched = False
        self._leaving: deque[tuple[float, SocketConnection]] = deque()

    def take(self, stream: IOStream, max_waiting: int = MAX_WAITING) -> SocketConnection:
        """The stream's socket becomes a connection; the stream is closed. What it has read already is kept."""
        already_read = bytes(stream._read_buffer)
        IOLoop.current().remove_handler(stream.socket)
        descriptor = stream.socket.detach()
        stream.close()
        if not self._watched:
            self._watched = True
            asyncio.get_running_loop().add_reader(self.epoll.fileno(), self._turn)
        if descriptor >= len(self._connections):
            self._connections.extend([None] * (descriptor + 1 - len(self._connections)))
        connection = self._connections[descriptor] = SocketConnection(self, descriptor, max_waiting, already_read)
        self.epoll.register(descriptor, select.EPOLLRDHUP)
        return connection

    def forget(self, descriptor: int) -> None:
        """Closes that descriptor, which also takes it out of the epoll object."""
        self._connections[descriptor] = None
        os.close(descriptor)

    def see_off(self, connection: SocketConnection) -> None:
        """It has ``CLOSE_PATIENCE`` to end by itself."""
        loop = asyncio.get_running_loop()
        self._leaving.append((loop.time() + CLOSE_PATIENCE, connection))
        if len(self._leaving) == 1:
            loop.call_later(CLOSE_PATIENCE, self._drop_late)

    def close(self) -> None:
        """Ends all that are left."""
        for connection in filter(None, self._connections):
            connection.drop()
        if self._watched:
            asyncio.get_running_loop().remove_reader(self.epoll.fileno())
        if self.epoll is not None:
            self.epoll.close()

    def _turn(self) -> None:
        for descriptor, events in self.epoll.poll(0, _SOCKETS_PER_TURN):
            connection = self._connections[descriptor]
            if connection is not None:  # else one of the events before ended it
                try:
                    connection.on_events(events)
                except Exception:
                    log.exception("A connection could not be served and is dropped")
                    connection.drop()

    def _drop_late(self) -> None:
        loop = asyncio.get_running_loop()
        while self._leaving and self._leaving[0][0] <= loop.time():
            self._leaving.popleft()[1].drop()
        if self._leaving:
            loop.call_at(self._leaving[0][0], self._drop_late)
