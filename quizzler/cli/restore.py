"""``quizzler restore FILE``: what ``quizzler backup`` wrote, into an empty database."""

import argparse
import asyncio
from pathlib import Path

from quizzler.cli import common, migrate
from quizzler.errors import Invalid
from quizzler.store import backup

DESCRIPTION = """Brings back what quizzler backup has written, all of it or nothing, and prepares it for this version.
No server may be running on the database. Who was signed in signs in again, unless JWT_SECRET_KEY is still the same."""


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("restore", help="bring back what backup has written", description=DESCRIPTION)
    parser.add_argument("file", metavar="FILE", type=Path, help="the backup")
    parser.add_argument("--force", action="store_true", help="replace everything that is in the database")
    common.add_settings(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    settings = common.settings(given)
    try:
        file = given.file.open("rb")
    except OSError as error:
        raise Invalid(f"{given.file} cannot be read: {error.strerror}") from None
    with file, common.postgres(settings) as postgres:
        tools = postgres.tools
        backup.check(file, tools)
        backup.check_free(postgres.url, force=given.force)
        backup.restore(postgres.url, tools, file)
        applied = asyncio.run(migrate.apply(postgres.url))
    newer = f" It was of an earlier version; applied: {', '.join(applied)}." if applied else ""
    print(f"Everything that was in {given.file} is back.{newer}")
    return 0
