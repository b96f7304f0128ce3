"""``quizzler backup FILE``: everything that is stored, in one file, while the server runs or not."""

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from quizzler.cli import common
from quizzler.errors import Invalid
from quizzler.store import backup

STDOUT = "-"
DESCRIPTION = """Writes accounts, quizzes, results and games, also those that are running, into one file. It works while
the server runs. The secret that signs tokens is not in it: where it is restored, people sign in again."""


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("backup", help="write everything that is stored into a file", description=DESCRIPTION)
    parser.add_argument("file", metavar="FILE", help="a file that is not there yet, or - for standard output")
    parser.add_argument("--force", action="store_true", help="overwrite the file")
    common.add_settings(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    settings = common.settings(given)
    with destination(given.file, force=given.force) as file:
        with common.postgres(settings, shared=True) as postgres:
            backup.back_up(postgres.url, postgres.tools, file)
    if given.file != STDOUT:
        print(f"Everything is in {given.file}. To have it back: quizzler restore {given.file}")
    return 0


@contextlib.contextmanager
def destination(name: str, *, force: bool) -> Iterator[IO[bytes]]:
    """A file that has its name when it is whole, and is read by its owner alone. Raises ``Invalid``."""
    if name == STDOUT:
        if sys.stdout.isatty():
            raise Invalid("A backup is not for reading: give a file, or send the output into one")
        yield sys.stdout.buffer
        return
    path = Path(name)
    _check_new(path, force)
    try:
        descriptor, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            os.fsync(file.fileno())
        _check_new(path, force)
        os.replace(unfinished, path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _check_new(path: Path, force: bool) -> None:
    if path.is_dir():
        raise Invalid(f"{path} is a folder")
    if path.exists() and not force:
        raise Invalid(f"{path} is there already: choose another name, or --force")
