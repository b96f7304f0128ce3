"""The two WebSocket endpoints: they say who is there, read what they say, and hand it to their room."""

import logging
from urllib.parse import urlsplit

from tornado.iostream import StreamBufferFullError, StreamClosedError
from tornado.websocket import WebSocketHandler

from quizzler.errors import Forbidden, Invalid, NotFound, QuizzlerError, Unauthenticated, Unavailable
from quizzler.game.effects import Message
from quizzler.rooms import protocol
from quizzler.rooms.outbox import text_frame
from quizzler.rooms.room import Room
from quizzler.store import quizzes
from quizzler.web.base import Services, authenticate, is_uuid

log = logging.getLogger(__name__)

# Bytes that may wait for one client before it is dropped.
MAX_WAITING_BYTES = 256 * 1024
# RFC 6455, 5.5: a control frame holds 125 bytes, two of them are the close code.
MAX_REASON_BYTES = 123


class StreamConnection:
    """A client as its room sees it, on Tornado's stream. Nothing here waits, and nothing raises."""

    __slots__ = ("_handler", "closed", "unanswered_since")

    def __init__(self, handler: WebSocketHandler):
        self._handler = handler
        self.closed = False
        self.unanswered_since: float | None = None

    def send(self, frame: bytes) -> None:
        """The frame goes to the stream as it is; ``write_message`` would encode it again for each client."""
        connection = self._handler.ws_connection
        if self.closed or connection is None:
            return
        try:
            connection.stream.write(frame)
        except StreamClosedError:
            self.closed = True
        except StreamBufferFullError:
            log.info("A client reads too slowly and is dropped")
            self.drop()

    def close(self, code: int, reason: str) -> None:
        if not self.closed:
            self.closed = True
            self._handler.close(code, reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore"))

    def drop(self) -> None:
        self.closed = True
        if self._handler.ws_connection is not None:
            self._handler.ws_connection.stream.close()


class LiveHandler(WebSocketHandler):
    """What host and player have in common: refusals, errors, the end."""

    room: Room | None = None

    @property
    def services(self) -> Services:
        return self.application.services

    def check_origin(self, origin: str) -> bool:
        """A page of this server, or of a site that ``CORS_ORIGINS`` names; programs send no origin."""
        allowed = self.services.settings.cors_origins
        return "*" in allowed or origin.rstrip("/") in allowed or urlsplit(origin).netloc == self.request.host

    async def open(self, code: str) -> None:
        self.connection = StreamConnection(self)
        self.services.registry.counts.total_connections += 1
        self.set_nodelay(True)
        self.ws_connection.stream.max_write_buffer_size = MAX_WAITING_BYTES
        try:
            if self.services.registry.stopping:
                raise Unavailable("The server is restarting. Please try again in a moment")
            await self.enter(code)
        except QuizzlerError as error:
            self.refuse(error)

    async def enter(self, code: str) -> None:
        """Joins the room. Raises ``QuizzlerError`` to refuse."""
        raise NotImplementedError

    def on_pong(self, data: bytes) -> None:
        self.connection.unanswered_since = None

    def on_message(self, text: str | bytes) -> None:
        self.connection.unanswered_since = None
        if self.room is None or self.connection.closed or self.services.registry.stopping:
            return  # what is not acknowledged is sent again after the restart
        try:
            if isinstance(text, bytes):
                raise Invalid("That is not a message: text frames are expected")
            self.hear(text)
        except QuizzlerError as error:
            self.tell_error(error.sentence)
        except Exception:
            self.services.registry.counts.errors += 1
            log.exception("A message could not be handled")
            self.tell_error("Something went wrong on the server")

    def hear(self, text: str) -> None:
        """Acts on one message. Raises ``QuizzlerError`` with a sentence for the sender."""
        raise NotImplementedError

    def refuse(self, error: QuizzlerError) -> None:
        """The contract's way: the sentence as a message, then as the reason of the close."""
        self.tell_error(error.sentence)
        self.connection.close(error.close_code, error.sentence)

    def tell_error(self, sentence: str) -> None:
        self.tell(protocol.Error(message=sentence, timestamp=self.services.clock()))

    def tell(self, message: Message) -> None:
        self.connection.send(text_frame(protocol.encode(message)))


class HostSocket(LiveHandler):
    async def enter(self, code: str) -> None:
        try:
            user, claims = await authenticate(self.services, self.get_query_argument("token", ""))
        except Unauthenticated:
            raise Unauthenticated("Authentication required") from None
        registry = self.services.registry
        room = registry.for_host(code, str(user["id"]))
        quiz_id = self.get_query_argument("quiz_id", None)
        quiz = await self._quiz(quiz_id, str(user["id"])) if room is None and quiz_id else {}
        if self.connection.closed:
            return  # gone meanwhile: nobody would let go of the room again
        room = room or registry.open(str(user["id"]), **quiz)
        self.room = room
        room.attach_host(self.connection, claims.token_id)

    async def _quiz(self, quiz_id: str, user_id: str) -> dict:
        quiz = await quizzes.playable(self.services.database, quiz_id, user_id) if is_uuid(quiz_id) else None
        if quiz is None:
            raise NotFound("There is no such quiz, or it is not yours to play")
        if not quiz["questions"]:
            raise Forbidden("That quiz has no questions yet")
        return {"quiz_id": str(quiz["id"]), "quiz_title": quiz["title"], "questions": quiz["questions"]}

    def hear(self, text: str) -> None:
        self.room.host_says(protocol.read_host(text))

    def on_close(self) -> None:
        self.connection.closed = True
        if self.room is not None:
            self.room.host_left(self.connection)


class PlayerSocket(LiveHandler):
    player_id: int | None = None

    async def enter(self, code: str) -> None:
        room = self.services.registry.get(code)
        token = self.get_query_argument("resume_token", "")
        if token:
            self.player_id = room.resume(self.connection, token)
        else:
            name = self.get_query_argument("username", "")
            self.player_id = room.join(self.connection, name, self.request.remote_ip)
        self.room = room

    def hear(self, text: str) -> None:
        self.room.player_says(self.player_id, protocol.read_player(text))

    def on_close(self) -> None:
        self.connection.closed = True
        if self.room is not None:
            self.room.player_left(self.player_id, self.connection)


routes = [
    (r"/realtime/ws/host/([^/]+)/?", HostSocket),
    (r"/realtime/ws/player/([^/]+)/?", PlayerSocket),
]
