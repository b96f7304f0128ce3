"""Everybody's results of a quiz, for its creator."""

import csv
from urllib.parse import unquote

import pytest

from quizzler.store import cursors
from tests.clients import Rest
from tests.web.test_attempts import QUIZ, answers

NAMES = {"Bob": {"The": "d"}, "Cleo": {}, "Dan": {"The": "d", "Where": "d"}}


@pytest.fixture
async def ann(hall) -> Rest:
    return await hall.rest.sign_up("Ann")


@pytest.fixture
async def quiz_id(ann) -> str:
    return (await ann.post("/quizzes", QUIZ))["quiz_id"]


@pytest.fixture
async def people(hall, quiz_id) -> dict[str, Rest]:
    """Three who have submitted: Cleo 3 points, Bob 1.75, Dan 0.5."""
    people = {}
    for name, changed in NAMES.items():
        people[name] = await hall.rest.sign_up(name)
        attempt = await people[name].post(f"/quizzes/{quiz_id}/start")
        await people[name].post(f"/quizzes/{quiz_id}/submit", answers(attempt, **changed))
    return people


async def table(user: Rest, quiz_id: str) -> list[list[str]]:
    response = await user.fetch("GET", f"/results/{quiz_id}/results.csv")
    assert response.code == 200
    return list(csv.reader(response.body.decode("utf-8-sig").splitlines()))


async def test_creator_sees_everybody(ann, quiz_id, people):
    results = await ann.get(f"/results/{quiz_id}/results")
    assert results["quiz"] == {"id": quiz_id, "title": "Norway", "description": "Its towns"}
    assert (results["total_participants"], results["next_cursor"]) == (3, None)
    seen = [(result["student_name"], result["email"], result["score"]) for result in results["results"]]
    assert seen == [
        ("Cleo", "cleo@example.org", 3),
        ("Bob", "bob@example.org", 1.75),
        ("Dan", "dan@example.org", 0.5),
    ]
    assert {result["quiz_name"] for result in results["results"]} == {"Norway"}
    assert all(result["date"] and not result["late"] for result in results["results"])


async def test_nobody_else_does(quiz_id, people):
    for path in ("results", "results.csv"):
        status, answer = await people["Bob"].call("GET", f"/results/{quiz_id}/{path}")
        assert status == 403 and "creator" in answer["detail"]


async def test_attempts_under_way_are_no_results(hall, ann, quiz_id):
    bob = await hall.rest.sign_up("Bob")
    await bob.post(f"/quizzes/{quiz_id}/start")
    results = await ann.get(f"/results/{quiz_id}/results")
    assert (results["results"], results["total_participants"]) == ([], 0)
    assert len(await table(ann, quiz_id)) == 1


async def test_pages_follow_each_other_without_gap_or_repetition(hall, ann, quiz_id, people):
    await hall.services.database.execute("UPDATE attempts SET score = 1, submitted_at = now()")
    seen, cursor = [], ""
    while cursor is not None:
        page = await ann.get(f"/results/{quiz_id}/results?limit=1&cursor={cursor}")
        assert page["total_participants"] == 3
        seen += [result["student_name"] for result in page["results"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == ["Bob", "Cleo", "Dan"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=1.5", "limit=NaN"])
async def test_bad_page(ann, quiz_id, query):
    status, answer = await ann.call("GET", f"/results/{quiz_id}/results?{query}")
    assert (status, answer["detail"][0]["loc"]) == (422, ["query", "limit"])


@pytest.mark.parametrize("place", [(1e308, "0001-01-01T00:00:00+14:00"), (-1e308, "9999-12-31T23:59:59-14:00")])
async def test_cursor_past_either_end(ann, quiz_id, people, place):
    page = await ann.get(f"/results/{quiz_id}/results?cursor={cursors.write((*place, quiz_id))}")
    assert len(page["results"]) == (3 if place[0] > 0 else 0)


@pytest.mark.parametrize("cursor", ["x", "e30=", "W10=", "WzEsMiwzXQ==", cursors.write((1e308, "now", "x")), "ä"])
async def test_cursor_of_another_list(ann, quiz_id, cursor):
    status, answer = await ann.call("GET", f"/results/{quiz_id}/results?cursor={cursor}")
    assert (status, answer) == (400, {"detail": "That is not a cursor of this list"})


async def test_account_that_is_gone_leaves_its_result(hall, ann, quiz_id, people):
    await hall.services.database.execute("DELETE FROM users WHERE name = 'Cleo'")
    results = await ann.get(f"/results/{quiz_id}/results")
    first = results["results"][0]
    assert (first["student_name"], first["email"], first["score"]) == ("Deleted account", None, 3)
    assert (await table(ann, quiz_id))[1][2:5] == ["Deleted account", "", "3.0"]


class TestFile:
    async def test_has_a_row_for_each(self, ann, quiz_id, people):
        header, *rows = await table(ann, quiz_id)
        assert ",".join(header) == "Quiz,Submitted,Name,Email,Score,Right answers,Questions,Minutes,Late"
        assert [row[2:7] for row in rows] == [
            ["Cleo", "cleo@example.org", "3.0", "3", "3"],
            ["Bob", "bob@example.org", "1.75", "2", "3"],
            ["Dan", "dan@example.org", "0.5", "1", "3"],
        ]

    async def test_says_what_it_is(self, ann):
        quiz_id = (await ann.post("/quizzes", {**QUIZ, "title": 'Fjørde; "Ålesund"\r\n/.. 😀'}))["quiz_id"]
        response = await ann.fetch("GET", f"/results/{quiz_id}/results.csv")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.body.startswith(b"\xef\xbb\xbf")
        plain, whole = response.headers["Content-Disposition"].removeprefix("attachment; ").split("; ")
        assert plain == 'filename="results-fj-rde-lesund.csv"'
        assert unquote(whole.removeprefix("filename*=UTF-8''")) == 'results Fjørde; "Ålesund"\r\n/.. 😀.csv'

    async def test_holds_no_formula(self, hall, ann, quiz_id, people):
        await hall.services.database.execute("UPDATE users SET name = '=HYPERLINK(\"http://x\")' WHERE name = 'Bob'")
        await hall.services.database.execute("UPDATE quizzes SET title = '@SUM(1)'")
        rows = (await table(ann, quiz_id))[1:]
        assert rows[1][2] == '\'=HYPERLINK("http://x")'
        assert {row[0] for row in rows} == {"'@SUM(1)"}

    async def test_of_many_is_whole_and_in_order(self, hall, ann, quiz_id):
        await hall.services.database.execute(
            """WITH people AS (INSERT INTO users (email, name, password_hash)
                   SELECT n || '@example.org', 'N' || n, 'x' FROM generate_series(1, 2500) n RETURNING id, name)
               INSERT INTO attempts (quiz_id, version, user_id, total_questions, submitted_at, score, seconds,
                                     correct_answers)
               SELECT %s, 1, id, 3, now(), substr(name, 2)::integer %% 7, 10, 1 FROM people""",
            (quiz_id,),
        )
        rows = (await table(ann, quiz_id))[1:]
        assert len(rows) == 2500 == len({row[2] for row in rows})
        scores = [float(row[4]) for row in rows]
        assert scores == sorted(scores, reverse=True)
