"""What people look at does not read more of the database the more there is in it."""

import pytest

from quizzler.store.pool import connect
from tests.load.fill import fill
from tests.load.queries import Explaining, requests, shortcomings

USERS = 30_000
RESPONSES = 100_000
# In all steps of all plans. More than a page of 50 takes, or the 500 quizzes of the one who took them all; fewer than
# there are people (30,000) or attempts (10,000).
MOST_ROWS = 7_000
MOST_BLOCKS_OF_A_RANK = 60


@pytest.fixture
async def explaining(database_url):
    counts = fill(database_url, USERS, RESPONSES)
    assert (counts["users"], counts["responses"]) == (USERS, RESPONSES)
    database = await connect(database_url, size=1)
    yield lambda: Explaining(database)
    await database.close()


async def test_nothing_goes_through_all_people_or_attempts(explaining):
    for name, request in (await requests(explaining())).items():
        seen = explaining()
        await request(seen)
        assert 0 < seen.rows < MOST_ROWS, name


async def test_rank_looks_at_few_counts(explaining):
    seen = explaining()
    await (await requests(explaining()))["position"](seen)
    assert 0 < seen.blocks < MOST_BLOCKS_OF_A_RANK


async def test_test_would_notice(explaining):
    seen = explaining()
    await seen.fetch("SELECT count(*) FROM attempts WHERE score > 3")
    assert seen.rows > MOST_ROWS


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([1.0, 1.5, 2.0], 0),
        ([1.0, 1.5, 5.0], 1),
        ([5.0, 1.0, 1.1], 0),
        ([1.0, 10.0, 19.0], 0),
        ([1.0, 11.0, 21.0], 1),
        ([0.2, 2.0, 20.0], 2),
    ],
)
def test_shortcomings(times, found):
    assert len(shortcomings("profile", [10_000, 100_000, 1_000_000], times)) == found
