"""The host at the stage: presses that bounce, lines that break, and questions that are typed on the spot."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.people import Line, answer, go_on, join, open_room, rested, sign_up
from tests.clients import Rest

QUESTION = {"question_text": "Is it?", "options": ["Yes", "No"], "correct_answer": 0, "time_limit": 600}


@pytest.fixture
def stage_of(visitor, site):
    """Gives a stage whose room plays two questions and has Ada in it, her phone, and the line that the stage is on."""

    async def open_stage(name: str, screen: dict[str, int] = PROJECTOR) -> tuple[Page, Page, Line]:
        stage, phone = await visitor(screen), await visitor(PHONE)
        line = await Line.of(stage)
        rest = Rest(site, await sign_up(stage, name))
        quiz = await rest.post("/quizzes", {"title": "Two", "questions": [QUESTION, QUESTION]})
        await join(phone, await open_room(stage, quiz["quiz_id"]), "Ada")
        return stage, phone, line

    return open_stage


async def test_a_press_that_bounces_takes_one_step(stage_of):
    stage, _, _ = await stage_of("Ben")
    steps = ["Start", "End question", "Leaderboard", "Next question", "End question"]
    await rested(stage, steps[0])
    for key, after in zip(("PageDown", "ArrowRight", "Space"), steps[1:], strict=False):
        for _ in range(3):
            await stage.keyboard.press(key)
        await rested(stage, after)
    await stage.locator("#controls .button-marigold").dblclick()
    await rested(stage, steps[4])
    await stage.keyboard.down("ArrowRight")
    await rested(stage, "Leaderboard")
    await stage.keyboard.down("ArrowRight")  # of the same key, still held: the browser repeats it
    await rested(stage, "Leaderboard")


async def test_no_key_and_no_second_click_leaves_the_podium(stage_of):
    stage, _, _ = await stage_of("Dora")
    for step in ("Start", "End question", "Leaderboard", "Next question", "End question", "Leaderboard"):
        await go_on(stage, step)
    left = []
    stage.on("request", lambda request: request.is_navigation_request() and left.append(request.url))
    await rested(stage, "Show the podium")
    room = stage.url
    await stage.locator("#controls .button-marigold").dblclick()
    await rested(stage, "Play again")
    for key in ("Space", "ArrowRight", "PageDown"):
        await stage.keyboard.press(key)
    await expect(stage.locator(".podium-step")).to_be_visible()
    assert left == [] and stage.url == room
    await stage.get_by_role("link", name="Play again").focus()
    await stage.keyboard.press("Enter")
    await expect(stage.get_by_text("Nobody here yet")).to_be_visible()
    assert stage.url != room


async def test_a_step_that_comes_of_itself_is_not_run_over(stage_of):
    """The last answer ends the question just as the host presses for that."""
    stage, phone, _ = await stage_of("Elif")
    await go_on(stage, "Start")
    await rested(stage, "End question")
    # In the very frame in which the results come up.
    await stage.evaluate(
        """() => new MutationObserver((_, watch) => {
            if (!document.querySelector(".bars")) return;
            watch.disconnect();
            requestAnimationFrame(() => document.body.dispatchEvent(
                new KeyboardEvent("keydown", { key: "PageDown", bubbles: true, cancelable: true })));
        }).observe(document.getElementById("main"), { childList: true })"""
    )
    await answer(phone, ": Yes")
    await rested(stage, "Leaderboard")
    await expect(stage.locator(".bars")).to_be_visible()


async def test_nothing_is_ended_without_a_connection_and_that_is_said(stage_of):
    stage, _, line = await stage_of("Finn")
    await go_on(stage, "Start")
    end = stage.get_by_role("button", name="End game")
    await end.click()
    await line.cut()
    await expect(stage.locator("#connection")).to_contain_text("No connection")
    await stage.get_by_role("button", name="End the game").click()
    await expect(stage.locator("#connection")).to_contain_text("Nothing was ended")
    await expect(end).to_be_disabled()
    line.mend()
    await expect(end).to_be_enabled(timeout=30_000)
    await expect(stage.locator(".tile")).to_have_count(2)


async def test_a_typed_question_is_kept_until_it_was_asked(stage_of):
    stage, _, line = await stage_of("Gus", {"width": 1024, "height": 768})
    await stage.get_by_role("button", name="Ask your own").click()
    text = stage.get_by_label("Question", exact=True)
    await text.fill("Who was it?")
    await stage.get_by_role("textbox", name="Answer A").fill("He")
    await stage.get_by_role("button", name="Not now").click()
    await expect(stage.locator(".lobby")).to_be_visible()
    await stage.get_by_role("button", name="Ask your own").click()
    await expect(text).to_have_value("Who was it?")
    await stage.get_by_role("textbox", name="Answer B").fill("She")
    await stage.keyboard.press("Escape")
    await expect(stage.locator(".lobby")).to_be_visible()
    await stage.reload()
    await stage.get_by_role("button", name="Ask your own").click()
    await expect(stage.get_by_role("textbox", name="Answer B")).to_have_value("She")
    await stage.locator(".q-right").nth(1).click()
    await line.cut()
    await go_on(stage, "Ask it now")
    await expect(stage.get_by_text("Your question is still here")).to_be_visible()
    line.mend()
    await expect(stage.locator("#connection")).to_be_hidden(timeout=30_000)
    await go_on(stage, "Ask it now")
    await expect(stage.locator(".tile")).to_have_text(["AHe", "BShe"])  # and no answers C and D, which stayed empty
    await go_on(stage, "End question")
    await stage.get_by_role("button", name="Ask your own").click()
    await expect(text).to_have_value("")


async def test_an_empty_answer_between_others_or_marked_right_is_refused(stage_of):
    stage, _, _ = await stage_of("Hana")
    await stage.get_by_role("button", name="Ask your own").click()
    await stage.get_by_label("Question", exact=True).fill("Who was it?")
    await stage.get_by_role("textbox", name="Answer A").fill("He")
    await stage.get_by_role("textbox", name="Answer C").fill("She")
    await stage.locator(".q-right").nth(3).click()
    await go_on(stage, "Ask it now")
    for letter in "BD":
        await expect(stage.get_by_role("textbox", name=f"Answer {letter}")).to_have_attribute("aria-invalid", "true")
    await expect(stage.get_by_role("textbox", name="Answer B")).to_be_focused()


async def test_a_room_that_was_closed_and_one_that_was_never_opened(visitor):
    stage = await visitor(PROJECTOR)
    await sign_up(stage, "Jule")
    await stage.goto("/host/new")
    await stage.get_by_role("button", name="Close room").click()
    await stage.get_by_role("button", name="Close the room").click()
    await expect(stage.get_by_role("heading", name="The room is closed")).to_be_visible()
    await expect(stage.locator(".stage-notice .soft")).to_have_text("Nothing was played, so there is no podium.")
    await stage.goto("/host/new?quiz_id=nonsense")
    await expect(stage.get_by_role("heading", name="No room was opened")).to_be_visible()
    await expect(stage.get_by_text("There is no such quiz")).to_be_visible()


async def test_time_that_is_left_is_said_in_minutes_where_it_is_long(visitor):
    page = await visitor()
    await page.goto("/join")
    script = "all => import('/static/js/lib/clock.js').then(({ timeLeft }) => all.map(timeLeft))"
    faces = await page.evaluate(script, [0, 0.2, 99, 99.1, 600, 3600])
    assert faces == ["0", "1", "99", "1:40", "10:00", "1:00:00"]
