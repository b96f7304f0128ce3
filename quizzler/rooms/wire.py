"""What a room knows of a client: frames go out, messages come in, and it can be ended.

Two kinds of connection have this one face. The ordinary one lives on Tornado's stream, with its handler beside it
(``web/stream.py``): it does TLS, and it runs everywhere. The fast one (``sockets.py``) lives on the plain socket, which
a ``Switchboard`` took after the handshake.
"""

from typing import Protocol

from quizzler.rooms.frames import PING, frame

MAX_MESSAGE_BYTES = 64 * 1024
# Bytes that may wait for a client before it is dropped. A host's own messages name every player of the room.
MAX_WAITING = 256 * 1024
MAX_WAITING_HOST = 8 * 1024 * 1024
# An application's own close code (RFC 6455, 7.4.2).
TOO_SLOW = 4008
TOO_SLOW_REASON = "Your connection is too slow to keep up. Please open the game again"
# Seconds that one who reads slowly has to get as far as that.
SLOW_PATIENCE = 30.0
# An empty ping (RFC 6455, 5.5.2): browsers answer by themselves, pages and programs need not know.
PING_FRAME = frame(PING, b"")


class Listener(Protocol):
    """Who hears what a client says. Neither call may raise. ``whose`` is room and player, for a line of the log."""

    whose: dict[str, object]

    def heard(self, text: str | bytes) -> None:
        """A whole message; bytes where it came as a binary one."""

    def gone(self) -> None:
        """The connection is at its end, however it came to it; called once."""


class Connection(Protocol):
    """No call waits or raises; on a connection that is ``closed`` they do nothing. ``unanswered_since`` is when a ping
    was sent that nothing has come back for yet (Unix seconds), or None."""

    closed: bool
    unanswered_since: float | None

    def listen(self, listener: Listener) -> None:
        """From here on messages are read."""

    def send(self, frame: bytes) -> None:
        """Whole frames. Where more than may wait is waiting already, it is closed and told why."""

    def close(self, code: int, reason: str) -> None: ...

    def drop(self) -> None:
        """Ends it without a farewell: nobody is there to hear it."""
