"""Taking a quiz alone, from what is said before the start to the result."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import forgive_refusals, sign_up
from tests.clients import Rest

CAPITALS = [
    {
        "question_text": "Capital of France?",
        "options": ["Lyon", "Paris"],
        "correct_answer": 1,
        "explanation": "Since 987.",
    },
    {"question_text": "Capital of Japan?", "options": ["Tokyo", "Kyoto", "Osaka"], "correct_answer": 0},
    {"question_text": "Capital of Peru?", "options": ["Cusco", "Lima"], "correct_answer": 1},
]


@pytest.fixture
def write(site):
    """Saves a quiz of an author's; gives its id."""

    async def save(**terms) -> str:
        author = await Rest(site).sign_up("Author")
        return (await author.post("/quizzes", {"title": "Capitals", "questions": CAPITALS, **NO_WATCH, **terms}))[
            "quiz_id"
        ]

    return save


NO_WATCH = {"tab_switch_exit": False}


async def test_quiz_is_taken_in_any_order_and_the_result_shows_every_question(visitor, write):
    quiz_id = await write(duration=5, positive_mark=2, negative_mark=0.5)
    page = await visitor(PROJECTOR)
    await sign_up(page, "Ada")
    await start(page, quiz_id)
    await choose(page, "Lyon")
    await page.get_by_role("button", name="Next").click()
    await choose(page, "Kyoto")
    await page.get_by_role("button", name="Question 1, answered").click()
    await expect(option(page, "Lyon")).to_have_attribute("aria-pressed", "true")
    await choose(page, "Paris")
    await expect(option(page, "Lyon")).to_have_attribute("aria-pressed", "false")
    await page.get_by_role("button", name="Question 3, not answered").click()
    await hand_in(page, "1 question is not answered.")

    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")
    await expect(figure(page, "of 6")).to_have_text("1.5")
    await expect(figure(page, "right")).to_have_text("33%")
    verdicts = page.locator(".result-question .tag")
    await expect(verdicts).to_have_text(["Right", "Not right", "Not answered"])
    first, second, _ = await page.locator(".result-question").all()
    await expect(first.locator("[data-given=true]")).to_contain_text("Parisyour answer, right")
    await expect(first).to_contain_text("Since 987.")
    await expect(second.locator("[data-given=true]")).to_contain_text("Kyotoyour answer")
    await expect(second.locator("[data-right=true]")).to_contain_text("Tokyoright")
    await page.goto(f"/quiz/{quiz_id}")
    await expect(page.get_by_role("link", name="See your result")).to_be_visible()


async def test_the_next_one_at_a_shared_computer_starts_for_themselves(visitor, write, site):
    quiz_id = await write(duration=90)
    page = await visitor(PROJECTOR)
    await sign_up(page, "Ada")
    await start(page, quiz_id)
    await choose(page, "Lyon")
    await page.goto("/profile")
    await sign_up(page, "Ben")
    await start(page, quiz_id)
    await expect(option(page, "Lyon")).to_have_attribute("aria-pressed", "false")


async def test_an_attempt_that_is_not_there_is_said(visitor, write, complaints):
    quiz_id = await write(duration=90)
    page = await visitor(PROJECTOR)
    await sign_up(page, "Ada")
    await page.goto(f"/quiz/{quiz_id}/take")
    await expect(page.get_by_text("There is no attempt of yours to go on with.")).to_be_visible()
    forgive_refusals(complaints, 404)


async def test_terms_are_said_before_the_start(visitor, write):
    quiz_id = await write(duration=90, negative_mark=0.25, navigation_type="linear", tab_switch_exit=True)
    page = await visitor()
    await sign_up(page, "Ben")
    await page.goto(f"/quiz/{quiz_id}")
    for words in ["minutes90", "for a wrong one−0.25", "Only forward", "Leaving this tab hands in your answers"]:
        await expect(page.locator(".quiz")).to_contain_text(words)


async def test_stranger_signs_in_first_and_comes_back(visitor, write):
    quiz_id = await write()
    page = await visitor()
    await page.goto(f"/quiz/{quiz_id}")
    await expect(page).to_have_url(f"/sign-in?next=%2Fquiz%2F{quiz_id}")


async def test_answers_and_place_survive_a_reload(visitor, write):
    quiz_id = await write(tab_switch_exit=True)
    page = await visitor(PROJECTOR)
    page.on("dialog", lambda dialog: dialog.accept())
    await sign_up(page, "Cleo")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await page.keyboard.press("ArrowRight")
    await choose(page, "Osaka")
    await page.reload()
    await expect(page.get_by_role("heading", name="Capital of Japan?")).to_be_visible()
    await expect(option(page, "Osaka")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".take-map")).to_contain_text("2 of 3 answered")


async def test_answers_are_on_the_server_for_another_browser(visitor, write):
    quiz_id = await write()
    page = await visitor(PROJECTOR)
    await sign_up(page, "Dora")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    session = await page.evaluate("localStorage.getItem('quizzler.session')")
    other = await visitor()
    await other.goto("/join")
    await other.evaluate("session => localStorage.setItem('quizzler.session', session)", session)
    await other.goto(f"/quiz/{quiz_id}/take")
    await expect(option(other, "Paris")).to_have_attribute("aria-pressed", "true")


async def test_linear_quiz_goes_forward_only_also_through_a_reload(visitor, write):
    quiz_id = await write(navigation_type="linear")
    page = await visitor(PROJECTOR)
    await sign_up(page, "Emil")
    await start(page, quiz_id)
    await expect(page.get_by_text("you cannot come back to this question")).to_be_visible()
    await page.get_by_role("button", name="Skip").click()
    await expect(page.get_by_role("heading", name="Capital of Japan?")).to_be_visible()
    await expect(page.get_by_role("button", name="Back")).to_be_hidden()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("button", name="Question 1, not answered")).to_be_disabled()
    await page.reload()
    await expect(page.get_by_role("heading", name="Capital of Japan?")).to_be_visible()


async def test_quiz_is_handed_in_by_itself_when_its_time_is_over(visitor, write, database):
    quiz_id = await write(duration=1)
    page = await visitor()
    await sign_up(page, "Finn")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await begun_earlier(database, quiz_id, seconds=57)
    await page.reload()
    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")
    await expect(figure(page, "of 3")).to_have_text("1")


async def test_who_comes_back_too_late_is_told_so(visitor, write, database):
    quiz_id = await write(duration=1)
    page = await visitor()
    await sign_up(page, "Gus")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await begun_earlier(database, quiz_id, seconds=120)
    await page.reload()
    await expect(page.get_by_role("heading", name="Too late")).to_be_visible()
    await expect(page.get_by_text("this attempt scores 0")).to_be_visible()


async def test_leaving_the_tab_hands_in_what_is_there(visitor, write):
    quiz_id = await write(tab_switch_exit=True)
    page = await visitor()
    await sign_up(page, "Hana")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await hide(page)
    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")
    await expect(page.locator(".result-question .tag")).to_have_text(["Right", "Not answered", "Not answered"])


async def test_going_to_another_address_counts_as_leaving(visitor, write):
    quiz_id = await write(tab_switch_exit=True)
    page = await visitor()
    page.on("dialog", lambda dialog: dialog.accept())
    await sign_up(page, "Ines")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await page.goto("/explore")
    await page.goto(f"/quiz/{quiz_id}/take")
    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")


async def test_leaving_is_free_where_the_quiz_does_not_mind(visitor, write):
    quiz_id = await write()
    page = await visitor()
    await sign_up(page, "Jan")
    await start(page, quiz_id)
    await hide(page)
    await choose(page, "Paris")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()


async def test_handing_in_goes_on_by_itself_once_the_line_is_back(visitor, write, complaints):
    quiz_id = await write()
    page = await visitor()
    await sign_up(page, "Kira")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await page.route("**/submit", lambda route: route.abort())
    await hand_in_early(page)
    await expect(page.get_by_role("heading", name="Not handed in yet")).to_be_visible()
    await expect(page.get_by_text("Your answers are kept on this device")).to_be_visible()
    await page.unroute("**/submit")
    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")
    await expect(figure(page, "of 3")).to_have_text("1")
    forgive_lost_lines(complaints)


@pytest.mark.parametrize("screen", [(320, 568), (360, 640), (740, 360)], ids=lambda screen: f"{screen[0]}px")
async def test_lost_line_is_said_in_whole_words_and_leaves_the_answers_in_sight(visitor, write, complaints, screen):
    quiz_id = await write()
    page = await visitor({"width": screen[0], "height": screen[1]})
    await sign_up(page, "Olle")
    await start(page, quiz_id)
    await page.route("**/attempt", lambda route: route.abort())
    await choose(page, "Paris")
    said = page.get_by_text("The server cannot be reached. Your answers are kept on this device.")
    await expect(said).to_be_visible()
    assert (await said.bounding_box())["height"] < 50  # two lines at most
    foot = await page.locator(".take-foot").bounding_box()
    assert foot["y"] + foot["height"] <= screen[1]
    for answer in ["Lyon", "Paris"]:
        box = await option(page, answer).bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] <= foot["y"]
    forgive_lost_lines(complaints)


async def test_phone_shows_how_many_are_answered_and_hands_in_from_any_question(visitor, write):
    quiz_id = await write()
    page = await visitor()
    await sign_up(page, "Pia")
    await start(page, quiz_id)
    await expect(page.get_by_text("0 answered", exact=True)).to_be_visible()
    await choose(page, "Paris")
    await expect(page.get_by_text("1 answered", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Hand in").click()
    await confirm(page, "2 questions are not answered.")
    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")
    await expect(figure(page, "of 3")).to_have_text("1")


async def test_phone_lying_down_shows_the_place_in_a_long_quiz(visitor, write):
    questions = [{**CAPITALS[0], "question_text": f"Capital {number}?"} for number in range(50)]
    quiz_id = await write(questions=questions)
    page = await visitor({"width": 740, "height": 360})
    await sign_up(page, "Rut")
    await start(page, quiz_id)
    map_ = page.locator(".take-map-list")
    for _ in range(40):
        await page.keyboard.press("ArrowRight")
    here = page.get_by_role("button", name="Question 41, not answered")
    await expect(here).to_have_attribute("aria-current", "step")
    await expect(page.locator(".take-map").get_by_role("button", name="Hand in")).to_be_in_viewport(ratio=1)
    await in_sight(here, map_)
    await page.set_viewport_size({"width": 360, "height": 740})
    await in_sight(here, map_)


async def test_lost_confirmation_is_asked_for_again_and_counts_once(visitor, write, complaints, database):
    quiz_id = await write()
    page = await visitor()
    await sign_up(page, "Leo")
    await start(page, quiz_id)
    await choose(page, "Paris")
    arrived = []

    async def lose_the_answer(route) -> None:
        arrived.append((await route.fetch()).status)
        await route.abort()

    await page.route("**/submit", lose_the_answer, times=1)
    await hand_in_early(page)
    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")
    assert arrived == [200]
    sums = await database.fetch_one("SELECT sum(attempts) AS attempts FROM quiz_stats WHERE quiz_id = %s", (quiz_id,))
    assert sums["attempts"] == 1
    forgive_lost_lines(complaints)


async def test_reload_while_it_cannot_be_handed_in_does_not_open_the_questions_again(visitor, write, complaints):
    quiz_id = await write()
    page = await visitor()
    await sign_up(page, "Mona")
    await start(page, quiz_id)
    await choose(page, "Paris")
    await page.route("**/submit", lambda route: route.abort())
    await hand_in_early(page)
    await expect(page.get_by_role("heading", name="Not handed in yet")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Not handed in yet")).to_be_visible()
    await page.unroute("**/submit")
    await page.get_by_role("button", name="Try again now").click()
    await expect(page).to_have_url(f"/quiz/{quiz_id}/result")
    forgive_lost_lines(complaints)


async def test_quiz_that_is_not_open_yet_cannot_be_started(visitor, write):
    quiz_id = await write(start_time="2090-01-01T10:00:00Z")
    page = await visitor()
    await sign_up(page, "Noor")
    await page.goto(f"/quiz/{quiz_id}")
    await expect(page.get_by_text("Opens on 1 January 2090")).to_be_visible()
    await expect(page.get_by_role("button", name="Start")).to_have_count(0)


async def test_time_left_follows_the_servers_clock_however_wrong_ours_is(visitor):
    page = await visitor()
    await page.goto("/join")
    opened = {
        "type": "opened",
        "kept": None,
        "received_at": 5000.0,
        "attempt": {
            "session_id": "s",
            "ends_at": "2030-01-01T10:05:00Z",
            "server_time": "2030-01-01T10:01:30+00:00",
            "quiz": {"id": "q", "navigation_type": "omni"},
            "questions": [{"id": "a", "question_text": "A?", "options": ["1", "2"]}],
            "answers": {},
        },
    }
    state = await page.evaluate(
        """async (opened) => {
            const { INITIAL, reduce } = await import("/static/js/alone/state.js");
            return reduce(INITIAL, opened);
        }""",
        opened,
    )
    assert state["endsAt"] == 5000.0 + 210


async def start(page: Page, quiz_id: str) -> None:
    await page.goto(f"/quiz/{quiz_id}")
    await page.get_by_role("button", name="Start").click()
    await expect(page).to_have_url(f"/quiz/{quiz_id}/take")
    await expect(page.locator(".take-text")).to_be_visible()


def option(page: Page, words: str):
    return page.locator(".take-option", has_text=words)


def figure(page: Page, label: str):
    return page.locator(".figures div", has=page.get_by_text(label, exact=True)).locator("dd")


async def choose(page: Page, words: str) -> None:
    await option(page, words).click()
    await expect(option(page, words)).to_have_attribute("aria-pressed", "true")


async def hand_in(page: Page, said: str) -> None:
    """From the last question."""
    await page.locator(".take-foot").get_by_role("button", name="Hand in").click()
    await confirm(page, said)


async def confirm(page: Page, said: str) -> None:
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(said)
    await dialog.get_by_role("button", name="Hand in").click()


async def in_sight(inner: Locator, outer: Locator) -> None:
    """The one is all within what is seen of the other, as soon as that is laid out."""
    await inner.page.wait_for_function(
        """([inner, outer]) => {
            const [one, all] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
            return one.top >= all.top && one.bottom <= all.bottom && one.left >= all.left && one.right <= all.right;
        }""",
        arg=[await inner.element_handle(), await outer.element_handle()],
    )


async def hand_in_early(page: Page) -> None:
    """On a phone: past the questions that are left."""
    while await page.get_by_role("button", name="Next").count():
        await page.get_by_role("button", name="Next").click()
    await hand_in(page, "2 questions are not answered.")


async def hide(page: Page) -> None:
    """A headless browser shows every page always, so the page is told what it would see."""
    await page.evaluate(
        """Object.defineProperty(document, "hidden", { value: true, configurable: true });
           document.dispatchEvent(new Event("visibilitychange"));"""
    )


async def begun_earlier(database, quiz_id: str, *, seconds: int) -> None:
    await database.execute(
        "UPDATE attempts SET started_at = started_at - %s * interval '1 second' WHERE quiz_id = %s", (seconds, quiz_id)
    )


def forgive_lost_lines(complaints: list[str]) -> None:
    """The browser itself reports requests that were cut on purpose."""
    left = [text for text in complaints if "net::ERR_FAILED" not in text]
    assert len(left) < len(complaints)
    complaints[:] = left
