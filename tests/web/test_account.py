"""One's own account over HTTP: another password, all one's data as a file, and the end of it."""

import asyncio
import json
from datetime import datetime

import pytest
from tornado.httpclient import HTTPClientError
from tornado.simple_httpclient import HTTPStreamClosedError

from quizzler.security.guesses import FREE
from quizzler.security.tokens import Tokens
from tests.clients import Hall, Rest, a_question
from tests.halls import SECRET
from tests.web.test_attempts import QUIZ, answers

PASSWORD, ANOTHER = "correct horse", "three blue herons"
DEAD = (401, {"detail": "Your sign-in is not valid any more. Please sign in again"})
NOT_IT = (403, {"detail": "That is not your current password"})


async def sign_in(rest: Rest, name: str = "Ann", password: str = PASSWORD) -> tuple:
    return await rest.call("POST", "/auth/signin", {"email": f"{name.lower()}@example.org", "password": password})


async def change(user: Rest, current: str = PASSWORD, new: str = ANOTHER) -> tuple:
    body = {"current_password": current, "new_password": new}
    return await user.call("PATCH", "/users/me/password", body)


async def delete(user: Rest, password: str = PASSWORD) -> tuple:
    return await user.call("DELETE", "/users/me", {"password": password})


async def take(user: Rest, quiz_id: str) -> None:
    attempt = await user.post(f"/quizzes/{quiz_id}/start")
    await user.post(f"/quizzes/{quiz_id}/submit", answers(attempt))


async def play(hall: Hall, user: Rest, *names: str) -> str:
    """A game of one question; returns its id."""
    host = await hall.host(user)
    players = [await hall.player(host.code, name) for name in names]
    host.say(a_question())
    for player in players:
        await player.until("question")
        player.say({"type": "answer", "option": 1})
    await host.until("results")
    host.say({"type": "end_game"})
    game_id = (await host.until("game_over"))["game_id"]
    await host.until_closed()
    return game_id


class TestPassword:
    async def test_new_one_counts_from_then_on(self, hall, ann):
        status, answer = await change(ann)
        assert (status, answer["message"], answer["user"]["name"]) == (200, "Your password is changed", "Ann")
        assert (await sign_in(hall.rest))[0] == 401
        assert (await sign_in(hall.rest, password=ANOTHER))[0] == 200

    async def test_all_that_was_signed_in_is_out_but_the_answers_pair(self, hall, ann):
        there = (await sign_in(hall.rest))[1]
        claims = Tokens(SECRET, 1).read(ann.token)
        old = Rest(hall.base_url, Tokens(SECRET, 604_800).issue(claims.user_id))
        users = [ann, Rest(hall.base_url, there["access_token"]), old]
        hosts = [await hall.host(user) for user in users]
        _, answer = await change(ann)
        assert [await user.call("GET", "/auth/me") for user in users] == [DEAD] * 3
        assert [(await host.until_closed())[0] for host in hosts] == [1008] * 3
        refresh = {"refresh_token": there["refresh_token"]}
        assert await hall.rest.call("POST", "/auth/renew", refresh) == DEAD
        new = Rest(hall.base_url, answer["access_token"])
        assert (await new.get("/auth/me"))["name"] == "Ann"
        again = await hall.host(new, hosts[0].code)
        assert again.code == hosts[0].code, "the game went on for its host to come back"
        renewed = await hall.rest.post("/auth/renew", {"refresh_token": answer["refresh_token"]})
        assert (await Rest(hall.base_url, renewed["access_token"]).get("/auth/me"))["name"] == "Ann"

    async def test_others_stay_signed_in(self, ann, bob):
        await change(ann)
        assert (await bob.get("/auth/me"))["name"] == "Bob"

    async def test_wrong_one_changes_nothing_and_signs_nobody_out(self, hall, ann):
        assert await change(ann, current="wrong horse") == NOT_IT
        assert (await ann.get("/auth/me"))["name"] == "Ann"
        assert (await sign_in(hall.rest))[0] == 200

    @pytest.mark.parametrize("new", ["short", "x" * 73, "ü" * 37, "three\x00herons", "", None, 5])
    async def test_bad_new_one_is_named(self, hall, ann, new):
        status, answer = await change(ann, new=new)
        assert (status, answer["detail"][0]["loc"]) == (422, ["body", "new_password"])
        assert (await sign_in(hall.rest))[0] == 200

    async def test_longest_has_72_bytes(self, hall, ann):
        assert (await change(ann, new="ü" * 36))[0] == 200
        assert (await sign_in(hall.rest, password="ü" * 36))[0] == 200

    async def test_stranger_is_told_nothing(self, hall):
        assert (await change(hall.rest))[0] == 401

    async def test_stolen_token_is_no_way_to_guess(self, hall, ann):
        """Nor is each of the three questions for the same password a fresh start."""
        for _ in range(FREE - 2):
            assert (await change(ann, current="wrong horse"))[0] == 403
        assert (await delete(ann, "wrong horse"))[0] == 403
        assert (await sign_in(hall.rest, password="wrong horse"))[0] == 401
        body = {"current_password": PASSWORD, "new_password": ANOTHER}
        response = await ann.fetch("PATCH", "/users/me/password", body)
        assert (response.code, response.headers["Retry-After"]) == (429, "1")
        assert (await delete(ann))[0] == 429 and (await sign_in(hall.rest))[0] == 429


class TestDeletion:
    async def test_everything_of_ones_own_is_gone(self, hall, ann):
        refresh = (await sign_in(hall.rest))[1]["refresh_token"]
        assert await delete(ann) == (200, {"message": "Your account is deleted"})
        assert await ann.call("GET", "/auth/me") == DEAD
        assert await hall.rest.call("POST", "/auth/renew", {"refresh_token": refresh}) == DEAD
        assert (await sign_in(hall.rest))[0] == 401
        assert (await hall.rest.sign_up("Ann")).token, "the address is free again"

    async def test_wrong_password_deletes_nothing(self, ann):
        assert await delete(ann, "wrong horse") == NOT_IT
        assert (await ann.get("/auth/me"))["name"] == "Ann"

    @pytest.mark.parametrize("body", [None, "", {}, {"password": None}, []])
    async def test_without_a_password_it_is_422(self, ann, body):
        assert (await ann.call("DELETE", "/users/me", body))[0] == 422
        assert (await ann.get("/auth/me"))["name"] == "Ann"

    async def test_rooms_are_closed_and_players_told(self, hall, ann, bob):
        host, other = await hall.host(ann), await hall.host(bob)
        player = await hall.player(host.code, "Cleo")
        await delete(ann)
        assert (await player.until("room_closed"))["reason"] == "The host's account was deleted"
        assert (await player.until_closed())[0] == 1000 and (await host.until_closed())[0] == 1000
        assert (await hall.rest.get(f"/realtime/rooms/validate/{host.code}"))["valid"] is False
        assert (await hall.rest.get(f"/realtime/rooms/validate/{other.code}"))["valid"] is True

    async def test_game_under_way_is_stored_without_a_host(self, hall, ann, database):
        host = await hall.host(ann)
        player = await hall.player(host.code, "Cleo")
        host.say(a_question())
        await player.until("question")
        await delete(ann)
        assert (await player.until_closed())[0] == 1000
        assert await database.fetch("SELECT host_id, player_count FROM games") == [{"host_id": None, "player_count": 1}]
        assert await database.fetch("SELECT FROM journal") == []

    async def test_hosted_games_stay_for_admins_alone(self, hall, ann, bob, admin):
        game_id = await play(hall, ann, "Cleo")
        await delete(ann)
        assert (await bob.call("GET", f"/results/games/{game_id}"))[0] == 404
        assert [player["name"] for player in (await admin.get(f"/results/games/{game_id}"))["players"]] == ["Cleo"]

    async def test_answers_stay_in_the_creators_results_without_a_name(self, ann, bob):
        quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
        await take(bob, quiz_id)
        await delete(bob)
        answer = await ann.get(f"/results/{quiz_id}/results")
        assert answer["total_participants"] == 1
        assert [(row["student_name"], row["email"], row["score"]) for row in answer["results"]] == [
            ("Deleted account", None, 3)
        ]
        response = await ann.fetch("GET", f"/results/{quiz_id}/results.csv")
        assert b"Deleted account" in response.body and b"Bob" not in response.body and b"bob@" not in response.body
        board = await ann.get(f"/results/leaderboards/quiz/{quiz_id}")
        assert [(row["user_name"], row["user_id"]) for row in board["leaderboard"]] == [("Deleted account", None)]

    async def test_quiz_that_others_took_keeps_their_results(self, ann, bob):
        quiz_id = (await ann.post("/quizzes", QUIZ))["quiz_id"]
        await take(bob, quiz_id)
        await delete(ann)
        assert (await bob.get(f"/results/{quiz_id}/my-result"))["score"] == 3
        assert (await bob.call("GET", f"/quizzes/{quiz_id}"))[0] == 404
        assert (await bob.call("GET", f"/results/{quiz_id}/results"))[0] == 403

    async def test_admins_trivia_goes_on_and_says_that_its_creator_is_gone(self, hall, admin, bob, database):
        quiz_id = (await admin.post("/quizzes", {**QUIZ, "is_trivia": True, "topic": "Towns"}))["quiz_id"]
        await take(bob, quiz_id)
        await delete(admin)
        [quiz] = await hall.rest.get("/trivia")
        assert (quiz["id"], quiz["creator_id"]) == (quiz_id, None)
        board = (await hall.rest.get("/results/leaderboards/global"))["leaderboard"]
        assert [row["user_name"] for row in board] == ["Bob"]
        host = await hall.host(bob, quiz_id=quiz_id)
        host.say({"type": "next_question"})
        host.say({"type": "close_room"})
        await host.until("game_over")
        await database.execute("UPDATE users SET is_admin = true")
        [shown] = (await bob.get("/admin/quiz-stats"))["quiz_statistics"]
        assert (shown["creator_id"], shown["creator_name"]) == (None, "Deleted account")

    async def test_admin_by_the_settings_cannot_leave_the_door_open(self, hall_with):
        hall = await hall_with(admin_emails=frozenset({"ann@example.org"}))
        ann = await hall.rest.sign_up("Ann")
        status, answer = await delete(ann)
        assert status == 409 and "ADMIN_EMAILS" in answer["detail"]
        assert (await ann.get("/auth/me"))["name"] == "Ann"

    async def test_whoever_is_in_the_middle_of_something_hears_no_500(self, hall, ann):
        quiz_ids = [(await ann.post("/quizzes", {**QUIZ, "title": title}))["quiz_id"] for title in "ABCD"]
        calls = [ann.call("POST", f"/quizzes/{quiz_id}/start", {}) for quiz_id in quiz_ids]
        calls += [ann.call("POST", "/quizzes", QUIZ) for _ in range(4)]
        outcomes = await asyncio.gather(delete(ann), *calls)
        assert outcomes[0][0] == 200
        assert {status for status, _ in outcomes} <= {200, 401, 404}
        assert hall.services.registry.counts.errors == 0


class TestData:
    async def download(self, user: Rest) -> dict:
        response = await user.fetch("GET", "/users/me/data")
        assert response.code == 200
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        assert response.headers["Content-Disposition"].startswith('attachment; filename="quizzler-data.json"')
        return json.loads(response.body)

    async def test_of_somebody_new(self, ann):
        data = await self.download(ann)
        assert list(data) == ["exported_at", "profile", "sign_ins", "quizzes", "attempts", "past_attempts", "games"]
        assert (data["profile"]["name"], data["profile"]["email"]) == ("Ann", "ann@example.org")
        assert data["quizzes"] == data["attempts"] == data["games"] == []
        [sign_in] = data["sign_ins"]
        lasts = datetime.fromisoformat(sign_in["expires_at"]) - datetime.fromisoformat(sign_in["signed_in_at"])
        assert lasts.days == 30

    async def test_has_everything_and_of_oneself_alone(self, hall, ann, bob):
        first = (await ann.post("/quizzes", QUIZ))["quiz_id"]
        deleted = (await ann.post("/quizzes", {**QUIZ, "title": "Deleted"}))["quiz_id"]
        await ann.call("DELETE", f"/quizzes/{deleted}")
        bobs = (await bob.post("/quizzes", {**QUIZ, "title": "Bob's"}))["quiz_id"]
        await take(ann, bobs)
        await take(bob, first)
        games = {await play(hall, ann, "Cleo", "Dan") for _ in range(2)}
        await play(hall, bob, "Eve")
        data = await self.download(ann)
        assert {(quiz["id"], quiz["is_active"]) for quiz in data["quizzes"]} == {(first, True), (deleted, False)}
        for quiz in data["quizzes"]:
            written = [(asked["question_text"], asked["correct_option"]) for asked in QUIZ["questions"]]
            shown = [(asked["question_text"], "abcd"[asked["correct_answer"]]) for asked in quiz["questions"]]
            assert shown == written
        [attempt] = data["attempts"]
        assert (attempt["quiz_title"], attempt["score"], attempt["correct_answers"]) == ("Bob's", 3, 3)
        assert [answer["answer"] == answer["correct_answer"] for answer in attempt["answers"]] == [True] * 3
        assert {game["game_id"] for game in data["games"]} == games
        assert {player["name"] for player in data["games"][0]["players"]} == {"Cleo", "Dan"}
        assert len(data["games"][0]["questions"][0]["answers"]) == 2
        told = json.dumps(data)
        assert "bob@" not in told and "Eve" not in told and "$2b$" not in told

    async def test_attempt_under_way_tells_no_right_answer(self, ann, bob):
        quiz_id = (await bob.post("/quizzes", QUIZ))["quiz_id"]
        attempt = await ann.post(f"/quizzes/{quiz_id}/start")
        saved = answers(attempt)
        assert (await ann.call("PUT", f"/quizzes/{quiz_id}/attempt", saved))[0] == 200
        [shown] = (await self.download(ann))["attempts"]
        assert (shown["submitted_at"], shown["score"]) == (None, None)
        assert all(answer["answer"] is not None for answer in shown["answers"])
        assert {(answer["correct_answer"], answer["correct"]) for answer in shown["answers"]} == {(None, None)}

    async def test_comes_in_pages(self, ann, database):
        me = (await ann.get("/auth/me"))["id"]
        await database.execute(
            """INSERT INTO quizzes (creator_id, title) SELECT %s, 'Q' || n FROM generate_series(1, 120) AS n""", (me,)
        )
        await database.execute(
            "INSERT INTO attempts (quiz_id, version, user_id, total_questions) SELECT id, 1, %s, 0 FROM quizzes", (me,)
        )
        await database.execute("INSERT INTO past_attempts (quiz_id, user_id) SELECT id, %s FROM quizzes", (me,))
        await database.execute(
            """INSERT INTO games (id, host_id, quiz_title, room_code, started_at, ended_at, player_count,
                                  question_count)
               SELECT gen_random_uuid(), %s, 'G' || n, 'ABCDEFGH', now(), now(), 0, 0
                 FROM generate_series(1, 120) AS n""",
            (me,),
        )
        data = await self.download(ann)
        assert {quiz["title"] for quiz in data["quizzes"]} == {f"Q{n}" for n in range(1, 121)}
        assert {attempt["quiz_title"] for attempt in data["attempts"]} == {f"Q{n}" for n in range(1, 121)}
        assert {game["quiz_title"] for game in data["games"]} == {f"G{n}" for n in range(1, 121)}
        assert [len(data[name]) for name in ("quizzes", "attempts", "past_attempts", "games")] == [120] * 4

    async def test_half_a_file_does_not_look_like_a_whole_one(self, ann, database):
        await ann.post("/quizzes", QUIZ)
        await database.execute("ALTER TABLE games RENAME TO elsewhere")
        with pytest.raises((HTTPStreamClosedError, HTTPClientError)):
            (await ann.fetch("GET", "/users/me/data")).rethrow()

    async def test_stranger_gets_nothing(self, hall):
        assert (await hall.rest.call("GET", "/users/me/data"))[0] == 401
