"""Section 9: large messages, whole, in fragments and in chops, and a thousand small ones one after the other."""

from tests.wire.octets import BINARY, TEXT, Filled, Fragments, Frame
from tests.wire.script import Case, RoundTrips, send

KIB, MIB = 1024, 1024 * 1024
TEXT_PATTERN = b"BAsd7&jh23"
BINARY_PATTERN = b"\x00\xfe\x23\xfa\xf0"
SIZES = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB]
FRAGMENTED = 4 * MIB
FRAGMENT_SIZES = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB]
CHOPPED = MIB
CHOP_SIZES = [64, 128, 256, 512, KIB, 2 * KIB]
ROUND_TRIPS = 1000
ROUND_TRIP_SIZES = [0, 16, 64, 256, KIB, 4 * KIB]


def whole(section: str, kind: str, opcode: int, pattern: bytes) -> list[Case]:
    return [
        Case(
            f"{section}.{place}",
            f"{kind} of {size // KIB} KiB",
            (send(Frame(opcode, Filled(pattern, size))),),
            heard=((opcode, Filled(pattern, size)),),
        )
        for place, size in enumerate(SIZES, 1)
    ]


def in_fragments(section: str, kind: str, opcode: int, pattern: bytes) -> list[Case]:
    message = Filled(pattern, FRAGMENTED)
    return [
        Case(
            f"{section}.{place}",
            f"{kind} of 4 MiB in fragments of {size} bytes",
            (send(Frame(opcode, message) if size == FRAGMENTED else Fragments(opcode, message, size)),),
            heard=((opcode, message),),
        )
        for place, size in enumerate(FRAGMENT_SIZES, 1)
    ]


def in_chops(section: str, kind: str, opcode: int, pattern: bytes) -> list[Case]:
    message = Filled(pattern, CHOPPED)
    return [
        Case(
            f"{section}.{place}",
            f"{kind} of 1 MiB in chops of {size} bytes",
            (send(Frame(opcode, message), chop=size),),
            heard=((opcode, message),),
        )
        for place, size in enumerate(CHOP_SIZES, 1)
    ]


def round_trips(section: str, kind: str, opcode: int, pattern: bytes) -> list[Case]:
    return [
        Case(
            f"{section}.{place}",
            f"{ROUND_TRIPS} round trips, {kind.lower()} of {size} bytes",
            (RoundTrips(Frame(opcode, Filled(pattern, size)), ROUND_TRIPS),),
            heard=((opcode, Filled(pattern, size)),) * ROUND_TRIPS,
        )
        for place, size in enumerate(ROUND_TRIP_SIZES, 1)
    ]


CASES = [
    *whole("9.1", "Text", TEXT, TEXT_PATTERN),
    *whole("9.2", "Binary", BINARY, BINARY_PATTERN),
    *in_fragments("9.3", "Text", TEXT, b"*"),
    *in_fragments("9.4", "Binary", BINARY, b"\xfe"),
    *in_chops("9.5", "Text", TEXT, TEXT_PATTERN),
    *in_chops("9.6", "Binary", BINARY, BINARY_PATTERN),
    *round_trips("9.7", "Text", TEXT, b"*"),
    *round_trips("9.8", "Binary", BINARY, b"\xfe"),
]
