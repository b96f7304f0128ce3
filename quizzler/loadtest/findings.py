"""What was not as it should be, counted by kind."""

from msgspec import Struct

# Kinds, the gravest first.
ROOM = "room not opened"
JOIN = "not joined"
HOST_LOST = "host lost"
LOST = "player lost"
ERROR = "error"
MISSING = "missing"
REFUSED = "answer refused"
WRONG = "wrong"
TWICE = "twice"
MISHEARD = "not understood"
KINDS = (ROOM, JOIN, HOST_LOST, LOST, ERROR, MISSING, REFUSED, WRONG, TWICE, MISHEARD)


class Finding(Struct):
    """``what`` is a message's type, a figure or the server's own sentence; ``first`` is where it was met first."""

    kind: str
    what: str
    first: str
    count: int = 0


class Findings:
    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Finding] = {}

    def add(self, kind: str, what: str, first: str) -> None:
        self._found.setdefault((kind, what), Finding(kind, what, first)).count += 1

    def listed(self) -> list[Finding]:
        """The gravest kind first, in each the most frequent."""
        return sorted(self._found.values(), key=lambda found: (KINDS.index(found.kind), -found.count))
