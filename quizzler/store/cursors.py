"""Where the next page of a list begins: the last row's place in the list's order, opaque to clients.

A place is a tuple of values; its type says what a cursor of that list holds.
"""

import base64
from typing import Any, TypeVar

import msgspec

from quizzler.errors import Invalid

Place = TypeVar("Place", bound=tuple)


def write(place: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def read(cursor: str, kind: type[Place]) -> Place:
    """Raises ``Invalid`` for one that did not come from this list."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=kind)
    except (ValueError, msgspec.DecodeError):
        raise Invalid("That is not a cursor of this list") from None
