"""Sections 1 to 5 and 10: frames, pings, reserved bits, opcodes, fragments."""

from tests.wire.octets import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Close, Filled, Fragments, Frame
from tests.wire.script import NORMAL, REFUSED, Case, Step, Until, pong, send, text

HELLO = b"Hello, world!"
NOT_TEXT = bytes.fromhex("00 ff fe fd fc fb 00 ff")
RESERVED = b"reserved opcode payload"
ASKED = b"ping payload"


def messages() -> list[Case]:
    cases = []
    for section, kind, opcode, filling in (("1.1", "Text", TEXT, b"*"), ("1.2", "Binary", BINARY, b"\xfe")):
        sizes = [(0, None), (125, None), (126, None), (127, None), (128, None), (65535, None), (65536, None)]
        for place, (size, chop) in enumerate([*sizes, (65536, 997)], 1):
            payload = Filled(filling, size)
            title = f"{kind} of {size} bytes" + (f" in chops of {chop}" if chop else "")
            steps = (send(Frame(opcode, payload), chop=chop),)
            cases.append(Case(f"{section}.{place}", title, steps, heard=((opcode, payload),)))
    return cases


TEN_PINGS = [b"payload-%d" % number for number in range(10)]
UNSOLICITED = Frame(PONG, b"unsolicited pong payload")

PINGS = [
    Case("2.1", "Ping without payload", (send(Frame(PING)),), heard=(pong(b""),)),
    Case("2.2", "Ping with a short text", (send(Frame(PING, HELLO)),), heard=(pong(HELLO),)),
    Case("2.3", "Ping with what is not UTF-8", (send(Frame(PING, NOT_TEXT)),), heard=(pong(NOT_TEXT),)),
    Case("2.4", "Ping of 125 bytes", (send(Frame(PING, b"\xfe" * 125)),), heard=(pong(b"\xfe" * 125),)),
    Case("2.5", "Ping of 126 bytes, one too many", (send(Frame(PING, b"\xfe" * 126)),), ending=REFUSED),
    Case("2.6", "Ping of 125, byte by byte", (send(Frame(PING, b"\xfe" * 125), chop=1),), heard=(pong(b"\xfe" * 125),)),
    Case("2.7", "Pong that nobody asked for, without payload", (send(Frame(PONG), Close(NORMAL)),)),
    Case("2.8", "Pong that nobody asked for, with payload", (send(UNSOLICITED, Close(NORMAL)),)),
    Case("2.9", "Such a pong, then a ping", (send(UNSOLICITED, Frame(PING, ASKED)),), heard=(pong(ASKED),)),
    Case("2.10", "Ten pings", (send(*(Frame(PING, ping) for ping in TEN_PINGS)),), heard=tuple(map(pong, TEN_PINGS))),
    Case(
        "2.11",
        "Ten pings, byte by byte",
        (send(*(Frame(PING, ping) for ping in TEN_PINGS), chop=1),),
        heard=tuple(map(pong, TEN_PINGS)),
    ),
]


def faulty(number: str, title: str, *frames: Frame) -> Case:
    """The first frame is at fault already."""
    return Case(number, title, (send(*frames),), ending=REFUSED)


def faulty_behind_text(number: str, title: str, *steps: Step) -> Case:
    """A text comes back; what follows it is at fault, and the ping behind that is not answered any more. Where the
    fault is seen before the echo has left, that does too."""
    return Case(number, title, steps, heard=(text(HELLO),), non_strict=(), ending=REFUSED)


GREETING = Frame(TEXT, HELLO)

RESERVED_BITS = [
    faulty("3.1", "Text with RSV = 1", Frame(TEXT, HELLO, rsv=1)),
    faulty_behind_text("3.2", "Text, text with RSV = 2, ping", send(GREETING, Frame(TEXT, HELLO, rsv=2), Frame(PING))),
    faulty_behind_text(
        "3.3",
        "Text, text with RSV = 3, ping, frame by frame",
        send(GREETING),
        send(Frame(TEXT, HELLO, rsv=3)),
        send(Frame(PING)),
    ),
    faulty_behind_text(
        "3.4",
        "Text, text with RSV = 4, ping, byte by byte",
        send(GREETING, Frame(TEXT, HELLO, rsv=4), Frame(PING), chop=1),
    ),
    faulty("3.5", "Binary with RSV = 5", Frame(BINARY, NOT_TEXT, rsv=5)),
    # The list calls it a ping, and sends this.
    faulty("3.6", "Binary with RSV = 6", Frame(BINARY, HELLO, rsv=6)),
    faulty("3.7", "Close with RSV = 7", Frame(CLOSE, rsv=7)),
]

OPCODES = [
    faulty("4.1.1", "Opcode 3", Frame(3)),
    faulty("4.1.2", "Opcode 4 with payload", Frame(4, RESERVED)),
    faulty_behind_text("4.1.3", "Text, opcode 5, ping", send(GREETING, Frame(5), Frame(PING))),
    faulty_behind_text("4.1.4", "Text, opcode 6 with payload, ping", send(GREETING, Frame(6, HELLO), Frame(PING))),
    faulty_behind_text(
        "4.1.5", "Text, opcode 7 with payload, ping, byte by byte", send(GREETING, Frame(7, HELLO), Frame(PING), chop=1)
    ),
    faulty("4.2.1", "Control opcode 11", Frame(11)),
    faulty("4.2.2", "Control opcode 12 with payload", Frame(12, RESERVED)),
    faulty_behind_text("4.2.3", "Text, control opcode 13, ping", send(GREETING, Frame(13), Frame(PING))),
    faulty_behind_text(
        "4.2.4", "Text, control opcode 14 with payload, ping", send(GREETING, Frame(14, HELLO), Frame(PING))
    ),
    faulty_behind_text(
        "4.2.5",
        "Text, control opcode 15 with payload, ping, byte by byte",
        send(GREETING, Frame(15, HELLO), Frame(PING), chop=1),
    ),
]

ONE, TWO, THREE, FOUR, FIVE = (b"fragment%d" % number for number in range(1, 6))
PIECES = (Frame(TEXT, ONE, fin=False), Frame(CONTINUATION, TWO))
WITH_PING = (PIECES[0], Frame(PING, ASKED), PIECES[1])
# What continues nothing, and the text behind it that is not to be echoed.
LOST = Frame(CONTINUATION, b"non-continuation payload")
LOST_AND_GOES_ON = Frame(CONTINUATION, b"non-continuation payload", fin=False)

# Everything is right here: two pings among five fragments, the first answered before the message is complete.
LONG_BEGINNING = (PIECES[0], Frame(CONTINUATION, TWO, fin=False), Frame(PING, b"pongme 1!"))
LONG_END = (
    Frame(CONTINUATION, THREE, fin=False),
    Frame(CONTINUATION, FOUR, fin=False),
    Frame(PING, b"pongme 2!"),
    Frame(CONTINUATION, FIVE),
)
LONG_HEARD = (pong(b"pongme 1!"), pong(b"pongme 2!"), text(ONE + TWO + THREE + FOUR + FIVE))


def each(*frames: Frame) -> tuple[Step, ...]:
    return tuple(send(frame) for frame in frames)


def refused(number: str, title: str, *steps: Step) -> Case:
    return Case(number, title, steps, ending=REFUSED)


FRAGMENTS = [
    refused("5.1", "Ping in two fragments", send(Frame(PING, ONE, fin=False), Frame(CONTINUATION, TWO))),
    refused("5.2", "Pong in two fragments", send(Frame(PONG, ONE, fin=False), Frame(CONTINUATION, TWO))),
    Case("5.3", "Text in two fragments", (send(*PIECES),), heard=(text(ONE + TWO),)),
    Case("5.4", "Text in two fragments, frame by frame", each(*PIECES), heard=(text(ONE + TWO),)),
    Case("5.5", "Text in two fragments, byte by byte", (send(*PIECES, chop=1),), heard=(text(ONE + TWO),)),
    Case("5.6", "A ping between two fragments", (send(*WITH_PING),), heard=(pong(ASKED), text(ONE + TWO))),
    Case(
        "5.7",
        "A ping between two fragments, frame by frame",
        each(*WITH_PING),
        heard=(pong(ASKED), text(ONE + TWO)),
    ),
    Case(
        "5.8",
        "A ping between two fragments, byte by byte",
        (send(*WITH_PING, chop=1),),
        heard=(pong(ASKED), text(ONE + TWO)),
    ),
    refused("5.9", "A last fragment of nothing, then text", send(LOST, GREETING)),
    refused("5.10", "A last fragment of nothing, then text, frame by frame", *each(LOST, GREETING)),
    refused("5.11", "A last fragment of nothing, then text, byte by byte", send(LOST, GREETING, chop=1)),
    refused("5.12", "A fragment of nothing, then text", send(LOST_AND_GOES_ON, GREETING)),
    refused("5.13", "A fragment of nothing, then text, frame by frame", *each(LOST_AND_GOES_ON, GREETING)),
    refused("5.14", "A fragment of nothing, then text, byte by byte", send(LOST_AND_GOES_ON, GREETING, chop=1)),
    Case(
        "5.15",
        "Text in two fragments, a fragment of nothing, text",
        (send(*PIECES, Frame(CONTINUATION, THREE, fin=False), Frame(TEXT, FOUR)),),
        heard=(text(ONE + TWO),),
        non_strict=(),
        ending=REFUSED,
    ),
    refused(
        "5.16",
        "Twice: a fragment of nothing, text in two fragments",
        send(*(Frame(CONTINUATION, ONE, fin=False), Frame(TEXT, TWO, fin=False), Frame(CONTINUATION, THREE)) * 2),
    ),
    refused(
        "5.17",
        "Twice: a last fragment of nothing, text in two fragments",
        send(*(Frame(CONTINUATION, ONE), Frame(TEXT, TWO, fin=False), Frame(CONTINUATION, THREE)) * 2),
    ),
    refused("5.18", "Two fragments that are both called text", send(PIECES[0], Frame(TEXT, TWO))),
    Case(
        "5.19",
        "Two pings among five fragments",
        (send(*LONG_BEGINNING), Until(1), send(*LONG_END)),
        heard=LONG_HEARD,
    ),
    Case(
        "5.20",
        "Two pings among five fragments, frame by frame",
        (*each(*LONG_BEGINNING), Until(1), *each(*LONG_END)),
        heard=LONG_HEARD,
    ),
]

LONG = Filled(b"*", 65536)

MISCELLANEOUS = [
    Case("10.1.1", "65536 bytes in fragments of 1300", (send(Fragments(TEXT, LONG, 1300)),), heard=(text(LONG),)),
]

CASES = [*messages(), *PINGS, *RESERVED_BITS, *OPCODES, *FRAGMENTS, *MISCELLANEOUS]
