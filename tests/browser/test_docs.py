"""The pages that describe the API, in a real browser under the same Content-Security-Policy as every page."""

from playwright.async_api import expect

from tests.browser.people import sign_up


async def test_viewer_shows_every_operation(visitor):
    page = await visitor()
    document = await (await page.request.get("/openapi.json")).json()
    await page.goto("/docs")
    await page.locator(".opblock").first.wait_for()
    operations = sum(len(methods) for methods in document["paths"].values())
    assert await page.locator(".opblock").count() == operations
    await page.locator("#operations-quizzes-post_quizzes .opblock-summary-control").click()
    await page.locator("#operations-quizzes-post_quizzes .opblock-body").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_live_page_shows_messages(visitor):
    page = await visitor()
    await page.goto("/docs/live")
    headings = await page.locator("h2").all_inner_texts()
    assert headings == ["The host's channel", "A player's channel", "Parts of messages"]
    assert await page.locator(".docs-message").count() > 25
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_viewer_asks_as_whoever_is_signed_in(visitor):
    page = await visitor()
    await sign_up(page, "Dora")
    await page.goto("/docs")
    operation = page.locator("#operations-auth-get_auth_me")
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response .microlight").first
    await expect(answer).to_contain_text("dora@example.test")
