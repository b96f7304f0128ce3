"""``quizzler backup FILE``: everything that is stored, in one file, while the server runs or not."""

import argparse
import contextlib
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from quizzler.cli import common
from quizzler.cli.signals import give_up, on_first_stop_signal
from quizzler.errors import Invalid
from quizzler.ops.terminal import printable
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
    on_first_stop_signal(give_up)  # what is unfinished is a copy of everything: it must not be left over
    with destination(given.file, force=given.force) as file:
        with common.postgres(settings, shared=True) as postgres:
            backup.back_up(postgres.url, postgres.tools, file)
    if given.file != STDOUT:
        name = printable(given.file)
        print(f"Everything is in {name}. To have it back: quizzler restore {name}")
    return 0


@contextlib.contextmanager
def destination(name: str, *, force: bool) -> Iterator[IO[bytes]]:
    """A file that has its name when it is whole, and is read by its owner alone. Raises ``Invalid``."""
    if name == STDOUT:
        if sys.stdout is None:
            raise Invalid("Standard output is closed: send it into a file, or give one")
        if sys.stdout.isatty():
            raise Invalid("A backup is not for reading: give a file, or send the output into one")
        yield sys.stdout.buffer
        return
    with _explained(name):
        unfinished = _target(name, force).with_name(f".quizzler-backup-{secrets.token_hex(8)}")
    try:
        with _explained(name):
            file = open(unfinished, "xb", opener=lambda path, flags: os.open(path, flags, 0o600))
        with file:
            yield file
            with _explained(name):
                os.fsync(file.fileno())
        with _explained(name):
            os.replace(unfinished, _target(name, force))
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()


def _target(name: str, force: bool) -> Path:
    """The file itself, where the name is a link to it. Only a file is replaced: a device or a pipe is somebody's way
    to something else. Raises ``Invalid`` and ``OSError``."""
    try:
        mode = os.stat(name).st_mode
    except FileNotFoundError:
        return Path(os.path.realpath(name))
    if stat.S_ISDIR(mode):
        raise Invalid(f"{name} is a folder")
    if not stat.S_ISREG(mode):
        raise Invalid(f"{name} is no file that can be replaced: quizzler backup - > {name} writes into it")
    if not force:
        raise Invalid(f"{name} is there already: choose another name, or --force")
    return Path(os.path.realpath(name))


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Invalid(f"{name} cannot be written: {error.strerror}") from None
