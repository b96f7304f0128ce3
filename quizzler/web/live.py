"""The two WebSocket endpoints: they shake hands, learn who is there, and bring them to their room.

Whatever is said afterwards goes from the connection to a listener of the room (``rooms/listeners.py``). On a plain
socket the handler's part ends with the handshake; on any other one it stays beside the stream.
"""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from tornado.web import HTTPError
from tornado.websocket import WebSocketHandler

from quizzler.errors import Forbidden, Invalid, LimitReached, NotFound, QuizzlerError, Unauthenticated, Unavailable
from quizzler.rooms import endings
from quizzler.rooms.frames import NORMAL, text_frame
from quizzler.rooms.listeners import HostListener, PlayerListener, error_frame
from quizzler.rooms.protocol import encode
from quizzler.rooms.room import Room
from quizzler.rooms.switchboard import can_be_taken
from quizzler.rooms.wire import MAX_WAITING, MAX_WAITING_HOST, Connection
from quizzler.security.addresses import network_of
from quizzler.security.hosts import is_same_origin
from quizzler.store import quizzes
from quizzler.web.admission import Release
from quizzler.web.base import BaseHandler
from quizzler.web.services import authenticate, charge, is_uuid
from quizzler.web.stream import StreamConnection

log = logging.getLogger(__name__)


class LiveHandler(BaseHandler, WebSocketHandler):
    """What host and player have in common: the way in, refusals, and the life of a connection on a stream."""

    max_waiting = MAX_WAITING
    connection: Connection | None = None

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Type", "text/plain; charset=utf-8")

    def write_error(self, status_code: int, **_: object) -> None:
        """Whatever else than a handshake came; not Tornado's page, which has no Content-Security-Policy."""
        self.finish(HTTPStatus(status_code).phrase)

    def prepare(self) -> None:
        """Tornado would look at the origin only where the browser does not say that the page is of the same one, and
        never at its scheme."""
        origin = self.request.headers.get("Origin")
        if origin is not None and not self.check_origin(origin):
            self.set_status(403)
            self.finish("Pages of other sites may not open sockets here")

    def check_origin(self, origin: str) -> bool:
        """A page of this server, also under its ``PUBLIC_URL`` where a proxy asks for another host, or of a site that
        ``CORS_ORIGINS`` names; programs send no origin."""
        settings, request = self.services.settings, self.request
        if "*" in settings.cors_origins or origin.lower() in settings.cors_origins:
            return True
        scheme, _, rest = settings.public_url.lower().partition("://")
        return is_same_origin(origin, request.protocol, request.host) or is_same_origin(
            origin, scheme, rest.partition("/")[0]
        )

    def take_up(self) -> Connection:
        """The connection for all that follows the handshake."""
        self.services.registry.counts.total_connections += 1
        self.set_nodelay(True)
        stream = self.ws_connection.stream
        if self.services.settings.fast_sockets and can_be_taken(stream):
            return self.services.switchboard.take(stream, self.max_waiting)
        self.connection = StreamConnection(self, self.max_waiting)
        return self.connection

    def check_open(self) -> None:
        """Raises ``Unavailable`` where the server is on its way down."""
        if self.services.registry.stopping:
            raise Unavailable("The server is restarting. Please try again in a moment")

    def argument(self, name: str, default: str | None = "") -> str | None:
        """Of the query. Raises ``Invalid``."""
        try:
            return self.get_query_argument(name, default)
        except HTTPError:
            raise Invalid("That address is not UTF-8 text") from None

    def refuse(self, connection: Connection, error: Exception) -> None:
        """The contract's way: the sentence as a message, then as the reason of the close."""
        self.services.registry.counts.went_wrong(error)
        about: dict[str, object] = {"request": self.request_id}
        if isinstance(error, QuizzlerError):
            who = {"address": self.request.remote_ip} if isinstance(error, LimitReached) else {}
            log.info("Somebody refused", extra={**about, "kind": type(error).__name__, **who})
        else:
            log.error("Somebody could not be let in", exc_info=error, extra=about)
            error = QuizzlerError()
        connection.send(error_frame(error.sentence, self.services.clock()))
        connection.close(error.close_code, error.sentence)

    def on_message(self, text: str | bytes) -> None:
        self.connection.heard(text)

    def on_pong(self, data: bytes) -> None:
        self.connection.unanswered_since = None

    def on_close(self) -> None:
        """Of a taken connection this is only the end of the stream, which means nothing."""
        if self.connection is not None:
            self.connection.gone()


class HostSocket(LiveHandler):
    max_waiting = MAX_WAITING_HOST

    async def open(self, code: str) -> None:
        connection = self.take_up()
        try:
            self.check_open()
            await self._enter(connection, code)
        except Exception as error:
            self.refuse(connection, error)

    async def _enter(self, connection: Connection, code: str) -> None:
        token = self.argument("token")
        charge(self.services, token, self.request.remote_ip)
        try:
            user, claims = await authenticate(self.services, token)
        except Unauthenticated:
            raise Unauthenticated("Authentication required") from None
        registry = self.services.registry
        room = registry.for_host(code, str(user["id"]))
        quiz_id = self.argument("quiz_id", None)
        quiz = await self._quiz(quiz_id, str(user["id"])) if room is None and quiz_id else {}
        if connection.closed:
            return  # gone meanwhile: nobody would let go of the room again
        release = self.services.admission.host(user, room)
        try:
            room = room or registry.open(str(user["id"]), **quiz)
            room.attach_host(connection, claims.signed_out_by, network_of(self.request.remote_ip))
        except Exception:
            release()
            if room is not None and not room.has_begun:
                registry.discard(room)
            raise
        connection.listen(HostListener(room, connection, release))
        log.info("Host came", extra={"request": self.request_id, "room": room.code})

    async def _quiz(self, quiz_id: str, user_id: str) -> dict:
        quiz = await quizzes.playable(self.services.database, quiz_id, user_id) if is_uuid(quiz_id) else None
        if quiz is None:
            raise NotFound("There is no such quiz, or it is not yours to play")
        if not quiz["questions"]:
            raise Forbidden("That quiz has no questions yet")
        return {"quiz_id": str(quiz["id"]), "quiz_title": quiz["title"], "questions": quiz["questions"]}


class PlayerSocket(LiveHandler):
    def open(self, code: str) -> Awaitable[None] | None:
        connection = self.take_up()
        try:
            self.check_open()
            token = self.argument("resume_token")
            if token and self.services.registry.find(code) is None:
                return self._come_late(connection, code, token)
            self._come_back(connection, code, token) if token else self._come_in(connection, code)
        except Exception as error:
            self.refuse(connection, error)

    def _come_in(self, connection: Connection, code: str) -> None:
        name, address = self.argument("username"), self.request.remote_ip
        room, release = self.services.admission.newcomer(code, address)
        self._seated(room, release, connection, lambda: room.join(connection, name, address))

    def _come_back(self, connection: Connection, code: str, token: str) -> None:
        room, release = self.services.admission.returning(code, token, self.request.remote_ip)
        self._seated(room, release, connection, lambda: room.resume(connection, token))

    async def _come_late(self, connection: Connection, code: str, token: str) -> None:
        """There is no such room any more, or there never was: who played in it hears how the game ended."""
        services = self.services
        try:
            services.admission.late(self.request.remote_ip)
            await services.registry.stored(code)
            messages = await endings.missed(services.database, code, token, services.clock())
            if not messages:
                return self._come_back(connection, code, token)
        except Exception as error:
            return self.refuse(connection, error)
        for message in messages:
            connection.send(text_frame(encode(message)))
        connection.close(NORMAL, "The room is closed")

    def _seated(self, room: Room, release: Release, connection: Connection, admit: Callable[[], int]) -> None:
        """``admit`` gives the player's id; whoever is not admitted has taken no place."""
        try:
            player_id = admit()
        except Exception:
            if release is not None:
                release()
            raise
        listener = PlayerListener(room, connection, player_id, release)
        connection.listen(listener)
        log.debug("Player came", extra={"request": self.request_id, **listener.whose})


routes = [
    (r"/realtime/ws/host/([^/]+)/?", HostSocket),
    (r"/realtime/ws/player/([^/]+)/?", PlayerSocket),
]
