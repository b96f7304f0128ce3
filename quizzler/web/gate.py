"""What every request passes before the application: who really asks, over which scheme, and under which name.

Tornado's own ``xheaders`` would believe anyone who connects.
"""

from collections.abc import Awaitable

import msgspec
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    RequestStartLine,
)
from tornado.web import Application

from quizzler.errors import QuizzlerError
from quizzler.security.hosts import Hosts
from quizzler.security.proxies import Proxies
from quizzler.web.guards import guards
from quizzler.web.problems import Problem
from quizzler.web.ready import Reply


class Gate(HTTPServerConnectionDelegate):
    """``scheme`` is what the connections speak themselves."""

    def __init__(self, application: Application, proxies: Proxies, hosts: Hosts, scheme: str):
        self.application = application
        self.proxies = proxies
        self.hosts = hosts
        self.scheme = scheme

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        return _Request(self, server_conn, request_conn)


class _Request(HTTPMessageDelegate):
    """One request; passed on to the application, or refused."""

    def __init__(self, gate: Gate, server: object, connection: HTTPConnection):
        self._gate = gate
        self._server = server
        self._connection = connection
        self._next = HTTPMessageDelegate()

    def headers_received(self, start_line: RequestStartLine, headers: HTTPHeaders) -> Awaitable[None] | None:
        gate, context = self._gate, self._connection.context
        peer = context.address[0]
        # Tornado makes its request of these two, and of the Host header.
        context.remote_ip = gate.proxies.client(peer, headers.get("X-Forwarded-For", ""))
        context.protocol = gate.proxies.scheme(peer, headers.get("X-Forwarded-Proto", ""), gate.scheme)
        given = headers.get_list("Host")
        try:
            if given or start_line.version != "HTTP/1.0":
                headers["Host"] = gate.hosts.check(given)
        except QuizzlerError as error:
            self._next = self._refusal(start_line, headers, error)
        else:
            self._next = gate.application.start_request(self._server, self._connection)
        return self._next.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._next.data_received(chunk)

    def finish(self) -> None:
        self._next.finish()

    def on_connection_close(self) -> None:
        self._next.on_connection_close()

    def _refusal(self, start_line: RequestStartLine, headers: HTTPHeaders, error: QuizzlerError) -> Reply:
        """For a person the sentence, for a program the API's JSON. Whoever says twice for which host it is may be read
        in two ways (RFC 9112, 11.2): nothing more is read of them."""
        if error.status == 400:
            self._connection._disconnect_on_finish = True
        kind, body = "application/json", msgspec.json.encode(Problem(error.sentence))
        if "text/html" in headers.get("Accept", ""):
            kind, body = "text/plain", error.sentence.encode()
        more = {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": "no-store"}
        guarded = {**guards(self._connection.context.protocol), **more}
        return Reply(self._connection, start_line.method, error.status, guarded, body)
