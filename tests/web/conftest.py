"""People who ask the REST API: two users and an admin."""

import pytest

from tests.clients import Rest


@pytest.fixture
async def ann(hall) -> Rest:
    return await hall.rest.sign_up("Ann")


@pytest.fixture
async def bob(hall) -> Rest:
    return await hall.rest.sign_up("Bob")


@pytest.fixture
async def admin(hall) -> Rest:
    admin = await hall.rest.sign_up("Admin")
    await hall.services.database.execute("UPDATE users SET is_admin = true WHERE name = 'Admin'")
    return admin
