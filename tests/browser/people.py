"""What hosts and players do on the pages, in their own words."""

import re

from playwright.async_api import Page, WebSocketRoute, expect

PASSWORD = "three blue herons"
LINE_CUT = 3001  # a close code that means nothing to the pages, as 1006 does, which no script may send


async def sign_up(page: Page, name: str) -> str:
    """Makes an account on the sign-up page, ends on the library. Returns the API token."""
    await page.goto("/sign-up")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("E-mail address").fill(email_of(name))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create my account").click()
    await expect(page).to_have_url("/library")
    await expect(page.locator("#quizzes")).to_have_attribute("aria-busy", "false")
    return await page.evaluate("JSON.parse(localStorage.getItem('quizzler.session')).token")


def email_of(name: str) -> str:
    return f"{name.lower()}@example.test"


async def open_room(page: Page, quiz_id: str) -> str:
    """Opens a room for the quiz on the host page. Returns its code."""
    await page.goto(f"/host/new?quiz_id={quiz_id}")
    code = (await page.locator(".lobby-code").inner_text()).replace(" ", "")
    await expect(page).to_have_url(f"/host/{code}")
    return code


async def join(page: Page, code: str, name: str) -> None:
    """Comes by the join link, types a name, and is in."""
    await page.goto(f"/join/{code}")
    await expect(page.get_by_label("Room code")).to_have_value(code)
    await page.get_by_label("Your name on the screen").fill(name)
    await page.get_by_role("button", name="I’m in").click()
    await expect(page.get_by_role("heading", name="You’re in")).to_be_visible()


class Line:
    """A page's connection to the live server, which can be cut and mended. To be laid before the page connects."""

    def __init__(self) -> None:
        self._cut = False
        self._ends: list[WebSocketRoute] = []

    @classmethod
    async def of(cls, page: Page) -> "Line":
        line = cls()
        await page.route_web_socket(re.compile("/realtime/ws/"), line._connect)
        return line

    async def cut(self) -> None:
        self._cut = True
        for end in self._ends:
            await end.close(code=LINE_CUT)
        self._ends.clear()

    def mend(self) -> None:
        self._cut = False

    async def _connect(self, end: WebSocketRoute) -> None:
        if self._cut:
            return await end.close(code=LINE_CUT)
        self._ends += [end, end.connect_to_server()]


async def go_on(page: Page, button: str) -> None:
    """The host's one main step, which is expected to be called that now."""
    await page.locator("#controls").get_by_role("button", name=button).click()


async def rested(page: Page, button: str) -> None:
    """The host's main step is called that now and takes presses: for a moment after a change of the screen it rests."""
    main = page.locator("#controls .button-marigold")
    await expect(main).to_have_text(button)
    await expect(main).not_to_have_attribute("aria-disabled", "true")


async def answer(page: Page, option: str) -> None:
    """Taps an answer and waits until the server has it. The last one of a room leads to the reveal at once."""
    await page.get_by_role("button", name=option).click()
    await expect(page.get_by_text("Saved", exact=True).or_(page.locator(".result"))).to_be_visible()


def forgive_refusals(complaints: list[str], *statuses: int) -> None:
    """The browser itself reports answers with these statuses on its console, where they were provoked."""
    left = [text for text in complaints if not any(f"status of {status}" in text for status in statuses)]
    assert len(left) < len(complaints)
    complaints[:] = left
