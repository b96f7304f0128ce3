"""What strangers send: values of every type that a message or a body should have, others that are nearly right, and
whatever else JSON and HTTP can carry. All of it comes from the server's own types and routes."""

import json
import re
import typing
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from msgspec import inspect as types
from tornado.routing import PathMatches
from tornado.web import Application

from quizzler.rooms import protocol
from quizzler.rooms.wire import MAX_MESSAGE_BYTES
from quizzler.web.api import operation_of
from quizzler.web.base import implemented_methods

Strategy = st.SearchStrategy

STRANGE_TEXTS = [
    "", " ", "\x00", "\ud800", "\udfff\ud800", "\u202e", "\u200b", "\ufdfa" * 20, "e" + "\u0301" * 200, "👩‍👩‍👧‍👦",
    "<script>alert(1)</script>", "' OR 1=1 --", "=cmd|' /C calc'!A0", "../../etc/passwd", "%s%n", "{{7*7}}", "null",
    "1e400", "NaN", "-0", "0x10", "1_000", "٣", "x" * 5_000, "\u2028", "\x7f", "\x1b[31m", "\r\nSet-Cookie: a=b",
]  # fmt: skip
STRANGE_NUMBERS = [
    0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**40, 10**400, 0.5, 1e308, float("nan"), float("inf"),
]  # fmt: skip

text = st.one_of(st.sampled_from(STRANGE_TEXTS), st.text(max_size=12))
scalar = st.one_of(st.none(), st.booleans(), st.sampled_from(STRANGE_NUMBERS), st.integers(), text)
anything = st.one_of(
    scalar, scalar, st.lists(scalar, max_size=3), st.dictionaries(text, scalar, max_size=3), st.just([[[[[]]]]])
)
deep = st.builds(
    lambda depth, kind: (kind[0] * depth + kind[1] * depth).encode(),
    st.sampled_from([10, 500, 5_000]),
    st.sampled_from([("[", "]"), ('{"a":', "}"), ("[", "")]),
)
raw = st.one_of(st.binary(max_size=40), text.map(lambda words: words.encode("utf-8", "surrogatepass")), deep)


def of_type(kind: types.Type) -> Strategy[Any]:
    """Mostly what the type says, now and then something else."""
    return st.one_of(*[_right(kind)] * 5, anything)


def _right(kind: types.Type) -> Strategy[Any]:
    match kind:
        case types.StructType():
            return struct(kind.cls)
        case types.UnionType():
            return st.one_of(*map(_right, kind.types))
        case types.ListType() | types.VarTupleType():
            return st.lists(of_type(kind.item_type), max_size=4)
        case types.DictType():
            return st.dictionaries(text, of_type(kind.value_type), max_size=3)
        case types.LiteralType():
            return st.sampled_from(kind.values)
        case types.EnumType():
            return st.sampled_from([member.value for member in kind.cls])
        case types.StrType():
            return st.one_of(st.text("abc déß", min_size=1, max_size=20), text)
        case types.IntType():
            return st.integers(-1, 6)
        case types.FloatType():
            return st.sampled_from([0.5, 1, 1.5, 20, 30])
        case types.BoolType():
            return st.booleans()
        case types.NoneType():
            return st.none()
        case types.DateTimeType():
            return st.sampled_from(["2030-01-01T00:00:00Z", "2020-01-01T00:00:00+02:00", "2030-13-01T00:00:00Z"])
    return anything


def struct(kind: type) -> Strategy[dict[str, Any]]:
    """An object of those fields; now and then one is missing, or there are others."""
    info = types.type_info(kind)
    fields = {field.encode_name: of_type(field.type) for field in info.fields}
    whole = st.fixed_dictionaries(
        {name: strategy for name, strategy in fields.items()}
        | ({info.tag_field: st.just(info.tag)} if info.tag else {})
    )
    return st.one_of(whole, whole, whole, st.builds(_without, whole, st.integers(0, 9)))


def _without(whole: dict[str, Any], place: int) -> dict[str, Any]:
    names = list(whole)
    return {name: value for name, value in whole.items() if names.index(name) != place} | {"more": [None]}


def as_json(value: Any) -> bytes:
    """Also of what is no JSON: NaN, and halves of a surrogate pair by their escapes."""
    return json.dumps(value).encode()


def messages(kinds: typing.Iterable[type]) -> Strategy[tuple[bool, bytes]]:
    """Whether it is a text, and its payload: what a WebSocket may carry as far as RFC 6455 is concerned."""
    typed = st.one_of(*(struct(kind).map(as_json) for kind in kinds))
    named = st.builds(
        lambda kind, more: as_json({"type": kind, **more}), text, st.dictionaries(text, anything, max_size=3)
    )
    wild = st.one_of(anything.map(as_json), raw.filter(_is_text))
    long = st.integers(0, MAX_MESSAGE_BYTES).map(lambda size: b'"' + b"a" * (size - 2) + b'"')
    texts = st.one_of(typed, typed, typed, typed, named, wild)
    return st.one_of(
        *[st.tuples(st.just(True), texts)] * 8, st.tuples(st.just(False), raw), st.tuples(st.just(True), long)
    )


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def host_messages() -> Strategy[tuple[bool, bytes]]:
    return messages(typing.get_args(protocol.FromHost))


def player_messages() -> Strategy[tuple[bool, bytes]]:
    return messages([protocol.Answer])


class Request(typing.NamedTuple):
    """``who`` is whose token it comes with."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    who: str


def requests(application: Application, known: list[str]) -> Strategy[Request]:
    """To every route that there is; ``known`` are ids and codes of things that there are."""
    routes = [rule for rule in application.wildcard_router.rules if isinstance(rule.matcher, PathMatches)]
    assert len(routes) > 30
    each = [_to(rule.target, rule.matcher.regex.pattern, known) for rule in routes]
    return st.one_of(*each, _anywhere(known))


def _to(handler: type, pattern: str, known: list[str]) -> Strategy[Request]:
    places = len(re.findall(r"\([^()]*\)", pattern))
    plain = re.sub(r"\\(.)", r"\1", pattern.removesuffix("$").removesuffix("/?"))
    part = st.one_of(
        st.sampled_from(known), st.sampled_from(known), text.map(_quoted), st.text("AZ09", min_size=1, max_size=12)
    )
    path = st.lists(part, min_size=places, max_size=places).map(lambda parts: _filled(plain, parts))
    methods = [method for method in implemented_methods(handler) if method != "OPTIONS"] or ["GET"]
    return st.sampled_from(methods).flatmap(lambda method: _of_method(handler, method, path))


def _filled(pattern: str, parts: list[str]) -> str:
    left = iter(parts)
    return re.sub(r"\([^()]*\)", lambda _: next(left), pattern)


def _quoted(words: str) -> str:
    return quote(words.encode("utf-8", "surrogatepass")) or "x"


def _of_method(handler: type, method: str, path: Strategy[str]) -> Strategy[Request]:
    marked = operation_of(getattr(handler, method.lower(), None))
    query = _query(marked.query if marked else None)
    json_body = struct(marked.body).map(as_json) if marked and marked.body else anything.map(as_json)
    body = st.one_of(json_body, json_body, json_body, json_body, raw)
    kind = st.sampled_from(
        ["application/json", "application/json", "text/plain", "multipart/form-data; boundary=x", "x\t/"]
    )
    if marked and marked.upload:
        body = st.one_of(*[raw.map(lambda content: _upload(marked.upload, content))] * 3, raw)
        kind = st.just("multipart/form-data; boundary=x")
    if method == "GET":
        body = st.one_of(st.just(b""), st.just(b""), body)
    headers = st.builds(lambda name: (("Content-Type", name),), kind)
    return st.builds(
        lambda where, asked, more, content, who: Request(method, where + asked, more, content, who),
        path, query, headers, body, st.sampled_from(["user", "user", "admin", "admin", "nobody", "forger"]),
    )  # fmt: skip


def _query(kind: type | None) -> Strategy[str]:
    names = list(kind.__struct_fields__) if kind else ["limit", "cursor", "a"]
    pairs = st.lists(
        st.tuples(st.sampled_from(names), st.one_of(text, st.integers().map(str)).map(_quoted)), max_size=3
    )
    return st.one_of(st.just(""), pairs.map(lambda given: "?" + "&".join(f"{name}={value}" for name, value in given)))


def _upload(name: str, content: bytes) -> bytes:
    header = b"question_text,option_a,option_b,option_c,option_d,correct_option\r\n"
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="a.csv"\r\n\r\n'.encode()
    return head + header + content + b"\r\n--x--\r\n"


def _anywhere(known: list[str]) -> Strategy[Request]:
    """Files, and addresses that there are none of, by any method."""
    path = st.one_of(
        text.map(lambda words: "/static/" + _quoted(words)),
        text.map(lambda words: "/" + _quoted(words)),
        st.sampled_from(known).map(lambda one: f"/quizzes/{one}/x"),
    )
    methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FROB"])
    return st.builds(Request, methods, path, st.just(()), raw, st.sampled_from(["user", "nobody"]))
