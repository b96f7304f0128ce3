"""A connection on a plain socket, for thousands of phones: one small object, and nothing else, while it is quiet."""

import asyncio
import logging
import os
import select
import socket
from typing import Protocol

from quizzler.rooms.frames import (
    BINARY,
    CLOSE,
    NO_CODE,
    NORMAL,
    NOT_UTF8,
    PING,
    PONG,
    TEXT,
    ProtocolError,
    Reader,
    close_frame,
    close_reason,
    frame,
    whole_text,
)
from quizzler.rooms.wire import SLOW_PATIENCE, TOO_SLOW, TOO_SLOW_REASON, Listener

log = logging.getLogger(__name__)

_READ_BYTES = 4096


class Board(Protocol):
    """What a connection knows of the ``Switchboard``."""

    max_message: int
    epoll: "select.epoll"

    def forget(self, descriptor: int) -> None: ...

    def see_off(self, connection: "SocketConnection") -> None: ...


class SocketConnection:
    """A client on a plain socket of the ``Switchboard``.

    ``_input`` is what came before anyone listened, then a ``Reader`` while a message is under way; ``_output`` is what
    the kernel has not taken yet. Both are None nearly always, which is what keeps a connection small.
    """

    __slots__ = (
        "_board",
        "_descriptor",
        "_ended",
        "_input",
        "_listener",
        "_max_waiting",
        "_output",
        "closed",
        "unanswered_since",
    )

    def __init__(self, board: Board, descriptor: int, max_waiting: int, already_read: bytes):
        self._board = board
        self._descriptor: int | None = descriptor
        self._max_waiting = max_waiting
        self._listener: Listener | None = None
        self._input: bytes | Reader | None = already_read or None
        self._output: bytearray | None = None
        self._ended = False
        self.closed = False
        self.unanswered_since: float | None = None

    def listen(self, listener: Listener) -> None:
        self._listener = listener
        if self._descriptor is None:
            self._say_gone()
            return
        self._watch()
        if self._input is not None:
            early, self._input = self._input, None
            self._take_in(early)

    def send(self, frame: bytes) -> None:
        if not self.closed:
            self._write(frame)
            if self._output is not None and len(self._output) > self._max_waiting:
                self._give_up()

    def close(self, code: int, reason: str) -> None:
        if not self.closed:
            self._write(close_frame(code, reason))
            self.closed = True
            if self._descriptor is not None:
                self._watch()
                self._board.see_off(self)

    def drop(self) -> None:
        self.closed = self._ended = True
        if self._descriptor is not None:
            self._board.forget(self._descriptor)
            self._descriptor = self._input = self._output = None
            self._say_gone_soon()

    def on_events(self, events: int) -> None:
        """The epoll object's call."""
        if events & select.EPOLLOUT:
            self._write_on()
        if self._descriptor is None:
            return
        if events & select.EPOLLIN:
            self._read()
        elif events & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
            self.drop()

    def _watch(self) -> None:
        """Messages are read once somebody listens; until then it is only noticed when the other side goes."""
        events = select.EPOLLRDHUP if self._listener is None and not self.closed else select.EPOLLIN
        if self._output is not None:
            events |= select.EPOLLOUT
        self._board.epoll.modify(self._descriptor, events)

    def _say_gone(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.gone()

    def _say_gone_soon(self) -> None:
        """Not from within the room's own work, which may be going through its connections just now."""
        asyncio.get_running_loop().call_soon(self._say_gone)

    # In

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.drop()
        elif not self._ended:
            self.unanswered_since = None
            self._take_in(data)

    def _take_in(self, data: bytes) -> None:
        payload = whole_text(data) if self._input is None else None
        try:
            if payload is not None:
                self._hear(TEXT, payload)
                return
            reader = self._input = self._input or Reader(self._board.max_message, masked=True)
            for opcode, payload in reader.feed(data):
                self._hear(opcode, payload)
                if self._ended:
                    return
            if reader.idle:
                self._input = None
        except ProtocolError as fault:
            self._end(fault.code, fault.reason)

    def _hear(self, opcode: int, payload: bytes) -> None:
        """Raises ``ProtocolError``."""
        if opcode == CLOSE:
            code, reason = close_reason(payload)
            self._end(NORMAL if code == NO_CODE else code, reason)
        elif self.closed:
            return  # of what comes after our close only theirs counts
        elif opcode == TEXT:
            try:
                text = payload.decode()
            except UnicodeDecodeError:
                raise ProtocolError(NOT_UTF8, "That is not UTF-8") from None
            self._listener.heard(text)
        elif opcode == BINARY:
            self._listener.heard(payload)
        elif opcode == PING:
            self.send(frame(PONG, payload))

    def _end(self, code: int, reason: str) -> None:
        """Nothing more is read: the other side has closed, or broken the protocol."""
        if not self.closed:
            self._write(close_frame(code, reason))
            self.closed = True
        if self._descriptor is not None and not self._ended:
            self._ended, self._input = True, None
            self._board.see_off(self)
            self._say_gone_soon()
            if self._output is None:
                self._shut_down()

    def _shut_down(self) -> None:
        """The server ends the TCP connection first (RFC 6455, 7.1.1), by its half alone: closing a socket with unread
        bytes resets it, and the close frame would be lost. What still comes is read and thrown away."""
        borrowed = socket.socket(fileno=self._descriptor)
        try:
            borrowed.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop()
        finally:
            borrowed.detach()

    # Out

    def _write(self, data: bytes) -> None:
        if self._output is not None:
            self._output += data
            return
        if self._descriptor is None:
            return
        try:
            sent = os.write(self._descriptor, data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.drop()
            return
        if sent < len(data):
            self._output = bytearray(memoryview(data)[sent:])
            self._watch()

    def _write_on(self) -> None:
        try:
            with memoryview(self._output) as waiting:
                sent = os.write(self._descriptor, waiting)
        except BlockingIOError:
            return
        except OSError:
            self.drop()
            return
        del self._output[:sent]
        if not self._output:
            self._output = None
            self._watch()
            if self._ended:
                self._shut_down()

    def _give_up(self) -> None:
        """It reads too slowly. What waits for it still goes, if it takes it in time, and then the reason; to the room it
        is gone at once."""
        whose = self._listener.whose if self._listener else {}
        log.info("Client dropped: it reads too slowly", extra=whose)
        self._write(close_frame(TOO_SLOW, TOO_SLOW_REASON))
        self.closed = self._ended = True
        asyncio.get_running_loop().call_later(SLOW_PATIENCE, self.drop)
        self._say_gone_soon()
