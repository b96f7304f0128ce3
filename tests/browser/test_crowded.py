"""People behind one address that the host is not at: they are turned away until the host lets them in."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.people import open_room, sign_up
from tests.clients import Rest, Socket

SCHOOL = "127.0.0.2"


@pytest.fixture
def site(server_process) -> str:
    return server_process("--max-connections-per-ip", "2").url


async def enter(site: str, code: str, name: str) -> str:
    """The type of the first message that somebody of the school gets."""
    url = site.replace("http", "ws", 1) + f"/realtime/ws/player/{code}"
    socket = await Socket.connect(url, username=name, source=SCHOOL)
    return (await socket.next())["type"]


async def test_the_host_is_told_and_lets_them_in(visitor, site):
    stage = await visitor(PROJECTOR)
    await sign_up(stage, "Olga")
    [quiz, *_] = await Rest(site).get("/trivia")
    code = await open_room(stage, quiz["id"])
    assert [await enter(site, code, f"Pupil {n}") for n in range(3)] == ["welcome", "welcome", "error"]
    await expect(stage.get_by_role("status").filter(has_text="People are turned away")).to_be_visible()
    await stage.get_by_role("button", name="Let them in").click()
    await expect(stage.get_by_text("People are turned away")).to_be_hidden()
    await expect(stage.get_by_role("button", name="Let them in")).to_be_hidden()
    assert [await enter(site, code, f"Late {n}") for n in range(4)] == ["welcome"] * 4
    await expect(stage.locator(".lobby-count")).to_have_text("6 players")
    await stage.reload()
    assert await enter(site, code, "Last") == "welcome"


async def test_who_is_turned_away_reads_why_and_tries_again(visitor, site):
    stage = await visitor(PROJECTOR)
    await sign_up(stage, "Paul")
    [quiz, *_] = await Rest(site).get("/trivia")
    code = await open_room(stage, quiz["id"])
    # Everybody else is at the host's own address in this test; the host goes to another one.
    await stage.goto("/library")
    token = await stage.evaluate("JSON.parse(localStorage.getItem('quizzler.session')).token")
    url = site.replace("http", "ws", 1) + f"/realtime/ws/host/{code}"
    host = await Socket.connect(url, token=token, source=SCHOOL)
    await host.until("room_state")
    for name in ("Eins", "Zwei"):
        socket = await Socket.connect(site.replace("http", "ws", 1) + f"/realtime/ws/player/{code}", username=name)
        await socket.until("welcome")
    phone = await visitor(PHONE)
    await phone.goto(f"/join/{code}")
    await phone.get_by_label("Your name on the screen").fill("Quinn")
    await phone.get_by_role("button", name="I’m in").click()
    await expect(phone.get_by_role("heading", name="You are not in yet")).to_be_visible()
    await expect(phone.get_by_text("Too many people have joined from your network")).to_be_visible()
    await host.until("turned_away")
    host.say({"type": "allow_shared_address", "allowed": True})
    await host.until("shared_address")
    await phone.get_by_role("button", name="Try again").click()
    await expect(phone.get_by_role("heading", name="You’re in")).to_be_visible()
