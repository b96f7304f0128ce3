"""The editor beyond its questions: the terms of taking a quiz alone, questions from a file, copies, and the link."""

from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.people import forgive_refusals, sign_up
from tests.clients import Rest

SMALLEST_PHONE = {"width": 320, "height": 568}
HEADER = "question_text;option_a;option_b;option_c;option_d;correct_option"
GOOD = f'{HEADER}\r\nWo liegt Österreich?;Europa;Asien;;;a\r\n"Zwei\r\nZeilen?";1;2;3;4;d\r\n'
BAD = f"{HEADER}\r\nFine?;1;2;3;4;a\r\n;1;2;3;4;b\r\nWho?;1;2;3;4;x\r\n"


async def test_terms_are_checked_saved_and_there_after_a_reload(visitor, site):
    page = await visitor(PROJECTOR)
    author = Rest(site, await sign_up(page, "Uma"))
    await written(author, "Terms")
    await page.goto("/library")
    await page.get_by_role("link", name="Edit Terms").click()
    await page.get_by_text("Taking it alone").click()
    await page.get_by_label("Minutes").fill("0")
    await page.get_by_label("Opens").fill("2090-05-01T10:00")
    await page.get_by_label("Closes").fill("2090-05-01T09:00")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("What is missing or not right is marked.")).to_be_visible()
    await expect(page.get_by_text("A quiz lasts a whole number of minutes")).to_be_visible()
    await expect(page.locator(".settings-line")).to_contain_text("0 minutes")
    await expect(page.get_by_text("It closes before it opens.")).to_be_visible()
    await page.get_by_label("Minutes").fill("45")
    await page.get_by_label("Closes").fill("2090-05-02T10:00")
    await page.get_by_label("Marks lost for a wrong one").fill("0.25")
    await page.get_by_label("Way through").select_option("linear")
    await page.get_by_label("Leaving the tab hands in the answers").uncheck()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("All changes saved")).to_be_visible()
    await page.reload()
    await page.get_by_text("Taking it alone").click()
    await expect(page.get_by_label("Minutes")).to_have_value("45")
    await expect(page.get_by_label("Opens")).to_have_value("2090-05-01T10:00")
    await expect(page.get_by_label("Marks lost for a wrong one")).to_have_value("0.25")
    await expect(page.get_by_label("Leaving the tab hands in the answers")).not_to_be_checked()
    await expect(page.get_by_label("Way through")).to_have_value("linear")
    await expect(page.get_by_label("Public trivia")).to_have_count(0)


async def test_questions_come_out_of_a_file_as_a_spreadsheet_saves_it(visitor):
    page = await visitor(PROJECTOR)
    await sign_up(page, "Vera")
    await page.goto("/library/new")
    await page.get_by_label("Title").fill("Imported")
    await give_file(page, GOOD.encode("cp1252"))
    await expect(page.get_by_text("2 questions imported from quiz.csv. Save the quiz to keep them.")).to_be_visible()
    await expect(page.locator(".outline-text")).to_have_text(["Wo liegt Österreich?", "Zwei Zeilen?"])
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("All changes saved")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Zwei").click()
    await expect(page.get_by_role("radio", name="Answer D is right")).to_be_checked()


async def test_bad_file_is_reported_row_by_row_and_nothing_is_imported(visitor, complaints):
    page = await visitor(PHONE)
    await sign_up(page, "Wim")
    await page.goto("/library/new")
    await give_file(page, BAD.encode())
    await expect(page.get_by_text("Nothing was imported from quiz.csv: 2 rows need mending.")).to_be_visible()
    await expect(page.locator(".import-rows li")).to_contain_text(["Row 3", "Row 4"])
    await expect(page.locator(".outline-text")).to_have_text(["New question"])
    await page.get_by_label("CSV file").set_input_files(file_of(GOOD.encode()))
    await expect(page.locator(".outline-text")).to_have_count(2)
    forgive_refusals(complaints, 400)


async def test_good_news_of_an_import_is_in_sight_and_alone(visitor):
    page = await visitor(SMALLEST_PHONE)
    await sign_up(page, "Zoe")
    await page.goto("/library/new")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#save-problem")).to_be_visible()
    await give_file(page, GOOD.encode())
    await expect(page.get_by_text("2 questions imported from quiz.csv.")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#save-problem")).to_be_hidden()


async def test_what_is_not_saved_cannot_be_hosted_and_the_bar_stays_as_it_is(visitor, site):
    page = await visitor(PHONE)
    author = Rest(site, await sign_up(page, "Abe"))
    quiz_id = await written(author, "Steady")
    await page.goto(f"/library/{quiz_id}")
    host = page.get_by_role("link", name="Host")
    await expect(host).to_have_attribute("href", f"/host/new?quiz_id={quiz_id}")
    before = await host.bounding_box()
    await page.get_by_label("Description").fill("Two lines\nof text")
    await expect(page.get_by_text("Unsaved changes")).to_be_visible()
    await expect(host).to_be_disabled()
    assert await host.get_attribute("href") is None
    assert await host.bounding_box() == before
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("All changes saved")).to_be_visible()
    await expect(host).to_be_enabled()


async def test_file_with_more_questions_than_there_is_room_for_is_refused(visitor, site):
    page = await visitor(PROJECTOR)
    author = Rest(site, await sign_up(page, "Xena"))
    quiz_id = await written(author, "Nearly full", count=49)
    await page.goto(f"/library/{quiz_id}")
    await give_file(page, GOOD.encode())
    await expect(page.get_by_text("quiz.csv has 2 questions, and there is room for 1.")).to_be_visible()
    await expect(page.locator(".outline-text")).to_have_count(49)


async def test_quiz_is_copied_and_its_link_shared(visitor, site):
    page = await visitor(PROJECTOR)
    author = Rest(site, await sign_up(page, "Yara"))
    quiz_id = await written(author, "Original")
    await page.goto("/library")
    await page.get_by_role("button", name="Copy Original").click()
    await expect(page.get_by_role("heading", name="Original (copy)")).to_be_visible()
    await page.get_by_role("button", name="Share Original", exact=True).click()
    link = await page.get_by_label("Link", exact=True).input_value()
    assert link.endswith(f"/quiz/{quiz_id}")
    await page.get_by_role("button", name="Copy the link").click()
    await expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()


async def written(author: Rest, title: str, count: int = 1) -> str:
    """A saved quiz with so many questions."""
    question = {"options": ["Yes", "No"], "correct_answer": 0}
    questions = [{"question_text": f"Question {number}?", **question} for number in range(1, count + 1)]
    return (await author.post("/quizzes", {"title": title, "questions": questions}))["quiz_id"]


def file_of(content: bytes) -> dict:
    return {"name": "quiz.csv", "mimeType": "text/csv", "buffer": content}


async def give_file(page: Page, content: bytes) -> None:
    await page.get_by_role("button", name="Import a CSV file").click()
    await page.get_by_label("CSV file").set_input_files(file_of(content))
