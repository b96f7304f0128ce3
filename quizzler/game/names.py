"""Names of players: what may stand on the wall of a hall, and when two are the same."""

import unicodedata

from quizzler.errors import Invalid

MAX_NAME = 20

# Marks that turn the writing of everything behind them, and letters that nobody can see. The joiners
# U+200C and U+200D stay: scripts and emoji need them.
_INVISIBLE = dict.fromkeys([0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def clean_name(raw: str) -> str:
    """The name as it is shown. Raises ``Invalid`` with the contract's sentences."""
    visible = "".join(c for c in raw.translate(_INVISIBLE) if unicodedata.category(c) not in ("Cc", "Cs"))
    name = " ".join(visible.split())
    if not name or not name_key(name):
        raise Invalid("Username required")
    if len(name) > MAX_NAME:
        raise Invalid("Username too long")
    return name


def name_key(name: str) -> str:
    """Equal for names that people in one room could not tell apart: by case, width or invisible letters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") and not c.isspace())
