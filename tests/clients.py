"""People at the wire: a host, players, and whoever calls the REST API, as plain as they come."""

import asyncio
import json
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 10.0  # seconds until a message that does not come fails the test


async def until(condition: Callable[[], object]) -> None:
    """Returns once that is so; fails the test where it does not come."""

    async def reached() -> None:
        while not condition():
            await asyncio.sleep(0.005)

    await asyncio.wait_for(reached(), PATIENCE)


class Rest:
    """The REST API as one user. ``answer`` of each call is (status, decoded body). Over https ``trust`` says whom."""

    def __init__(self, base_url: str, token: str | None = None, trust: ssl.SSLContext | None = None):
        self.base_url = base_url
        self.token = token
        self.trust = trust

    async def fetch(
        self, method: str, path: str, body: Any = None, *, source: str | None = None, **headers: str
    ) -> HTTPResponse:
        """``source`` is the address to come from, such as 127.0.0.2."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return await AsyncHTTPClient().fetch(
            HTTPRequest(
                self.base_url + path,
                method=method,
                headers={"Content-Type": "application/json", **headers},
                body=body if body is None or isinstance(body, (str, bytes)) else json.dumps(body),
                allow_nonstandard_methods=True,
                follow_redirects=False,
                ssl_options=self.trust,
                request_timeout=PATIENCE,
                network_interface=source,
            ),
            raise_error=False,
        )

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        response = await self.fetch(method, path, body)
        return response.code, json.loads(response.body) if response.body else None

    async def get(self, path: str) -> Any:
        status, body = await self.call("GET", path)
        assert status == 200, body
        return body

    async def post(self, path: str, body: Any = None) -> Any:
        status, answer = await self.call("POST", path, {} if body is None else body)
        assert status == 200, answer
        return answer

    async def sign_up(self, name: str) -> "Rest":
        """A new user of that name, signed in."""
        body = {"email": f"{name.lower()}@example.org", "password": "correct horse", "name": name}
        return Rest(self.base_url, (await self.post("/auth/signup", body))["access_token"], self.trust)


class Socket:
    """One WebSocket. ``heard`` is everything that came, in order."""

    def __init__(self, connection: WebSocketClientConnection):
        self._connection = connection
        self.heard: list[dict] = []

    @classmethod
    async def connect(
        cls, url: str, trust: ssl.SSLContext | None = None, /, *, source: str | None = None, **query: str
    ) -> "Socket":
        """``source`` is the address to come from, such as 127.0.0.2."""
        address = f"{url}?{urlencode(query, quote_via=quote)}"
        request = HTTPRequest(address, ssl_options=trust, network_interface=source)
        connection = await websocket_connect(request)
        # As browsers have it. Else an answer just after a pong waits for the 40 ms that a kernel may delay its TCP ACK.
        connection.protocol.set_nodelay(True)
        return cls(connection)

    async def __aenter__(self) -> "Socket":
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def say(self, message: dict | str | bytes) -> None:
        text = json.dumps(message) if isinstance(message, dict) else message
        asyncio.ensure_future(self._connection.write_message(text, binary=isinstance(text, bytes)))

    async def next(self) -> dict | None:
        """The next message of any type; None when the server has closed."""
        text = await asyncio.wait_for(self._connection.read_message(), PATIENCE)
        if text is None:
            return None
        self.heard.append(json.loads(text))
        return self.heard[-1]

    async def until(self, kind: str, **fields: Any) -> dict:
        """The next message of that type (and with those values), past others."""
        while True:
            message = await self.next()
            assert message is not None, f"closed ({self.close_code} {self.close_reason}) while waiting for {kind}"
            if message["type"] == kind and all(message.get(name) == value for name, value in fields.items()):
                return message

    async def until_closed(self) -> tuple[int | None, str | None]:
        while await self.next() is not None:
            pass
        return self.close_code, self.close_reason

    def types(self) -> list[str]:
        return [message["type"] for message in self.heard]

    @property
    def close_code(self) -> int | None:
        return self._connection.close_code

    @property
    def close_reason(self) -> str | None:
        return self._connection.close_reason

    def close(self) -> None:
        self._connection.close()


class Hall:
    """A server to play on: opens rooms and lets players in."""

    def __init__(self, base_url: str, trust: ssl.SSLContext | None = None):
        self.base_url = base_url
        self.ws_url = base_url.replace("http", "ws", 1) + "/realtime/ws"
        self.rest = Rest(base_url, trust=trust)
        self._sockets: list[Socket] = []

    async def host(self, user: Rest, code: str = "new", **query: str) -> Socket:
        """The host's socket; the room's code is ``socket.code``."""
        socket = await self.socket("host", code, token=f"Bearer {user.token}", **query)
        socket.code = (await socket.until("room_created"))["room_code"]
        return socket

    async def player(self, code: str, name: str, **query: str) -> Socket:
        """A player who was welcomed; ``socket.welcome`` is that message."""
        socket = await self.socket("player", code, username=name, **query)
        socket.welcome = await socket.until("welcome")
        return socket

    async def resume(self, code: str, token: str) -> Socket:
        socket = await self.socket("player", code, resume_token=token)
        socket.welcome = await socket.until("welcome")
        return socket

    async def socket(self, role: str, code: str, **query: str) -> Socket:
        socket = await Socket.connect(f"{self.ws_url}/{role}/{code}", self.rest.trust, **query)
        self._sockets.append(socket)
        return socket

    def leave(self) -> None:
        for socket in self._sockets:
            socket.close()


async def play_a_short_game(hall: Hall) -> None:
    """A host, two players and one question, to the podium; everything that is said is right."""
    host = await hall.host(await hall.rest.sign_up("Ann"))
    bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question(correct_answer=1))
    for player, option in ((bob, 1), (cleo, 0)):
        await player.until("question")
        player.say({"type": "answer", "option": option})
        assert (await player.until("answer_ack"))["accepted"]
    assert (await bob.until("your_result"))["rank"] == 1
    assert not (await cleo.until("your_result"))["correct"]
    host.say({"type": "end_game"})
    assert [entry["name"] for entry in (await host.until("game_over"))["entries"]] == ["Bob", "Cleo"]
    assert (await cleo.until("game_over"))["rank"] == 2
    assert (await bob.until_closed())[0] == 1000


def a_question(text: str = "What is the capital of Norway?", correct_answer: int = 1, **more: Any) -> dict:
    return {
        "type": "new_question",
        "question": text,
        "options": ["Bergen", "Oslo", "Tromsø", "Stavanger"],
        "correct_answer": correct_answer,
        "time_limit": 20,
        **more,
    }
