"""A whole quiz evening, as its people see it: one host page, three phones, five questions, the podium."""

import asyncio

import psycopg2
import pytest
from playwright.async_api import expect

from tests.browser.conftest import PROJECTOR
from tests.browser.people import answer, email_of, go_on, join, open_room, rested, sign_up
from tests.clients import Rest

TITLE = "A handful of primes"
QUESTIONS = [
    {
        "question_text": f"Which of these numbers is {number}?",
        "options": [str(option) for option in (7, 11, 13, 17)],
        "correct_answer": place % 4,
        "time_limit": 60,
        "explanation": f"{number} is {number}.",
    }
    for place, number in enumerate((7, 11, 13, 17, 7))
]


@pytest.fixture
def make_admin(database_url: str):
    def make(name: str) -> None:
        with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE users SET is_admin = true WHERE email = %s", (email_of(name),))
            assert cursor.rowcount == 1

    return make


@pytest.mark.both_wires
async def test_trivia_quiz_of_five_questions_to_the_podium(visitor, site, make_admin):
    host = await visitor(PROJECTOR)
    admin = Rest(site, await sign_up(host, "Astrid"))
    make_admin("Astrid")
    await admin.post(
        "/quizzes",
        {"title": TITLE, "is_trivia": True, "topic": "Numbers", "difficulty": "easy", "questions": QUESTIONS},
    )
    await host.goto("/explore")
    await host.get_by_label("Search").fill(TITLE.upper())
    await host.get_by_role("link", name=f"Host {TITLE}").click()
    code = (await host.locator(".lobby-code").inner_text()).replace(" ", "")
    phones = {name: await visitor() for name in ("Ada", "Grace", "Linus")}
    await asyncio.gather(*(join(phone, code, name) for name, phone in phones.items()))
    await expect(host.locator(".lobby-name")).to_have_count(3)

    right = {"Ada": 5, "Grace": 3, "Linus": 0}
    await go_on(host, "Start")
    for place, question in enumerate(QUESTIONS):
        await expect(host.get_by_role("heading", name=question["question_text"])).to_be_visible()
        for name, phone in phones.items():
            await expect(phone.get_by_role("heading", name=question["question_text"])).to_be_visible()
            chosen = question["correct_answer"] if place < right[name] else (question["correct_answer"] + 1) % 4
            await answer(phone, f": {question['options'][chosen]}")
        await expect(host.locator(".bar[data-right=true]")).to_contain_text(
            question["options"][question["correct_answer"]]
        )
        await expect(host.get_by_text(question["explanation"])).to_be_visible()
        for name, phone in phones.items():
            await expect(
                phone.get_by_role("heading", name="Right!" if place < right[name] else "Not this time")
            ).to_be_visible()
        await go_on(host, "Leaderboard")
        await expect(host.locator(".rank[data-rank='1']")).to_contain_text("Ada")
        if place < 4:
            await go_on(host, "Next question")
    await go_on(host, "Show the podium")

    steps = host.locator(".podium-step")
    await expect(steps).to_have_count(3)
    await expect(phones["Ada"].get_by_role("heading", name="You won!")).to_be_visible()
    await expect(phones["Linus"].locator(".end-rank")).to_have_text("3rd")

    report = await admin.get(f"/results/games/{(await admin.get('/results/games'))['games'][0]['game_id']}")
    assert report["quiz_title"] == TITLE and len(report["questions"]) == 5
    scores = points_by_the_formula(report)
    shown = [await steps.nth(place).inner_text() for place in range(3)]
    for place, (name, score) in enumerate(sorted(scores.items(), key=lambda entry: -entry[1])):
        assert shown[place].split("\n")[0] == name
        assert f"{score:,} point" in shown[place]
        await expect(phones[name].get_by_text(f"{name}, {score:,} point")).to_be_visible()

    await host.get_by_role("link", name="Report of this game").click()
    await expect(host.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(host.locator(".report-question")).to_have_count(5)


def points_by_the_formula(report: dict) -> dict[str, int]:
    """Each player's score by the contract: right = 100 + int(2 × seconds left). Checks every answer on the way."""
    scores = {player["player_id"]: 0 for player in report["players"]}
    for question in report["questions"]:
        assert len(question["answers"]) == 3
        for given in question["answers"]:
            assert given["correct"] == (given["option"] == question["correct_answer"])
            left = question["time_limit"] - given["seconds"]
            assert given["points"] == (100 + int(2 * left) if given["correct"] else 0)
            scores[given["player_id"]] += given["points"]
    assert scores == {player["player_id"]: player["score"] for player in report["players"]}
    return {player["name"]: player["score"] for player in report["players"]}


async def test_podium_stays_through_a_reload_on_wall_and_phone(visitor, site):
    host, phone = await visitor(PROJECTOR), await visitor()
    code = await open_room(host, await some_quiz(site, await sign_up(host, "Bea")))
    await join(phone, code, "Ada")
    await go_on(host, "Start")
    await answer(phone, ": 7")
    await host.get_by_role("button", name="End game").click()
    await host.get_by_role("button", name="End the game").click()
    await expect(host.locator(".podium-step")).to_have_count(1)
    await expect(phone.locator(".end-rank")).to_have_text("1st")
    await host.reload()
    await phone.reload()
    await expect(host.locator(".podium-step")).to_contain_text("Ada")
    await expect(phone.locator(".end-rank")).to_have_text("1st")


async def test_question_typed_on_the_spot(visitor, site):
    host, phone = await visitor(PROJECTOR), await visitor()
    await sign_up(host, "Cleo")
    await host.goto("/host/new")
    code = (await host.locator(".lobby-code").inner_text()).replace(" ", "")
    await join(phone, code, "Ada")
    await go_on(host, "Ask a question")
    await host.get_by_role("button", name="Ask it now").click()
    await expect(host.get_by_text("Write the question.")).to_be_visible()
    await host.get_by_label("Question", exact=True).fill("Is the Earth round?")
    await host.get_by_role("button", name="Remove answer D").click()
    await host.get_by_role("button", name="Remove answer C").click()
    await host.get_by_role("textbox", name="Answer A").fill("Yes")
    await host.get_by_role("textbox", name="Answer B").fill("No")
    await host.locator(".q-right").first.click()
    await host.get_by_role("button", name="Ask it now").click()
    await expect(host.locator(".tile")).to_have_count(2)
    await phone.get_by_role("heading", name="Is the Earth round?").wait_for()
    await phone.keyboard.press("a")
    await expect(phone.get_by_role("heading", name="Right!")).to_be_visible()
    await expect(host.locator(".bar")).to_have_count(2)
    await rested(host, "Leaderboard")
    await host.keyboard.press("Space")
    await expect(host.locator(".rank")).to_contain_text("Ada")


async def some_quiz(site: str, token: str, **changes) -> str:
    """A saved quiz of the five questions, each changed so. Returns its id."""
    questions = [{**question, **changes} for question in QUESTIONS]
    quiz = await Rest(site, token).post("/quizzes", {"title": "Five numbers", "questions": questions})
    return quiz["quiz_id"]
