"""Standard output, as a file, a pipe or a terminal of any kind takes it."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator

from quizzler.errors import QuizzlerError

# For terminals that have no more than their own alphabet.
PLAIN = str.maketrans({"✓": "+", "✗": "x", "–": "-", "→": ">", "…": "..."})


class OutputLost(QuizzlerError):
    """It cannot be written."""


class NobodyReads(Exception):
    """Whoever read it has enough: a pipe is closed."""


class Output(io.TextIOWrapper):
    """Says of its own failures that they are, and shows what the encoding has no sign for by another one."""

    def write(self, text: str) -> int:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            text = text.translate(PLAIN)
        with _failures():
            return super().write(text)

    def flush(self) -> None:
        with _failures():
            super().flush()


@contextlib.contextmanager
def standard_output() -> Iterator[None]:
    """``print`` and all else that writes there raises ``OutputLost`` or ``NobodyReads`` where it cannot; all of it is
    written at the end."""
    given = sys.stdout
    if given is None:  # closed by whoever started this
        yield
        return
    given.flush()
    ours = Output(
        given.buffer,
        encoding=given.encoding,
        errors="replace",
        line_buffering=given.line_buffering,
        write_through=given.write_through,
    )
    sys.stdout = ours
    try:
        try:
            yield
        finally:
            ours.flush()
    except (OutputLost, NobodyReads):
        # Else Python would try once more at its end, and complain.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, given.fileno())
        os.close(nowhere)
        raise
    finally:
        sys.stdout = given
        ours.detach()


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise NobodyReads from None
    except OSError as error:
        raise OutputLost(f"The output cannot be written: {error.strerror}") from None
