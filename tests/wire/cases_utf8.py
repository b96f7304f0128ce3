"""Section 6: text is UTF-8, and what is not is refused, at best at the first byte that spoils it.

From 6.5 on the texts are those of Markus Kuhn's "UTF-8 decoder capability and stress test".
"""

from tests.wire.octets import CONTINUATION, PING, TEXT, Fragments, Frame
from tests.wire.script import REFUSED_TEXT, Case, Pause, Until, pong, send, stayed, text

# Greek with a letter of three bytes (U+1F79, not U+03CC).
GREEK = "κ\u1f79σμε".encode()
MIXED = "Hello-µ@ßöäüàá-UTF-8!!".encode()
FIRST_HALF = "Hello-µ@ßöä".encode()
# A surrogate, and what would be U+110000.
SURROGATE = b"\xed\xa0\x80"
BEYOND = b"\xf4\x90\x80\x80"
WITH_SURROGATE = GREEK + SURROGATE + b"edited"
WITH_BEYOND = GREEK + BEYOND + b"edited"

VALID = [
    Case("6.1.1", "Text of no bytes", (send(Frame(TEXT)),), heard=(text(b""),)),
    Case(
        "6.1.2",
        "Three empty fragments",
        (send(Frame(TEXT, fin=False), Frame(CONTINUATION, fin=False), Frame(CONTINUATION)),),
        heard=(text(b""),),
    ),
    Case(
        "6.1.3",
        "Three fragments, the first and the last empty",
        (send(Frame(TEXT, fin=False), Frame(CONTINUATION, b"middle frame payload", fin=False), Frame(CONTINUATION)),),
        heard=(text(b"middle frame payload"),),
    ),
    Case("6.2.1", "Valid text", (send(Frame(TEXT, MIXED)),), heard=(text(MIXED),)),
    Case(
        "6.2.2",
        "Valid text, cut between two characters",
        (send(Frame(TEXT, FIRST_HALF, fin=False), Frame(CONTINUATION, MIXED[len(FIRST_HALF) :])),),
        heard=(text(MIXED),),
    ),
    Case("6.2.3", "Valid text in fragments of a byte", (send(Fragments(TEXT, MIXED, 1)),), heard=(text(MIXED),)),
    Case("6.2.4", "Valid Greek in fragments of a byte", (send(Fragments(TEXT, GREEK, 1)),), heard=(text(GREEK),)),
]


def fail_fast_in_fragments(number: str, title: str, cut: int, again: int) -> Case:
    """Three fragments, the second spoils the text. A ping behind the first is still answered; who answers the one
    behind the second as well has read on, and has to refuse the whole text at last."""
    first, second, third = WITH_BEYOND[:cut], WITH_BEYOND[cut:again], WITH_BEYOND[again:]
    return Case(
        number,
        title,
        (
            send(Frame(TEXT, first, fin=False), Frame(PING, b"A")),
            Until(1),
            send(Frame(CONTINUATION, second, fin=False), Frame(PING, b"B")),
            Until(2),
            send(Frame(CONTINUATION, third)),
        ),
        heard=(pong(b"A"),),
        non_strict=(pong(b"A"), pong(b"B")),
        ending=REFUSED_TEXT,
    )


def fail_fast_in_chops(number: str, title: str, cut: int, again: int) -> Case:
    """The same within one frame."""
    octets = Frame(TEXT, WITH_BEYOND).encoded(b"\x37\xfa\x21\x3d")
    head = len(octets) - len(WITH_BEYOND)
    return Case(
        number,
        title,
        (
            send(octets[: head + cut]),
            Pause(b"A", seconds=0.05),
            send(octets[head + cut : head + again]),
            Pause(b"B", seconds=0.5),
            send(octets[head + again :]),
        ),
        heard=(stayed(b"A"),),
        non_strict=(stayed(b"A"), stayed(b"B")),
        ending=REFUSED_TEXT,
    )


INVALID = [
    Case("6.3.1", "A surrogate", (send(Frame(TEXT, WITH_SURROGATE)),), ending=REFUSED_TEXT),
    Case(
        "6.3.2",
        "A surrogate, in fragments of a byte",
        (send(Fragments(TEXT, WITH_SURROGATE, 1)),),
        ending=REFUSED_TEXT,
    ),
    fail_fast_in_fragments("6.4.1", "Out of range in the second of three fragments", 11, 15),
    fail_fast_in_fragments("6.4.2", "Only the byte that spoils it in the second of three fragments", 12, 13),
    fail_fast_in_chops("6.4.3", "Out of range in the second of three chops", 11, 15),
    fail_fast_in_chops("6.4.4", "Only the byte that spoils it in the second of three chops", 12, 13),
]

# Where one character of the Greek text ends.
GREEK_ENDS = {2, 5, 7, 9, 11}
# From the shortest to the longest, each with its last continuation byte missing.
CUT_SHORT = [
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xf8\x80\x80\x80",
    b"\xfc\x80\x80\x80\x80",
    b"\xdf",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfb\xbf\xbf\xbf",
    b"\xfd\xbf\xbf\xbf\xbf",
]
# The first and the last byte but one that may begin a character of 2, 3, 4 bytes, or would one of 5 and 6.
LEADS = [(0xC0, 0xDE), (0xE0, 0xEE), (0xF0, 0xF6), (0xF8, 0xFA), (0xFC, 0xFC)]
SURROGATES = [b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf"]
LOW_SURROGATES = [b"\xed\xb0\x80", b"\xed\xbf\xbf"]
# U+FFFE and U+FFFF, and the last two of the sixteen planes behind.
NON_CHARACTERS = [0xFFFE, 0xFFFF, *(plane << 16 | last for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))]
SPECIALS = [0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF]

Texts = list[tuple[bool, bytes]]


def valid(*payloads: bytes) -> Texts:
    return [(True, payload) for payload in payloads]


def invalid(*payloads: bytes) -> Texts:
    return [(False, payload) for payload in payloads]


GROUPS: list[tuple[str, Texts]] = [
    (
        "Some valid text",
        valid(
            b"hello\x24world",
            b"hello\xc2\xa2world",
            b"hello\xe2\x82\xacworld",
            b"hello\xf0\xa4\xad\xa2world",
            GREEK,
        ),
    ),
    ("The beginnings of a text", [(end in GREEK_ENDS, GREEK[:end]) for end in range(1, len(GREEK) + 1)]),
    ("First of each length", valid(b"\x00", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80")),
    ("First of 5 and 6 bytes", invalid(b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80")),
    ("Last of each length", valid(b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf")),
    ("Last of 4, 5 and 6 bytes", invalid(b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf")),
    (
        "At a boundary",
        valid(b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xf4\x8f\xbf\xbf") + invalid(BEYOND),
    ),
    (
        "Continuation bytes",
        invalid(
            b"\x80",
            b"\xbf",
            *((b"\x80\xbf" * 3)[:length] for length in range(2, 7)),
            bytes(range(0x80, 0xBF)),
        ),
    ),
    (
        "First bytes, each with a space",
        invalid(*(b"".join(bytes((lead, 0x20)) for lead in range(low, high + 1)) for low, high in LEADS)),
    ),
    ("Without the last byte", invalid(*CUT_SHORT)),
    ("All of those in a row", invalid(b"".join(CUT_SHORT))),
    ("Impossible bytes", invalid(b"\xfe", b"\xff", b"\xfe\xfe\xff\xff")),
    (
        "Overlong slash",
        invalid(
            b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf"
        ),
    ),
    (
        "Longest that are overlong",
        invalid(
            b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xf8\x87\xbf\xbf\xbf", b"\xfc\x83\xbf\xbf\xbf\xbf"
        ),
    ),
    (
        "Overlong NUL",
        invalid(
            b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf8\x80\x80\x80\x80", b"\xfc\x80\x80\x80\x80\x80"
        ),
    ),
    ("A surrogate", invalid(*SURROGATES, b"\xed\xb0\x80", b"\xed\xbe\x80", b"\xed\xbf\xbf")),
    ("A pair of surrogates", invalid(*(high + low for high in SURROGATES for low in LOW_SURROGATES))),
    ("Code points that are no characters", valid(*(chr(code).encode() for code in NON_CHARACTERS))),
    ("Specials", valid(*(chr(code).encode() for code in SPECIALS))),
]


def whole_text(number: str, title: str, is_valid: bool, payload: bytes) -> Case:
    steps = (send(Frame(TEXT, payload)),)
    if is_valid:
        return Case(number, title, steps, heard=(text(payload),))
    return Case(number, title, steps, ending=REFUSED_TEXT)


STRESS = [
    whole_text(f"6.{section}.{place}", f"{title}: {payload.hex(' ')}", is_valid, payload)
    for section, (title, texts) in enumerate(GROUPS, 5)
    for place, (is_valid, payload) in enumerate(texts, 1)
]

CASES = [*VALID, *INVALID, *STRESS]
