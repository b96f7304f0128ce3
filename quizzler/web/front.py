"""The first to see a connection: what stands ready is answered here, all else is Tornado's.

A hall that scans the code asks for the same few files, thousands of times within seconds. To Tornado each connection
and each request is a coroutine, a timeout and a dozen objects; here they are some system calls. A request is looked at
while it stays in the socket. A plain GET of something that is ``Ready`` is taken out and answered. At any other,
whatever it asks for and however it is written, the socket is handed to Tornado as it is, for good.
"""

import asyncio
import re
import socket
from collections.abc import Callable, Iterable

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import add_accept_handler

from quizzler.ops.files import connections_allowed
from quizzler.rooms.counts import Counts
from quizzler.security.proxies import Proxies
from quizzler.web.ready import NOT_MODIFIED, ROUTE, Find

PATIENCE = 120.0
"""Seconds without a request, or without taking an answer, until a connection is closed."""

SLOWEST = 1000
"""Bytes a second. Whoever takes less of an answer uses their patience up: single bytes would hold a connection for ever."""

STALLED = 60.0
"""Seconds until the kernel ends a connection, of any kind, whose other side takes nothing of what is sent to it."""

_LARGEST_HEAD = 8192
_REQUEST = re.compile(rb"GET (/[^\x00-\x20?\x7f]*)(?:\?[^\x00-\x20\x7f]*)? HTTP/1\.1\r\n")
_HOST = re.compile(r"[a-z0-9.:\[\]-]+")
# With these a request is more than a plain GET, or may be.
_MORE = re.compile(rb"\n(?:content-length|transfer-encoding|upgrade:|expect|range|if-match|[ \t])")


class Visitor:
    """A connection that has asked for nothing but what is ready. ``left`` is what it has not taken of an answer."""

    __slots__ = ("address", "descriptor", "is_proxy", "left", "seen", "socket")

    def __init__(self, connection: socket.socket, address: tuple, is_proxy: bool, now: float):
        self.socket = connection
        self.descriptor = connection.fileno()
        self.address = address
        self.is_proxy = is_proxy
        self.seen = now
        self.left: memoryview | None = None


class Front:
    """Listens for ``server``, on the running loop; not under TLS, where nothing can be seen from outside.

    ``descriptors`` is the number from which on they are scarce: the kernel always gives out the lowest one that is free.
    """

    def __init__(self, server: HTTPServer, find: Find, proxies: Proxies, counts: Counts):
        self.descriptors = connections_allowed()
        self._server = server
        self._find = find
        self._proxies = proxies
        self._requests = counts.requests
        self._listening: dict[socket.socket, Callable[[], None]] = {}
        # Who was quiet for longest is the first.
        self._visitors: dict[Visitor, None] = {}
        self._sweeping: asyncio.TimerHandle | None = None

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        self._loop = asyncio.get_running_loop()
        for listening in sockets:
            let_go_of_stalled(listening)
            self._listening[listening] = add_accept_handler(listening, self._accept)
        self._sweeping = self._loop.call_later(PATIENCE / 4, self._sweep)

    def stop(self) -> None:
        """Nobody new comes in, and who waits for nothing is let go of."""
        for listening, stop_accepting in self._listening.items():
            stop_accepting()
            listening.close()
        self._listening.clear()
        for visitor in [each for each in self._visitors if each.left is None]:
            self._close(visitor)

    def close(self) -> None:
        """Ends all that are left."""
        if self._sweeping:
            self._sweeping.cancel()
        for visitor in list(self._visitors):
            self._close(visitor)

    def _accept(self, connection: socket.socket, address: tuple) -> None:
        connection.setblocking(False)
        visitor = Visitor(connection, address, self._proxies.trusts(address[0]), self._loop.time())
        self._visitors[visitor] = None
        self._loop.add_reader(visitor.descriptor, self._look, visitor)
        if visitor.descriptor >= self.descriptors:
            # The next one could not be taken in any more. Whoever says nothing makes place for whoever comes.
            self._close(next(iter(self._visitors)))

    def _look(self, visitor: Visitor) -> None:
        """Something came, or the end."""
        try:
            data = visitor.socket.recv(_LARGEST_HEAD, socket.MSG_PEEK)
            if not data:
                return self._close(visitor)
            response = self._answer(data, visitor)
            if response is None:
                return self._hand_over(visitor)
            visitor.socket.recv(data.index(b"\r\n\r\n") + 4)
            self._requests[ROUTE, 304 if response.startswith(NOT_MODIFIED) else 200] += 1
            self._send(visitor, response)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._close(visitor)

    def _answer(self, data: bytes, visitor: Visitor) -> bytes | None:
        """To the request that data begins with; None where that is for Tornado."""
        request = _REQUEST.match(data)
        end = data.find(b"\r\n\r\n")
        if request is None or end < 0:
            return None
        head = data[request.end() - 1 : end + 2].lower()
        host = _value(head, b"\nhost:")
        if _MORE.search(head) or head.count(b"\nhost:") != 1 or not _HOST.fullmatch(host):
            return None
        if _value(head, b"\nconnection:") not in ("", "keep-alive"):
            return None
        if head.count(b"\nx-forwarded-for:") > 1:
            return None
        address = self._proxies.client(visitor.address[0], _value(head, b"\nx-forwarded-for:"))
        try:
            ready = self._find(request[1].decode("latin-1"), host, address)
        except Exception:
            return None  # who routes by it next will say so
        if ready is None:
            return None
        form = ready.form(_value(head, b"\naccept-encoding:"))
        over_https = visitor.is_proxy and _value(head, b"\nx-forwarded-proto:") == "https"
        return form.response(_value(head, b"\nif-none-match:"), over_https=over_https)

    def _send(self, visitor: Visitor, response: bytes) -> None:
        """All of it, or what the kernel takes and then the rest; until then no other request is looked at."""
        visitor.seen = self._loop.time()
        self._visitors.pop(visitor, None)
        self._visitors[visitor] = None
        try:
            sent = visitor.socket.send(response)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(response):
            visitor.left = memoryview(response)[sent:]
            self._loop.remove_reader(visitor.descriptor)
            self._loop.add_writer(visitor.descriptor, self._send_on, visitor)

    def _send_on(self, visitor: Visitor) -> None:
        try:
            sent = visitor.socket.send(visitor.left)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            return self._close(visitor)
        visitor.left = visitor.left[sent:]
        visitor.seen = min(self._loop.time(), visitor.seen + sent / SLOWEST)
        if not visitor.left:
            visitor.seen = self._loop.time()
            visitor.left = None
            self._loop.remove_writer(visitor.descriptor)
            self._loop.add_reader(visitor.descriptor, self._look, visitor)

    def _hand_over(self, visitor: Visitor) -> None:
        self._visitors.pop(visitor, None)
        self._loop.remove_reader(visitor.descriptor)
        stream = IOStream(
            visitor.socket, max_buffer_size=self._server.max_buffer_size, read_chunk_size=self._server.read_chunk_size
        )
        self._server.handle_stream(stream, visitor.address)

    def _close(self, visitor: Visitor) -> None:
        self._visitors.pop(visitor, None)
        if visitor.left is None:
            self._loop.remove_reader(visitor.descriptor)
        else:
            self._loop.remove_writer(visitor.descriptor)
        visitor.socket.close()

    def _sweep(self) -> None:
        longest_ago = self._loop.time() - PATIENCE
        for visitor in [each for each in self._visitors if each.seen < longest_ago]:
            self._close(visitor)
        self._sweeping = self._loop.call_later(PATIENCE / 4, self._sweep)


def let_go_of_stalled(listening: socket.socket) -> None:
    """For all that it accepts (TCP_USER_TIMEOUT, RFC 5482; Linux). Who asks for much and reads nothing would otherwise
    keep the answer in memory for as long as they like."""
    if hasattr(socket, "TCP_USER_TIMEOUT") and listening.family in (socket.AF_INET, socket.AF_INET6):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * STALLED))


def _value(head: bytes, name: bytes) -> str:
    """What a header says, by its name as it stands behind the line before; empty where it is missing."""
    begin = head.find(name)
    if begin < 0:
        return ""
    begin += len(name)
    return head[begin : head.index(b"\r", begin)].strip().decode("latin-1")
