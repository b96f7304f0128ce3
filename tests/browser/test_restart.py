"""The server restarts in the middle of a game: everyone is told, and everyone is back by themselves."""

import socket

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import join, open_room, sign_up
from tests.clients import Rest

pytestmark = pytest.mark.both_wires


@pytest.fixture
def door():
    """A listening socket that outlives the server, as systemd holds one: who comes meanwhile waits at it."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening


@pytest.fixture
def server(server_process, door):
    return server_process(listening=door)


@pytest.fixture
def site(server, door) -> str:
    return f"http://127.0.0.1:{door.getsockname()[1]}"


async def test_stage_and_phones_say_that_the_server_restarts_and_come_back(visitor, site, server, server_process, door):
    stage, phone = await visitor(PROJECTOR), await visitor()
    token = await sign_up(stage, "Zoe")
    quiz = (await Rest(site, token).get("/trivia"))[0]
    code = await open_room(stage, quiz["id"])
    await join(phone, code, "Abe")
    server.process.terminate()
    for page in (stage, phone):
        await expect(page.get_by_text("The server restarts. One moment…")).to_be_visible()
    server.stop()
    server_process(listening=door)
    for page in (stage, phone):
        await expect(page.locator("#connection")).to_be_hidden()
    await stage.locator("#controls").get_by_role("button", name="Start").click()
    await expect(phone.locator(".ask-option").first).to_be_visible()
