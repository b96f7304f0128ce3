"""The end of an account: what goes with it, and what stays without a name."""

from datetime import datetime

from quizzler.store.pool import Database, Transaction


async def delete(database: Database, user_id: str, *, as_of: datetime) -> bool:
    """Everything that is the user's alone goes: name, address, password, sign-ins, sums and ranks, attempts that are
    under way, quizzes that nobody else has begun.

    What others have a part in stays without a name: submitted attempts, hosted games, public trivia, which goes on
    being played, and quizzes that others have begun, which nobody can begin any more.

    ``as_of`` is ``signed_out_before`` when the password was looked at; False, and nothing is changed, where it has
    moved on since.
    """
    try:
        async with database.transaction() as transaction:
            # In the order in which a start and a submit lock their rows: quizzes, attempts, the user. Nobody begins
            # one of these quizzes in the meantime.
            await transaction.execute("SELECT FROM quizzes WHERE creator_id = %s ORDER BY id FOR UPDATE", (user_id,))
            await transaction.execute("DELETE FROM attempts WHERE user_id = %s AND submitted_at IS NULL", (user_id,))
            await _let_go_of_quizzes(transaction, user_id)
            gone = await transaction.execute(
                "DELETE FROM users WHERE id = %s AND signed_out_before = %s", (user_id, as_of)
            )
            if not gone:
                raise _MovedOn
            # One may have been begun between the first look and the last.
            await transaction.execute("DELETE FROM attempts WHERE user_id IS NULL AND submitted_at IS NULL")
    except _MovedOn:
        return False
    return True


async def _let_go_of_quizzes(transaction: Transaction, user_id: str) -> None:
    await transaction.execute(
        """DELETE FROM quizzes AS q WHERE creator_id = %s AND NOT (is_trivia AND is_active)
              AND NOT EXISTS (SELECT FROM attempts WHERE quiz_id = q.id AND user_id IS DISTINCT FROM q.creator_id)""",
        (user_id,),
    )
    await transaction.execute(
        """UPDATE quizzes SET creator_id = NULL, is_active = is_active AND is_trivia WHERE creator_id = %s""",
        (user_id,),
    )


class _MovedOn(Exception):
    """Rolls back."""
