"""Tornado's WebSockets, held to the letter of RFC 6455 as the plain ones are (``rooms/frames.py``)."""

from tornado.iostream import StreamBufferFullError
from tornado.websocket import WebSocketProtocol

from quizzler.rooms.frames import MASKED, NOT_UTF8, PROTOCOL_ERROR, SPEAKABLE, ProtocolError


def keep_to_the_letter(protocol: WebSocketProtocol) -> None:
    """Where Tornado is more lenient than RFC 6455, or fails: frames without a mask (5.1), reasons that are not UTF-8
    (5.5.1), and codes that may never travel, which it would answer with (7.4). A pong for which there is no room left
    is the end of a connection that reads nothing."""
    close, receive_frame, read_bytes = protocol.close, protocol._receive_frame, protocol._read_bytes
    at_head = False

    def close_rightly(code: int | None = None, reason: str | None = None) -> None:
        close(code if code is None or code in SPEAKABLE else PROTOCOL_ERROR, reason)

    async def receive_strictly() -> None:
        nonlocal at_head
        at_head = True
        try:
            await receive_frame()
        except ProtocolError as fault:
            close_rightly(fault.code, fault.reason)
            protocol._abort()
        except UnicodeDecodeError:
            close_rightly(NOT_UTF8, "The reason is not UTF-8")
            protocol._abort()
        except StreamBufferFullError:
            protocol._abort()

    async def read_strictly(size: int) -> bytes:
        nonlocal at_head
        data = await read_bytes(size)
        if at_head and not data[1] & MASKED:
            raise ProtocolError(PROTOCOL_ERROR, "A client masks its frames, and a server does not")
        at_head = False
        return data

    protocol.close, protocol._receive_frame, protocol._read_bytes = close_rightly, receive_strictly, read_strictly
