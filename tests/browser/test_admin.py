"""What admins do: trivia, its topics, quizzes out of use, rooms that nobody is in."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import email_of, sign_up


@pytest.fixture
def site(server_process) -> str:
    """A server that knows Ada as its admin."""
    return server_process(ADMIN_EMAILS=email_of("Ada")).url


async def test_admin_page_is_for_admins_alone(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Bob")
    await expect(page.get_by_role("link", name="Profile")).to_be_visible()
    await expect(page.get_by_role("link", name="Admin")).to_be_hidden()
    await page.goto("/admin")
    await expect(page.get_by_role("heading", name="For admins alone")).to_be_visible()


async def test_admin_writes_trivia_that_everyone_finds_and_takes_it_out_of_use(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Ada")
    await page.get_by_role("link", name="Admin").click()
    await page.get_by_role("link", name="New trivia quiz").click()
    await page.get_by_label("Title").fill("Bridges of the world")
    await page.get_by_label("Question", exact=True).fill("Where is the Golden Gate Bridge?")
    for letter, place in zip("ABCD", ["San Francisco", "Sydney", "Porto", "Kobe"], strict=True):
        await page.get_by_role("textbox", name=f"Answer {letter}").fill(place)
    await page.locator(".q-right").first.click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Trivia is found by its topic: name one.")).to_be_visible()
    await page.get_by_label("Topic").fill("Engineering")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("All changes saved")).to_be_visible()

    await page.goto("/explore")
    await page.get_by_label("Topic").select_option("Engineering")
    await expect(page.get_by_role("link", name="Take Bridges of the world alone")).to_be_visible()

    await page.goto("/admin")
    quizzes = page.locator("#quizzes")
    row = quizzes.locator("tr", has_text="Bridges of the world")
    while not await row.count():
        shown = await quizzes.locator("tbody tr").count()
        await quizzes.get_by_role("button", name="Show more").click()
        await expect(quizzes.locator("tbody tr").nth(shown)).to_be_visible()
    await expect(row.get_by_role("link", name="Edit Bridges of the world")).to_be_visible()
    await row.get_by_role("button", name="Deactivate Bridges of the world").click()
    await page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    await expect(row).to_contain_text("Out of use")
    await page.goto("/explore")
    await expect(page.get_by_role("link", name="Host").first).to_be_visible()
    await expect(page.get_by_text("Bridges of the world")).to_have_count(0)


async def test_admin_describes_a_topic_once(visitor, complaints):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Ada")
    await page.goto("/admin")
    genres = page.locator("#genres")
    for _ in range(2):
        await genres.get_by_label("Name").fill("Lighthouses")
        await genres.get_by_label("Description").fill("From Pharos on.")
        await genres.get_by_role("button", name="Add").click()
        await expect(genres.locator(".genre", has_text="From Pharos on.")).to_have_count(1)
    await expect(genres.get_by_text("Genre already exists")).to_be_visible()
    assert len(complaints) == 1 and "400" in complaints.pop()


async def test_admin_sees_rooms_and_cleans_up_those_that_nobody_is_in(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Ada")
    await page.goto("/host/new")
    code = await page.locator(".lobby-code").inner_text()
    await page.goto("/admin")
    rooms = page.locator("#rooms")
    await expect(rooms.locator("tbody tr")).to_contain_text(code)
    while await rooms.get_by_text("there", exact=True).count():  # the server may not have noticed yet that she left
        await rooms.get_by_role("button", name="Look again").click()
        await expect(rooms.locator("tbody tr")).to_have_count(1)
    await expect(rooms.get_by_text("away", exact=True)).to_be_visible()
    await rooms.get_by_role("button", name="Clean up").click()
    await expect(rooms.get_by_text("1 room closed, 0 left.")).to_be_visible()
    await rooms.get_by_role("button", name="Look again").click()
    await expect(rooms.locator("tbody tr")).to_have_count(0)
