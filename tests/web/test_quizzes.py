"""Saved quizzes and trivia over HTTP, in the wire contract's words."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from quizzler.store import bank
from tests.clients import Rest

QUESTION = {
    "question_text": "Where is Oslo?",
    "option_a": "Sweden",
    "option_b": "Norway",
    "option_c": "Denmark",
    "option_d": "Finland",
    "correct_option": "b",
}
GENERAL = {
    "question_text": "2 + 2?",
    "options": ["3", "4", "5"],
    "correct_answer": 1,
    "time_limit": 12.5,
    "explanation": "It is four.",
}
QUIZ = {"title": "Mixed", "description": "Of this and that", "questions": [QUESTION, GENERAL]}
NO_QUIZ = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def ann(hall) -> Rest:
    return await hall.rest.sign_up("Ann")


@pytest.fixture
async def admin(hall) -> Rest:
    admin = await hall.rest.sign_up("Admin")
    await hall.services.database.execute("UPDATE users SET is_admin = true WHERE name = 'Admin'")
    return admin


async def test_quiz_is_saved_and_listed(ann):
    answer = await ann.post("/quizzes", QUIZ)
    assert answer["title"] == "Mixed"
    [listed] = await ann.get("/quizzes")
    one = await ann.get(f"/quizzes/{answer['quiz_id']}")
    assert listed == one
    assert (one["id"], one["title"], one["description"]) == (answer["quiz_id"], "Mixed", "Of this and that")
    assert (one["question_count"], one["status"], one["is_trivia"]) == (2, "active", False)
    assert (one["duration"], one["positive_mark"], one["negative_mark"]) == (60, 1, 0)
    assert (one["navigation_type"], one["tab_switch_exit"]) == ("omni", True)
    assert "questions" not in one


async def test_creator_gets_both_views_of_the_questions(ann):
    quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
    first, second = (await ann.get(f"/quizzes/{quiz_id}/questions"))["questions"]
    assert {name: first[name] for name in QUESTION} == QUESTION
    assert (first["options"], first["correct_answer"], first["kind"]) == (
        ["Sweden", "Norway", "Denmark", "Finland"],
        1,
        "single_choice",
    )
    assert {name: second[name] for name in GENERAL} == GENERAL
    assert (second["option_b"], second["correct_option"], second.get("option_d")) == ("4", "b", None)


async def test_questions_are_nobody_elses(hall, ann):
    quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
    bob = await hall.rest.sign_up("Bob")
    assert (await bob.get(f"/quizzes/{quiz_id}"))["title"] == "Mixed"
    assert (await bob.call("GET", f"/quizzes/{quiz_id}/questions"))[0] == 404
    assert (await bob.call("PUT", f"/quizzes/{quiz_id}", QUIZ))[0] == 404
    assert (await bob.call("DELETE", f"/quizzes/{quiz_id}"))[0] == 404
    assert await bob.get("/quizzes") == []
    assert (await hall.rest.call("GET", f"/quizzes/{quiz_id}"))[0] == 401
    assert len((await ann.get(f"/quizzes/{quiz_id}/questions"))["questions"]) == 2


async def test_quiz_is_replaced_whole(ann):
    quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
    answer = await ann.call("PUT", f"/quizzes/{quiz_id}", {"title": "Other", "questions": [GENERAL]})
    assert answer == (200, {"quiz_id": quiz_id, "title": "Other"})
    assert [
        question["question_text"] for question in (await ann.get(f"/quizzes/{quiz_id}/questions"))["questions"]
    ] == ["2 + 2?"]
    status, _ = await ann.call(
        "PUT", f"/quizzes/{quiz_id}", {"title": "Broken", "questions": [GENERAL, {**GENERAL, "options": []}]}
    )
    assert status == 422
    assert (await ann.get(f"/quizzes/{quiz_id}"))["title"] == "Other"


async def test_deleted_quiz_is_gone(ann):
    quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
    assert (await ann.call("DELETE", f"/quizzes/{quiz_id}"))[0] == 200
    assert (await ann.call("GET", f"/quizzes/{quiz_id}"))[0] == 404
    assert (await ann.call("DELETE", f"/quizzes/{quiz_id}"))[0] == 404
    assert await ann.get("/quizzes") == []


@pytest.mark.parametrize("quiz_id", [NO_QUIZ, "1", "x" * 300, "%00", "null", "{00000000-0000-0000-0000-000000000000}"])
async def test_id_that_is_none(ann, quiz_id):
    for path in (f"/quizzes/{quiz_id}", f"/quizzes/{quiz_id}/questions"):
        status, answer = await ann.call("GET", path)
        assert (status, answer["detail"]) == (404, "There is no such quiz")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, ["title"]),
        ({"title": " "}, ["title"]),
        ({"title": "x" * 201}, ["title"]),
        ({"title": "\x00"}, ["title"]),
        ({"title": 7}, ["title"]),
        ({"description": "x" * 2001}, ["description"]),
        ({"description": "\x00"}, ["description"]),
        ({"topic": "x" * 101}, ["topic"]),
        ({"difficulty": "brutal"}, ["difficulty"]),
        ({"duration": 0}, ["duration"]),
        ({"duration": 10**30}, ["duration"]),
        ({"duration": "long"}, ["duration"]),
        ({"duration": 1.5}, ["duration"]),
        ({"positive_mark": -1}, ["positive_mark"]),
        ({"negative_mark": 1e300}, ["negative_mark"]),
        ({"navigation_type": "x" * 51}, ["navigation_type"]),
        ({"tab_switch_exit": "yes"}, ["tab_switch_exit"]),
        ({"start_time": "tomorrow"}, ["start_time"]),
        ({"start_time": "9999-12-31T23:59:59Z"}, ["start_time"]),
        ({"start_time": "0001-01-01T00:00:00+14:00"}, ["start_time"]),
        ({"end_time": 12}, ["end_time"]),
        ({"end_time": "9999-12-31T23:59:59-14:00"}, ["end_time"]),
        ({"questions": {}}, ["questions"]),
        ({"questions": [QUESTION] * 51}, ["questions"]),
        ({"questions": [None]}, ["questions", 0]),
        ({"questions": [QUESTION, {}]}, ["questions", 1, "question_text"]),
        ({"questions": [{**QUESTION, "question_text": ""}]}, ["questions", 0, "question_text"]),
        ({"questions": [{**QUESTION, "question_text": "x" * 501}]}, ["questions", 0, "question_text"]),
        ({"questions": [{**QUESTION, "question_text": "\x00"}]}, ["questions", 0, "question_text"]),
        ({"questions": [{**QUESTION, "option_b": "x" * 201}]}, ["questions", 0, "option_b"]),
        ({"questions": [{**QUESTION, "option_b": ""}]}, ["questions", 0, "option_b"]),
        ({"questions": [{**QUESTION, "option_c": ""}]}, ["questions", 0, "option_c"]),
        ({"questions": [{**QUESTION, "option_b": "Sweden"}]}, ["questions", 0, "option_a"]),
        ({"questions": [{**QUESTION, "correct_option": "e"}]}, ["questions", 0, "correct_option"]),
        (
            {"questions": [{**QUESTION, "option_c": "", "option_d": "", "correct_option": "d"}]},
            ["questions", 0, "correct_option"],
        ),
        (
            {"questions": [{name: QUESTION[name] for name in QUESTION if name != "correct_option"}]},
            ["questions", 0, "correct_option"],
        ),
        ({"questions": [{**GENERAL, "options": ["one"]}]}, ["questions", 0, "options"]),
        ({"questions": [{**GENERAL, "options": list("abcdefg")}]}, ["questions", 0, "options"]),
        ({"questions": [{**GENERAL, "options": ["a", "a", "b"]}]}, ["questions", 0, "options"]),
        ({"questions": [{**GENERAL, "options": ["a", 5]}]}, ["questions", 0, "options", 1]),
        ({"questions": [{**GENERAL, "correct_answer": 3}]}, ["questions", 0, "correct_answer"]),
        ({"questions": [{**GENERAL, "correct_answer": None}]}, ["questions", 0, "correct_answer"]),
        ({"questions": [{**GENERAL, "time_limit": 0}]}, ["questions", 0, "time_limit"]),
        ({"questions": [{**GENERAL, "explanation": "x" * 501}]}, ["questions", 0, "explanation"]),
    ],
)
async def test_bad_field_is_named_and_nothing_is_stored(ann, change, field):
    status, answer = await ann.call("POST", "/quizzes", {**QUIZ, **change})
    assert status == 422, answer
    [problem] = answer["detail"]
    assert problem["loc"] == ["body", *field]
    assert problem["msg"] and problem["type"]
    assert await ann.get("/quizzes") == []


async def test_unknown_fields_of_older_clients_are_ignored(ann):
    await ann.post("/quizzes", {**QUIZ, "colour": "blue", "questions": [{**QUESTION, "id": 7}]})


async def test_numbers_may_come_as_text_and_nulls_for_what_is_optional(ann):
    given = {
        "duration": "90",
        "positive_mark": "0.5",
        "description": None,
        "topic": None,
        "start_time": "",
        "end_time": None,
    }
    quiz_id = (await ann.post("/quizzes", {**QUIZ, **given}))["quiz_id"]
    quiz = await ann.get(f"/quizzes/{quiz_id}")
    assert (quiz["duration"], quiz["positive_mark"], quiz["description"]) == (90, 0.5, "")
    assert (quiz["topic"], quiz["start_time"], quiz["end_time"], quiz["status"]) == (None, None, None, "active")


async def test_two_or_three_options_in_the_contracts_view(ann):
    quiz = {"title": "Few", "questions": [{**QUESTION, "option_d": ""}, {**QUESTION, "option_c": None, "option_d": ""}]}
    quiz_id = (await ann.post("/quizzes", quiz))["quiz_id"]
    counts = [len(question["options"]) for question in (await ann.get(f"/quizzes/{quiz_id}/questions"))["questions"]]
    assert counts == [3, 2]


class TestSchedule:
    def moment(self, **later) -> str:
        return (datetime.now(UTC) + timedelta(**later)).isoformat()

    async def saved(self, ann, **schedule) -> dict:
        quiz_id = (await ann.post("/quizzes", {**QUIZ, **schedule}))["quiz_id"]
        quiz = await ann.get(f"/quizzes/{quiz_id}")
        return {**quiz, "start": read(quiz["start_time"]), "end": read(quiz["end_time"])}

    async def test_end_follows_from_start(self, ann):
        quiz = await self.saved(ann, start_time=self.moment(hours=1), duration=30)
        assert quiz["end"] - quiz["start"] == timedelta(minutes=30)
        assert quiz["status"] == "assigned"

    async def test_start_follows_from_end(self, ann):
        quiz = await self.saved(ann, end_time=self.moment(hours=2), duration=60)
        assert quiz["end"] - quiz["start"] == timedelta(minutes=60)

    @pytest.mark.parametrize(
        "noon", ["2099-01-01T12:00:00", "2099-01-01T12:00", "2099-01-01T12:00Z", "2099-01-01T13:00:00.000+01:00"]
    )
    async def test_time_without_an_offset_is_utc(self, ann, noon):
        quiz = await self.saved(ann, start_time=noon)
        assert quiz["start"] == datetime(2099, 1, 1, 12, tzinfo=UTC)
        assert quiz["start"].utcoffset() == timedelta(0)

    async def test_clock_of_a_client_may_be_a_little_behind(self, ann):
        assert (await self.saved(ann, start_time=self.moment(seconds=-30)))["status"] == "active"

    async def test_end_whose_start_would_be_past(self, ann):
        schedule = {"end_time": self.moment(minutes=30), "duration": 60}
        status, answer = await ann.call("POST", "/quizzes", {**QUIZ, **schedule})
        assert (status, answer) == (400, {"detail": "Start time must be in the future"})

    @pytest.mark.parametrize("later", [{"hours": -1}, {"days": -4000}])
    async def test_start_in_the_past(self, ann, later):
        status, answer = await ann.call("POST", "/quizzes", {**QUIZ, "start_time": self.moment(**later)})
        assert (status, answer) == (400, {"detail": "Start time must be in the future"})

    @pytest.mark.parametrize("end", ["2099-01-01T11:00:00Z", "2099-01-01T12:00:00Z"])
    async def test_end_that_is_not_after_the_start(self, ann, end):
        schedule = {"start_time": "2099-01-01T12:00:00Z", "end_time": end}
        assert (await ann.call("POST", "/quizzes", {**QUIZ, **schedule}))[0] == 400

    async def test_status_follows_the_clock(self, hall, ann):
        quiz_id = (await ann.post("/quizzes", {**QUIZ, "start_time": self.moment(hours=1)}))["quiz_id"]
        for hours, status in ((-0.5, "active"), (-2, "ended")):
            await hall.services.database.execute(
                "UPDATE quizzes SET start_time = now() + %s, end_time = now() + %s",
                (timedelta(hours=hours), timedelta(hours=hours + 1)),
            )
            assert (await ann.get(f"/quizzes/{quiz_id}"))["status"] == status

    async def test_quiz_that_has_begun_can_be_saved_again(self, hall, ann):
        quiz_id = (await ann.post("/quizzes", {**QUIZ, "start_time": self.moment(hours=1)}))["quiz_id"]
        await hall.services.database.execute("UPDATE quizzes SET start_time = now() - interval '10 minutes'")
        begun = await ann.get(f"/quizzes/{quiz_id}")
        again = {**QUIZ, "start_time": begun["start_time"], "end_time": begun["end_time"]}
        assert (await ann.call("PUT", f"/quizzes/{quiz_id}", again))[0] == 200
        earlier = {**QUIZ, "start_time": self.moment(hours=-1)}
        assert (await ann.call("PUT", f"/quizzes/{quiz_id}", earlier))[0] == 400


class TestTrivia:
    async def test_only_admins_create_it(self, ann, admin):
        trivia = {**QUIZ, "is_trivia": True, "topic": "Numbers", "difficulty": "easy"}
        assert await ann.call("POST", "/quizzes", trivia) == (403, {"detail": "Only admins can create trivia quizzes"})
        await admin.post("/quizzes", trivia)
        assert await admin.get("/quizzes") == []

    async def test_only_admins_make_a_saved_quiz_public(self, hall, ann):
        quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
        assert await ann.call("PUT", f"/quizzes/{quiz_id}", {**QUIZ, "is_trivia": True}) == (
            403,
            {"detail": "Only admins can create trivia quizzes"},
        )
        assert await hall.rest.get("/trivia") == []

    async def test_one_title_in_a_topic_once(self, admin):
        trivia = {**QUIZ, "is_trivia": True, "topic": "Numbers"}
        await admin.post("/quizzes", trivia)
        status, answer = await admin.call("POST", "/quizzes", {**trivia, "title": "MIXED"})
        assert status == 400 and "already" in answer["detail"]
        await admin.post("/quizzes", {**trivia, "topic": "Others"})

    async def test_anyone_finds_it(self, hall, admin):
        for title, topic, difficulty in (("A", "Numbers", "hard"), ("B", "Numbers", "easy"), ("C", "Birds", "medium")):
            await admin.post(
                "/quizzes", {**QUIZ, "title": title, "is_trivia": True, "topic": topic, "difficulty": difficulty}
            )
        await hall.services.database.execute("UPDATE quizzes SET popularity = 5 WHERE title = 'C'")

        async def titles(query: str) -> list[str]:
            found = await hall.rest.get(f"/quizzes/trivia?{query}")
            assert found == await hall.rest.get(f"/trivia?{query}")
            return [quiz["title"] for quiz in found]

        assert await titles("") == await titles("sort_by=popularity") == ["C", "A", "B"]
        assert await titles("sort_by=difficulty") == ["B", "C", "A"]
        assert await titles("sort_by=recent") == ["C", "B", "A"]
        assert await titles("topic=Numbers&sort_by=recent") == ["B", "A"]
        assert await titles("topic=Numbers&difficulty=hard") == ["A"]
        assert await titles("topic=Nothing") == []
        assert await hall.rest.get("/quizzes/topics/list") == {"topics": ["Birds", "Numbers"]}

    @pytest.mark.parametrize("query", ["sort_by=luck", "difficulty=brutal"])
    async def test_bad_filter(self, hall, query):
        status, answer = await hall.rest.call("GET", f"/trivia?{query}")
        assert (status, answer["detail"][0]["loc"]) == (422, ["query", query.split("=")[0]])

    async def test_anyone_may_host_it(self, hall, ann, admin):
        quiz_id = (await admin.post("/quizzes", {**QUIZ, "is_trivia": True, "topic": "Numbers"}))["quiz_id"]
        host = await hall.host(ann, quiz_id=quiz_id)
        assert (await host.until("room_state"))["question_count"] == 2

    async def test_until_it_begins_its_answers_are_its_authors(self, hall, ann, admin):
        later = {"is_trivia": True, "topic": "Numbers", "start_time": "2999-01-01T00:00:00Z"}
        quiz_id = (await admin.post("/quizzes", {**QUIZ, **later}))["quiz_id"]
        assert (await ann.call("POST", f"/quizzes/{quiz_id}/copy", {}))[0] == 403
        refused = await hall.socket("host", "new", token=ann.token, quiz_id=quiz_id)
        assert "There is no such quiz" in (await refused.until_closed())[1]
        await admin.post(f"/quizzes/{quiz_id}/copy")
        host = await hall.host(admin, quiz_id=quiz_id)
        assert (await host.until("room_state"))["question_count"] == 2


class TestBank:
    async def test_anyone_finds_it(self, hall):
        loaded = await bank.load(hall.services.database)
        trivia = await hall.rest.get("/trivia")
        assert len(trivia) == loaded and all(quiz["question_count"] >= 10 for quiz in trivia)
        topics = (await hall.rest.get("/quizzes/topics/list"))["topics"]
        assert len(topics) >= 8 and topics == sorted({quiz["topic"] for quiz in trivia})

    async def test_can_be_hosted(self, hall, ann):
        await bank.load(hall.services.database)
        [quiz, *_] = await hall.rest.get("/trivia?difficulty=easy")
        host = await hall.host(ann, quiz_id=quiz["id"])
        host.say({"type": "next_question"})
        assert len((await host.until("question"))["options"]) == 4


def read(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


class TestPages:
    async def pages(self, rest: Rest, path: str) -> list[list[str]]:
        """The titles of every page, as somebody finds them who follows the links."""
        found = []
        while path:
            response = await rest.fetch("GET", path)
            assert response.code == 200
            found.append([quiz["title"] for quiz in json.loads(response.body)])
            link = re.fullmatch(r'<(.+)>; rel="next"', response.headers.get("Link", ""))
            path = link and link[1]
        return found

    async def test_own_quizzes(self, ann):
        for title in "ABCDE":
            await ann.post("/quizzes", {**QUIZ, "title": title})
        assert await self.pages(ann, "/quizzes?limit=2") == [["E", "D"], ["C", "B"], ["A"]]
        assert await self.pages(ann, "/quizzes?limit=5") == [list("EDCBA")]
        assert await self.pages(ann, "/quizzes") == [list("EDCBA")]

    @pytest.mark.parametrize("sort_by", ["popularity", "difficulty", "recent"])
    async def test_trivia_in_every_order(self, hall, sort_by):
        await bank.load(hall.services.database)
        for path in ("/trivia", "/quizzes/trivia"):
            [whole] = await self.pages(hall.rest, f"{path}?sort_by={sort_by}")
            pages = await self.pages(hall.rest, f"{path}?sort_by={sort_by}&limit=7")
            assert [len(page) for page in pages[:-1]] == [7] * (len(pages) - 1)
            assert [title for page in pages for title in page] == whole

    async def test_filters_stay_from_page_to_page(self, hall):
        await bank.load(hall.services.database)
        pages = await self.pages(hall.rest, "/trivia?topic=Space&limit=1")
        assert len(pages) == 3 and all(len(page) == 1 for page in pages)

    @pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=1&limit=2"])
    async def test_bad_page(self, ann, query):
        for path in ("/quizzes", "/trivia"):
            status, answer = await ann.call("GET", f"{path}?{query}")
            assert (status, answer["detail"][0]["loc"][0]) == (422, "query")

    @pytest.mark.parametrize("cursor", ["x", "1", "00000000", "{00000000-0000-0000-0000-000000000000}"])
    async def test_cursor_of_another_list(self, ann, cursor):
        for path in ("/quizzes", "/trivia"):
            assert (await ann.call("GET", f"{path}?cursor={cursor}"))[0] == 400
