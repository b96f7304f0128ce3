"""One's own profile over HTTP, in the wire contract's words."""

import pytest

from tests.attempts import add_attempt, add_quiz, add_rating, add_user
from tests.clients import Rest


@pytest.fixture
def stored(hall):
    return hall.services.database


@pytest.fixture
async def ann(hall) -> Rest:
    ann = await hall.rest.sign_up("Ann")
    ann.id = (await ann.get("/auth/me"))["id"]
    return ann


async def test_before_the_first_quiz(hall, ann):
    profile = await ann.get("/users/me")
    user = profile.pop("user")
    assert (user["id"], user["name"], user["email"], user["is_admin"]) == (ann.id, "Ann", "ann@example.org", False)
    assert user["created_at"] == (await ann.get("/auth/me"))["created_at"]
    assert profile == {
        "quiz_history": [],
        "total_quizzes_attempted": 0,
        "attempted_topics": [],
        "recommendations": [],
        "trivia_ranking": None,
    }
    assert await ann.get("/users/leaderboard-position") == {"position": None, "message": "No trivia attempts yet"}
    for path in ("/users/me", "/users/leaderboard-position"):
        assert (await hall.rest.call("GET", path))[0] == 401


async def test_history_has_the_last_ten_the_newest_first(stored, ann):
    for number in range(12):
        quiz_id = await add_quiz(stored, f"Quiz {number}", topic="Birds", difficulty="easy")
        await add_attempt(stored, quiz_id, ann.id, 6, minute=number, rating=70)
    await add_rating(stored, ann.id, 840, trivia_count=12)
    profile = await ann.get("/users/me")
    assert [past["quiz_title"] for past in profile["quiz_history"]] == [f"Quiz {number}" for number in range(11, 1, -1)]
    assert profile["quiz_history"][0] == {
        "quiz_id": quiz_id,
        "quiz_title": "Quiz 11",
        "topic": "Birds",
        "is_trivia": True,
        "difficulty": "easy",
        "score": 6,
        "correct_answers": 6,
        "total_questions": 10,
        "rating": 70,
        "submitted_at": "2024-05-01T12:11:00Z",
    }
    assert (profile["total_quizzes_attempted"], profile["attempted_topics"]) == (12, ["Birds"])


async def test_rank_is_shared_by_equal_ratings(stored, ann):
    for name, rating in (("Bob", 300), ("Eve", 200), ("Joe", 100)):
        await add_rating(stored, await add_user(stored, name), rating)
    await add_rating(stored, ann.id, 200, trivia_count=3)
    assert (await ann.get("/users/me"))["trivia_ranking"] == {"rank": 2, "total_users": 4, "average_rating": 66.67}
    assert await ann.get("/users/leaderboard-position") == {
        "position": {"rank": 2, "total_users": 4, "average_rating": 66.67, "quiz_count": 3},
        "message": "You are number 2 of 4",
    }


async def test_recommendations_are_open_and_new_with_new_topics_first(stored, ann):
    taken = await add_quiz(stored, "Owls", topic="Birds", popularity=9)
    await add_attempt(stored, taken, ann.id, 5)
    for title, topic, more in (
        ("Ducks", "Birds", {"popularity": 8}),
        ("Geese", "Birds", {"popularity": 7}),
        ("Rhine", "Rivers", {"popularity": 1}),
        ("Nile", "Rivers", {"popularity": 3}),
        ("Mars", "Planets", {"popularity": 2}),
        ("Old", "History", {"end_time": "2020-01-01"}),
        ("Later", "Future", {"start_time": "2900-01-01"}),
        ("Gone", "Lost", {"is_active": False}),
        ("Mine", "Secrets", {"is_trivia": False}),
    ):
        await add_quiz(stored, title, topic=topic, **more)
    recommended = (await ann.get("/users/me"))["recommendations"]
    assert [quiz["title"] for quiz in recommended] == ["Nile", "Mars", "Ducks"]
    assert set(recommended[0]) == {"id", "title", "topic", "difficulty", "popularity"}


class TestName:
    async def test_is_changed_everywhere(self, hall, stored, ann):
        answer = await ann.call("PATCH", "/users/me", {"name": "  Ann   Other "})
        assert answer[0] == 200 and answer[1]["user"]["name"] == "Ann Other"
        assert (await ann.get("/auth/me"))["name"] == (await ann.get("/users/me"))["user"]["name"] == "Ann Other"
        await add_rating(stored, ann.id, 5)
        [entry] = (await hall.rest.get("/results/leaderboards/global"))["leaderboard"]
        assert entry["user_name"] == "Ann Other"

    @pytest.mark.parametrize(
        "body", [{}, {"name": ""}, {"name": " "}, {"name": "x" * 101}, {"name": "\x00"}, {"name": 7}]
    )
    async def test_that_is_none_changes_nothing(self, ann, body):
        status, answer = await ann.call("PATCH", "/users/me", body)
        assert (status, answer["detail"][0]["loc"]) == (422, ["body", "name"])
        assert (await ann.get("/auth/me"))["name"] == "Ann"

    async def test_nothing_else_is_changed(self, ann):
        status, _ = await ann.call("PATCH", "/users/me", {"name": "Ann", "email": "x@example.org", "is_admin": True})
        user = (await ann.get("/users/me"))["user"]
        assert (status, user["email"], user["is_admin"]) == (200, "ann@example.org", False)
