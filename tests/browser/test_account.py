"""One's account on the pages: staying signed in, another password, one's data, and the end."""

import asyncio
import json

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import PASSWORD, email_of, forgive_refusals, open_room, sign_up
from tests.clients import Rest

ANOTHER = "four grey geese"
SESSION = "JSON.parse(localStorage.getItem('quizzler.session'))"
CHANGE_SESSION = f"changed => localStorage.setItem('quizzler.session', JSON.stringify({{...{SESSION}, ...changed}}))"
DUE, DEAD = {"renewAt": 0}, {"token": "a.dead.token"}


@pytest.fixture
async def page(visitor) -> Page:
    page = await visitor(PROJECTOR)
    await sign_up(page, "Olga")
    return page


async def change_session(page: Page, changed: dict) -> dict:
    """Returns the session as it was."""
    before = await page.evaluate(SESSION)
    await page.evaluate(CHANGE_SESSION, changed)
    return before


async def sees_own_profile(page: Page, name: str = "Olga") -> None:
    await page.goto("/profile")
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(page.locator("#profile")).to_have_attribute("aria-busy", "false")


async def renewals(context: BrowserContext) -> list[int]:
    """The statuses of all renewals from now on."""
    statuses: list[int] = []
    context.on("response", lambda response: response.url.endswith("/auth/renew") and statuses.append(response.status))
    return statuses


async def sign_in(page: Page, password: str) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("E-mail address").fill(email_of("Olga"))
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def change_password(page: Page, current: str = PASSWORD, new: str = ANOTHER) -> None:
    await page.get_by_label("Current password").fill(current)
    await page.get_by_label("New password").fill(new)
    await page.get_by_role("button", name="Change it").click()


async def test_who_has_an_account_already_is_led_to_the_sign_in_page(page, visitor, complaints):
    stranger = await visitor()
    await stranger.goto("/sign-up?next=%2Fgames")
    await stranger.get_by_label("Your name").fill("Olga")
    await stranger.get_by_role("button", name="Create my account").click()
    await expect(stranger.get_by_text("Write your e-mail address.")).to_be_visible()
    await stranger.get_by_label("E-mail address").fill(email_of("Olga"))
    await stranger.get_by_label("Password").fill(PASSWORD)
    await stranger.get_by_role("button", name="Create my account").click()
    notice = stranger.get_by_role("alert").filter(has_text="Email already registered.")
    await expect(notice).to_be_in_viewport()
    await notice.get_by_role("link", name="Sign in").click()
    await expect(stranger).to_have_url("/sign-in?next=%2Fgames")
    await stranger.get_by_label("E-mail address").fill(email_of("Olga"))
    await stranger.get_by_label("Password").fill("wrong herons")
    await stranger.get_by_role("button", name="Sign in").click()
    await expect(stranger.locator("#problem")).to_have_text("Invalid email or password.")
    forgive_refusals(complaints, 400, 401)


class TestStayingSignedIn:
    async def test_token_is_renewed_when_it_is_time_and_not_before(self, page):
        statuses = await renewals(page.context)
        await sees_own_profile(page)
        assert statuses == []
        before = await change_session(page, DUE)
        await sees_own_profile(page)
        assert statuses == [200]
        after = await page.evaluate(SESSION)
        assert after["token"] != before["token"] and after["refresh"] != before["refresh"]
        assert after["renewAt"] >= before["renewAt"]

    async def test_dead_token_is_renewed_and_nobody_notices(self, page, complaints):
        await change_session(page, DEAD)
        await sees_own_profile(page)
        assert (await page.evaluate(SESSION))["token"] != DEAD["token"]
        forgive_refusals(complaints, 401)

    async def test_so_it_is_for_what_must_arrive_when_a_page_is_left(self, page, complaints):
        statuses = await renewals(page.context)
        await change_session(page, DEAD)
        kept = "import('/static/js/lib/api.js').then(({ call }) => call('POST', '/auth/verify-token', { keepalive: true }))"
        assert (await page.evaluate(kept))["valid"]
        assert statuses == [200]
        forgive_refusals(complaints, 401)

    async def test_page_of_an_older_server_is_signed_out_when_its_token_dies(self, page, complaints):
        """It has no refresh token."""
        await change_session(page, {**DEAD, "refresh": None})
        await page.goto("/profile")
        await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
        assert await page.evaluate(SESSION) is None
        forgive_refusals(complaints, 401)

    async def test_end_of_the_sign_in_leads_to_the_sign_in_page_and_back(self, page, site, complaints):
        session = await page.evaluate(SESSION)
        await Rest(site, session["token"]).post("/auth/signout")
        await page.goto("/profile")
        await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
        await page.get_by_label("E-mail address").fill(email_of("Olga"))
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page).to_have_url("/profile")
        forgive_refusals(complaints, 401)

    @pytest.mark.parametrize("with_locks", [True, False], ids=["in turn", "at once"])
    async def test_tabs_do_not_sign_each_other_out(self, page, with_locks):
        """Browsers have locks between tabs on HTTPS and on localhost alone. Even there a tab may read what another one
        stored a moment late."""
        if not with_locks:
            await page.context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
        tabs = [page] + [await page.context.new_page() for _ in range(3)]
        for tab in tabs:
            await sees_own_profile(tab)
        statuses = await renewals(page.context)
        await change_session(page, DUE)
        script = "async () => (await (await import('/static/js/lib/api.js')).get('/auth/me')).name"
        assert await asyncio.gather(*(tab.evaluate(script) for tab in tabs)) == ["Olga"] * 4
        assert set(statuses) == {200}
        for _ in range(2):
            await change_session(page, DUE)
            await sees_own_profile(page)
        assert set(statuses) == {200}

    async def test_what_another_tab_has_renewed_is_not_renewed_again(self, page):
        statuses = await renewals(page.context)
        script = "async used => (await import('/static/js/lib/renewal.js')).renewed(used)"
        assert await page.evaluate(script, "a token that was replaced since") is True
        assert statuses == []

    async def test_who_signs_out_in_the_meantime_stays_signed_out(self, page):
        asked, go_on = asyncio.Event(), asyncio.Event()

        async def hold(route):
            response = await route.fetch()
            asked.set()
            await go_on.wait()
            await route.fulfill(response=response)

        await page.context.route("**/auth/renew", hold)
        await change_session(page, DUE)
        script = "async () => (await import('/static/js/lib/renewal.js')).freshToken()"
        fresh = asyncio.create_task(page.evaluate(script))
        await asked.wait()
        await page.evaluate("localStorage.removeItem('quizzler.session')")
        go_on.set()
        assert await fresh is None and await page.evaluate(SESSION) is None

    async def test_stage_comes_back_with_another_token(self, page, complaints):
        """The socket is refused with a dead one."""
        await change_session(page, DEAD)
        await page.goto("/host/new")
        await expect(page.locator(".lobby-code")).to_be_visible()
        assert (await page.evaluate(SESSION))["token"] != DEAD["token"]
        complaints.clear()

    async def test_server_that_cannot_be_asked_signs_nobody_out(self, page, complaints):
        await change_session(page, DEAD)
        await page.context.route("**/auth/renew", lambda route: route.fulfill(status=503, body="{}"))
        await page.goto("/profile")
        await expect(page.get_by_text("The server cannot be reached")).to_be_visible()
        await page.context.unroute("**/auth/renew")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("heading", name="Olga")).to_be_visible()
        complaints.clear()

    async def test_server_that_does_not_renew_now_says_why(self, page, complaints):
        await change_session(page, DEAD)
        sentence = "Too many requests. Please wait a moment and try again"
        refusal = {"status": 429, "headers": {"Retry-After": "60"}, "json": {"detail": sentence}}
        await page.context.route("**/auth/renew", lambda route: route.fulfill(**refusal))
        await page.goto("/profile")
        await expect(page.get_by_text(sentence)).to_be_visible()
        await page.context.unroute("**/auth/renew")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("heading", name="Olga")).to_be_visible()
        forgive_refusals(complaints, 401, 429)


class TestPassword:
    async def test_is_changed_here_and_signed_out_elsewhere(self, page, visitor, complaints):
        phone = await visitor()
        await sign_in(phone, PASSWORD)
        await expect(phone).to_have_url("/library")
        await sees_own_profile(page)
        await page.get_by_role("button", name="Change my password").click()
        await change_password(page, current="wrong herons", new="short")
        await expect(page.get_by_text("A password has at least 6 characters.")).to_be_visible()
        await change_password(page, current="wrong herons")
        await expect(page.get_by_text("That is not your current password.")).to_be_visible()
        await change_password(page)
        said = "Your password is changed. Every other device is signed out."
        await expect(page.get_by_role("status")).to_have_text(said)
        await expect(page.get_by_label("Current password")).to_be_hidden()
        await sees_own_profile(page)
        await phone.goto("/profile")
        await expect(phone.get_by_role("heading", name="Welcome back")).to_be_visible()
        await sign_in(phone, PASSWORD)
        await expect(phone.get_by_role("alert")).to_contain_text("Invalid email or password")
        await sign_in(phone, ANOTHER)
        await expect(phone).to_have_url("/library")
        forgive_refusals(complaints, 401, 403)

    async def test_stage_in_another_tab_goes_on(self, page, complaints):
        stage = await page.context.new_page()
        quiz_id = (await (await page.context.request.get("/trivia")).json())[0]["id"]
        code = await open_room(stage, quiz_id)
        await sees_own_profile(page)
        await page.get_by_role("button", name="Change my password").click()
        async with stage.expect_websocket():
            await change_password(page)
            await expect(page.get_by_role("status")).to_be_visible()
        await expect(stage.locator(".lobby-code")).to_be_visible()
        await expect(stage).to_have_url(f"/host/{code}")
        room = await (await page.context.request.get(f"/realtime/rooms/validate/{code}")).json()
        assert room["valid"] is True
        complaints.clear()

    async def test_guesser_is_told_to_wait(self, page, complaints):
        await sees_own_profile(page)
        await page.get_by_role("button", name="Change my password").click()
        for _ in range(5):
            await change_password(page, current="wrong herons")
            await expect(page.get_by_text("That is not your current password.")).to_be_visible()
        await change_password(page, current="wrong herons")
        await expect(page.get_by_text("Too many wrong passwords. Please try again in 1 second.")).to_be_visible()
        forgive_refusals(complaints, 403, 429)


async def test_data_is_taken_along(page):
    await sees_own_profile(page)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download my data").click()
    file = await download.value
    assert file.suggested_filename == "quizzler-data.json"
    with open(await file.path(), encoding="utf-8") as data:
        assert json.load(data)["profile"]["email"] == email_of("Olga")


async def test_signing_out_everywhere(page, visitor, complaints):
    phone = await visitor()
    await sign_in(phone, PASSWORD)
    await expect(phone).to_have_url("/library")
    await sees_own_profile(page)
    await page.get_by_role("button", name="Sign out everywhere").click()
    await page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    await phone.goto("/profile")
    await expect(phone.get_by_role("heading", name="Welcome back")).to_be_visible()
    forgive_refusals(complaints, 401)


async def test_what_goes_with_an_account_is_read_before_its_password_is_asked_for(page):
    await page.set_viewport_size({"width": 320, "height": 568})
    await sees_own_profile(page)
    await page.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog", name="Delete your account?")
    for heading in ["Delete your account?", "What goes"]:
        await expect(dialog.get_by_role("heading", name=heading)).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Tab")
    await expect(dialog.get_by_label("Your password")).to_be_focused()


async def test_account_is_deleted_and_its_answers_have_no_name(page, visitor, site, complaints):
    author = await visitor()
    sven = Rest(site, await sign_up(author, "Sven"))
    question = {"question_text": "Oslo?", "options": ["Yes", "No"], "correct_answer": 0}
    quiz_id = (await sven.post("/quizzes", {"title": "Capitals", "questions": [question]}))["quiz_id"]
    olga = Rest(site, (await page.evaluate(SESSION))["token"])
    [asked] = (await olga.post(f"/quizzes/{quiz_id}/start"))["questions"]
    await olga.post(f"/quizzes/{quiz_id}/submit", {"answers": {asked["id"]: "a"}})

    await sees_own_profile(page)
    await page.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Your answers, as those of a deleted account")
    await dialog.get_by_role("button", name="Delete for ever").click()
    await expect(dialog).to_contain_text("Type your password")
    await dialog.get_by_label("Your password").fill("wrong herons")
    await dialog.get_by_role("button", name="Delete for ever").click()
    await expect(dialog).to_contain_text("That is not your current password.")
    await dialog.get_by_label("Your password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Delete for ever").click()
    await expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    await expect(page.get_by_role("link", name="My quizzes")).to_be_hidden()
    assert await page.evaluate(SESSION) is None

    await author.goto(f"/library/{quiz_id}/results")
    await expect(author.locator("tbody th")).to_have_text(["Deleted account"])
    await expect(author.get_by_text("Taken alone by 1 person")).to_be_visible()
    forgive_refusals(complaints, 403)
