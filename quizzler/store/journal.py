"""The journal of running games: events in the order in which they happened."""

from collections.abc import Sequence
from itertools import groupby

import msgspec
import psycopg2

from quizzler.errors import Unavailable
from quizzler.game.events import AnyEvent, Event
from quizzler.store.pool import Database, primary_message
from quizzler.store.pool import Row as Record

Row = tuple[str, int, float, Event]

_encode = msgspec.json.Encoder().encode


async def append(database: Database, rows: Sequence[Row]) -> None:
    """Stores (game_id, seq, at, event) in one statement, so all of them or none.

    Writing a row again does nothing: after a lost connection nobody knows whether the commit was done.
    A full disk or a read-only database is ``Unavailable`` too: somebody can mend it, and then it goes on.
    """
    try:
        await database.execute(
            """INSERT INTO journal (game_id, seq, at, event)
               SELECT (row->>0)::uuid, (row->>1)::integer, (row->>2)::double precision, (row->3)::jsonb
                 FROM json_array_elements(%s::json) AS row
               ON CONFLICT DO NOTHING""",
            (_encode(rows).decode(),),
        )
    except psycopg2.Error as error:
        raise Unavailable(f"The journal cannot be written: {primary_message(error)}") from error


async def read_all(database: Database) -> list[tuple[str, list[Record]]]:
    """What is written of every unfinished game, by its id, each game's in order."""
    rows = await database.fetch("SELECT game_id, at, event FROM journal ORDER BY game_id, seq")
    return [(game_id, list(of_one)) for game_id, of_one in groupby(rows, key=lambda row: row["game_id"])]


def decoded(rows: Sequence[Record]) -> list[tuple[float, Event]]:
    """The events of a game with their times. Raises ``msgspec.ValidationError`` where this version knows one not."""
    return [(row["at"], msgspec.convert(row["event"], AnyEvent)) for row in rows]


async def mark_alive(database: Database, now: float) -> None:
    """``now`` in Unix seconds."""
    await database.execute(
        "INSERT INTO server_alive (at) VALUES (%s) ON CONFLICT (only_row) DO UPDATE SET at = excluded.at", (now,)
    )


async def alive_until(database: Database) -> float | None:
    """When the server before this one was last known to be there, Unix seconds."""
    row = await database.fetch_one("SELECT at FROM server_alive")
    return row and row["at"]
