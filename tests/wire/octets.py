"""What a client can say, right or wrong, and the octets of it (RFC 6455, 5)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


@dataclass(frozen=True)
class Filled:
    """A long payload, made when it is needed: the pattern over and over, cut to this size."""

    pattern: bytes
    size: int

    def __bytes__(self) -> bytes:
        return (self.pattern * (self.size // len(self.pattern) + 1))[: self.size]


Payload = bytes | Filled


@dataclass(frozen=True)
class Frame:
    """Any frame, also one that does not exist. ``mask`` is 4 bytes, or none for a plain frame; None is a fresh one."""

    opcode: int
    payload: Payload = b""
    fin: bool = True
    rsv: int = 0
    mask: bytes | None = None

    def frames(self) -> Iterator["Frame"]:
        yield self

    def encoded(self, fresh_mask: bytes) -> bytes:
        payload = bytes(self.payload)
        mask = fresh_mask if self.mask is None else self.mask
        length, masked = len(payload), 0x80 if mask else 0
        head = struct.pack("!B", self.fin << 7 | self.rsv << 4 | self.opcode)
        if length > 65535:
            head += struct.pack("!BQ", masked | 127, length)
        elif length > 125:
            head += struct.pack("!BH", masked | 126, length)
        else:
            head += struct.pack("!B", masked | length)
        return head + mask + (_masked(payload, mask) if mask else payload)


@dataclass(frozen=True)
class Close:
    """The client's own close: from here on it is the one who closes. A bare ``Frame(CLOSE)`` is just octets."""

    code: int | None = None
    reason: bytes = b""

    def frames(self) -> Iterator[Frame]:
        yield Frame(CLOSE, (b"" if self.code is None else struct.pack("!H", self.code)) + self.reason)


@dataclass(frozen=True)
class Fragments:
    """A message in fragments of this size. Where they fill the message exactly, an empty one ends it."""

    opcode: int
    payload: Payload
    size: int

    def frames(self) -> Iterator[Frame]:
        payload = bytes(self.payload)
        for start in range(0, len(payload) + 1, self.size):
            end = start + self.size
            yield Frame(CONTINUATION if start else self.opcode, payload[start:end], fin=end > len(payload))


Item = bytes | Frame | Close | Fragments

_TRANSLATIONS = [bytes(byte ^ key for byte in range(256)) for key in range(256)]


def _masked(payload: bytes, mask: bytes) -> bytes:
    """Every fourth byte has the same key byte, and bytes know how to be translated."""
    masked = bytearray(len(payload))
    for place, key in enumerate(mask):
        masked[place::4] = payload[place::4].translate(_TRANSLATIONS[key])
    return bytes(masked)
