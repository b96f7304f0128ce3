"""Section 7: how a connection is closed, and what a close frame may hold."""

from dataclasses import replace

from tests.wire.cases_utf8 import WITH_SURROGATE
from tests.wire.octets import CLOSE, CONTINUATION, PING, TEXT, Close, Filled, Frame
from tests.wire.script import CLEAN, NORMAL, NOT_UTF8, PROTOCOL_ERROR, Case, Ending, send, text

HELLO = b"Hello World!"
LONG = Filled(b"BAsd7&jh23", 256 * 1024)
# The client closes, but wrongly: the server says so, or just goes.
REBUKED = Ending(by_client=True, codes=frozenset({PROTOCOL_ERROR}), clean=False)
VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
INVALID_CODES = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]
# What becomes of these the standard leaves open.
UNDEFINED_CODES = [5000, 65535]

BEHAVIOUR = [
    Case("7.1.1", "A message, then a close", (send(Frame(TEXT, HELLO)),), heard=(text(HELLO),)),
    Case("7.1.2", "Two closes", (send(Close(NORMAL), Frame(CLOSE)),)),
    Case("7.1.3", "A close, then a ping", (send(Close(NORMAL), Frame(PING)),)),
    Case("7.1.4", "A close, then a message", (send(Close(NORMAL), Frame(TEXT, HELLO)),)),
    Case(
        "7.1.5",
        "A close between two fragments",
        (send(Frame(TEXT, b"fragment1", fin=False), Close(NORMAL), Frame(CONTINUATION, b"fragment2")),),
    ),
    Case(
        "7.1.6",
        "256 KiB, a message, a close, a ping",
        (send(Frame(TEXT, LONG), Frame(TEXT, HELLO), Close(NORMAL), Frame(PING)),),
        heard=(text(LONG), text(HELLO)),
        informational=True,
    ),
]

PAYLOADS = [
    Case("7.3.1", "A close without a code", (send(Close()),)),
    Case("7.3.2", "A close with half a code", (send(Close(reason=b"a")),), ending=REBUKED),
    Case("7.3.3", "A close with a code", (send(Close(NORMAL)),)),
    Case("7.3.4", "A close with a code and a reason", (send(Close(NORMAL, HELLO)),)),
    Case("7.3.5", "A close with the longest reason", (send(Close(NORMAL, b"*" * 123)),)),
    Case("7.3.6", "A close with a reason that is too long", (send(Close(NORMAL, b"*" * 124)),), ending=REBUKED),
    Case(
        "7.5.1",
        "A close with a reason that is not UTF-8",
        (send(Close(NORMAL, WITH_SURROGATE)),),
        ending=replace(REBUKED, codes=frozenset({PROTOCOL_ERROR, NOT_UTF8})),
    ),
]


def with_code(number: str, code: int, ending: Ending) -> Case:
    return Case(number, f"A close with code {code}", (send(Close(code)),), ending=ending)


CODES = [
    *(
        with_code(f"7.7.{place}", code, replace(CLEAN, codes=frozenset({NORMAL, code})))
        for place, code in enumerate(VALID_CODES, 1)
    ),
    *(with_code(f"7.9.{place}", code, REBUKED) for place, code in enumerate(INVALID_CODES, 1)),
    *(
        replace(with_code(f"7.13.{place}", code, REBUKED), informational=True)
        for place, code in enumerate(UNDEFINED_CODES, 1)
    ),
]

CASES = [*BEHAVIOUR, *PAYLOADS, *CODES]
