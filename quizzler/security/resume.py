"""Resume tokens: what a player shows to be the same player again, in the room that gave it to them.

A token is the player's number in the room, a dot, and 96 random bits. While the game runs its journal has it; of a game
that is over only a fingerprint is kept, which tells nobody the token.
"""

import hashlib
import secrets

from quizzler.game.state import Player

_RANDOM_BYTES = 12
# Digits of a player's number: an integer of the database, whatever somebody made up.
_MOST_DIGITS = 9


def fresh(player_id: int) -> str:
    return f"{player_id}.{secrets.token_urlsafe(_RANDOM_BYTES)}"


def player_of(token: str) -> int | None:
    """Whose number stands in it; None where that is no resume token."""
    number = token.partition(".")[0]
    return int(number) if number.isdecimal() and len(number) <= _MOST_DIGITS else None


def is_of(token: str, player: Player) -> bool:
    return secrets.compare_digest(player.resume_token.encode(), _bytes(token))


def fingerprint(token: str) -> str:
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "replace")
