"""Frames without a socket: whatever is sent, in whatever pieces, is read again, and nothing else is taken for a frame.

What is read here was written by ``tests.wire.octets``, which shares no code with ``rooms/frames.py``.
"""

import sys
from itertools import cycle, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzler.rooms import frames
from quizzler.rooms.frames import ProtocolError, Reader
from tests.wire.octets import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame

MAX_SIZE = 200_000
MASK = b"\x37\xfa\x21\x3d"
# Where the length takes another form (RFC 6455, 5.2).
EDGES = [0, 1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537]
PROTOCOL_ERROR, NOT_UTF8, TOO_BIG = 1002, 1007, 1009

Heard = list[tuple[int, bytes]]

unhurried = settings(deadline=None)

masks = st.binary(min_size=4, max_size=4)
texts = st.text(max_size=40).map(str.encode) | st.sampled_from(EDGES).map(lambda size: b"*" * size)
binaries = st.binary(max_size=40) | st.sampled_from(EDGES).map(lambda size: b"\xfe" * size)
messages = st.tuples(st.just(TEXT), texts) | st.tuples(st.just(BINARY), binaries)
controls = st.tuples(st.sampled_from([PING, PONG, CLOSE]), st.binary(max_size=125))
chunk_sizes = st.lists(st.integers(1, 9) | st.integers(10, 70_000), min_size=1, max_size=5)


@st.composite
def conversations(draw: st.DrawFn, masked: bool) -> tuple[bytes, Heard]:
    """The octets of some messages in fragments, with control frames in between, and what has to come of them."""
    octets: list[bytes] = []
    heard: Heard = []

    def write(frame: Frame) -> None:
        octets.append(frame.encoded(draw(masks) if masked else b""))

    def interrupt() -> None:
        for opcode, payload in draw(st.lists(controls, max_size=2)):
            write(Frame(opcode, payload))
            heard.append((opcode, payload))

    for opcode, payload in draw(st.lists(messages, min_size=1, max_size=3)):
        cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=4)))
        for number, (start, end) in enumerate(pairwise([0, *cuts, len(payload)])):
            interrupt()
            write(Frame(CONTINUATION if number else opcode, payload[start:end], fin=number == len(cuts)))
        heard.append((opcode, payload))
    interrupt()
    return b"".join(octets), heard


def in_chunks(octets: bytes, sizes: list[int]) -> list[bytes]:
    chunks, start = [], 0
    for size in cycle(sizes):
        if start >= len(octets):
            return chunks
        chunks.append(octets[start : start + size])
        start += size


def outcome(reader: Reader, chunks: list[bytes]) -> tuple[Heard, int | None]:
    """What was heard, and the code of the fault behind it if there was one. Nothing but ``ProtocolError`` is caught."""
    heard: Heard = []
    try:
        for chunk in chunks:
            heard.extend(reader.feed(chunk))
    except ProtocolError as fault:
        return heard, fault.code
    return heard, None


def read(octets: bytes, *, masked: bool = True, max_size: int = MAX_SIZE) -> tuple[Heard, int | None]:
    return outcome(Reader(max_size, masked=masked), [octets])


@pytest.mark.parametrize("masked", [True, False])
@given(data=st.data())
@settings(unhurried, max_examples=200)
def test_any_conversation_is_read_as_it_was_meant(masked, data):
    octets, heard = data.draw(conversations(masked))
    reader = Reader(MAX_SIZE, masked=masked)
    assert outcome(reader, in_chunks(octets, data.draw(chunk_sizes))) == (heard, None)
    assert reader.idle


@pytest.mark.parametrize("size", EDGES)
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("step", [1, 3, 1_000_000])
def test_every_form_of_the_length(size, masked, step):
    octets = Frame(BINARY, b"\xfe" * size).encoded(MASK if masked else b"")
    reader = Reader(size, masked=masked)
    for chunk in in_chunks(octets[:-1], [step]):
        assert list(reader.feed(chunk)) == []
        assert not reader.idle
    assert list(reader.feed(octets[-1:])) == [(BINARY, b"\xfe" * size)]
    assert reader.idle


@given(message=messages | controls, mask=masks)
@unhurried
def test_what_is_written_is_what_the_standard_says(message, mask):
    opcode, payload = message
    assert frames.frame(opcode, payload) == Frame(opcode, payload, mask=b"").encoded(b"")
    assert frames.masked_frame(opcode, payload, mask) == Frame(opcode, payload, mask=mask).encoded(b"")
    assert frames.unmasked(frames.unmasked(payload, mask), mask) == payload
    assert read(frames.frame(opcode, payload), masked=False) == ([message], None)
    assert read(frames.masked_frame(opcode, payload, mask)) == ([message], None)


# One short text as a phone sends it, and everything that is nearly that.
nearly_texts = st.builds(
    lambda frame, mask, before, after, cut: (before + frame.encoded(mask) + after)[: -cut or None],
    st.builds(
        Frame,
        opcode=st.just(TEXT) | st.integers(0, 15),
        payload=st.text(max_size=130).map(str.encode) | st.binary(max_size=130) | st.integers(123, 130).map(bytes),
        fin=st.just(True) | st.booleans(),
        rsv=st.just(0) | st.integers(0, 7),
        mask=st.none() | st.just(b""),
    ),
    masks,
    *[st.just(b"") | st.binary(max_size=3)] * 2,
    st.just(0) | st.integers(0, 12),
)


@given(nearly_texts | st.binary(max_size=140))
@settings(unhurried, max_examples=1000)
def test_the_short_cut_agrees_with_the_reader(data):
    """It does not look whether the text is UTF-8: that is left to whoever decodes it."""
    payload = frames.whole_text(data)
    if payload is not None:
        assert read(data) in (([(TEXT, payload)], None), ([], NOT_UTF8))
        assert read(data) == ([(TEXT, payload)], None) or not is_utf8(payload)


@given(texts, masks)
@unhurried
def test_the_short_cut_is_taken_for_every_short_text(payload, mask):
    data = Frame(TEXT, payload).encoded(mask)
    assert frames.whole_text(data) == (payload if len(payload) <= 125 else None)


@pytest.mark.parametrize("size", [125, 126, 127, 128])
def test_the_short_cut_is_not_misled_by_a_length(size):
    """Behind a head that says something else there are as many bytes as would fit."""
    for first in range(256):
        for second in range(256):
            data = bytes((first, second)) + MASK + b"*" * size
            right = first == 0x81 and second == 0x80 | size and size <= 125
            assert (frames.whole_text(data) is not None) == right


def is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


# Mostly frames, some of them wrong, so that more than the first two bytes is looked at.
wild_frames = st.builds(
    Frame,
    opcode=st.sampled_from([CONTINUATION, TEXT, TEXT, BINARY, PING, CLOSE]) | st.integers(0, 15),
    payload=st.text(max_size=9).map(str.encode) | st.binary(max_size=9) | st.sampled_from(EDGES[:7]).map(bytes),
    fin=st.booleans(),
    rsv=st.just(0) | st.integers(0, 7),
    mask=st.none() | st.just(b""),
)
wild_octets = st.lists(wild_frames.map(lambda frame: frame.encoded(MASK)) | st.binary(max_size=20), max_size=6)


@given(wild_octets.map(b"".join), st.booleans(), chunk_sizes, st.sampled_from([0, 10, 100, MAX_SIZE]))
@settings(unhurried, max_examples=1000)
def test_any_octets_are_read_or_refused(octets, masked, sizes, max_size):
    """And it makes no difference in which pieces they come."""
    heard, code = outcome(Reader(max_size, masked=masked), in_chunks(octets, sizes))
    assert code in (None, PROTOCOL_ERROR, NOT_UTF8, TOO_BIG)
    assert (heard, code) == read(octets, masked=masked, max_size=max_size)
    for opcode, payload in heard:
        assert len(payload) <= (125 if opcode >= CLOSE else max_size)
        assert opcode != TEXT or is_utf8(payload)


BEGUN = Frame(TEXT, b"a", fin=False)


@pytest.mark.parametrize(
    ("sent", "heard", "code"),
    [
        ([Frame(TEXT, rsv=1)], [], PROTOCOL_ERROR),
        ([Frame(TEXT, rsv=4)], [], PROTOCOL_ERROR),
        ([Frame(3)], [], PROTOCOL_ERROR),
        ([Frame(11)], [], PROTOCOL_ERROR),
        ([Frame(TEXT, mask=b"")], [], PROTOCOL_ERROR),
        ([Frame(PING, fin=False)], [], PROTOCOL_ERROR),
        ([Frame(PING, bytes(126))], [], PROTOCOL_ERROR),
        ([Frame(CONTINUATION)], [], PROTOCOL_ERROR),
        ([BEGUN, Frame(TEXT)], [], PROTOCOL_ERROR),
        ([BEGUN, Frame(PING, b"b"), Frame(BINARY)], [(PING, b"b")], PROTOCOL_ERROR),
        ([Frame(TEXT, b"a"), Frame(TEXT, b"b", rsv=2), Frame(TEXT, b"c")], [(TEXT, b"a")], PROTOCOL_ERROR),
        ([Frame(TEXT, b"\xff")], [], NOT_UTF8),
        ([Frame(TEXT, b"\xc3")], [], NOT_UTF8),
        ([BEGUN, Frame(CONTINUATION, b"\xc3", fin=False), Frame(CONTINUATION)], [], NOT_UTF8),
        ([BEGUN, Frame(CONTINUATION, b"\xff", fin=False)], [], NOT_UTF8),
        ([Frame(TEXT, b"\xc3", fin=False), Frame(BINARY, b"\xa4")], [], PROTOCOL_ERROR),
        ([Frame(BINARY, b"\xff"), Frame(TEXT, b"\xff")], [(BINARY, b"\xff")], NOT_UTF8),
    ],
)
def test_what_is_refused(sent, heard, code):
    assert read(b"".join(frame.encoded(MASK) for frame in sent)) == (heard, code)


@pytest.mark.parametrize("head", ["fe 00 00", "fe 00 7d", "ff 00 00 00 00 00 00 ff ff", "ff 80 00 00 00 00 00 00 00"])
def test_a_length_that_is_not_in_its_shortest_form_is_refused(head):
    """RFC 6455, 5.2: as few bytes as it needs, and the first bit of 64 is 0."""
    assert read(b"\x81" + bytes.fromhex(head)) == ([], PROTOCOL_ERROR)


def test_a_server_that_masks_is_refused():
    assert read(Frame(TEXT, b"a").encoded(MASK), masked=False) == ([], PROTOCOL_ERROR)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize(
    ("head", "size"),
    [
        ("fd", 125),
        ("fe 00 7e", 126),
        ("fe ff ff", 65535),
        ("ff 00 00 00 00 00 01 00 00", 65536),
        ("ff 7f" + "ff" * 7, 1),
    ],
)
def test_a_message_that_is_too_long_is_refused_by_its_head(opcode, head, size):
    octets = bytes((0x80 | opcode,)) + bytes.fromhex(head)
    assert read(octets, max_size=size - 1) == ([], TOO_BIG)


@pytest.mark.parametrize("masked", [True, False])
def test_fragments_count_together(masked):
    mask = MASK if masked else b""
    begun = Frame(BINARY, bytes(60), fin=False).encoded(mask)
    assert read(begun + Frame(CONTINUATION, bytes(40)).encoded(mask), masked=masked, max_size=100) == (
        [(BINARY, bytes(100))],
        None,
    )
    too_long = Frame(CONTINUATION, bytes(41), fin=False).encoded(mask)
    assert read(begun + too_long[:2], masked=masked, max_size=100) == ([], TOO_BIG)


def test_the_limit_is_for_messages():
    ping = Frame(PING, bytes(125)).encoded(MASK)
    assert read(ping, max_size=0) == ([(PING, bytes(125))], None)
    sent = Frame(BINARY, bytes(9), fin=False).encoded(MASK) + ping + Frame(CONTINUATION, bytes(1)).encoded(MASK)
    assert read(sent, max_size=10) == ([(PING, bytes(125)), (BINARY, bytes(10))], None)


def held(reader: Reader) -> int:
    """Bytes of memory."""
    return sum(sys.getsizeof(getattr(reader, name)) for name in Reader.__slots__)


def test_empty_fragments_do_not_gather():
    reader = Reader(MAX_SIZE, masked=True)
    list(reader.feed(BEGUN.encoded(MASK)))
    before = held(reader)
    thousand = Frame(CONTINUATION, fin=False).encoded(MASK) * 1000
    for _ in range(1000):
        assert list(reader.feed(thousand)) == []
        assert not reader.idle
        assert held(reader) < before + 256
    assert list(reader.feed(Frame(CONTINUATION, b"b").encoded(MASK))) == [(TEXT, b"ab")]


@given(st.lists(st.integers(0, 400), min_size=20), st.integers(1, 50))
@unhurried
def test_no_more_than_a_message_and_a_head_is_held(sizes, step):
    """However its fragments are cut, and however little of the last one is there."""
    max_size, head = 1000, 14
    octets = b"".join(Frame(CONTINUATION, bytes(size), fin=False).encoded(MASK) for size in sizes)
    reader = Reader(max_size, masked=True)
    list(reader.feed(Frame(BINARY, fin=False).encoded(MASK)))
    empty = held(reader)
    try:
        for chunk in in_chunks(octets, [step]):
            assert list(reader.feed(chunk)) == []
            # A bytearray takes an eighth more than it needs.
            assert held(reader) <= empty + (max_size + head + step) * 9 // 8 + 32
    except ProtocolError as fault:
        assert fault.code == TOO_BIG and sum(sizes) > max_size


reasons = st.text(max_size=9) | st.text(min_size=1, max_size=9).map(lambda text: text * 124)


@given(reasons, st.sampled_from([1000, 4999]))
@unhurried
def test_a_reason_is_cut_between_characters(reason, code):
    said = frames.close_frame(code, reason)
    [(opcode, payload)], fault = read(said, masked=False)
    assert (opcode, fault) == (CLOSE, None)
    code_read, reason_read = frames.close_reason(payload)
    assert code_read == code and reason.startswith(reason_read)
    longer = reason[: len(reason_read) + 1].encode()
    assert reason_read == reason or len(longer) > 123


@given(st.binary(max_size=9) | st.binary(max_size=9).map(lambda reason: b"\x03\xe8" + reason))
@unhurried
def test_any_close_is_understood_or_refused(payload):
    try:
        code, reason = frames.close_reason(payload)
    except ProtocolError as fault:
        assert fault.code in (PROTOCOL_ERROR, NOT_UTF8)
    else:
        assert payload == (b"" if code == 1005 else code.to_bytes(2, "big") + reason.encode())


def test_codes_that_may_be_said():
    """RFC 6455, 7.4, and the registry at IANA."""
    spoken = []
    for code in range(65536):
        try:
            spoken.append(frames.close_reason(code.to_bytes(2, "big"))[0])
        except ProtocolError as fault:
            assert fault.code == PROTOCOL_ERROR
    assert spoken == [1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)]
