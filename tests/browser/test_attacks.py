"""Names, titles and texts that are meant to break the pages: nothing executes, and everything stays in its place.

``ATTACK_PICTURES=folder`` keeps a picture of each page.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.attacks.names import MARKUP, NAMES
from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.people import go_on
from tests.clients import Hall, Rest

TITLE = MARKUP + "\u202e" + "Z" + "\u0301" * 40
QUESTION = {
    "question_text": TITLE + "W" * 80,
    "options": ["W" * 200, MARKUP, "=cmd|' /C calc'!A0", "\u202eevil\ufdfa\ufdfa"],
    "correct_answer": 1,
    "explanation": MARKUP,
    "time_limit": 60,
}
# What is wider than the window, or than what holds it and lets it be seen.
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ["the page"] : [];
  for (const each of document.querySelectorAll("body *")) {
    const { left, right, width } = each.getBoundingClientRect();
    let holder = each.parentElement;
    while (holder && getComputedStyle(holder).overflowX === "visible") holder = holder.parentElement;
    if (!holder && width && (right > innerWidth + 1 || left < -1)) wide.push(each.outerHTML.slice(0, 100));
  }
  for (const each of document.querySelectorAll("[data-fit]")) {
    if (each.scrollWidth > each.clientWidth + 1) wide.push(each.outerHTML.slice(0, 100));
  }
  return wide;
}"""


class Watched:
    """A page that tells whether anything of what people entered was executed, or broke the layout."""

    def __init__(self, page: Page):
        self.page = page
        self._executed: list[str] = []

    @classmethod
    async def by(cls, visitor, user: Rest, screen: dict[str, int]) -> "Watched":
        watched = cls(await visitor(screen))
        watched.page.on("dialog", lambda dialog: watched._executed.append(dialog.message))
        watched.page.on(
            "request", lambda request: "127.0.0.1:1/" in request.url and watched._executed.append(request.url)
        )
        await watched.page.expose_function("boom", lambda: watched._executed.append("boom"))
        await watched.page.goto("/sign-in")
        session = {"token": user.token, "name": (await user.get("/auth/me"))["name"]}
        await watched.page.evaluate("each => localStorage.setItem('quizzler.session', JSON.stringify(each))", session)
        return watched

    async def is_right(self, name: str) -> None:
        assert self._executed == [], name
        assert await self.page.evaluate(TOO_WIDE) == [], name
        assert await self.page.locator("main script, main svg[onload], main img[src=x], [onerror]").count() == 0, name
        if folder := os.environ.get("ATTACK_PICTURES"):
            width = self.page.viewport_size["width"]
            await self.page.screenshot(path=Path(folder) / f"{name} {width}.png", animations="disabled")


async def somebody(site: str, number: int, name: str) -> Rest:
    body = {"email": f"somebody{number}@example.org", "password": "correct horse", "name": name}
    return Rest(site, (await Rest(site).post("/auth/signup", body))["access_token"])


@pytest.mark.slow
async def test_hostile_names_and_texts_on_every_screen(visitor, site):
    ann = await somebody(site, 0, MARKUP[:100])
    quiz = {"title": TITLE[:200], "description": MARKUP * 3, "questions": [QUESTION]}
    quiz_id = (await ann.post("/quizzes", quiz))["quiz_id"]
    hall = Hall(site)
    host = await Watched.by(visitor, ann, PROJECTOR)
    await host.page.goto(f"/host/new?quiz_id={quiz_id}")
    code = (await host.page.locator(".lobby-code").inner_text()).replace(" ", "")
    players = [await hall.player(code, name) for name in NAMES.values()]
    await expect(host.page.locator(".lobby-name")).to_have_count(len(NAMES))
    await host.is_right("lobby")

    phone = await Watched.by(visitor, ann, PHONE)
    await phone.page.goto(f"/join/{code}")
    await phone.page.get_by_label("Your name on the screen").fill(NAMES["a phrase in a letter"][:19])
    await phone.page.get_by_role("button", name="I’m in").click()
    await expect(phone.page.get_by_role("heading", name="You’re in")).to_be_visible()
    await phone.is_right("phone, waiting")
    await go_on(host.page, "Start")
    await expect(phone.page.get_by_role("button", name="triangle")).to_be_visible()
    await host.is_right("question")
    await phone.is_right("phone, question")
    for place, player in enumerate(players):
        await player.until("question")
        player.say({"type": "answer", "option": 1 if place < 12 else 0})
    await phone.page.get_by_role("button", name="triangle").click()
    await expect(host.page.locator(".bar-text").first).to_be_visible()
    await host.is_right("reveal")
    await expect(phone.page.locator(".result")).to_be_visible()
    await phone.is_right("phone, result")
    await go_on(host.page, "Leaderboard")
    await expect(host.page.locator(".rank-name").first).to_be_visible()
    await host.is_right("leaderboard")
    await go_on(host.page, "Show the podium")
    await expect(host.page.locator(".podium-step")).to_have_count(3)
    await expect(host.page.locator(".podium-others")).to_be_visible()
    await host.is_right("podium")
    await phone.is_right("phone, end")
    hall.leave()
    for number, name in enumerate(NAMES.values(), 1):
        taker = await somebody(site, number, name)
        await taker.post(f"/quizzes/{quiz_id}/start")
        await taker.post(f"/quizzes/{quiz_id}/submit", {"answers": {}})
    game_id = (await ann.get("/results/games"))["games"][0]["game_id"]
    for path in (
        f"/games/{game_id}", "/games", "/library", f"/library/{quiz_id}", f"/library/{quiz_id}/results",
        f"/quiz/{quiz_id}", "/profile", "/leaderboard",
    ):  # fmt: skip
        for each in (host, phone):
            await each.page.goto(path)
            await expect(each.page.locator("[aria-busy=true]")).to_have_count(0)
            await expect(each.page.locator("h1").first).to_be_visible()
            await each.is_right(path.replace(quiz_id, "quiz").replace(game_id, "game").replace("/", " ").strip())
