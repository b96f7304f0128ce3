"""Every page on every screen: it loads without a complaint, nothing sticks out, and it says who it is."""

import re

import pytest
from playwright.async_api import expect

from quizzler.ops.addresses import lan_address
from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.people import forgive_refusals, sign_up
from tests.clients import Rest

SMALL_PHONE = {"width": 360, "height": 640}
LAPTOP = {"width": 1366, "height": 768}
FOR_ANYONE = ["/", "/join", "/join/K7QX42MP", "/sign-in", "/sign-up", "/explore", "/leaderboard"]
FOR_HOSTS = ["/library", "/library/new", "/games", "/host/new", "/profile", "/admin"]


@pytest.mark.parametrize("screen", [PHONE, SMALL_PHONE, LAPTOP, PROJECTOR], ids=lambda screen: f"{screen['width']}px")
async def test_pages_load_without_complaint_and_fit_the_screen(visitor, screen):
    page = await visitor(screen)
    for path in FOR_ANYONE:
        await check(page, path)
    await sign_up(page, f"Quinn{screen['width']}")
    for path in FOR_HOSTS:
        await check(page, path)


async def check(page, path: str) -> None:
    await page.goto(path)
    await page.wait_for_load_state("networkidle")
    await expect(page).to_have_title(re.compile("Quizzler"))
    await check_width(page, path)
    unnamed = await page.evaluate(
        """[...document.querySelectorAll("input, select, textarea")].filter((field) =>
           !field.labels?.length && !field.getAttribute("aria-label")).map((field) => field.id)"""
    )
    assert unnamed == [], f"{path} has fields without a label"


async def check_width(page, path: str) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"


async def test_editor_with_many_questions_fits_a_small_phone(visitor):
    page = await visitor(SMALL_PHONE)
    await sign_up(page, "Rosa")
    await page.goto("/library/new")
    for number in range(6):
        await page.get_by_label("Question", exact=True).fill(f"A question with the number {number} that is rather long")
        await page.get_by_role("button", name="Add a question").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".outline-wrong")).to_have_count(7)
    await check_width(page, "the editor")


async def test_unknown_page_is_a_page_for_browsers(visitor, complaints):
    page = await visitor()
    response = await page.goto("/no/such/page")
    assert response.status == 404
    await expect(page.get_by_role("link", name="Enter a code")).to_be_visible()
    assert len(complaints) == 1 and "404" in complaints.pop()


async def test_what_is_not_there_leads_to_what_is(visitor, complaints):
    page = await visitor()
    await sign_up(page, "Sol")
    for path, missing, way in [
        ("/quiz/nothing", "quiz", "Explore quizzes"),
        ("/quiz/nothing/result", "quiz", "Explore quizzes"),
        ("/games/nothing", "game", "Past games"),
        ("/library/nothing", "quiz", "My quizzes"),
        ("/library/nothing/results", "quiz", "My quizzes"),
    ]:
        await page.goto(path)
        await expect(page.get_by_role("heading", name=f"There is no such {missing}", level=1)).to_be_visible()
        await expect(page.get_by_role("button", name="Try again")).to_have_count(0)
        await expect(page.locator("main").get_by_role("link", name=way)).to_be_visible()
    forgive_refusals(complaints, 404)


@pytest.mark.parametrize("screen", [(740, 360), (683, 512), (820, 1180)], ids=lambda screen: f"{screen[0]}px")
async def test_start_page_has_its_shapes_beside_its_words(visitor, screen):
    page = await visitor({"width": screen[0], "height": screen[1]})
    await page.goto("/")
    await expect(page.locator(".hero-shapes")).to_be_hidden()
    shapes = await page.locator(".hero-shapes-small").bounding_box()
    form = await page.locator("#code-form").bounding_box()
    assert form["y"] + form["height"] <= min(shapes["y"], screen[1])


async def test_static_files_carry_the_version_in_their_address_and_may_be_kept(visitor):
    page = await visitor()
    fetched = []
    page.on("response", lambda response: fetched.append(response))
    await page.goto("/")
    await page.wait_for_load_state("networkidle")
    files = [response for response in fetched if "/static/" in response.url]
    assert sum(response.url.endswith(".js") for response in files) == 1
    assert sum(response.url.endswith(".css") for response in files) == 2
    for response in files:
        assert re.search(r"/static/v-[0-9a-f]+/(js|css|vendor)/", response.url)
        assert "immutable" in response.headers["cache-control"]


async def test_join_code_as_qr_code_is_a_picture(visitor):
    page = await visitor()
    response = await page.request.get("/join/K7QX42MP/qr.svg")
    assert response.status == 200 and response.headers["content-type"] == "image/svg+xml"
    assert (await response.text()).startswith("<svg")


async def test_join_link_leads_to_this_machine_where_the_host_opened_localhost(site):
    port = site.rsplit(":", 1)[1]
    assert await join_base(site) == f"http://{lan_address() or '127.0.0.1'}:{port}"


async def test_join_link_is_the_public_address_where_one_is_set(server_process):
    server = server_process(PUBLIC_URL="https://quiz.example.org/")
    assert await join_base(server.url) == "https://quiz.example.org"


async def join_base(site: str) -> str:
    page = await Rest(site).fetch("GET", "/host/new", Accept="text/html")
    return re.search(r'data-join-base="([^"]*)"', page.body.decode())[1]


async def test_inline_script_is_refused_by_the_policy(visitor, complaints):
    page = await visitor()
    await page.goto("/")
    await page.evaluate(
        """{ const script = document.createElement("script"); script.textContent = "window.intruder = true";
             document.head.append(script); }"""
    )
    assert await page.evaluate("window.intruder") is None
    assert complaints and all("Content Security Policy" in text for text in complaints)
    complaints.clear()
