"""``quizzler restore FILE``: what ``quizzler backup`` wrote, into an empty database."""

import argparse
import asyncio
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import IO

from quizzler.cli import common, migrate
from quizzler.cli.signals import give_up, on_first_stop_signal
from quizzler.errors import Invalid
from quizzler.ops.terminal import printable
from quizzler.store import backup

STDIN = "-"
DESCRIPTION = """Brings back what quizzler backup has written, all of it or nothing, and prepares it for this version.
No server may be running on the database. Who was signed in signs in again, unless JWT_SECRET_KEY is still the same."""


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("restore", help="bring back what backup has written", description=DESCRIPTION)
    parser.add_argument("file", metavar="FILE", help="the backup, or - for standard input")
    parser.add_argument("--force", action="store_true", help="replace everything that is in the database")
    common.add_settings(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    settings = common.settings(given)
    on_first_stop_signal(give_up)
    with source(given.file) as file, common.postgres(settings) as postgres:
        tools = postgres.tools
        backup.check(file, tools)
        with backup.cleared(postgres.url, force=given.force) as statements:
            backup.restore(postgres.url, tools, file, statements)
            applied = asyncio.run(migrate.apply(postgres.url))
    newer = f" It was of an earlier version; applied: {', '.join(applied)}." if applied else ""
    where = "the backup" if given.file == STDIN else printable(given.file)
    print(f"Everything that was in {where} is back.{newer}")
    return 0


@contextlib.contextmanager
def source(name: str) -> Iterator[IO[bytes]]:
    """A file that can be read several times: what comes through a pipe is put into one. Raises ``Invalid``."""
    if name == STDIN and (sys.stdin is None or sys.stdin.isatty()):
        raise Invalid("There is no backup on standard input: give a file, or send one in")
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open(sys.stdin.fileno() if name == STDIN else name, "rb", closefd=name != STDIN))
        except OSError as error:
            raise Invalid(f"{name} cannot be read: {error.strerror}") from None
        yield file if file.seekable() else _kept(file, stack)


def _kept(pipe: IO[bytes], stack: contextlib.ExitStack) -> IO[bytes]:
    try:
        file = stack.enter_context(tempfile.TemporaryFile())
        shutil.copyfileobj(pipe, file)
        file.flush()
    except OSError as error:
        folder = tempfile.gettempdir()
        raise Invalid(f"The backup cannot be kept in {folder}: {error.strerror}. TMPDIR names another folder") from None
    return file
