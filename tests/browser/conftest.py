"""A real Chromium, and people in front of it. Whatever a page complains about fails the test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, async_playwright

PROJECTOR = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000  # milliseconds until something that a page should show fails the test


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def site(server_process) -> str:
    """The address of a server of this test's own."""
    return server_process().url


@pytest.fixture
def complaints() -> list[str]:
    """Console errors, Content-Security-Policy violations and exceptions of all pages. A test that provokes
    one on purpose takes it away."""
    return []


@pytest.fixture
async def visitor(
    chromium: Browser, site: str, complaints: list[str]
) -> AsyncIterator[Callable[[dict[str, int]], Awaitable[Page]]]:
    """Gives a page in a browser profile of its own, as of another person, with ``site`` as its base address."""
    contexts = []

    async def come(screen: dict[str, int] = PHONE) -> Page:
        context = await chromium.new_context(
            base_url=site, viewport=screen, reduced_motion="reduce", ignore_https_errors=True
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda said: said.type == "error" and complaints.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield come
    for context in contexts:
        await context.close()
    assert complaints == []
