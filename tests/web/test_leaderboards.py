"""Leaderboards, statistics and ranks over HTTP, in the wire contract's words."""

import pytest

from tests.attempts import add_attempt, add_quiz, add_rating
from tests.clients import Rest

NO_QUIZ = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def stored(hall):
    return hall.services.database


async def person(hall, name: str) -> Rest:
    user = await hall.rest.sign_up(name)
    user.id = (await user.get("/auth/me"))["id"]
    return user


@pytest.fixture
async def ann(hall) -> Rest:
    return await person(hall, "Ann")


@pytest.fixture
async def bob(hall) -> Rest:
    return await person(hall, "Bob")


class TestGlobal:
    PATH = "/results/leaderboards/global"

    @pytest.fixture(autouse=True)
    async def ratings(self, stored, ann, bob):
        capitals = await add_quiz(stored)
        best = {"best_quiz_id": capitals, "best_rating": 110, "best_score": 9.5}
        await add_rating(stored, ann.id, 250, trivia_count=3, **best)
        await add_rating(stored, bob.id, 110)

    async def test_shows_everyone_by_name_and_nobodys_address(self, hall, ann, bob):
        answer = await hall.rest.get(self.PATH)
        assert (answer["total_entries"], answer["next_cursor"]) == (2, None)
        assert answer["leaderboard"] == [
            {
                "rank": 1,
                "user_id": ann.id,
                "user_name": "Ann",
                "email": None,
                "total_rating": 250,
                "quiz_count": 3,
                "best_quiz": "Capitals",
                "best_score": 9.5,
                "average_rating": 83.33,
            },
            {
                "rank": 2,
                "user_id": bob.id,
                "user_name": "Bob",
                "email": None,
                "total_rating": 110,
                "quiz_count": 1,
                "best_quiz": None,
                "best_score": 0,
                "average_rating": 110,
            },
        ]

    async def test_shows_ones_own_address_to_oneself_alone(self, bob):
        emails = [entry["email"] for entry in (await bob.get(self.PATH))["leaderboard"]]
        assert emails == [None, "bob@example.org"]

    async def test_is_for_anyone_also_with_a_token_that_has_died(self, hall, bob):
        await bob.post("/auth/signout")
        assert [entry["email"] for entry in (await bob.get(self.PATH))["leaderboard"]] == [None, None]
        nonsense = Rest(hall.base_url, "nonsense")
        assert (await nonsense.get(self.PATH))["total_entries"] == 2

    async def test_page_by_page(self, hall):
        first = await hall.rest.get(self.PATH + "?limit=1")
        assert [entry["user_name"] for entry in first["leaderboard"]] == ["Ann"]
        second = await hall.rest.get(f"{self.PATH}/?limit=1&cursor={first['next_cursor']}")
        assert [(entry["rank"], entry["user_name"]) for entry in second["leaderboard"]] == [(2, "Bob")]
        assert (second["total_entries"], second["next_cursor"]) == (2, None)

    @pytest.mark.parametrize("limit", ["0", "-1", "501", "x", "1.5", "9" * 40])
    async def test_bad_limit(self, hall, limit):
        status, answer = await hall.rest.call("GET", f"{self.PATH}?limit={limit}")
        assert (status, answer["detail"][0]["loc"]) == (422, ["query", "limit"])

    async def test_bad_cursor(self, hall):
        status, answer = await hall.rest.call("GET", self.PATH + "?cursor=x")
        assert status == 400 and isinstance(answer["detail"], str)


class TestOfAQuiz:
    PATH = "/results/leaderboards/quiz/"

    async def test_trivia_is_for_every_user(self, hall, stored, ann, bob):
        quiz_id = await add_quiz(stored)
        await add_attempt(stored, quiz_id, ann.id, 7.5, minute=2)
        await add_attempt(stored, quiz_id, bob.id, 9, minute=1)
        answer = await ann.get(self.PATH + quiz_id)
        assert answer["quiz"] == {"id": quiz_id, "title": "Capitals", "is_trivia": True}
        assert (answer["total_participants"], answer["next_cursor"]) == (2, None)
        assert [(e["rank"], e["user_name"], e["email"], e["score"]) for e in answer["leaderboard"]] == [
            (1, "Bob", None, 9),
            (2, "Ann", "ann@example.org", 7.5),
        ]
        assert answer["leaderboard"][0]["submitted_at"] == "2024-05-01T12:01:00Z"
        assert (await hall.rest.call("GET", self.PATH + quiz_id))[0] == 401

    async def test_another_quiz_is_for_its_creator_alone(self, stored, ann, bob):
        quiz_id = await add_quiz(stored, creator_id=ann.id, is_trivia=False)
        await add_attempt(stored, quiz_id, bob.id, 9)
        [entry] = (await ann.get(self.PATH + quiz_id))["leaderboard"]
        assert entry["email"] == "bob@example.org"
        status, answer = await bob.call("GET", self.PATH + quiz_id)
        assert status == 403 and "creator" in answer["detail"]

    async def test_deleted_quiz_is_still_its_creators(self, stored, ann, bob):
        quiz_id = await add_quiz(stored, creator_id=ann.id, is_active=False)
        await add_attempt(stored, quiz_id, bob.id, 9)
        assert (await ann.get(self.PATH + quiz_id))["total_participants"] == 1
        assert (await bob.call("GET", self.PATH + quiz_id))[0] == 404

    @pytest.mark.parametrize("quiz_id", [NO_QUIZ, "1", "%00", "x" * 300])
    async def test_id_that_is_none(self, ann, quiz_id):
        assert await ann.call("GET", self.PATH + quiz_id) == (404, {"detail": "There is no such quiz"})


class TestStatistics:
    async def test_before_the_first_quiz(self, hall, ann):
        nothing = {"quizzes_attempted": 0, "total_score": 0, "average_score": 0, "best_score": 0}
        assert await ann.get("/results/stats/user") == {
            "total_quizzes_attempted": 0,
            "total_score": 0,
            "trivia_stats": {**nothing, "topics_attempted": []},
            "private_stats": nothing,
            "has_perfect_score": False,
            "by_topic": [],
        }
        assert (await hall.rest.call("GET", "/results/stats/user"))[0] == 401

    async def test_add_up_what_was_submitted(self, stored, ann, bob):
        birds, rivers = await add_quiz(stored, "Birds"), await add_quiz(stored, "Rivers")
        more_birds = await add_quiz(stored, "More birds", topic="Birds")
        for quiz_id, score in ((birds, 7), (rivers, 4), (more_birds, 9)):
            await add_attempt(stored, quiz_id, ann.id, score)
        await add_attempt(stored, birds, bob.id, 10)
        await add_rating(
            stored, ann.id, 250, trivia_count=3, trivia_score=20, trivia_best=9, private_count=1, private_score=5,
            private_best=5, has_perfect_score=True,
        )  # fmt: skip
        assert await ann.get("/results/stats/user") == {
            "total_quizzes_attempted": 4,
            "total_score": 25,
            "trivia_stats": {
                "quizzes_attempted": 3,
                "total_score": 20,
                "average_score": 6.67,
                "best_score": 9,
                "topics_attempted": ["Birds", "Rivers"],
            },
            "private_stats": {"quizzes_attempted": 1, "total_score": 5, "average_score": 5, "best_score": 5},
            "has_perfect_score": True,
            "by_topic": [
                {"topic": "Birds", "quizzes_attempted": 2, "total_questions": 20, "correct_answers": 16},
                {"topic": "Rivers", "quizzes_attempted": 1, "total_questions": 10, "correct_answers": 4},
            ],
        }


class TestAfterARealAttempt:
    async def test_everything_agrees(self, hall, stored, ann, bob):
        """Through start and submit, not past them."""
        await stored.execute("UPDATE users SET is_admin = true WHERE id = %s", (bob.id,))
        question = {"question_text": "2 + 2?", "options": ["3", "4"], "correct_answer": 1}
        body = {"title": "Sums", "is_trivia": True, "topic": "Numbers", "questions": [question]}
        quiz_id = (await bob.post("/quizzes", body))["quiz_id"]
        [asked] = (await ann.post(f"/quizzes/{quiz_id}/start"))["questions"]
        before = await ann.get(f"/results/leaderboards/quiz/{quiz_id}")
        assert (before["total_participants"], before["leaderboard"]) == (0, [])
        await ann.post(f"/quizzes/{quiz_id}/submit", {"answers": {asked["id"]: "b"}})

        [entry] = (await hall.rest.get("/results/leaderboards/global"))["leaderboard"]
        assert (entry["user_name"], entry["best_quiz"], entry["best_score"]) == ("Ann", "Sums", 1)
        assert entry["total_rating"] == entry["average_rating"] > 100
        quiz = await bob.get(f"/results/leaderboards/quiz/{quiz_id}")
        assert (quiz["total_participants"], quiz["leaderboard"][0]["email"]) == (1, "ann@example.org")
        statistics = await ann.get("/results/stats/user")
        assert (statistics["trivia_stats"]["topics_attempted"], statistics["has_perfect_score"]) == (["Numbers"], True)
        position = (await ann.get("/users/leaderboard-position"))["position"]
        assert position == {"rank": 1, "total_users": 1, "average_rating": entry["average_rating"], "quiz_count": 1}
