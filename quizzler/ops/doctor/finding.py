"""What a check has found."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """``WEAK`` works, and should be mended; ``UNKNOWN`` could not be found out from here."""

    WELL = "✓"
    WEAK = "!"
    BROKEN = "✗"
    UNKNOWN = "–"


class Finding(Struct, frozen=True):
    """A sentence on what there is, and for what is to be mended another one on how."""

    level: Level
    subject: str
    what: str
    how: str = ""

    @property
    def is_to_be_mended(self) -> bool:
        return self.level in (Level.WEAK, Level.BROKEN)
