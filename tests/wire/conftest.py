"""Echo servers in this process, one for each kind of connection, for the whole session: the fixture ``echo``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from quizzler.rooms.frames import BINARY, TEXT, frame
from quizzler.rooms.switchboard import Switchboard
from quizzler.rooms.wire import Connection
from quizzler.web.strict import keep_to_the_letter

# More than the longest message of the list.
MAX_MESSAGE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Echo:
    """An echo server, and what is known of its kind. ``tells_why``: it never breaks off without a close code.
    ``lenient`` are numbers of cases where it is not as strict as can be, which the list allows."""

    url: str
    tells_why: bool = True
    lenient: frozenset[str] = frozenset()


class EchoHandler(WebSocketHandler):
    def open(self) -> None:
        keep_to_the_letter(self.ws_connection)

    async def on_message(self, message: str | bytes) -> None:
        with suppress(WebSocketClosedError):  # a client may close while its echo is under way
            await self.write_message(message, binary=isinstance(message, bytes))


@asynccontextmanager
async def stream() -> AsyncIterator[Echo]:
    """Tornado's own connection."""
    application = Application([("/", EchoHandler)], websocket_max_message_size=MAX_MESSAGE_BYTES)
    server = HTTPServer(application)
    listening, port = bind_unused_port()
    server.add_socket(listening)
    yield Echo(
        f"ws://127.0.0.1:{port}/",
        tells_why=False,
        # It decodes a text when all of it is there.
        lenient=frozenset({"6.4.1", "6.4.2", "6.4.3", "6.4.4"}),
    )
    server.stop()
    await server.close_all_connections()


class EchoListener:
    """Says again what a taken connection hears."""

    def __init__(self, connection: Connection):
        self._connection = connection

    def heard(self, message: str | bytes) -> None:
        binary = isinstance(message, bytes)
        self._connection.send(frame(BINARY if binary else TEXT, message if binary else message.encode()))

    def gone(self) -> None:
        self._connection.closed = True


class TakenEchoHandler(WebSocketHandler):
    def open(self) -> None:
        connection = self.application.switchboard.take(self.ws_connection.stream, MAX_MESSAGE_BYTES)
        connection.listen(EchoListener(connection))


@asynccontextmanager
async def plain_socket() -> AsyncIterator[Echo]:
    """The fast connection."""
    application = Application([("/", TakenEchoHandler)])
    application.switchboard = Switchboard(MAX_MESSAGE_BYTES)
    server = HTTPServer(application)
    listening, port = bind_unused_port()
    server.add_socket(listening)
    yield Echo(f"ws://127.0.0.1:{port}/", lenient=frozenset({"6.4.3", "6.4.4"}))
    server.stop()
    application.switchboard.close()


KINDS = {"socket": plain_socket, "stream": stream}


@pytest.fixture(scope="session", params=KINDS)
async def echo(request: pytest.FixtureRequest) -> AsyncIterator[Echo]:
    async with KINDS[request.param]() as server:
        yield server
