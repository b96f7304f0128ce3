"""Text on the stage is as large as its room allows, for people who want no motion too."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import go_on, open_room, sign_up
from tests.clients import Hall, Rest

# A laptop, a small projector, the same with its pages at 150 and 200 %, and a phone on its side.
WIDE = [(1366, 768), (1024, 768), (800, 600), (854, 480), (683, 384), (740, 360)]
QUESTION = {
    "question_text": "Which of these cities is the capital of Norway?",
    "options": ["Bergen", "Oslo", "Tromsø", "Stavanger"],
    "correct_answer": 1,
    "time_limit": 600,
    "explanation": "It has been since 1814, and was called Christiania and Kristiania until 1925.",
}
NAMES = [f"Maximiliane {kind} {n:02d}" for n in range(25) for kind in ("Ann", "Bo")]
# What of these elements is not on the screen, or behind the controls, or has words that are cut off; and the controls
# that are out of reach.
AWAY = """(selector) => {
  const top = document.getElementById("controls").getBoundingClientRect().top;
  const isIn = ({ top, right, bottom, left }, end) =>
    top >= -1 && left >= -1 && right <= innerWidth + 1 && bottom <= end + 1;
  const words = (element) => element.className + ": " + element.textContent;
  const found = [...document.querySelectorAll(selector)];
  const cut = found.filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth);
  return [
    ...(found.length ? [] : ["nothing of " + selector]),
    ...found.filter((element) => !isIn(element.getBoundingClientRect(), top)).map(words),
    ...cut.map((element) => "cut: " + words(element)),
    ...[...document.querySelectorAll("#controls .button")]
      .filter((element) => !isIn(element.getBoundingClientRect(), innerHeight)).map(words),
  ];
}"""

# For a quarter of a second of frames: whether the code is cut off in any, its sizes, how much of its place it takes.
WATCH = """async () => {
  const way = document.querySelector(".lobby-way");
  const code = document.querySelector(".lobby-code");
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const sizes = new Set();
  let cut = false;
  for (let frame = 0; frame < 15; frame += 1) {
    await new Promise(requestAnimationFrame);
    sizes.add(getComputedStyle(code).fontSize);
    cut ||= way.scrollWidth > way.clientWidth + 1;
  }
  const text = document.createRange();
  text.selectNodeContents(code);
  const filled = text.getBoundingClientRect().width / way.clientWidth;
  return { sizes: [...sizes], cut, filled, fit: parseFloat(way.style.getPropertyValue("--fit")) };
}"""


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (800, 600)])
async def test_room_code_fills_its_place_and_stays_as_large_as_it_is(visitor, site, width, height):
    stage = await visitor({"width": width - 8, "height": height})
    await sign_up(stage, "Ann")
    [quiz, *_] = await Rest(site).get("/trivia")
    await open_room(stage, quiz["id"])
    await stage.evaluate("document.fonts.ready")
    # The widest code there can be, and what happens when a window changes its size.
    await stage.evaluate("document.querySelector('.lobby-code').textContent = 'WWWW WWWW'")
    await stage.set_viewport_size({"width": width, "height": height})
    seen = await stage.evaluate(WATCH)
    assert len(seen["sizes"]) == 1 and not seen["cut"]
    assert seen["fit"] == 1 or seen["filled"] > 0.95


@pytest.fixture
async def full_stage(visitor, site):
    """Gives a stage whose room plays one question and has so many people in it."""
    hall = Hall(site)

    async def open_stage(name: str, people: int) -> Page:
        stage = await visitor({"width": 1366, "height": 768})
        rest = Rest(site, await sign_up(stage, name))
        body = {"title": "Capitals of the north", "questions": [QUESTION]}
        code = await open_room(stage, (await rest.post("/quizzes", body))["quiz_id"])
        for person in NAMES[:people]:
            await hall.player(code, person)
        await expect(stage.locator(".lobby-count")).to_have_text(f"{people} players")
        return stage

    yield open_stage
    hall.leave()


async def away(stage: Page, selector: str, sizes: list[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
    await expect(stage.locator(selector).first).to_be_visible()
    await stage.evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished))")
    found = {}
    for width, height in sizes:
        await stage.set_viewport_size({"width": width, "height": height})
        await stage.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found[width, height] = await stage.evaluate(AWAY, selector)
    return {size: what for size, what in found.items() if what}


async def test_every_screen_of_a_game_fits_a_stage_that_is_wider_than_high(full_stage):
    stage = await full_stage("Kai", 6)
    assert await away(stage, ".lobby-qr, .lobby-code, .lobby-name", WIDE) == {}
    await stage.get_by_role("button", name="Ask your own").click()
    assert await away(stage, ".typing", WIDE) == {}  # and the controls, with "Ask it now" and "Not now"
    await stage.get_by_role("button", name="Not now").click()
    await go_on(stage, "Start")
    assert await away(stage, ".show-text, .tile, .tile-text, .ring, .show-answered", WIDE) == {}
    await go_on(stage, "End question")
    assert await away(stage, ".reveal-text, .bar, .reveal-why, .reveal-share", WIDE) == {}
    await go_on(stage, "Leaderboard")
    assert await away(stage, ".ranking h1, .rank", WIDE) == {}
    await go_on(stage, "Show the podium")
    await expect(stage.locator(".podium-step")).to_have_count(3)
    assert await away(stage, ".podium-title, .podium-step, .podium-name, .podium-others", WIDE) == {}


async def test_fifty_names_are_all_on_the_stage_and_none_is_cut(full_stage):
    stage = await full_stage("Lara", len(NAMES))
    assert await away(stage, ".lobby-name", [(1366, 768), (1024, 768), (1920, 1080)]) == {}
    await expect(stage.locator(".lobby-name")).to_have_count(len(NAMES))
    # Where there is no room for all, whoever is shown is shown whole, and the others are counted.
    assert await away(stage, ".lobby-name, .lobby-more", [(683, 384)]) == {}
    shown = await stage.locator(".lobby-name").count()
    await expect(stage.locator(".lobby-more")).to_have_text(f"+ {len(NAMES) - shown} more")


async def test_a_question_that_nobody_answered_and_two_winners_in_the_middle(full_stage):
    stage = await full_stage("Mats", 2)
    await go_on(stage, "Start")
    await expect(stage.get_by_role("timer")).to_have_text(re.compile(r"^(10:00|9:[0-5]\d)$"))
    await go_on(stage, "End question")
    await expect(stage.locator(".show-side")).to_have_text("Nobody answered")
    await go_on(stage, "Leaderboard")
    await go_on(stage, "Show the podium")
    await expect(stage.locator(".podium-step")).to_have_count(2)
    first, second = [await step.bounding_box() for step in await stage.locator(".podium-step").all()]
    assert abs((second["x"] + first["x"] + first["width"]) / 2 - 1366 / 2) < 2
