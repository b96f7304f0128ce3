"""What the OpenAPI document says of a field beyond its type.

The rules themselves are in ``check_text`` and its like, which have a sentence for each; here is the same in JSON
Schema's words. Schemathesis holds the two together in the tests.
"""

from msgspec import Meta

from quizzler.game.questions import (
    MAX_EXPLANATION,
    MAX_OPTION,
    MAX_OPTIONS,
    MAX_TEXT,
    MAX_TIME_LIMIT,
    MIN_OPTIONS,
    MIN_TIME_LIMIT,
)

# What Python strips. Not \s: regular expressions of different languages disagree on it.
BLANK = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
STORABLE = r"^[^\x00]*$"
_STORABLE_AND_NOT_BLANK = rf"^[^\x00]*[^\x00{BLANK}][^\x00]*$"


def text(longest: int, example: str) -> Meta:
    """Not blank, and without the character NUL."""
    return Meta(examples=[example], extra_json_schema={"maxLength": longest, "pattern": _STORABLE_AND_NOT_BLANK})


def optional_text(longest: int) -> Meta:
    return Meta(extra_json_schema={"maxLength": longest, "pattern": STORABLE})


def number(least: float, most: float) -> Meta:
    return Meta(extra_json_schema={"minimum": least, "maximum": most})


def at_most(entries: int) -> Meta:
    return Meta(extra_json_schema={"maxItems": entries})


QUESTION_TEXT = text(MAX_TEXT, "Where is Oslo?")
OPTION = text(MAX_OPTION, "Norway")
OPTIONAL_OPTION = optional_text(MAX_OPTION)
EXPLANATION = optional_text(MAX_EXPLANATION)
TIME_LIMIT = number(MIN_TIME_LIMIT, MAX_TIME_LIMIT)
OPTIONS = Meta(extra_json_schema={"minItems": MIN_OPTIONS, "maxItems": MAX_OPTIONS, "uniqueItems": True})
INDEX = number(0, MAX_OPTIONS - 1)
# A question in one of its two views: the general one, or the wire contract's.
EITHER_VIEW = Meta(
    extra_json_schema={
        "anyOf": [
            {
                "required": ["options", "correct_answer"],
                "properties": {"options": {"type": "array"}, "correct_answer": {"type": "integer"}},
            },
            {
                "required": ["option_a", "option_b", "correct_option"],
                "properties": {
                    "options": {"type": "null"},
                    "option_a": {"type": "string", **OPTION.extra_json_schema},
                    "option_b": {"type": "string", **OPTION.extra_json_schema},
                    "correct_option": {"type": "string"},
                },
            },
        ]
    }
)
TIME = Meta(extra_json_schema={"anyOf": [{"format": "date-time"}, {"maxLength": 0}]})
