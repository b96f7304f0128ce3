"""Taking a quiz alone over HTTP, in the wire contract's words."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

ATTEMPTED = {"detail": "You have already attempted this quiz"}
NO_QUIZ = "00000000-0000-0000-0000-000000000000"


def a_question(text: str, right: str = "b", **more) -> dict:
    return {
        "question_text": text,
        "option_a": "Bergen",
        "option_b": "Oslo",
        "option_c": "Tromsø",
        "option_d": "Stavanger",
        "correct_option": right,
        **more,
    }


QUESTIONS = [
    a_question("Norway's capital?"),
    a_question("Where does the Fløibanen go?", "a"),
    a_question("The north?", "c"),
]
QUIZ = {"title": "Norway", "description": "Its towns", "duration": 10, "negative_mark": 0.25, "questions": QUESTIONS}
RIGHT = {question["question_text"]: question["correct_option"] for question in QUESTIONS}


@pytest.fixture
async def quiz_id(ann) -> str:
    return (await ann.post("/quizzes", QUIZ))["quiz_id"]


@pytest.fixture
async def trivia_id(admin) -> str:
    return (await admin.post("/quizzes", {**QUIZ, "is_trivia": True, "topic": "Norway"}))["quiz_id"]


def answers(attempt: dict, **changed: str | None) -> dict:
    """All right, but for those questions that start with a given word."""
    given = {}
    for question in attempt["questions"]:
        text = question["question_text"]
        given[question["id"]] = changed.get(text.split()[0].strip("'s"), RIGHT[text])
    return {"answers": given}


async def started_ago(hall, **ago) -> None:
    """All attempts began that long before now."""
    await hall.services.database.execute("UPDATE attempts SET started_at = now() - %s", (timedelta(**ago),))


class TestStart:
    async def test_gives_the_quiz_and_its_questions(self, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        assert attempt["quiz"] == {
            "id": quiz_id,
            "title": "Norway",
            "description": "Its towns",
            "duration": 10,
            "positive_mark": 1,
            "negative_mark": 0.25,
            "navigation_type": "omni",
            "tab_switch_exit": True,
        }
        assert [question["question_text"] for question in attempt["questions"]] == list(RIGHT)
        first = attempt["questions"][0]
        assert [first[f"option_{letter}"] for letter in "abcd"] == ["Bergen", "Oslo", "Tromsø", "Stavanger"]
        assert (attempt["total_questions"], attempt["answers"]) == (3, {})
        assert attempt["session_id"] and first["id"]

    async def test_tells_nobody_the_right_answers(self, bob, quiz_id):
        response = await bob.fetch("POST", f"/quizzes/{quiz_id}/start", {})
        assert response.code == 200
        assert b"correct" not in response.body and b"explanation" not in response.body

    async def test_time_runs_by_the_servers_clock(self, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        started, ends, now = (
            datetime.fromisoformat(attempt[name]) for name in ("started_at", "ends_at", "server_time")
        )
        assert ends - started == timedelta(minutes=10)
        assert started <= now < started + timedelta(seconds=5)

    async def test_second_start(self, bob, quiz_id):
        await bob.post(f"/quizzes/{quiz_id}/start")
        assert await bob.call("POST", f"/quizzes/{quiz_id}/start", {}) == (400, ATTEMPTED)

    async def test_start_after_the_submit(self, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt))
        assert await bob.call("POST", f"/quizzes/{quiz_id}/start", {}) == (400, ATTEMPTED)
        assert await bob.call("GET", f"/quizzes/{quiz_id}/attempt") == (400, ATTEMPTED)

    async def test_everyone_has_an_attempt_of_their_own(self, ann, bob, quiz_id):
        one, other = [await user.post(f"/quizzes/{quiz_id}/start") for user in (ann, bob)]
        assert one["session_id"] != other["session_id"]

    async def test_quiz_without_questions(self, ann):
        quiz_id = (await ann.post("/quizzes", {"title": "Empty"}))["quiz_id"]
        status, answer = await ann.call("POST", f"/quizzes/{quiz_id}/start", {})
        assert (status, answer["detail"]) == (400, "This quiz has no questions yet")
        await ann.call("PUT", f"/quizzes/{quiz_id}", QUIZ)
        assert (await ann.post(f"/quizzes/{quiz_id}/start"))["total_questions"] == 3

    async def test_deleted_quiz(self, ann, bob, quiz_id):
        await ann.call("DELETE", f"/quizzes/{quiz_id}")
        assert (await bob.call("POST", f"/quizzes/{quiz_id}/start", {}))[0] == 404

    @pytest.mark.parametrize(("start", "end", "sentence"), [(1, 2, "not begun"), (-2, -1, "over")])
    async def test_outside_the_schedule(self, hall, bob, quiz_id, start, end, sentence):
        await hall.services.database.execute(
            "UPDATE quizzes SET start_time = now() + %s, end_time = now() + %s",
            (timedelta(hours=start), timedelta(hours=end)),
        )
        status, answer = await bob.call("POST", f"/quizzes/{quiz_id}/start", {})
        assert status == 400 and sentence in answer["detail"]
        assert (await bob.call("GET", f"/quizzes/{quiz_id}/attempt"))[0] == 404

    async def test_who_began_in_time_has_the_whole_duration(self, hall, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await hall.services.database.execute(
            "UPDATE quizzes SET start_time = now() - interval '1 hour', end_time = now() - interval '1 second'"
        )
        assert (await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt)))["score"] == 3

    async def test_trivia_becomes_more_popular(self, hall, ann, bob, trivia_id, quiz_id):
        for user in (ann, bob):
            await user.post(f"/quizzes/{trivia_id}/start")
            await user.call("POST", f"/quizzes/{trivia_id}/start", {})
        assert (await ann.get(f"/quizzes/{trivia_id}"))["popularity"] == 2
        await ann.post(f"/quizzes/{quiz_id}/start")
        assert (await ann.get(f"/quizzes/{quiz_id}"))["popularity"] == 0

    async def test_impatient_starts_make_one_attempt(self, hall, bob, trivia_id):
        found = await asyncio.gather(*(bob.call("POST", f"/quizzes/{trivia_id}/start", {}) for _ in range(8)))
        assert sorted(status for status, _ in found) == [200] + [400] * 7
        assert (await bob.get(f"/quizzes/{trivia_id}"))["popularity"] == 1


class TestSubmit:
    async def test_score(self, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        result = await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt, The="d"))
        assert (result["score"], result["total_questions"], result["correct_count"]) == (1.75, 3, 2)
        assert (result["max_score"], result["rating"], result["late"]) == (3, None, False)
        assert 0 <= result["time_taken_minutes"] < 1
        assert datetime.now(UTC) - datetime.fromisoformat(result["submitted_at"]) < timedelta(seconds=5)

    @pytest.mark.parametrize("nothing", [None, ""])
    async def test_unanswered_questions_cost_nothing(self, bob, quiz_id, nothing):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        result = await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt, The=nothing, Where=nothing))
        assert (result["score"], result["correct_count"]) == (1, 1)

    async def test_no_answer_at_all(self, bob, quiz_id):
        await bob.post(f"/quizzes/{quiz_id}/start")
        assert (await bob.post(f"/quizzes/{quiz_id}/submit", {"answers": {}}))["score"] == 0

    async def test_too_late(self, hall, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await started_ago(hall, minutes=10, seconds=31)
        result = await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt))
        assert (result["score"], result["late"], result["correct_count"]) == (0, True, 3)
        assert "0" in result["message"] and "over" in result["message"]
        assert (await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt))) == result
        assert (await bob.get(f"/results/{quiz_id}/my-result"))["late"] is True

    async def test_within_the_grace(self, hall, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await started_ago(hall, minutes=10, seconds=20)
        result = await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt))
        assert (result["score"], result["late"]) == (3, False)
        assert result["time_taken_minutes"] == pytest.approx(10.33, abs=0.1)

    async def test_sent_again_answers_with_the_first_outcome(self, hall, bob, trivia_id):
        attempt = await bob.post(f"/quizzes/{trivia_id}/start")
        first = await bob.post(f"/quizzes/{trivia_id}/submit", answers(attempt, The="d"))
        for again in (answers(attempt, The="d"), answers(attempt), {"answers": {"unknown": "a"}}):
            assert await bob.post(f"/quizzes/{trivia_id}/submit", again) == first
        result = await bob.get(f"/results/{trivia_id}/my-result")
        assert result["score"] == first["score"] and "d" in result["answers"].values()
        [sums] = await hall.services.database.fetch("SELECT * FROM user_stats")
        assert (sums["trivia_count"], sums["trivia_score"]) == (1, first["score"])

    async def test_impatient_submits_count_once(self, hall, bob, trivia_id):
        attempt = await bob.post(f"/quizzes/{trivia_id}/start")
        sent = [answers(attempt), answers(attempt, The="d"), answers(attempt, The=None)] * 3
        found = await asyncio.gather(*(bob.call("POST", f"/quizzes/{trivia_id}/submit", body) for body in sent))
        assert {status for status, _ in found} == {200}
        assert all(answer == found[0][1] for _, answer in found)
        [sums] = await hall.services.database.fetch("SELECT * FROM user_stats")
        assert (sums["trivia_count"], sums["trivia_score"]) == (1, found[0][1]["score"])

    async def test_without_a_start(self, bob, quiz_id):
        status, answer = await bob.call("POST", f"/quizzes/{quiz_id}/submit", {"answers": {}})
        assert (status, answer["detail"]) == (404, "You have not started this quiz")

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({}, ["answers"]),
            ({"answers": None}, ["answers"]),
            ({"answers": ["a"]}, ["answers"]),
            ({"answers": {"QUESTION": "g"}}, ["answers", "..."]),
            ({"answers": {"QUESTION": "A"}}, ["answers", "..."]),
            ({"answers": {"QUESTION": 1}}, ["answers", "..."]),
            ({"answers": {"QUESTION": ["a"]}}, ["answers", "..."]),
            ({"answers": {"QUESTION": "f"}}, ["answers", "QUESTION"]),
            ({"answers": {"QUESTION": "a", NO_QUIZ: "a"}}, ["answers", NO_QUIZ]),
            ({"answers": {"QUESTION": "a", "\x00": "a"}}, ["answers", "\x00"]),
        ],
    )
    async def test_bad_answers_are_named_and_nothing_is_stored(self, hall, bob, quiz_id, given, field):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        question_id = attempt["questions"][0]["id"]
        if isinstance(given.get("answers"), dict):
            given = {"answers": {question_id if key == "QUESTION" else key: v for key, v in given["answers"].items()}}
        for method, path in (("POST", "submit"), ("PUT", "attempt")):
            status, answer = await bob.call(method, f"/quizzes/{quiz_id}/{path}", given)
            assert status == 422, answer
            expected = [question_id if step == "QUESTION" else step for step in field]
            assert answer["detail"][0]["loc"] == ["body", *expected]
        assert await hall.services.database.fetch("SELECT * FROM responses") == []
        assert (await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt)))["score"] == 3

    async def test_deleted_quiz_is_taken_to_its_end(self, ann, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await ann.call("DELETE", f"/quizzes/{quiz_id}")
        assert (await bob.get(f"/quizzes/{quiz_id}/attempt"))["session_id"] == attempt["session_id"]
        assert (await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt)))["score"] == 3
        assert (await bob.get(f"/results/{quiz_id}/my-result"))["score"] == 3
        assert (await ann.get(f"/results/{quiz_id}/results"))["total_participants"] == 1


class TestGoingOn:
    async def test_reload_goes_on_with_the_same_attempt(self, hall, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        again = await bob.get(f"/quizzes/{quiz_id}/attempt")
        assert again.pop("server_time") > attempt.pop("server_time")
        assert again == attempt

    async def test_saved_answers_are_there_on_another_device(self, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        first, second, third = (question["id"] for question in attempt["questions"])
        for given in ({first: "a", second: "a"}, {first: "b", third: "d"}):
            assert (await bob.call("PUT", f"/quizzes/{quiz_id}/attempt", {"answers": given}))[0] == 200
            assert (await bob.get(f"/quizzes/{quiz_id}/attempt"))["answers"] == given

    async def test_what_is_submitted_counts_not_what_was_saved(self, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await bob.call("PUT", f"/quizzes/{quiz_id}/attempt", answers(attempt))
        first = attempt["questions"][0]["id"]
        result = await bob.post(f"/quizzes/{quiz_id}/submit", {"answers": {first: "b"}})
        assert result["score"] == 1
        assert (await bob.get(f"/results/{quiz_id}/my-result"))["answers"] == {first: "b"}
        assert (await bob.call("PUT", f"/quizzes/{quiz_id}/attempt", answers(attempt)))[1] == ATTEMPTED
        assert (await bob.get(f"/results/{quiz_id}/my-result"))["answers"] == {first: "b"}

    async def test_nothing_is_saved_when_the_time_is_over(self, hall, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await started_ago(hall, minutes=11)
        status, answer = await bob.call("PUT", f"/quizzes/{quiz_id}/attempt", answers(attempt))
        assert (status, answer["detail"]) == (400, "The time for this quiz is over")

    async def test_nobody_elses_attempt(self, ann, bob, quiz_id):
        await bob.post(f"/quizzes/{quiz_id}/start")
        assert (await ann.call("GET", f"/quizzes/{quiz_id}/attempt"))[0] == 404
        assert (await ann.call("PUT", f"/quizzes/{quiz_id}/attempt", {"answers": {}}))[0] == 404
        assert (await ann.call("GET", f"/results/{quiz_id}/my-result"))[0] == 404


class TestMyResult:
    async def test_shows_each_question_the_answer_and_the_right_one(self, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        given = answers(attempt, The="d", Where=None)
        outcome = await bob.post(f"/quizzes/{quiz_id}/submit", given)
        result = await bob.get(f"/results/{quiz_id}/my-result")
        assert (result["quiz_title"], result["score"]) == ("Norway", 0.75)
        assert result["submitted_at"] == outcome["submitted_at"]
        assert result["answers"] == {id: letter for id, letter in given["answers"].items() if letter}
        assert list(result["correct_answers"].values()) == ["b", "a", "c"]
        shown = list(result["questions"].values())
        assert [{name: question[name] for name in QUESTIONS[0]} for question in shown] == QUESTIONS
        assert list(result["questions"]) == [question["id"] for question in attempt["questions"]]

    async def test_before_the_submit_there_is_none(self, bob, quiz_id):
        assert (await bob.call("GET", f"/results/{quiz_id}/my-result"))[0] == 404
        await bob.post(f"/quizzes/{quiz_id}/start")
        assert (await bob.call("GET", f"/results/{quiz_id}/my-result"))[0] == 404


class TestEditing:
    OTHER = {**QUIZ, "title": "Sweden", "duration": 1, "positive_mark": 5, "questions": [a_question("Sweden?")]}

    async def test_attempt_keeps_its_questions_and_terms(self, hall, ann, bob, quiz_id):
        attempt = await bob.post(f"/quizzes/{quiz_id}/start")
        await ann.call("PUT", f"/quizzes/{quiz_id}", self.OTHER)
        again = await bob.get(f"/quizzes/{quiz_id}/attempt")
        assert again["questions"] == attempt["questions"]
        assert (again["quiz"]["duration"], again["ends_at"]) == (10, attempt["ends_at"])
        await started_ago(hall, minutes=5)
        assert (await bob.post(f"/quizzes/{quiz_id}/submit", answers(attempt)))["score"] == 3
        result = await bob.get(f"/results/{quiz_id}/my-result")
        assert [question["question_text"] for question in result["questions"].values()] == list(RIGHT)

    async def test_who_starts_later_is_asked_the_new_questions(self, ann, bob, quiz_id):
        await bob.post(f"/quizzes/{quiz_id}/start")
        await ann.call("PUT", f"/quizzes/{quiz_id}", self.OTHER)
        attempt = await ann.post(f"/quizzes/{quiz_id}/start")
        assert [question["question_text"] for question in attempt["questions"]] == ["Sweden?"]
        assert (await ann.get(f"/quizzes/{quiz_id}"))["question_count"] == 1
        [shown] = (await ann.get(f"/quizzes/{quiz_id}/questions"))["questions"]
        assert shown["question_text"] == "Sweden?"

    async def test_edited_quiz_is_hosted_as_it_is_now(self, hall, ann, bob, quiz_id):
        await bob.post(f"/quizzes/{quiz_id}/start")
        await ann.call("PUT", f"/quizzes/{quiz_id}", self.OTHER)
        host = await hall.host(ann, quiz_id=quiz_id)
        assert (await host.until("room_state"))["question_count"] == 1


class TestCopy:
    async def test_of_ones_own(self, ann, quiz_id):
        copy = await ann.post(f"/quizzes/{quiz_id}/copy")
        assert copy["title"] == "Norway (copy)" and copy["quiz_id"] != quiz_id
        old, new = [await ann.get(f"/quizzes/{id}") for id in (quiz_id, copy["quiz_id"])]
        same = ("description", "duration", "negative_mark", "question_count", "creator_id", "is_trivia")
        assert {name: old[name] for name in same} == {name: new[name] for name in same}
        await ann.call("PUT", f"/quizzes/{quiz_id}", TestEditing.OTHER)
        texts = [q["question_text"] for q in (await ann.get(f"/quizzes/{copy['quiz_id']}/questions"))["questions"]]
        assert texts == list(RIGHT)

    async def test_of_trivia_is_private(self, ann, bob, trivia_id):
        copy = (await bob.post(f"/quizzes/{trivia_id}/copy"))["quiz_id"]
        assert (await bob.get(f"/quizzes/{copy}"))["is_trivia"] is False
        assert len((await bob.get(f"/quizzes/{copy}/questions"))["questions"]) == 3
        assert (await ann.call("GET", f"/quizzes/{copy}/questions"))[0] == 404
        assert [quiz["id"] for quiz in await ann.get("/trivia")] == [trivia_id]

    async def test_of_somebody_elses(self, bob, quiz_id):
        assert (await bob.call("POST", f"/quizzes/{quiz_id}/copy", {}))[0] == 404
        assert await bob.get("/quizzes") == []

    async def test_takes_no_schedule_along_and_is_of_the_present_version(self, hall, ann, quiz_id):
        await ann.call("PUT", f"/quizzes/{quiz_id}", TestEditing.OTHER)
        await hall.services.database.execute(
            "UPDATE quizzes SET start_time = now() + interval '1 day', end_time = now() + interval '2 days'"
        )
        copy = await ann.get(f"/quizzes/{(await ann.post(f'/quizzes/{quiz_id}/copy'))['quiz_id']}")
        assert (copy["start_time"], copy["end_time"], copy["status"]) == (None, None, "active")
        assert (copy["question_count"], copy["title"]) == (1, "Sweden (copy)")

    async def test_of_the_longest_title(self, ann):
        quiz_id = (await ann.post("/quizzes", {**QUIZ, "title": "x" * 200}))["quiz_id"]
        copy = await ann.post(f"/quizzes/{quiz_id}/copy")
        assert copy["title"] == "x" * 193 + " (copy)"
        again = {**QUIZ, "title": copy["title"]}
        assert (await ann.call("PUT", f"/quizzes/{copy['quiz_id']}", again))[0] == 200


class TestSums:
    async def test_rating_of_trivia(self, hall, bob, trivia_id):
        attempt = await bob.post(f"/quizzes/{trivia_id}/start")
        await started_ago(hall, minutes=5)
        outcome = await bob.post(f"/quizzes/{trivia_id}/submit", answers(attempt))
        assert outcome["rating"] in (109, 110)  # half of the time is left, or a moment less

    async def test_trivia_and_private_quizzes_are_summed_apart(self, hall, admin, bob, trivia_id, quiz_id):
        more = {**QUIZ, "title": "More", "is_trivia": True, "topic": "Norway"}
        second = (await admin.post("/quizzes", more))["quiz_id"]
        ratings = []
        for id, changed in ((trivia_id, {"The": "d"}), (second, {"The": None}), (quiz_id, {})):
            attempt = await bob.post(f"/quizzes/{id}/start")
            ratings.append((await bob.post(f"/quizzes/{id}/submit", answers(attempt, **changed)))["rating"])
        [sums] = await hall.services.database.fetch("SELECT * FROM user_stats")
        assert (sums["trivia_count"], sums["trivia_score"], sums["trivia_best"]) == (2, 3.75, 2)
        assert (sums["private_count"], sums["private_score"], sums["private_best"]) == (1, 3, 3)
        assert sums["total_rating"] == ratings[0] + ratings[1] and ratings[2] is None
        assert (sums["best_quiz_id"], sums["best_rating"], sums["best_score"]) == (second, ratings[1], 2)
        assert sums["has_perfect_score"] is True


@pytest.mark.parametrize("quiz_id", [NO_QUIZ, "1", "x" * 300, "%00", "null"])
async def test_id_that_is_none(ann, quiz_id):
    for method, path in (
        ("POST", f"/quizzes/{quiz_id}/start"),
        ("POST", f"/quizzes/{quiz_id}/submit"),
        ("GET", f"/quizzes/{quiz_id}/attempt"),
        ("PUT", f"/quizzes/{quiz_id}/attempt"),
        ("POST", f"/quizzes/{quiz_id}/copy"),
        ("GET", f"/results/{quiz_id}/my-result"),
        ("GET", f"/results/{quiz_id}/results"),
        ("GET", f"/results/{quiz_id}/results.csv"),
    ):
        status, answer = await ann.call(method, path, {"answers": {}} if method != "GET" else None)
        assert status == 404 and isinstance(answer["detail"], str), path


async def test_strangers_take_nothing(hall, quiz_id):
    for method, path in (
        ("POST", f"/quizzes/{quiz_id}/start"),
        ("POST", f"/quizzes/{quiz_id}/submit"),
        ("GET", f"/quizzes/{quiz_id}/attempt"),
        ("PUT", f"/quizzes/{quiz_id}/attempt"),
        ("POST", f"/quizzes/{quiz_id}/copy"),
        ("POST", "/quizzes/import-questions"),
        ("GET", f"/results/{quiz_id}/my-result"),
        ("GET", f"/results/{quiz_id}/results"),
        ("GET", f"/results/{quiz_id}/results.csv"),
    ):
        assert (await hall.rest.call(method, path, {"answers": {}} if method != "GET" else None))[0] == 401, path
