"""People who have an account, and who somebody is by their token."""

from datetime import datetime

from quizzler.security.tokens import Claims
from quizzler.store.pool import Database, Row

_PUBLIC = "id, email, name, is_admin, created_at"
_PASSWORD = "password_hash, signed_out_before"


async def create(database: Database, *, email: str, name: str, password_hash: str) -> Row | None:
    """The new user as ``by_email`` finds it, or None where somebody has that address already. ``email`` in lower
    case."""
    return await database.fetch_one(
        f"""INSERT INTO users (email, name, password_hash) VALUES (%s, %s, %s)
            ON CONFLICT (email) DO NOTHING RETURNING {_PUBLIC}, {_PASSWORD}""",
        (email, name, password_hash),
    )


async def by_email(database: Database, email: str) -> Row | None:
    """With ``password_hash`` and ``signed_out_before``: for signing in alone."""
    return await database.fetch_one(f"SELECT {_PUBLIC}, {_PASSWORD} FROM users WHERE email = %s", (email,))


async def by_id(database: Database, user_id: str) -> Row | None:
    return await database.fetch_one(f"SELECT {_PUBLIC} FROM users WHERE id = %s", (user_id,))


async def password_of(database: Database, user_id: str) -> Row | None:
    """``password_hash``, and ``signed_out_before``, by which it is known later whether it is still the same."""
    return await database.fetch_one(f"SELECT {_PASSWORD} FROM users WHERE id = %s", (user_id,))


async def by_token(database: Database, claims: Claims) -> Row | None:
    """The user, unless the account is gone or the token was signed out: with its sign-in or, where it is from before
    there were any, by itself or with all others of the user."""
    if claims.sign_in_id is None:
        alive, params = "signed_out_before <= %s", (claims.issued_at,)
    else:
        alive = "EXISTS (SELECT FROM sign_ins WHERE id = %s AND user_id = users.id AND expires_at > now())"
        params = (claims.sign_in_id,)
    return await database.fetch_one(
        f"""SELECT {_PUBLIC} FROM users
             WHERE id = %s AND {alive} AND NOT EXISTS (SELECT FROM revoked_tokens WHERE token_id = %s)""",
        (claims.user_id, *params, claims.token_id),
    )


async def replace_hash(database: Database, user_id: str, before: str, after: str) -> None:
    """The same password's hash at another cost; nothing where the password was changed meanwhile."""
    await database.execute(
        "UPDATE users SET password_hash = %s WHERE id = %s AND password_hash = %s", (after, user_id, before)
    )


async def rename(database: Database, user_id: str, name: str) -> None:
    await database.execute("UPDATE users SET name = %s WHERE id = %s", (name, user_id))


async def revoke(database: Database, token_id: str, expires_at: datetime) -> None:
    """Signs out a token that belongs to no sign-in."""
    await database.execute(
        "INSERT INTO revoked_tokens (token_id, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (token_id, expires_at),
    )


async def forget_expired(database: Database) -> int:
    """Removes what is dead by age; returns how many."""
    tokens = await database.execute("DELETE FROM revoked_tokens WHERE expires_at < now()")
    return tokens + await database.execute("DELETE FROM sign_ins WHERE expires_at < now()")
