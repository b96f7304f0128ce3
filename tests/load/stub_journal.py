"""``quizzler`` with a journal that stores nothing: what is left is the cost of everything else.

python -m tests.load.stub_journal serve --port 8001
"""

import sys

from quizzler import app
from quizzler.cli import main
from quizzler.rooms.journal import Entry, Journal


class StubJournal(Journal):
    def append(self, entry: Entry) -> None:
        self._held.append(entry)
        entry.written = True
        self._release()


app.Journal = StubJournal

if __name__ == "__main__":
    sys.exit(main())
