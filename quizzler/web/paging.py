"""Lists that come in pages."""

from typing import Annotated

from msgspec import Meta, Struct

MAX_LIMIT = 500


class Page(Struct):
    """``cursor`` is what the page before gave as ``next_cursor``; without one the list begins."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] = 50
    cursor: str | None = None
