"""What people reached by taking quizzes alone: their profile, the leaderboards, and a creator's results."""

import csv
import io
from pathlib import Path

from playwright.async_api import expect

from tests.attempts import add_attempt, add_quiz, add_rating, add_user
from tests.browser.conftest import PROJECTOR
from tests.browser.people import sign_up
from tests.clients import Rest

SUMS = ["Rio de Janeiro", "Wellington", "Ottawa"]


async def test_new_profile_invites_and_the_name_can_be_changed(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Olga")
    await page.get_by_role("link", name="Profile").click()
    await expect(page.get_by_text("Nothing to show yet")).to_be_visible()
    await page.get_by_role("button", name="Change my name").click()
    await page.get_by_label("Your name").fill("  ")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("What should we call you?")).to_be_visible()
    await page.get_by_label("Your name").fill("Olga <b>the</b> First")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Olga <b>the</b> First")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Olga <b>the</b> First")).to_be_visible()


async def test_profile_shows_rank_and_statistics_as_pictures(visitor, site, database):
    page = await visitor(PROJECTOR)
    user = Rest(site, await sign_up(page, "Pavel"))
    for quiz in (await user.get("/trivia"))[:2]:
        await take(user, quiz["id"])
    await page.goto("/profile")
    await expect(page.locator(".figures")).to_contain_text("of 1 player in trivia")
    progress = page.get_by_role("img", name="From the oldest to the newest")
    await expect(progress.locator(".chart-point")).to_have_count(2)
    await expect(page.get_by_role("img", name="of the answers were right")).to_be_visible()
    bars = page.locator(".share-bars li")
    topics = [topic["topic"] for topic in (await user.get("/results/stats/user"))["by_topic"]]
    await expect(bars).to_have_count(len(topics))
    await page.locator(".table a").first.click()
    await expect(page.get_by_role("heading", name="Question by question")).to_be_visible()
    await expect(page.get_by_role("heading", name="Leaderboard")).to_be_visible()
    await expect(page.locator("[data-own=true]")).to_contain_text("Pavel")


async def test_leaderboard_comes_in_pages_and_shows_ones_own_place(visitor, site, database):
    page = await visitor(PROJECTOR)
    me = (await Rest(site, await sign_up(page, "Rita")).get("/auth/me"))["id"]
    await add_rating(database, me, 70)
    for number in range(60):
        await add_rating(database, await add_user(database, f"Rival{number}"), 100 + number)
    await page.goto("/leaderboard")
    await expect(page.locator(".standing")).to_contain_text("61st")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(50)
    await page.get_by_role("button", name="Show more").click()
    await expect(rows).to_have_count(61)
    await expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    await expect(page.locator("tr[data-own=true]")).to_contain_text("Rita")
    await expect(page.get_by_text("@example")).to_have_count(0)


async def test_strangers_see_the_leaderboard_too(visitor):
    page = await visitor()
    await page.goto("/leaderboard")
    await expect(page.get_by_text("Nobody yet")).to_be_visible()


async def test_creator_sees_everybodys_results_and_takes_them_along(visitor, site, database):
    page = await visitor(PROJECTOR)
    me = (await Rest(site, await sign_up(page, "Sven")).get("/auth/me"))["id"]
    quiz_id = await add_quiz(database, "Capitals", creator_id=me, is_trivia=False, topic=None)
    for score, name in enumerate(SUMS, start=7):
        await add_attempt(database, quiz_id, await add_user(database, name), score)
    await page.goto("/library")
    await page.get_by_role("link", name="Results of Capitals").click()
    names = page.locator("tbody th")
    await expect(names).to_contain_text(SUMS[::-1])
    await expect(page.locator(".figures")).to_contain_text("best score9")
    await expect(page.get_by_role("img", name="70–80%: 1 person, 80–90%: 1 person, 90–100%: 1 person")).to_be_visible()

    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download CSV").click()
    file = await download.value
    assert file.suggested_filename == "results Capitals.csv"
    text = Path(await file.path()).read_text("utf-8-sig")
    assert [row["Name"] for row in csv.DictReader(io.StringIO(text))] == SUMS[::-1]


async def test_results_of_a_quiz_are_for_its_creator_alone(visitor, site, complaints):
    author = await Rest(site).sign_up("Author")
    quiz_id = (await author.post("/quizzes", {"title": "Private"}))["quiz_id"]
    page = await visitor()
    await sign_up(page, "Tess")
    await page.goto(f"/library/{quiz_id}/results")
    await expect(page.get_by_role("alert")).to_contain_text("Only the creator of a quiz sees everybody's results")
    assert len(complaints) == 1 and "403" in complaints.pop()


async def take(user: Rest, quiz_id: str) -> None:
    """With the first option as every answer."""
    attempt = await user.post(f"/quizzes/{quiz_id}/start")
    await user.post(
        f"/quizzes/{quiz_id}/submit", {"answers": {question["id"]: "a" for question in attempt["questions"]}}
    )
