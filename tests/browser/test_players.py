"""What a player's phone does when things go wrong, and what it never does."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import Line, answer, go_on, join, open_room, sign_up
from tests.browser.test_evening import QUESTIONS, some_quiz

pytestmark = pytest.mark.both_wires

MARKUP = "<img src=x>"


async def room_with(visitor, site, host_name: str, *names: str, **question) -> tuple:
    """The host's page and a phone for each name, in one room with a saved quiz."""
    host = await visitor(PROJECTOR)
    code = await open_room(host, await some_quiz(site, await sign_up(host, host_name), **question))
    phones = []
    for name in names:
        phones.append(await visitor())
        await join(phones[-1], code, name)
    return host, *phones


async def test_player_who_reloads_mid_question_is_the_same_player_with_the_answer_kept(visitor, site):
    host, ada, _ = await room_with(visitor, site, "Dora", "Ada", "Grace")
    await go_on(host, "Start")
    await answer(ada, ": 7")
    await expect(host.locator(".show-answered")).to_have_text("1 of 2 answered")
    await ada.reload()
    await expect(ada.locator("#play-name")).to_have_text("Ada")
    await expect(ada.get_by_role("button", name=": 7")).to_have_attribute("aria-pressed", "true")
    await expect(ada.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(host.locator(".show-answered")).to_have_text("1 of 2 answered")
    await go_on(host, "End question")
    await expect(ada.get_by_role("heading", name="Right!")).to_be_visible()


async def test_player_in_another_tab_takes_the_seat_over_and_back(visitor, site):
    host, ada = await room_with(visitor, site, "Edna", "Ada")
    second = await ada.context.new_page()
    await second.goto(ada.url)
    await expect(second.get_by_role("heading", name="You’re in")).to_be_visible()
    await expect(ada.get_by_role("heading", name="You are playing in another place")).to_be_visible()
    await go_on(host, "Start")
    await expect(second.get_by_role("heading", name=QUESTIONS[0]["question_text"])).to_be_visible()
    await ada.get_by_role("button", name="Play here instead").click()
    await expect(ada.get_by_role("heading", name=QUESTIONS[0]["question_text"])).to_be_visible()
    await expect(second.get_by_role("heading", name="You are playing in another place")).to_be_visible()


async def test_second_player_of_a_name_is_sent_back_to_the_name_with_the_reason(visitor, site):
    host, _ = await room_with(visitor, site, "Fay", "Ada")
    code = host.url.rsplit("/", 1)[1]
    other = await visitor()
    await other.goto(f"/join/{code.lower()}")
    await other.get_by_label("Your name on the screen").fill("ada")
    await other.get_by_role("button", name="I’m in").click()
    await expect(other.get_by_role("alert").filter(has_text="already has that name")).to_be_visible()
    await other.get_by_label("Your name on the screen").fill("Ada the Second")
    await other.get_by_role("button", name="I’m in").click()
    await expect(other.get_by_role("heading", name="You’re in")).to_be_visible()


async def test_unknown_code_is_said_kindly_on_the_start_page_and_at_the_door(visitor):
    page = await visitor()
    await page.goto("/")
    await page.get_by_label("Room code").fill("zzzz zzzz")
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_text("There is no room with this code right now.")).to_be_visible()
    await page.goto("/join/ZZZZZZZZ")
    await page.get_by_label("Your name on the screen").fill("Ada")
    await page.get_by_role("button", name="I’m in").click()
    await expect(page.get_by_text("There is no room with this code right now.")).to_be_visible()


async def test_names_and_questions_with_html_are_shown_as_text(visitor, site):
    host, phone = await room_with(
        visitor,
        site,
        "Gita",
        MARKUP,
        question_text=f"{MARKUP}<b>bold</b>",
        options=[MARKUP, "<i>x</i>"],
        correct_answer=0,
    )
    await expect(host.locator(".lobby-name")).to_have_text(MARKUP)
    await go_on(host, "Start")
    await expect(phone.get_by_role("heading", name=f"{MARKUP}<b>bold</b>")).to_be_visible()
    await answer(phone, "A, triangle")
    await expect(host.locator(".bar-text").first).to_contain_text(MARKUP)
    await go_on(host, "Leaderboard")
    await expect(host.locator(".rank-name")).to_have_text(MARKUP)
    for page in (host, phone):
        assert await page.locator("img[src=x], main b, main i").count() == 0


async def test_answer_given_without_a_connection_is_kept_and_counted_when_it_is_back(visitor, site):
    host, _ = await room_with(visitor, site, "Hedda", "Grace")
    ada = await visitor()
    line = await Line.of(ada)
    await join(ada, host.url.rsplit("/", 1)[1], "Ada")
    await go_on(host, "Start")
    await expect(ada.get_by_role("heading", name=QUESTIONS[0]["question_text"])).to_be_visible()
    await line.cut()
    await ada.get_by_role("button", name=": 7").click()
    await expect(ada.get_by_text("Not saved yet", exact=True)).to_be_visible()
    await expect(ada.get_by_text("No connection. Trying again")).to_be_visible()
    line.mend()
    await expect(ada.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(host.locator(".show-answered")).to_have_text("1 of 2 answered")


async def test_phone_that_slept_through_the_end_shows_the_podium_when_it_wakes_up(visitor, site):
    host, grace = await room_with(visitor, site, "Ilse", "Grace")
    ada = await visitor()
    line = await Line.of(ada)
    await join(ada, host.url.rsplit("/", 1)[1], "Ada")
    await go_on(host, "Start")
    await answer(ada, ": 7")
    await line.cut()
    await expect(ada.get_by_text("No connection. Trying again")).to_be_visible()
    await host.get_by_role("button", name="End game").click()
    await host.get_by_role("button", name="End the game").click()
    await expect(grace.locator(".end-rank")).to_have_text("2nd")
    line.mend()
    await expect(ada.get_by_role("heading", name="You won!")).to_be_visible()
    await expect(ada.locator(".end-podium li")).to_have_count(2)
    await ada.reload()
    await expect(ada.locator(".end-rank")).to_have_text("1st")


async def test_host_who_reloads_finds_the_question_and_its_count(visitor, site):
    host, ada, _ = await room_with(visitor, site, "Ines", "Ada", "Grace")
    await go_on(host, "Start")
    await answer(ada, ": 11")
    await expect(host.locator(".show-answered")).to_have_text("1 of 2 answered")
    await host.reload()
    await expect(host.get_by_role("heading", name=QUESTIONS[0]["question_text"])).to_be_visible()
    await expect(host.locator(".show-answered")).to_have_text("1 of 2 answered")
    await go_on(host, "End question")
    await expect(host.locator(".bar").nth(1)).to_contain_text("1")
