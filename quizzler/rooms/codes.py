"""Room codes: what people read off a wall and type, in either case."""

import secrets

LENGTH = 8
# A-Z and 0-9 without those that are taken for one another when read off a wall.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
# Codes of rooms that are closed, which are remembered: a day's on a busy server.
FORMER = 2_000


def fresh() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_code(text: str) -> bool:
    """Whether a room could have that code."""
    return len(text) == LENGTH and all(character in ALPHABET for character in text.upper())


class FormerCodes:
    """Those that rooms had not long ago."""

    def __init__(self) -> None:
        # The newest at the end.
        self._codes: dict[str, None] = {}

    def __contains__(self, code: str) -> bool:
        return code.upper() in self._codes

    def add(self, code: str) -> None:
        self._codes[code] = None
        if len(self._codes) > FORMER:
            del self._codes[next(iter(self._codes))]
