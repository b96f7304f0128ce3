"""What a client reads when something is wrong, and msgspec's words about a body or a query in plainer ones."""

import re

from msgspec import Struct

from quizzler.errors import InvalidBody


class Problem(Struct):
    """Every error but 422: ``detail`` is a sentence for a person."""

    detail: str


class FieldProblem(Struct):
    """``loc`` is where, from ``body`` or ``query`` inwards; ``type`` is a word for machines."""

    loc: list[str | int]
    msg: str
    type: str


class FieldProblems(Struct):
    """422: what came in has the wrong shape, and this is where."""

    detail: list[FieldProblem]


class RowProblem(Struct):
    """``row`` counts from 1, as a spreadsheet does; ``message`` says what is wrong."""

    row: int
    message: str


class RowProblems(Struct):
    """A file was not taken: these are all of its bad rows; the first of them are in ``detail``."""

    detail: str
    rows: list[RowProblem]


_ERROR_AT = re.compile(r"(?P<sentence>.*?)(?: - at (?:`key` in )?`\$(?P<path>.*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>\d+)\]|\[(?P<any>\.\.\.)\]")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`")
_EXPECTED = re.compile(r"Expected `(?P<kinds>[^`]+)`, got `(?P<given>\w+)`")
_LENGTH = re.compile(r"Expected `(?P<kind>\w+)` of length (?P<way>[<>]=|==) (?P<bound>\S+)")
_BOUND = re.compile(r"Expected `\w+` (?P<way>[<>]=?) (?P<bound>\S+)")
_KINDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false",
    "array": "a list", "object": "an object", "null": "empty",
}  # fmt: skip
_WAYS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than", "==": "exactly"}
_COUNTED = {"str": ("character", "characters"), "array": ("entry", "entries"), "object": ("entry", "entries")}


def from_msgspec(said: str, part: str) -> InvalidBody:
    """msgspec's words, such as "Expected `str`, got `int` - at `$.questions[3].option_a`", as the contract's.
    ``part`` is ``body`` or ``query``."""
    found = _ERROR_AT.fullmatch(said)
    field: tuple[str | int, ...] = tuple(
        int(step["index"]) if step["index"] else step["name"] or step["any"]
        for step in _STEP.finditer(found["path"] or "")
    )
    if missing := _MISSING.fullmatch(found["sentence"]):
        return InvalidBody("Field required", (*field, missing["name"]), "missing", part=part)
    sentence, kind = _in_words(found["sentence"])
    return InvalidBody(sentence, field, kind, part=part)


def _in_words(said: str) -> tuple[str, str]:
    """A sentence for a person and a word for machines."""
    if found := _EXPECTED.fullmatch(said):
        kinds = [kind for kind in found["kinds"].split(" | ") if kind != "null"] or ["null"]
        wanted = " or ".join(_KINDS.get(kind, kind) for kind in kinds)
        given = "a fraction" if found["given"] == "float" else _KINDS.get(found["given"], found["given"])
        return f"This has to be {wanted}, not {given}", f"{kinds[0]}_type"
    if found := _LENGTH.fullmatch(said):
        one, many = _COUNTED[found["kind"]]
        counted = one if found["bound"] == "1" else many
        return f"This has {_WAYS[found['way']]} {found['bound']} {counted}", "length"
    if found := _BOUND.fullmatch(said):
        return f"This has to be {_WAYS[found['way']]} {found['bound']}", "range"
    if said.startswith("Invalid enum value"):
        return "This is not one of the possible values", "enum"
    if said.startswith("Expected `str` matching regex"):
        return "This is not written in the right way", "pattern"
    return said.replace("`", ""), "value_error"
