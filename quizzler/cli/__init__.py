"""``quizzler <verb>``: one module per verb, each with ``add(verbs)`` and ``run(arguments)``."""

import argparse
import sys
from collections.abc import Sequence

from quizzler import __version__
from quizzler.cli import backup, dashboard, doctor, loadtest, migrate, proxy, restore, serve, systemd, user
from quizzler.cli.output import NobodyReads, standard_output
from quizzler.errors import QuizzlerError

FAILED = 2
# What a shell expects of a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130
# And of one whose reader has gone: 128 + SIGPIPE.
UNREAD = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0, or 1 for a verb's no; 2 with one sentence on standard error; 130 where Ctrl-C ended it before
    it was done, 141 where nobody reads its output any more."""
    try:
        with standard_output():
            return _run(arguments)
    except QuizzlerError as error:
        print(f"quizzler: {error.sentence}", file=sys.stderr)
        return FAILED
    except NobodyReads:
        return UNREAD
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="quizzler", description="A live quiz server for a full hall.")
    parser.add_argument("--version", action="version", version=f"quizzler {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="verb")
    for module in (serve, doctor, loadtest, migrate, user, backup, restore, systemd, proxy, dashboard):
        module.add(verbs)
    given = parser.parse_args(arguments)
    if given.verb is None:
        parser.print_help()
        return FAILED
    return given.run(given)
