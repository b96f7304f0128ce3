"""Accounts in PostgreSQL, and tokens from before there were sign-ins."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from quizzler.security.tokens import Claims
from quizzler.store import users
from quizzler.store.pool import Database, Row

TOMORROW = datetime.now(UTC) + timedelta(days=1)
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def token(user: Row, token_id: str) -> Claims:
    """One that belongs to no sign-in."""
    return Claims(user["id"], token_id, datetime.now(UTC), TOMORROW)


@pytest.fixture
async def ada(database: Database) -> Row:
    return await users.create(database, email="ada@example.org", name="Ada", password_hash="a hash")


async def test_new_user_is_no_admin(ada):
    assert (ada["email"], ada["name"], ada["is_admin"]) == ("ada@example.org", "Ada", False)
    assert ada["created_at"].tzinfo is not None


async def test_address_is_taken_once(database, ada):
    assert await users.create(database, email="ada@example.org", name="Eve", password_hash="another") is None
    assert (await users.by_email(database, "ada@example.org"))["name"] == "Ada"


async def test_address_is_taken_once_when_two_ask_at_the_same_moment(database):
    both = await asyncio.gather(
        *(users.create(database, email="ada@example.org", name=name, password_hash="a hash") for name in ("Ada", "Eve"))
    )
    assert sorted(user is None for user in both) == [False, True]


async def test_sign_in_finds_the_hash(database, ada):
    assert (await users.by_email(database, "ada@example.org"))["password_hash"] == "a hash"
    assert await users.by_email(database, "nobody@example.org") is None


async def test_revoked_token_finds_nobody_and_others_still_do(database, ada):
    found = await users.by_token(database, token(ada, "one"))
    assert found["name"] == "Ada" and "password_hash" not in found
    await users.revoke(database, "one", TOMORROW)
    assert await users.by_token(database, token(ada, "one")) is None
    assert await users.by_token(database, token(ada, "two")) == found


async def test_token_may_be_revoked_twice(database, ada):
    await users.revoke(database, "one", TOMORROW)
    await users.revoke(database, "one", TOMORROW)
    assert await users.by_token(database, token(ada, "one")) is None


async def test_token_of_a_deleted_account_finds_nobody(database):
    assert await users.by_token(database, token({"id": str(uuid4())}, "one")) is None


async def test_only_tokens_that_are_dead_by_age_are_forgotten(database, ada):
    await users.revoke(database, "old", YESTERDAY)
    await users.revoke(database, "young", TOMORROW)
    assert await users.forget_expired(database) == 1
    assert await users.by_token(database, token(ada, "young")) is None
