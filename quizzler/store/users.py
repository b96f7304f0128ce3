"""People who have an account, and the tokens that they signed out."""

from datetime import datetime

from quizzler.store.pool import Database, Row

_PUBLIC = "id, email, name, is_admin, created_at"


async def create(database: Database, *, email: str, name: str, password_hash: str) -> Row | None:
    """The new user, or None where somebody has that address already. ``email`` in lower case."""
    return await database.fetch_one(
        f"""INSERT INTO users (email, name, password_hash) VALUES (%s, %s, %s)
            ON CONFLICT (email) DO NOTHING RETURNING {_PUBLIC}""",
        (email, name, password_hash),
    )


async def by_email(database: Database, email: str) -> Row | None:
    """With ``password_hash``: for signing in alone."""
    return await database.fetch_one(f"SELECT {_PUBLIC}, password_hash FROM users WHERE email = %s", (email,))


async def by_token(database: Database, user_id: str, token_id: str) -> Row | None:
    """The user, unless the account is gone or the token was signed out."""
    return await database.fetch_one(
        f"""SELECT {_PUBLIC} FROM users
             WHERE id = %s AND NOT EXISTS (SELECT FROM revoked_tokens WHERE token_id = %s)""",
        (user_id, token_id),
    )


async def rename(database: Database, user_id: str, name: str) -> None:
    await database.execute("UPDATE users SET name = %s WHERE id = %s", (name, user_id))


async def revoke(database: Database, token_id: str, expires_at: datetime) -> None:
    await database.execute(
        "INSERT INTO revoked_tokens (token_id, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (token_id, expires_at),
    )


async def forget_expired(database: Database) -> int:
    """Removes what is dead by age; returns how many."""
    return await database.execute("DELETE FROM revoked_tokens WHERE expires_at < now()")
