"""Names of players: what may stand on the wall of a hall, and when two are the same."""

import unicodedata

from quizzler.errors import Invalid

MAX_NAME = 20
# So much is looked at: normalizing takes time with the square of the length where all is combining marks.
_MAX_RAW = 20 * MAX_NAME
# On one letter; no script that people write has more. With twenty a name climbs over those above it.
_MAX_MARKS = 4

# Letters that are blank, though Unicode does not call them so: fillers of Hangul and of Khmer, the empty Braille cell.
_BLANK = [0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0]
# Those, marks that turn the writing of everything behind them, and letters that nobody can see. The joiners U+200C and
# U+200D stay: scripts and emoji need them.
_INVISIBLE = dict.fromkeys(
    [
        *_BLANK, 0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF,
        *range(0x202A, 0x202F), *range(0x2060, 0x2070),
    ]
)  # fmt: skip
# What only changes how the letter before it looks, or does not even do that.
_SELECTORS = dict.fromkeys([*_BLANK, 0x34F, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)])


def clean_name(raw: str) -> str:
    """The name as it is shown. Raises ``Invalid`` with the contract's sentences."""
    raw = raw.strip()
    if len(raw) > _MAX_RAW:
        raise Invalid("Username too long")
    visible = "".join(c for c in raw.translate(_INVISIBLE) if unicodedata.category(c) not in ("Cc", "Cs"))
    name = " ".join(_with_few_marks(visible).split())
    if not name or not name_key(name):
        raise Invalid("Username required")
    if len(name) > MAX_NAME:
        raise Invalid("Username too long")
    return name


def name_key(name: str) -> str:
    """Equal for names that people in one room could not tell apart: by case, width or invisible letters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).translate(_SELECTORS)
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") and not c.isspace())


def _with_few_marks(text: str) -> str:
    """Of more than ``_MAX_MARKS`` combining marks in a row only the first ones."""
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)
