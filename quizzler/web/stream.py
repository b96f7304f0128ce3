"""A live connection on Tornado's stream: with TLS, and on every system."""

import logging

from tornado.ioloop import IOLoop
from tornado.iostream import StreamBufferFullError, StreamClosedError
from tornado.websocket import WebSocketHandler

from quizzler.rooms.frames import close_frame, fitting
from quizzler.rooms.wire import SLOW_PATIENCE, TOO_SLOW, TOO_SLOW_REASON, Listener
from quizzler.web.strict import keep_to_the_letter

log = logging.getLogger(__name__)


class StreamConnection:
    """The ordinary kind of ``Connection``, on Tornado's stream."""

    def __init__(self, handler: WebSocketHandler, max_waiting: int):
        self._handler = handler
        self._listener: Listener | None = None
        self.closed = False
        self.unanswered_since: float | None = None
        keep_to_the_letter(handler.ws_connection)
        self._stream = handler.ws_connection.stream
        self._stream.max_write_buffer_size = max_waiting

    def listen(self, listener: Listener) -> None:
        self._listener = listener

    def send(self, frame: bytes) -> None:
        """The frame goes to the stream as it is; ``write_message`` would encode it again for each client."""
        if self.closed:
            return
        try:
            self._stream.write(frame)
        except StreamClosedError:
            self.closed = True
        except StreamBufferFullError:
            self._give_up()

    def close(self, code: int, reason: str) -> None:
        if not self.closed:
            self.closed = True
            try:
                self._handler.close(code, fitting(reason))
            except StreamBufferFullError:
                self.drop()  # it has not read anything for long

    def drop(self) -> None:
        self.closed = True
        self._stream.close()

    def heard(self, text: str | bytes) -> None:
        self.unanswered_since = None
        if self._listener is not None:
            self._listener.heard(text)

    def gone(self) -> None:
        self.closed = True
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.gone()

    def _give_up(self) -> None:
        """What waits for it still goes, if it takes it in time, and then the reason; to the room it is gone at once."""
        whose = self._listener.whose if self._listener else {}
        log.info("Client dropped: it reads too slowly", extra=whose)
        self._stream.max_write_buffer_size = None
        loop = IOLoop.current()
        loop.add_future(self._stream.write(close_frame(TOO_SLOW, TOO_SLOW_REASON)), lambda _: self.drop())
        self.closed = True
        loop.call_later(SLOW_PATIENCE, self.drop)
        loop.add_callback(self.gone)
