"""What a player's phone does when things go wrong, and what it never does."""

import re

from playwright.async_api import expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import Line, answer, go_on, join, open_room, sign_up
from tests.browser.test_evening import QUESTIONS, some_quiz

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
    name = other.get_by_label("Your name on the screen")
    await expect(name).to_be_focused()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_have_accessible_description(re.compile("already has that name"))
    await expect(other.locator("#refusal")).to_be_hidden()
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


async def test_who_cannot_get_in_finds_the_way_to_another_code(visitor, site):
    host, *_ = await room_with(visitor, site, "Jane")
    ada = await visitor()
    line = await Line.of(ada)
    await line.cut()
    await ada.goto(f"/join/{host.url.rsplit('/', 1)[1]}")
    await ada.get_by_label("Your name on the screen").fill("Ada")
    await ada.get_by_role("button", name="I’m in").click()
    await expect(ada.get_by_role("heading", name="Joining")).to_be_visible()
    await expect(ada.get_by_text("No connection. Trying again")).to_be_visible()
    await ada.get_by_role("link", name="Another code?").click()
    await expect(ada).to_have_url("/")


async def test_who_is_not_the_player_of_this_phone_gives_the_seat_up_and_comes_in_by_another_name(visitor, site):
    host, phone = await room_with(visitor, site, "Kim", "Pia")
    play = phone.url
    await expect(host.locator(".lobby-count")).to_have_text("1 player")
    await expect(phone.get_by_role("link", name="Another code?")).to_be_hidden()
    await phone.get_by_role("button", name="Not Pia?").click()
    await expect(phone).to_have_url(play.replace("/play/", "/join/"))
    await expect(host.locator(".lobby-name")).to_have_count(0)
    await expect(phone.get_by_role("button", name="Back in as Pia")).to_be_hidden()
    await phone.goto(play)
    await expect(phone).to_have_url(play.replace("/play/", "/join/"))
    await phone.get_by_label("Your name on the screen").fill("Quinn")
    await phone.get_by_role("button", name="I’m in").click()
    await expect(phone.get_by_role("button", name="Not Quinn?")).to_be_visible()
    await expect(host.locator(".lobby-name")).to_have_text("Quinn")
    await phone.reload()
    await expect(phone.locator("#play-name")).to_have_text("Quinn")


async def test_seat_with_points_is_not_given_up_by_a_tap(visitor, site):
    host, ada = await room_with(visitor, site, "Lou", "Ada")
    await expect(ada.get_by_role("button", name="Not Ada?")).to_be_visible()
    await go_on(host, "Start")
    await answer(ada, ": 7")
    await expect(ada.locator(".result")).to_be_visible()
    await ada.reload()
    await expect(ada.locator("#play-score")).to_be_visible()
    await expect(ada.get_by_role("button", name="Not Ada?")).to_be_hidden()


async def test_winner_needs_a_point(visitor, site):
    host, ada = await room_with(visitor, site, "Mo", "Ada")
    await go_on(host, "Start")
    await answer(ada, ": 11")
    await host.get_by_role("button", name="End game").click()
    await host.get_by_role("button", name="End the game").click()
    await expect(ada.get_by_role("heading", name="No points this time")).to_be_visible()
    await expect(ada.locator(".end-rank")).to_have_count(0)
    await expect(ada.locator("#announcer")).to_have_text("The quiz is over. Nobody has points.")


async def test_phone_that_comes_back_in_a_new_tab_when_the_game_is_over_sees_the_own_place(visitor, site):
    host, ada, grace = await room_with(visitor, site, "Nele", "Ada", "Grace")
    await go_on(host, "Start")
    await answer(ada, ": 7")
    play = grace.url
    await grace.close()
    await host.get_by_role("button", name="End game").click()
    await host.get_by_role("button", name="End the game").click()
    await expect(ada.get_by_role("heading", name="You won!")).to_be_visible()
    late = await grace.context.new_page()
    await late.goto(play.replace("/play/", "/join/"))
    await late.get_by_role("button", name="Back in as Grace").click()
    await expect(late.locator(".end-rank")).to_have_text("2nd")
    await expect(late.locator(".end-podium li").last).to_contain_text("Grace")
    await expect(late.locator("#connection")).to_be_hidden()
