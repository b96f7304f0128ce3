"""WebSocket frames without a socket (RFC 6455): bytes in, messages out; messages in, bytes out.

A server reads masked frames and writes plain ones, a client the other way round. ``Reader`` keeps the protocol to
the letter: fragments with control frames in between, masks, reserved bits, lengths, UTF-8, close codes. It never
holds more than one message and one frame's head.
"""

import codecs
import struct
from collections.abc import Iterator

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

# RFC 6455, 7.4.1, and the registry that it founded.
NORMAL, PROTOCOL_ERROR, NOT_UTF8, POLICY, TOO_BIG, RESTARTING = 1000, 1002, 1007, 1008, 1009, 1012
NO_CODE = 1005
# Codes that an endpoint may say; 1004 to 1006 and 1015 never travel.
SPEAKABLE = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})

_FIN, _RESERVED, _OPCODE, MASKED, _LENGTH = 0x80, 0x70, 0x0F, 0x80, 0x7F
# RFC 6455, 5.5: a control frame is never longer, and two bytes of a close frame are its code.
MAX_CONTROL = 125
MAX_REASON = MAX_CONTROL - 2


class ProtocolError(Exception):
    """The other side broke the protocol; ``code`` and ``reason`` are what it is to be told at the close."""

    def __init__(self, code: int, reason: str):
        super().__init__(reason)
        self.code = code
        self.reason = reason


def frame(opcode: int, payload: bytes) -> bytes:
    """One plain, unfragmented frame (RFC 6455, 5.2), as a server writes it."""
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", _FIN | opcode, length) + payload
    if length < 65536:
        return struct.pack("!BBH", _FIN | opcode, 126, length) + payload
    return struct.pack("!BBQ", _FIN | opcode, 127, length) + payload


def text_frame(payload: bytes) -> bytes:
    return frame(TEXT, payload)


def close_frame(code: int, reason: str) -> bytes:
    """``reason`` is cut, between two characters, to what a control frame holds."""
    return frame(CLOSE, struct.pack("!H", code) + fitting(reason).encode())


def fitting(reason: str) -> str:
    """As much of the reason as a close frame holds."""
    return reason.encode(errors="replace")[:MAX_REASON].decode(errors="ignore")


def masked_frame(opcode: int, payload: bytes, mask: bytes) -> bytes:
    """One unfragmented frame as a client writes it, with a mask of 4 bytes that nobody can guess."""
    plain = frame(opcode, payload)
    start = len(plain) - len(payload)
    return bytes((plain[0], plain[1] | MASKED)) + plain[2:start] + mask + unmasked(payload, mask)


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """RFC 6455, 5.3; masking and unmasking are the same. Two long integers, because bytes know no XOR."""
    length = len(payload)
    key = int.from_bytes((mask * (length // 4 + 1))[:length], "little")
    return (int.from_bytes(payload, "little") ^ key).to_bytes(length, "little")


def whole_text(data: bytes) -> bytes | None:
    """The payload, where the data is just one short text frame of a client, as nearly everything is that a phone
    sends; None where it is anything else. It saves a ``Reader`` for each connection. Whether it is UTF-8 is not looked at."""
    length = len(data) - 6
    if length < 0 or data[0] != _FIN | TEXT or data[1] != MASKED | length or length > MAX_CONTROL:
        return None
    return unmasked(data[6:], data[2:6])


def close_reason(payload: bytes) -> tuple[int, str]:
    """What a close frame says: its code (``NO_CODE`` where it has none) and reason. Raises ``ProtocolError``."""
    if not payload:
        return NO_CODE, ""
    if len(payload) == 1:
        raise ProtocolError(PROTOCOL_ERROR, "A close code has two bytes")
    code = int.from_bytes(payload[:2], "big")
    if code not in SPEAKABLE:
        raise ProtocolError(PROTOCOL_ERROR, "That close code means nothing")
    try:
        return code, payload[2:].decode()
    except UnicodeDecodeError:
        raise ProtocolError(NOT_UTF8, "The reason is not UTF-8") from None


class Reader:
    """One side's frames. ``masked`` is whether they have to be (a client's) or must not be (a server's);
    ``max_size`` is the longest message in bytes."""

    __slots__ = ("_buffer", "_decoder", "_masked", "_max_size", "_message", "_opcode")

    def __init__(self, max_size: int, *, masked: bool):
        self._max_size = max_size
        self._masked = masked
        self._buffer = bytearray()
        self._opcode: int | None = None
        self._message = bytearray()
        self._decoder: codecs.IncrementalDecoder | None = None

    @property
    def idle(self) -> bool:
        """Nothing is under way: a new reader would do as well."""
        return not self._buffer and self._opcode is None

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The opcodes and payloads of messages and control frames that are complete now; a text is valid UTF-8. It
        takes the data as it is gone through, so go through it.

        Raises ``ProtocolError`` behind those that came before the fault; then the connection is to be closed.
        """
        self._buffer += data
        while (found := self._next_frame()) is not None:
            final, opcode, payload = found
            if opcode >= CLOSE:
                yield opcode, payload
            elif (message := self._add(final, opcode, payload)) is not None:
                yield message

    def _next_frame(self) -> tuple[bool, int, bytes] | None:
        """Takes the first frame out of the buffer, if it is all there."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        self._check_head(first, second)
        length, start = second & _LENGTH, 2
        if length == 126:
            start = 4
        elif length == 127:
            start = 10
        if len(buffer) < start:
            return None
        if start > 2:
            length = int.from_bytes(buffer[2:start], "big")
            if length < (126 if start == 4 else 65536) or length >> 63:
                raise ProtocolError(PROTOCOL_ERROR, "A length is written in as few bytes as it needs")
        if first & _OPCODE < CLOSE and len(self._message) + length > self._max_size:
            raise ProtocolError(TOO_BIG, "That message is too long")
        body = start + 4 if self._masked else start
        if len(buffer) < body + length:
            return None
        payload = bytes(buffer[body : body + length])
        if self._masked:
            payload = unmasked(payload, bytes(buffer[start:body]))
        del buffer[: body + length]
        return bool(first & _FIN), first & _OPCODE, payload

    def _check_head(self, first: int, second: int) -> None:
        opcode = first & _OPCODE
        if first & _RESERVED:
            raise ProtocolError(PROTOCOL_ERROR, "Reserved bits are set")
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise ProtocolError(PROTOCOL_ERROR, "That kind of frame does not exist")
        if bool(second & MASKED) != self._masked:
            raise ProtocolError(PROTOCOL_ERROR, "A client masks its frames, and a server does not")
        if opcode >= CLOSE:
            if not first & _FIN or second & _LENGTH > MAX_CONTROL:
                raise ProtocolError(PROTOCOL_ERROR, "A control frame is short and in one piece")
        elif (opcode == CONTINUATION) != (self._opcode is not None):
            raise ProtocolError(PROTOCOL_ERROR, "A message is fragmented in the wrong order")

    def _add(self, final: bool, opcode: int, payload: bytes) -> tuple[int, bytes] | None:
        """Another piece of a message, or all of it; returns the message that is complete with it."""
        if opcode != CONTINUATION:
            self._opcode = opcode
            if opcode == TEXT:
                self._decoder = codecs.getincrementaldecoder("utf-8")()
        if self._decoder is not None:
            try:
                self._decoder.decode(payload, final)  # what cannot become UTF-8 any more is refused at once
            except UnicodeDecodeError:
                raise ProtocolError(NOT_UTF8, "That is not UTF-8") from None
        self._message += payload
        if not final:
            return None
        message = self._opcode, bytes(self._message)
        self._opcode, self._decoder, self._message = None, None, bytearray()
        return message
