"""Games that ended: who played, what was asked, every answer with its points and seconds."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

import msgspec
import psycopg2
import ujson

from quizzler.errors import NotFound, Unavailable
from quizzler.game.game import Game
from quizzler.security import resume
from quizzler.store import cursors
from quizzler.store.pool import Database, primary_message

ROWS_AT_A_TIME = 2_000

_SUMMARY = """id AS game_id, room_code, quiz_title, started_at, ended_at, player_count, question_count"""


async def save(database: Database, game: Game) -> None:
    """Stores an ended game and empties its journal, in one transaction. Doing it again changes nothing.

    A game in which nothing was asked leaves no report. Raises ``Unavailable``.
    """
    game_id = game.setting.game_id
    try:
        async with database.transaction() as transaction:
            if game.rounds and await _save_summary(transaction, game):
                await _save_rows(transaction, "game_questions", game_id, _questions(game), _QUESTION_COLUMNS)
                await _save_rows(transaction, "game_players", game_id, _players(game), _PLAYER_COLUMNS)
                await _save_rows(transaction, "game_answers", game_id, _answers(game), _ANSWER_COLUMNS)
            await transaction.execute("DELETE FROM journal WHERE game_id = %s", (game_id,))
    except NotFound as error:
        raise Unavailable(f"A game cannot be stored: {error}") from error
    except psycopg2.Error as error:
        raise Unavailable(f"A game cannot be stored: {primary_message(error)}") from error


async def of_host(database: Database, host_id: str, limit: int, cursor: str | None) -> tuple[list[dict], str | None]:
    """A page of the host's games, newest first, and the cursor of the next page (None on the last).

    Raises ``Invalid`` for a cursor that did not come from here.
    """
    ended_at, game_id = cursors.read(cursor, tuple[datetime, UUID]) if cursor else ("infinity", UUID(int=2**128 - 1))
    games = await database.fetch(
        f"""SELECT {_SUMMARY} FROM games
             WHERE host_id = %s AND (ended_at, id) < (%s::timestamptz, %s::uuid)
             ORDER BY ended_at DESC, id DESC LIMIT %s""",
        (host_id, ended_at, str(game_id), limit + 1),
    )
    page = games[:limit]
    return page, cursors.write((page[-1]["ended_at"], page[-1]["game_id"])) if len(games) > limit else None


async def ending(database: Database, room_code: str, player_id: int, fingerprint: str) -> dict | None:
    """How a game in a room of that code ended for the player with that resume token's fingerprint: ``name``, ``score``,
    ``rank``, ``player_count``, ``quiz_title``, and the ``podium``'s places with ``rank``, ``name`` and ``score``."""
    async with database.transaction() as transaction:
        found = await transaction.fetch_one(
            """SELECT id AS game_id, quiz_title, player_count, name, score, rank
                 FROM games JOIN game_players ON game_id = id
                WHERE room_code = %s AND player_id = %s AND resume_fingerprint = %s""",
            (room_code, player_id, fingerprint),
        )
        if found is not None:
            found["podium"] = await transaction.fetch(
                """SELECT rank, name, score FROM game_players WHERE game_id = %s ORDER BY rank, player_id LIMIT 3""",
                (found.pop("game_id"),),
            )
    return found


async def by_id(database: Database, game_id: str) -> dict | None:
    """The whole report: the summary with ``host_id``, ``players`` and ``questions`` with their answers."""
    async with database.transaction() as transaction:
        game = await transaction.fetch_one(f"SELECT {_SUMMARY}, host_id FROM games WHERE id = %s", (game_id,))
        if game is None:
            return None
        game["players"] = await transaction.fetch(
            """SELECT player_id::text AS player_id, name, score, rank FROM game_players
                WHERE game_id = %s ORDER BY rank, game_players.player_id""",
            (game_id,),
        )
        game["questions"] = await transaction.fetch(
            """SELECT question_index, kind, text AS question, body, time_limit, asked_at
                 FROM game_questions WHERE game_id = %s ORDER BY question_index""",
            (game_id,),
        )
        answers = await transaction.fetch(
            """SELECT question_index, player_id::text AS player_id, answer AS option, correct, points, seconds
                 FROM game_answers WHERE game_id = %s ORDER BY question_index, seconds""",
            (game_id,),
        )
    for question in game["questions"]:
        body = question.pop("body")
        question.update(options=body["options"], correct_answer=body["correct"], answers=[])
    for answer in answers:
        game["questions"][answer.pop("question_index")]["answers"].append(answer)
    return game


_QUESTION_COLUMNS = "question_index integer, text text, kind text, body jsonb, time_limit float8, asked_at timestamptz"
_PLAYER_COLUMNS = "player_id integer, name text, score integer, rank integer, resume_fingerprint text"
_ANSWER_COLUMNS = (
    "question_index integer, player_id integer, answer jsonb, correct boolean, points integer, seconds float8"
)


async def _save_summary(transaction: Database, game: Game) -> bool:
    """False where the game is stored already."""
    setting = game.setting
    return 0 < await transaction.execute(
        """INSERT INTO games (id, host_id, quiz_id, quiz_title, room_code, started_at, ended_at,
                              player_count, question_count)
           VALUES (%s, (SELECT id FROM users WHERE id = %s), (SELECT id FROM quizzes WHERE id = %s),
                   %s, %s, %s, %s, %s, %s)
           ON CONFLICT DO NOTHING""",
        (
            setting.game_id,
            setting.host_id,
            setting.quiz_id,
            setting.quiz_title,
            setting.room_code,
            _moment(game.opened_at),
            _moment(game.ended_at),
            len(game.players),
            len(game.rounds),
        ),
    )


async def _save_rows(transaction: Database, table: str, game_id: str, rows: Iterable[dict], columns: str) -> None:
    """Some at a time: a game of thousands must not hold up those that are going on."""
    names = ", ".join(column.split()[0] for column in columns.split(", "))
    sql = (
        f"INSERT INTO {table} (game_id, {names}) SELECT %s, {names} FROM json_to_recordset(%s::json) AS row({columns})"
    )
    rest = iter(rows)
    while some := list(islice(rest, ROWS_AT_A_TIME)):
        await transaction.execute(sql, (game_id, ujson.dumps(some, ensure_ascii=False)))


def _questions(game: Game) -> Iterable[dict]:
    for asked in game.rounds:
        yield {
            "question_index": asked.index,
            "text": asked.question.text,
            "kind": asked.question.body.kind,
            "body": msgspec.to_builtins(asked.question.body),
            "time_limit": asked.question.time_limit,
            "asked_at": _moment(asked.asked_at).isoformat(),
        }


def _players(game: Game) -> Iterable[dict]:
    for rank, player_id in game.standings.ranked():
        player = game.players[player_id]
        yield {
            "player_id": player.player_id,
            "name": player.name,
            "score": player.score,
            "rank": rank,
            "resume_fingerprint": resume.fingerprint(player.resume_token),
        }


def _answers(game: Game) -> Iterable[dict]:
    for asked in game.rounds:
        for player_id, answer in asked.answers.items():
            yield {
                "question_index": asked.index,
                "player_id": player_id,
                "answer": answer.value,
                "correct": answer.correct,
                "points": answer.points,
                "seconds": round(answer.seconds, 6),
            }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
