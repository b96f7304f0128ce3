"""What hosts do before and after the show: accounts, writing quizzes, reading reports."""

from playwright.async_api import Page, expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import PASSWORD, email_of, forgive_refusals, sign_up


async def test_sign_up_sign_out_sign_in(visitor):
    page = await visitor(PROJECTOR)
    await page.goto("/library")
    await expect(page).to_have_url("/sign-in?next=%2Flibrary")
    await page.get_by_role("link", name="Make an account").click()
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_text("What should we call you?")).to_be_visible()
    await sign_up(page, "Jana")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url("/")
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    await sign_in(page, "Jana", PASSWORD)
    await expect(page).to_have_url("/library")


async def test_wrong_password_and_taken_address_are_said(visitor, complaints):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Kim")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url("/")
    await sign_in(page, "Kim", "not the password")
    await expect(page.get_by_role("alert").filter(has_text="Invalid email or password")).to_be_visible()
    await page.goto("/sign-up")
    await page.get_by_label("Your name").fill("Kim")
    await page.get_by_label("E-mail address").fill(email_of("Kim"))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_role("alert").filter(has_text="Email already registered")).to_be_visible()
    forgive_refusals(complaints, 401, 400)


async def test_dead_token_leads_to_the_sign_in_page_and_back(visitor, complaints):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Lea")
    await page.evaluate("localStorage.setItem('quizzler.session', JSON.stringify({token: 'dead', name: 'Lea'}))")
    await page.goto("/games")
    await expect(page).to_have_url("/sign-in?next=%2Fgames")
    await page.get_by_label("E-mail address").fill(email_of("Lea"))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url("/games")
    forgive_refusals(complaints, 401)


async def test_quiz_is_written_reordered_checked_saved_and_edited(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Mia")
    await page.get_by_role("link", name="New quiz").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Give the quiz a title.")).to_be_visible()
    await expect(page.get_by_text("Write the question.")).to_be_visible()
    await page.get_by_label("Title").fill("Capitals")
    await write_question(page, "Capital of France?", ["Lyon", "Paris"], right=1)
    await page.get_by_role("button", name="Add a question").click()
    await write_question(page, "Capital of Japan?", ["Tokyo", "Tokyo"], right=0)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Two answers are the same.")).to_be_visible()
    await page.get_by_role("textbox", name="Answer B").fill("Kyoto")
    await page.get_by_role("button", name="Move up").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("All changes saved")).to_be_visible()

    await page.reload()
    outline = page.locator(".outline-text")
    await expect(outline).to_have_text(["Capital of Japan?", "Capital of France?"])
    await page.get_by_role("button", name="Capital of France?").click()
    await expect(page.get_by_role("textbox", name="Answer B")).to_have_value("Paris")
    await expect(page.get_by_role("radio", name="Answer B is right")).to_be_checked()
    await page.get_by_label("Explanation").fill("Since 987, with pauses.")
    await page.get_by_role("button", name="Duplicate").click()
    await expect(outline).to_have_count(3)
    await page.get_by_role("button", name="Delete question").click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(outline).to_have_count(2)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("All changes saved")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Capital of France?").click()
    await expect(page.get_by_label("Explanation")).to_have_value("Since 987, with pauses.")


async def test_questions_are_put_into_order_by_dragging(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Nele")
    await page.goto("/library/new")
    for number, text in enumerate(["first", "second", "third"]):
        if number:
            await page.get_by_role("button", name="Add a question").click()
        await page.get_by_label("Question", exact=True).fill(text)
    items = page.locator(".outline-item")
    await items.nth(2).drag_to(items.nth(0))
    await expect(page.locator(".outline-text")).to_have_text(["third", "first", "second"])


async def test_leaving_the_editor_with_unsaved_changes_asks_first(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Ola")
    await page.goto("/library/new")
    await page.get_by_label("Title").fill("Half a quiz")
    asked = []

    async def stay(dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.get_by_role("link", name="Explore").click()
    await expect(page.get_by_label("Title")).to_have_value("Half a quiz")
    assert asked == ["beforeunload"]


async def test_quiz_is_deleted_from_the_library(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Pia")
    await page.goto("/library/new")
    await page.get_by_label("Title").fill("Gone tomorrow")
    await write_question(page, "Really?", ["Yes", "No"], right=0)
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("All changes saved")).to_be_visible()
    await page.goto("/library")
    await page.get_by_role("button", name="Delete Gone tomorrow").click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(page.get_by_text("Nothing here yet")).to_be_visible()


async def sign_in(page: Page, name: str, password: str) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("E-mail address").fill(email_of(name))
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def write_question(page: Page, text: str, options: list[str], right: int) -> None:
    """Into the question at hand, which has four empty answers."""
    await page.get_by_label("Question", exact=True).fill(text)
    for letter in "DCBA"[: 4 - len(options)]:
        await page.get_by_role("button", name=f"Remove answer {letter}").click()
    for letter, option in zip("ABCD"[: len(options)], options, strict=True):
        await page.get_by_role("textbox", name=f"Answer {letter}").fill(option)
    await page.locator(".q-right").nth(right).click()
