"""Who is signed in where: from a password to a sign-out, a change of the password, or the end of its time.

Whoever ends sign-ins and whoever makes one hold the user's row or the sign-in's own, so that none slips through: a
sign-in with the old password is refused, or ended, whichever comes first.
"""

from datetime import datetime

from quizzler.security.tokens import RefreshToken
from quizzler.store.pool import Database, Row, Transaction

# Seconds in which a refresh token is still good for the pair that it has been exchanged for: two tabs may show it at
# the same moment, and an answer may be lost on its way.
GRACE = 20


async def begin(
    database: Database | Transaction, user_id: str, token: RefreshToken, *, seconds: float, signed_out_before: datetime
) -> Row | None:
    """The new sign-in's ``sign_in_id`` and ``seconds_left``; None where all of the user's sign-ins were ended since
    the password was looked at: ``signed_out_before`` is as it was then."""
    return await database.fetch_one(
        """INSERT INTO sign_ins (id, user_id, expires_at, fingerprint)
           SELECT %s, id, now() + %s * interval '1 second', %s FROM users
            WHERE id = %s AND signed_out_before = %s FOR SHARE
           RETURNING id AS sign_in_id, extract(epoch FROM expires_at - now())::float8 AS seconds_left""",
        (token.sign_in_id, seconds, token.fingerprint, user_id, signed_out_before),
    )


async def renew(database: Database, shown: RefreshToken, successor: RefreshToken) -> Row | None:
    """From here on the successor is the valid one. Returns the sign-in with ``user_id`` and ``seconds_left``.

    None where there is no such sign-in, or none any more: a token that was exchanged before, and not just now, means
    that somebody else has it too (RFC 9700, 4.14.2). Which of them is the thief nobody can tell, so it ends for both.
    """
    async with database.transaction() as transaction:
        found = await transaction.fetch_one(
            """SELECT id AS sign_in_id, user_id, extract(epoch FROM expires_at - now())::float8 AS seconds_left,
                      fingerprint = %s AS is_valid,
                      coalesce(previous_fingerprint = %s AND fingerprint = %s
                               AND renewed_at > now() - %s * interval '1 second', false) AS was_valid_just_now
                 FROM sign_ins WHERE id = %s AND expires_at > now() FOR UPDATE""",
            (shown.fingerprint, shown.fingerprint, successor.fingerprint, GRACE, shown.sign_in_id),
        )
        if found is None or found["was_valid_just_now"]:
            return found
        if found["is_valid"]:
            await transaction.execute(
                """UPDATE sign_ins SET previous_fingerprint = fingerprint, fingerprint = %s, renewed_at = now()
                    WHERE id = %s""",
                (successor.fingerprint, shown.sign_in_id),
            )
            return found
        await end(transaction, shown.sign_in_id)
        return None


async def end(database: Database | Transaction, sign_in_id: str) -> None:
    await database.execute("DELETE FROM sign_ins WHERE id = %s", (sign_in_id,))


async def end_all(database: Database, user_id: str) -> None:
    """Also the tokens that belong to no sign-in."""
    async with database.transaction() as transaction:
        await transaction.execute("UPDATE users SET signed_out_before = clock_timestamp() WHERE id = %s", (user_id,))
        await transaction.execute("DELETE FROM sign_ins WHERE user_id = %s", (user_id,))


async def change_password(
    database: Database, user_id: str, password_hash: str, token: RefreshToken, *, seconds: float, as_of: datetime
) -> Row | None:
    """Ends all of the user's sign-ins and begins a new one, as ``begin`` does. ``as_of`` is ``signed_out_before`` when
    the old password was looked at; None, and nothing is changed, where it has moved on since."""
    async with database.transaction() as transaction:
        changed = await transaction.fetch_one(
            """UPDATE users SET password_hash = %s, signed_out_before = clock_timestamp()
                WHERE id = %s AND signed_out_before = %s RETURNING signed_out_before""",
            (password_hash, user_id, as_of),
        )
        if changed is None:
            return None
        await transaction.execute("DELETE FROM sign_ins WHERE user_id = %s", (user_id,))
        return await begin(transaction, user_id, token, seconds=seconds, **changed)


async def reset_password(database: Database, email: str, password_hash: str) -> bool:
    """Sets the password of somebody who has forgotten it, and ends all of their sign-ins. False where nobody has that
    address."""
    async with database.transaction() as transaction:
        found = await transaction.fetch_one(
            """UPDATE users SET password_hash = %s, signed_out_before = clock_timestamp() WHERE email = %s
               RETURNING id""",
            (password_hash, email),
        )
        if found is not None:
            await transaction.execute("DELETE FROM sign_ins WHERE user_id = %s", (found["id"],))
    return found is not None


async def of_user(database: Database, user_id: str) -> list[Row]:
    """Those that are alive, the newest first."""
    return await database.fetch(
        """SELECT signed_in_at, renewed_at, expires_at FROM sign_ins
            WHERE user_id = %s AND expires_at > now() ORDER BY signed_in_at DESC, id""",
        (user_id,),
    )
