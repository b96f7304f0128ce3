"""msgspec's words about what came in, as a person reads them."""

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from quizzler.web.problems import from_msgspec


class Inner(Struct):
    size: Annotated[int, Meta(gt=3)]


class Body(Struct):
    count: int | None = None
    part: float = 1
    word: Annotated[str, Meta(min_length=1, max_length=3)] = "x"
    shape: Annotated[str, Meta(pattern="^a")] = "a"
    inners: Annotated[list[Inner], Meta(max_length=1)] = []
    letters: dict[Annotated[str, Meta(max_length=2)], Literal["a", "b"]] = {}
    either: int | str | None = None


@pytest.mark.parametrize(
    ("text", "field", "sentence", "kind"),
    [
        ('{"count": "many"}', ("count",), "This has to be a whole number, not text", "int_type"),
        ('{"count": 1.5}', ("count",), "This has to be a whole number, not a fraction", "int_type"),
        ('{"part": []}', ("part",), "This has to be a number, not a list", "float_type"),
        ('{"part": 1e999}', ("part",), "Number out of range", "value_error"),
        ('{"either": {}}', ("either",), "This has to be a whole number or text, not an object", "int_type"),
        ('{"word": null}', ("word",), "This has to be text, not empty", "str_type"),
        ('{"word": "four"}', ("word",), "This has at most 3 characters", "length"),
        ('{"word": ""}', ("word",), "This has at least 1 character", "length"),
        ('{"shape": "b"}', ("shape",), "This is not written in the right way", "pattern"),
        ('{"inners": [{"size": 4}, {"size": 5}]}', ("inners",), "This has at most 1 entry", "length"),
        ('{"inners": [{"size": 3}]}', ("inners", 0, "size"), "This has to be at least 4", "range"),
        ('{"inners": [{}]}', ("inners", 0, "size"), "Field required", "missing"),
        ('{"letters": {"x": "c"}}', ("letters", "..."), "This is not one of the possible values", "enum"),
        ('{"letters": {"xyz": "a"}}', ("letters",), "This has at most 2 characters", "length"),
        ("5", (), "This has to be an object, not a whole number", "object_type"),
    ],
)
def test_words(text, field, sentence, kind):
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(text, type=Body, strict=False)
    problem = from_msgspec(str(refused.value), "body")
    assert (problem.field, problem.sentence, problem.kind, problem.part) == (field, sentence, kind, "body")
