"""What is in view on a phone: small, on its side, with large text, and wherever the page is scrolled to."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import Line, go_on, join, open_room, sign_up
from tests.browser.test_evening import some_quiz

SMALL = {"width": 360, "height": 640}
SMALLEST = {"width": 320, "height": 568}
ON_ITS_SIDE = {"width": 740, "height": 360}
LONG = {
    "question_text": "Which of these did the commission reject, " + "as the minutes of its sessions show? " * 9,
    "options": [f"{number} {'stone is better than iron ' * 6}" for number in range(6)],
    "correct_answer": 5,
    "time_limit": 600,
    "explanation": "The salt of the sea air. " * 18,
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCROLL_TO_END = "scrollTo(0, document.documentElement.scrollHeight)"
# Whether what is seen in the middle of an element is that element.
IS_UNCOVERED = """element => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


async def evening(visitor, site: str, host_name: str, screen: dict[str, int], **question) -> tuple[Page, Page, Line]:
    """The host's page, Pia's phone and its line, in a room with a quiz of such questions."""
    host, phone = await visitor(PROJECTOR), await visitor(screen)
    code = await open_room(host, await some_quiz(site, await sign_up(host, host_name), **question))
    line = await Line.of(phone)
    await join(phone, code, "Pia")
    return host, phone, line


async def test_new_screen_starts_at_its_top_and_has_the_focus(visitor, site):
    host, phone, _ = await evening(visitor, site, "Ada", SMALL, **LONG)
    await go_on(host, "Start")
    await phone.locator(".ask-option").last.click()
    await expect(phone.get_by_role("heading", name="Right!")).to_be_in_viewport(ratio=1)
    assert await phone.evaluate("scrollY") == 0
    await expect(phone.locator("main")).to_be_focused()
    await phone.evaluate(SCROLL_TO_END)
    assert await phone.evaluate("scrollY") > 100
    await go_on(host, "Leaderboard")
    await go_on(host, "Next question")
    await phone.locator(".ask-option").first.wait_for()
    assert await phone.evaluate("scrollY") == 0
    for part in (".ask-seconds", ".ask-text"):
        await expect(phone.locator(part)).to_be_in_viewport(ratio=1)
    await expect(phone.locator("main")).to_be_focused()


@pytest.mark.parametrize("screen", [SMALLEST, ON_ITS_SIDE], ids=["320", "side"])
async def test_who_answers_at_the_end_of_a_long_page_sees_time_connection_and_what_became_of_it(visitor, site, screen):
    host, phone, line = await evening(visitor, site, "Bea", screen, **LONG)
    await go_on(host, "Start")
    last = phone.locator(".ask-option").last
    await last.wait_for()
    await phone.evaluate(SCROLL_TO_END)
    before = await last.bounding_box()
    await line.cut()
    await expect(phone.locator("#connection")).to_be_in_viewport(ratio=1)
    assert await last.bounding_box() == before
    await last.click()
    for scroll in (SCROLL_TO_END, "scrollTo(0, 0)"):
        await phone.evaluate(scroll)
        for seen in (phone.get_by_text("Not saved yet", exact=True), phone.locator(".ask-seconds")):
            await expect(seen).to_be_in_viewport(ratio=1)
        assert await phone.locator(".ask-seconds").evaluate(IS_UNCOVERED)
    line.mend()
    await expect(phone.get_by_role("heading", name="Right!")).to_be_in_viewport(ratio=1)


async def test_who_loses_the_connection_while_reading_reads_on_at_the_same_place(visitor, site):
    host, phone, line = await evening(visitor, site, "Cleo", SMALL, **LONG)
    await go_on(host, "Start")
    last = phone.locator(".ask-option").last
    await last.wait_for()
    await phone.evaluate(SCROLL_TO_END)
    before = await last.bounding_box()
    await line.cut()
    await expect(phone.locator("#connection")).to_be_visible()
    line.mend()
    await expect(phone.locator("#connection")).to_be_hidden()
    await host.reload()
    await expect(host.locator(".show-answered")).to_have_text("0 of 1 answered")
    assert await last.bounding_box() == before


@pytest.mark.parametrize("options", [["Yes", "No"], ["7", "11", "13", "17"], ["1", "2", "3", "4", "5", "6"]], ids=len)
async def test_phone_on_its_side_shows_all_options_and_all_of_the_result(visitor, site, options):
    host, phone, _ = await evening(visitor, site, "Dora", ON_ITS_SIDE, options=options, correct_answer=1)
    await go_on(host, "Start")
    for option in await phone.locator(".ask-option").all():
        await expect(option).to_be_in_viewport(ratio=1)
    await phone.locator(".ask-option").first.click()
    await phone.get_by_role("heading", name="Not this time").wait_for()
    for part in (".result-mark", "h1", ".result-answer", ".result-why", ".result-rank", ".result-score"):
        await expect(phone.locator(f".result {part}")).to_be_in_viewport(ratio=1)


async def test_phone_on_its_side_shows_the_way_back_from_another_place(visitor, site):
    _, phone, _ = await evening(visitor, site, "Edna", ON_ITS_SIDE)
    second = await phone.context.new_page()
    await second.goto(phone.url)
    await expect(phone.get_by_role("button", name="Play here instead")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("screen", [SMALLEST, ON_ITS_SIDE], ids=["320", "side"])
async def test_no_screen_is_wider_than_a_phone_with_text_twice_as_large(visitor, site, screen):
    host, phone, line = await evening(visitor, site, "Fay", screen, correct_answer=1)

    async def fits(screen_now: str) -> None:
        await phone.locator(screen_now).wait_for()
        await phone.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await phone.evaluate(SIDEWAYS) == 0, screen_now

    await fits(".waiting")
    await go_on(host, "Start")
    await fits(".ask")
    await line.cut()
    await phone.get_by_text("No connection. Trying again").wait_for()
    await fits(".ask")
    assert await phone.locator(".ask-seconds").evaluate(IS_UNCOVERED)
    line.mend()
    await phone.locator(".ask-option").nth(1).click()
    await fits(".result")
    await host.get_by_role("button", name="End game").click()
    await host.get_by_role("button", name="End the game").click()
    await fits(".end-podium")
    await phone.goto(f"/join/{host.url.rsplit('/', 1)[1]}")
    await fits(".join-card")
