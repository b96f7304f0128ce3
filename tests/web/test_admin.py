"""What admins can do over HTTP, and nobody else."""

import pytest

from quizzler.store import bank
from tests.attempts import add_attempt, add_quiz, add_user
from tests.clients import Rest

QUIZ = {"title": "Mixed", "questions": [{"question_text": "2 + 2?", "options": ["3", "4"], "correct_answer": 1}]}
NO_QUIZ = "00000000-0000-0000-0000-000000000000"
CALLS = [
    ("GET", "/admin/trivia-genres"),
    ("POST", "/admin/trivia-genres"),
    ("GET", "/admin/quiz-stats"),
    ("GET", "/admin/user-stats"),
    ("GET", "/admin/platform-stats"),
    ("DELETE", f"/admin/quiz/{NO_QUIZ}"),
    ("GET", "/realtime/stats"),
    ("POST", "/realtime/admin/cleanup"),
]


@pytest.fixture
async def hall(hall_with):
    return await hall_with(admin_emails=frozenset({"admin@example.org"}))


@pytest.fixture
def stored(hall):
    return hall.services.database


@pytest.fixture
async def admin(hall) -> Rest:
    return await hall.rest.sign_up("Admin")


@pytest.fixture
async def ann(hall) -> Rest:
    return await hall.rest.sign_up("Ann")


class TestWhoIsAdmin:
    @pytest.mark.parametrize(("method", "path"), CALLS)
    async def test_nobody_else_may(self, hall, ann, method, path):
        body = "" if method == "POST" else None
        assert (await hall.rest.call(method, path, body))[0] == 401
        assert await ann.call(method, path, body) == (403, {"detail": "This is for admins alone"})

    async def test_setting_makes_one(self, admin, ann):
        assert (await admin.get("/users/me"))["user"]["is_admin"] is True
        assert (await ann.get("/users/me"))["user"]["is_admin"] is False
        assert (await admin.call("POST", "/quizzes", {**QUIZ, "is_trivia": True}))[0] == 200

    async def test_database_makes_one_from_the_next_request_on(self, stored, ann):
        await stored.execute("UPDATE users SET is_admin = true WHERE name = 'Ann'")
        await ann.get("/admin/platform-stats")
        await stored.execute("UPDATE users SET is_admin = false WHERE name = 'Ann'")
        assert (await ann.call("GET", "/admin/platform-stats"))[0] == 403


class TestGenres:
    async def test_describe_topics(self, hall, stored, admin):
        await add_quiz(stored, "Owls", topic="Birds")
        await add_quiz(stored, "Nile", topic="Rivers")
        added = (await admin.post("/admin/trivia-genres", {"name": " birds ", "description": "All that flies"}))[
            "genre"
        ]
        assert (added["name"], added["description"]) == ("birds", "All that flies")
        await admin.post("/admin/trivia-genres", {"name": "Physics"})
        genres = (await admin.get("/admin/trivia-genres"))["genres"]
        assert [(genre["name"], genre["description"], genre["quiz_count"]) for genre in genres] == [
            ("Physics", "", 0),
            ("Rivers", "", 1),
            ("birds", "All that flies", 1),
        ]
        assert genres[2]["id"] == added["id"] and genres[1]["id"] is None
        assert (await hall.rest.get("/quizzes/topics/list"))["topics"] == ["Birds", "Rivers"]

    async def test_one_of_a_name(self, admin):
        await admin.post("/admin/trivia-genres", {"name": "Birds"})
        again = await admin.call("POST", "/admin/trivia-genres", {"name": "BIRDS", "description": "Others"})
        assert again == (400, {"detail": "Genre already exists"})
        [genre] = (await admin.get("/admin/trivia-genres"))["genres"]
        assert genre["description"] == ""

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "name"),
            ({"name": " "}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"name": "\x00"}, "name"),
            ({"name": ["x"]}, "name"),
            ({"name": "x", "description": "x" * 2001}, "description"),
            ({"name": "x", "description": "\x00"}, "description"),
        ],
    )
    async def test_bad_one_is_not_stored(self, admin, body, field):
        status, answer = await admin.call("POST", "/admin/trivia-genres", body)
        assert (status, answer["detail"][0]["loc"]) == (422, ["body", field])
        assert (await admin.get("/admin/trivia-genres"))["genres"] == []


class TestStatistics:
    async def test_of_quizzes(self, stored, admin, ann):
        users = [await add_user(stored, name) for name in ("Bob", "Eve")]
        owls = await add_quiz(stored, "Owls", bank_key="owls")
        nile = await add_quiz(stored, "Nile", is_active=False)
        await ann.post("/quizzes", QUIZ)
        for user_id, score in zip(users, (4, 9)):
            await add_attempt(stored, owls, user_id, score)
        await add_attempt(stored, nile, users[0], 1)
        answer = await admin.get("/admin/quiz-stats")
        totals = {name: answer[name] for name in answer if name.endswith("quizzes")}
        assert totals == {"total_quizzes": 3, "trivia_quizzes": 2, "private_quizzes": 1, "active_quizzes": 2}
        shown = [
            (q["title"], q["creator_name"], q["is_active"], q["total_attempts"], q["average_score"])
            for q in answer["quiz_statistics"]
        ]
        assert shown == [
            ("Owls", None, True, 2, 6.5),
            ("Nile", "Deleted account", False, 1, 1),
            ("Mixed", "Ann", True, 0, 0),
        ]
        first = await admin.get("/admin/quiz-stats?limit=2")
        rest = await admin.get(f"/admin/quiz-stats?limit=2&cursor={first['next_cursor']}")
        assert first["quiz_statistics"] + rest["quiz_statistics"] == answer["quiz_statistics"]

    async def test_of_users(self, stored, admin, ann):
        await stored.execute(
            """INSERT INTO user_stats (user_id, trivia_count, trivia_score, total_rating, private_count, private_score)
               SELECT id, 2, 15, 180, 1, 3 FROM users WHERE name = 'Ann'"""
        )
        answer = await admin.get("/admin/user-stats")
        assert (answer["total_users"], answer["active_users"], answer["next_cursor"]) == (2, 1, None)
        first, second = answer["user_statistics"]
        assert (second["name"], second["is_admin"], second["total_quizzes"], second["average_score"]) == (
            "Admin",
            False,
            0,
            0,
        )
        del first["user_id"], first["created_at"]
        assert first == {
            "name": "Ann",
            "email": "ann@example.org",
            "is_admin": False,
            "trivia_attempts": 2,
            "private_attempts": 1,
            "total_quizzes": 3,
            "total_rating": 180,
            "total_score": 18,
            "average_score": 6,
        }

    async def test_of_the_platform(self, stored, admin, ann):
        bob = await add_user(stored, "Bob")
        await stored.execute("UPDATE users SET created_at = now() - interval '8 days' WHERE name = 'Bob'")
        quiz_id = await add_quiz(stored)
        await add_quiz(stored, "Gone", is_active=False)
        await ann.post("/quizzes", QUIZ)
        await add_attempt(stored, quiz_id, bob, 4)
        assert await admin.get("/admin/platform-stats") == {
            "platform_overview": {
                "total_users": 3,
                "total_active_quizzes": 2,
                "total_quiz_attempts": 1,
                "trivia_quizzes": 1,
                "private_quizzes": 1,
                "total_games": 0,
            },
            "recent_activity_7_days": {"new_users": 2, "quiz_attempts": 0, "new_quizzes": 2, "games": 0},
        }


class TestDeactivation:
    async def test_takes_anybodys_quiz_out_and_keeps_its_answers(self, stored, admin, ann):
        quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
        await add_attempt(stored, quiz_id, await add_user(stored, "Bob"), 4)
        status, answer = await admin.call("DELETE", f"/admin/quiz/{quiz_id}")
        assert (status, answer["quiz_id"]) == (200, quiz_id) and "Mixed" in answer["message"]
        assert (await ann.call("GET", f"/quizzes/{quiz_id}"))[0] == 404
        assert await ann.get("/quizzes") == []
        [entry] = (await ann.get(f"/results/leaderboards/quiz/{quiz_id}"))["leaderboard"]
        assert entry["score"] == 4
        assert (await admin.call("DELETE", f"/admin/quiz/{quiz_id}"))[0] == 404

    async def test_keeps_a_packaged_quiz_away_for_good(self, hall, stored, admin):
        await bank.load(stored)
        quiz_id = (await hall.rest.get("/trivia"))[0]["id"]
        await admin.call("DELETE", f"/admin/quiz/{quiz_id}")
        assert await bank.load(stored) == 0
        assert quiz_id not in {quiz["id"] for quiz in await hall.rest.get("/trivia")}

    @pytest.mark.parametrize("quiz_id", [NO_QUIZ, "1", "%00", "x" * 300])
    async def test_id_that_is_none(self, admin, quiz_id):
        assert await admin.call("DELETE", f"/admin/quiz/{quiz_id}") == (404, {"detail": "There is no such quiz"})


class TestRooms:
    async def test_statistics(self, hall, admin, ann):
        assert (await admin.get("/realtime/stats"))["rooms"] == []
        host = await hall.host(ann)
        await hall.player(host.code, "Eve")
        gone = await hall.player(host.code, "Bob")
        await host.until("player_count", count=2)
        gone.close()
        await host.until("player_count", count=1)
        answer = await admin.get("/realtime/stats")
        assert (answer["active_rooms"], answer["total_players"], answer["total_connections"]) == (1, 1, 3)
        [room] = answer["rooms"]
        assert room["room_code"] == host.code and room["host_connected"] is True
        assert (room["player_count"], room["total_players"], room["phase"]) == (1, 2, "lobby")
        assert "Eve" not in str(answer)

    async def test_cleaning_up_ends_what_nobody_is_in(self, hall, admin, ann):
        kept, left, waiting = [await hall.host(ann) for _ in range(3)]
        eve = await hall.player(waiting.code, "Eve")
        left.close()
        waiting.close()
        await eve.until("host_status", connected=False)
        while (await admin.get("/realtime/stats"))["rooms"][1]["host_connected"]:
            pass
        answer = await admin.post("/realtime/admin/cleanup")
        assert (answer["removed_sessions"], answer["remaining_sessions"]) == (1, 2)
        valid = [
            (await hall.rest.get(f"/realtime/rooms/validate/{host.code}"))["valid"] for host in (kept, left, waiting)
        ]
        assert valid == [True, False, True]
        assert (await admin.post("/realtime/admin/cleanup"))["removed_sessions"] == 0

    async def test_cleaning_up_forgets_tokens_that_have_expired(self, stored, admin):
        await stored.execute(
            "INSERT INTO revoked_tokens VALUES ('old', now() - interval '1 s'), ('new', now() + interval '1 h')"
        )
        await admin.post("/realtime/admin/cleanup")
        assert [row["token_id"] for row in await stored.fetch("SELECT token_id FROM revoked_tokens")] == ["new"]
