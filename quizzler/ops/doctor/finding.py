"""What a check has found."""

import os
import ssl
from enum import StrEnum

from msgspec import Struct
from tornado.httpclient import HTTPError

# Tornado's code for a request that no server has answered.
NO_ANSWER = 599


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


def reason(error: Exception) -> str:
    """Why something did not work, for a person: without numbers, addresses and lines of somebody's source."""
    if isinstance(error, HTTPError) and error.code == NO_ANSWER and error.message:
        return error.message
    if isinstance(error, TimeoutError):
        return "no answer came in time"
    if isinstance(error, ssl.SSLError):
        return "what answers there does not speak TLS as it should"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    if isinstance(error, OSError) and error.strerror:  # of looking a name up, which has numbers of its own
        return error.strerror
    return str(error) or type(error).__name__
