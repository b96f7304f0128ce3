"""Sign-ins in PostgreSQL: each token once, and nothing that slips through when all are ended."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from quizzler.security.tokens import Claims, RefreshToken, Tokens
from quizzler.store import sign_ins, users
from quizzler.store.pool import Database, Row

TOKENS = Tokens("a secret that is long enough for the tests", lifetime=3600)
MONTH = 30 * 24 * 3600.0


@pytest.fixture
async def ada(database: Database) -> Row:
    return await users.create(database, email="ada@example.org", name="Ada", password_hash="a hash")


async def begin(database: Database, user: Row, seconds: float = MONTH) -> RefreshToken:
    token = TOKENS.new_refresh_token()
    begun = await sign_ins.begin(
        database, user["id"], token, seconds=seconds, signed_out_before=user["signed_out_before"]
    )
    assert begun["sign_in_id"] == token.sign_in_id and seconds - 5 < begun["seconds_left"] <= seconds
    return token


async def renew(database: Database, token: RefreshToken) -> Row | None:
    return await sign_ins.renew(database, token, TOKENS.successor(token))


async def is_alive(database: Database, user: Row, token: RefreshToken) -> bool:
    """As an access token of that sign-in finds it."""
    now = datetime.now(UTC)
    claims = Claims(user["id"], "one", now, now + timedelta(hours=1), token.sign_in_id)
    return await users.by_token(database, claims) is not None


async def let_pass(database: Database, seconds: float) -> None:
    """Since all renewals."""
    await database.execute("UPDATE sign_ins SET renewed_at = renewed_at - %s * interval '1 second'", (seconds,))


async def test_token_leads_to_the_next_and_that_to_the_next(database, ada):
    token = await begin(database, ada)
    for _ in range(5):
        renewed = await renew(database, token)
        assert (renewed["user_id"], renewed["sign_in_id"]) == (ada["id"], token.sign_in_id)
        assert renewed["seconds_left"] <= MONTH, "renewing gives no more time"
        token = TOKENS.successor(token)
    assert await is_alive(database, ada, token)


async def test_database_holds_no_token(database, ada):
    token = await begin(database, ada)
    await renew(database, token)
    row = await database.fetch_one("SELECT sign_ins::text AS shown FROM sign_ins")
    for each in (token, TOKENS.successor(token)):
        assert each.text not in row["shown"] and each.fingerprint.hex() in row["shown"]


async def test_tabs_that_renew_at_the_same_moment(database, ada):
    for _ in range(5):
        token = await begin(database, ada)
        assert all(await asyncio.gather(*(renew(database, token) for _ in range(5))))
        assert await renew(database, token), "and one that is a little late"
        assert await renew(database, TOKENS.successor(token)), "what each of them got is good"


async def test_token_shown_again_later_ends_the_sign_in(database, ada):
    token = await begin(database, ada)
    assert await renew(database, token)
    await let_pass(database, sign_ins.GRACE + 1)
    assert await renew(database, token) is None
    assert not await is_alive(database, ada, token)
    assert await renew(database, TOKENS.successor(token)) is None, "whoever has the other one is out too"


async def test_token_before_the_last_ends_the_sign_in_at_once(database, ada):
    token = await begin(database, ada)
    assert await renew(database, token) and await renew(database, TOKENS.successor(token))
    assert await renew(database, token) is None
    assert not await is_alive(database, ada, token)


async def test_token_of_another_sign_in_ends_none_but_its_own(database, ada):
    mine, other = await begin(database, ada), await begin(database, ada)
    await renew(database, mine)
    await let_pass(database, sign_ins.GRACE + 1)
    assert await renew(database, mine) is None
    assert await is_alive(database, ada, other) and await renew(database, other)


async def test_made_up_token_finds_nothing(database, ada):
    assert await renew(database, TOKENS.new_refresh_token()) is None


async def test_sign_in_ends_with_its_time(database, ada):
    token = await begin(database, ada)
    await database.execute("UPDATE sign_ins SET expires_at = now() - interval '1 second'")
    assert not await is_alive(database, ada, token)
    assert await renew(database, token) is None


async def test_sign_in_is_good_for_its_own_user_alone(database, ada):
    eve = await users.create(database, email="eve@example.org", name="Eve", password_hash="a hash")
    assert not await is_alive(database, eve, await begin(database, ada))


async def test_ending_one_leaves_the_others(database, ada):
    one, other = await begin(database, ada), await begin(database, ada)
    await sign_ins.end(database, one.sign_in_id)
    assert not await is_alive(database, ada, one) and await is_alive(database, ada, other)


async def test_ending_all_ends_also_what_belongs_to_no_sign_in(database, ada):
    eve = await users.create(database, email="eve@example.org", name="Eve", password_hash="a hash")
    mine, hers = await begin(database, ada), await begin(database, eve)
    now = datetime.now(UTC)
    older, newer = (Claims(ada["id"], "one", now + timedelta(hours=h), now + timedelta(hours=9)) for h in (-1, 1))
    assert await users.by_token(database, older)
    await sign_ins.end_all(database, ada["id"])
    assert not await is_alive(database, ada, mine) and await renew(database, mine) is None
    assert await users.by_token(database, older) is None
    assert await users.by_token(database, newer)
    assert await is_alive(database, eve, hers)


async def change(database: Database, user: Row, password_hash: str) -> Row | None:
    return await sign_ins.change_password(
        database,
        user["id"],
        password_hash,
        TOKENS.new_refresh_token(),
        seconds=MONTH,
        as_of=user["signed_out_before"],
    )


async def test_of_two_changes_at_the_same_moment_one_counts(database, ada):
    outcomes = await asyncio.gather(*(change(database, ada, f"hash {n}") for n in range(4)))
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert len(await sign_ins.of_user(database, ada["id"])) == 1


async def test_password_that_was_looked_at_before_its_change_begins_nothing(database, ada):
    await change(database, ada, "another hash")
    late = TOKENS.new_refresh_token()
    as_before = {"seconds": MONTH, "signed_out_before": ada["signed_out_before"]}
    assert await sign_ins.begin(database, ada["id"], late, **as_before) is None
    assert not await is_alive(database, ada, late)


async def test_sign_in_with_the_old_password_does_not_slip_past_its_change(database, ada):
    """Whichever comes first: the sign-in is refused, or ended."""
    tokens = [TOKENS.new_refresh_token() for _ in range(20)]
    as_before = {"seconds": MONTH, "signed_out_before": ada["signed_out_before"]}
    work = [sign_ins.begin(database, ada["id"], token, **as_before) for token in tokens]
    work.insert(10, change(database, ada, "another hash"))
    *_, changed = await asyncio.gather(*work[:10], *work[11:], work[10])
    assert changed is not None
    assert not any([await is_alive(database, ada, token) for token in tokens])
    assert len(await sign_ins.of_user(database, ada["id"])) == 1


async def test_renewal_does_not_slip_past_a_change_of_password(database, ada):
    tokens = [await begin(database, ada) for _ in range(10)]
    await asyncio.gather(*(renew(database, token) for token in tokens), change(database, ada, "another hash"))
    assert not any([await is_alive(database, ada, token) for token in tokens])


async def test_hash_at_another_cost_does_not_undo_a_change(database, ada):
    await change(database, ada, "new")
    await users.replace_hash(database, ada["id"], "a hash", "the old one again")
    assert (await users.password_of(database, ada["id"]))["password_hash"] == "new"


async def test_what_has_expired_is_forgotten(database, ada):
    await begin(database, ada)
    await begin(database, ada)
    await database.execute(
        """UPDATE sign_ins SET expires_at = now() - interval '1 second'
            WHERE id = (SELECT id FROM sign_ins LIMIT 1)"""
    )
    assert await users.forget_expired(database) == 1
    assert len(await database.fetch("SELECT FROM sign_ins")) == 1
