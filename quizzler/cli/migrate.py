"""``quizzler migrate``: brings the database up to this version and ends."""

import argparse
import asyncio

from quizzler.cli import common
from quizzler.store.migrate import migrate
from quizzler.store.pool import connect


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("migrate", help="bring the database up to this version (serve does it too)")
    common.add_settings(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    with common.postgres(common.settings(given)) as postgres:
        applied = asyncio.run(apply(postgres.url))
    print("Applied: " + ", ".join(applied) if applied else "The database is up to date")
    return 0


async def apply(url: str) -> list[str]:
    """The names of the migrations that were applied."""
    database = await connect(url, size=2)
    try:
        return await migrate(database)
    finally:
        await database.close()
