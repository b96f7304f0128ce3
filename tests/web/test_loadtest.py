"""Who may let a load test play on this server."""

import pytest

from quizzler import __version__
from quizzler.web.loadtest import NOT_ALLOWED

PATH = "/realtime/loadtest"


@pytest.fixture
async def hall(hall_with):
    return await hall_with(admin_emails=frozenset({"admin@example.org"}), max_rooms=7, max_players_per_room=30)


async def test_refused_with_what_to_do(hall):
    ann = await hall.rest.sign_up("Ann")
    for user in (hall.rest, ann):
        assert await user.call("POST", PATH, {}) == (403, {"detail": NOT_ALLOWED})
    assert "ALLOW_LOADTEST=yes" in NOT_ALLOWED and "--token" in NOT_ALLOWED


async def test_token_that_is_not_valid(hall):
    hall.rest.token = "x.y.z"
    assert (await hall.rest.call("POST", PATH, {}))[0] == 401


async def test_admin_learns_the_limits(hall):
    admin = await hall.rest.sign_up("Admin")
    await hall.host(admin)
    assert await admin.post(PATH) == {
        "allowed": True,
        "version": __version__,
        "max_rooms": 7,
        "max_players_per_room": 30,
        "active_rooms": 1,
    }


async def test_setting_allows_it_for_anyone(hall_with):
    hall = await hall_with(allow_loadtest=True)
    assert (await hall.rest.post(PATH))["allowed"] is True
