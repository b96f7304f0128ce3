"""The two WebSocket endpoints, as clients meet them."""

import asyncio

import pytest

from tests.clients import Hall, a_question

pytestmark = pytest.mark.both_wires

RIGHT, WRONG = 1, 0
CHANGING = {"timestamp", "server_time", "question_start_time", "question_index"}


@pytest.fixture
async def ann(hall: Hall):
    return await hall.rest.sign_up("Ann")


@pytest.fixture
async def host(hall: Hall, ann):
    return await hall.host(ann)


async def knock(hall, path: str, **how) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket opened by hand, for what libraries do not do."""
    address, port = hall.base_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(address, int(port), **how)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {address}:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    return reader, writer


async def saved_quiz(user, questions: int = 2, **more) -> str:
    body = {
        "title": "Capitals",
        "questions": [
            {
                "question_text": f"Question {number}",
                "options": ["a", "b", "c"],
                "correct_answer": RIGHT,
                "time_limit": 20,
            }
            for number in range(questions)
        ],
        **more,
    }
    return (await user.post("/quizzes", body))["quiz_id"]


class TestTheEarlierClient:
    """Speaks the frozen messages alone and ignores all others."""

    async def test_whole_game(self, hall, ann):
        host = await hall.socket("host", "new", token=f"Bearer {ann.token}")
        first = await host.next()
        assert first["type"] == "room_created"
        code = first["room_code"]
        assert len(code) == 8 and set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

        eve = await hall.socket("player", code.lower(), username=" Eve ")
        assert (await host.until("player_count"))["count"] == 1
        bob = await hall.socket("player", code, username="Bob")
        joined = await eve.until("player_joined")
        assert (joined["username"], joined["player_count"]) == ("Bob", 2)
        await host.until("player_count", count=2)

        host.say(a_question())
        for player in (eve, bob):
            question = await player.until("question")
            assert question["question"] == "What is the capital of Norway?"
            assert question["options"] == ["Bergen", "Oslo", "Tromsø", "Stavanger"]
            assert question["time_limit"] == 20
            assert isinstance(question["question_start_time"], float)
        eve.say({"type": "answer", "option": RIGHT})
        await host.until("answer_count", answered=1, total=2)
        bob.say({"type": "answer", "option": WRONG})
        await host.until("answer_count", answered=2, total=2)

        results = await host.until("results")
        assert (results["total_answers"], results["correct_answers"]) == (2, 1)
        best = results["top_5"][0]
        assert best["name"] == "Eve" and best["correct"] is True
        assert best["score"] == best["question_score"]
        assert best["score"] in {100 + int(2 * (20 - best["time"] + inexact)) for inexact in (-0.005, 0, 0.005)}
        for player in (eve, bob):
            assert (await player.until("question_ended"))["correct_answer"] == RIGHT

        host.say({"type": "close_room"})
        for player in (eve, bob):
            assert (await player.until("room_closed"))["reason"]
            assert await player.until_closed() == (1000, "The room is closed")
        for socket in (host, eve, bob):
            assert all(isinstance(message["timestamp"], float) for message in socket.heard)

    async def test_time_runs_out(self, hall, host):
        bob = await hall.player(host.code, "Bob")
        host.say(a_question(time_limit=1))
        assert (await bob.until("question_ended"))["correct_answer"] == RIGHT
        results = await host.until("results")
        assert (results["total_answers"], results["correct_answers"]) == (0, 0)

    async def test_a_second_question_in_the_same_room(self, hall, host):
        bob = await hall.player(host.code, "Bob")
        for text in ("one", "two"):
            host.say(a_question(text))
            assert (await bob.until("question"))["question"] == text
            bob.say({"type": "answer", "option": RIGHT})
            await host.until("results")


class TestSavedQuiz:
    async def test_from_lobby_to_podium(self, hall, ann):
        host = await hall.host(ann, quiz_id=await saved_quiz(ann))
        state = await host.until("room_state")
        assert (state["quiz_title"], state["question_count"], state["phase"]) == ("Capitals", 2, "lobby")
        bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
        for index in range(2):
            host.say({"type": "next_question"})
            for player in (bob, cleo):
                question = await player.until("question", question_index=index)
                assert (question["question_count"], question["kind"]) == (2, "single_choice")
                assert question["server_time"] >= question["question_start_time"]
            bob.say({"type": "answer", "option": RIGHT, "question_index": index, "answer_id": f"b{index}"})
            ack = await bob.until("answer_ack")
            assert {name: ack[name] for name in ("accepted", "reason", "question_index", "answer_id", "durable")} == {
                "accepted": True, "reason": None, "question_index": index, "answer_id": f"b{index}", "durable": True,
            }  # fmt: skip
            host.say({"type": "end_question"})
            assert (await host.until("results"))["distribution"] == [0, 1, 0]
            result = await bob.until("your_result")
            assert (result["correct"], result["rank"], result["players"]) == (True, 1, 2)
            assert (await cleo.until("your_result"))["rank"] == 2
            board = await cleo.until("leaderboard")
            assert [entry["name"] for entry in board["entries"]] == ["Bob", "Cleo"]
        host.say({"type": "next_question"})
        assert "no further question" in (await host.until("error"))["message"]
        host.say({"type": "end_game"})
        over = await host.until("game_over")
        assert [(entry["rank"], entry["name"]) for entry in over["entries"]] == [(1, "Bob"), (2, "Cleo")]
        own = await cleo.until("game_over")
        assert (own["rank"], own["score"], own["players"]) == (2, 0, 2)
        assert own["podium"] == over["podium"]
        await cleo.until("room_closed")
        for socket in (host, bob, cleo):
            assert (await socket.until_closed())[0] == 1000

    async def test_report_is_there_when_the_host_hears_the_end(self, hall, ann):
        host = await hall.host(ann, quiz_id=await saved_quiz(ann))
        bob = await hall.player(host.code, "Bob")
        host.say({"type": "next_question"})
        await bob.until("question")
        bob.say({"type": "answer", "option": RIGHT})
        result = await bob.until("your_result")
        host.say({"type": "end_game"})
        game_id = (await host.until("game_over"))["game_id"]

        [summary] = (await ann.get("/results/games"))["games"]
        assert (summary["game_id"], summary["quiz_title"], summary["room_code"]) == (game_id, "Capitals", host.code)
        assert (summary["player_count"], summary["question_count"]) == (1, 1)
        report = await ann.get(f"/results/games/{game_id}")
        assert report["players"] == [{"player_id": "1", "name": "Bob", "score": result["points"], "rank": 1}]
        [question] = report["questions"]
        assert (question["question"], question["options"], question["correct_answer"]) == (
            "Question 0",
            ["a", "b", "c"],
            1,
        )
        [answer] = question["answers"]
        assert (answer["player_id"], answer["option"], answer["correct"]) == ("1", RIGHT, True)
        assert answer["points"] == result["points"] == 100 + int(2 * (20 - answer["seconds"]))

    async def test_report_is_nobody_elses(self, hall, ann):
        host = await hall.host(ann)
        host.say(a_question())
        host.say({"type": "end_game"})
        game_id = (await host.until("game_over"))["game_id"]
        stranger = await hall.rest.sign_up("Stranger")
        assert (await stranger.call("GET", f"/results/games/{game_id}"))[0] == 404
        assert (await hall.rest.call("GET", f"/results/games/{game_id}"))[0] == 401
        assert (await stranger.get("/results/games")) == {"games": [], "next_cursor": None}

    async def test_games_are_listed_page_by_page(self, hall, ann):
        ids = []
        for _ in range(3):
            host = await hall.host(ann)
            host.say(a_question())
            host.say({"type": "end_game"})
            ids.insert(0, (await host.until("game_over"))["game_id"])
        first = await ann.get("/results/games?limit=2")
        second = await ann.get(f"/results/games?limit=2&cursor={first['next_cursor']}")
        assert [game["game_id"] for page in (first, second) for game in page["games"]] == ids
        assert second["next_cursor"] is None

    async def test_another_users_quiz_is_refused(self, hall, ann):
        quiz_id = await saved_quiz(ann)
        stranger = await hall.rest.sign_up("Stranger")
        for name in (quiz_id, "no-quiz", "00000000-0000-0000-0000-000000000000"):
            socket = await hall.socket("host", "new", token=stranger.token, quiz_id=name)
            code, reason = await socket.until_closed()
            assert (code, socket.types()) == (1003, ["error"])
            assert reason == socket.heard[0]["message"]
        assert (await hall.rest.get("/realtime/health"))["active_rooms"] == 0


class TestHostConnection:
    @pytest.mark.parametrize("token", ["", "Bearer ", "Bearer nonsense", "a.b.c"])
    async def test_without_a_valid_token(self, hall, token):
        socket = await hall.socket("host", "new", token=token)
        assert await socket.until_closed() == (1008, "Authentication required")
        assert [m["message"] for m in socket.heard] == ["Authentication required"]

    async def test_the_word_bearer_may_be_missing(self, hall, ann):
        socket = await hall.socket("host", "new", token=ann.token)
        await socket.until("room_created")

    async def test_unknown_code_opens_a_fresh_room(self, hall, ann):
        host = await hall.host(ann, "NOSUCHRM")
        assert host.code != "NOSUCHRM"

    async def test_own_room_is_attached_to_again(self, hall, ann, host):
        bob = await hall.player(host.code, "Bob")
        host.say(a_question())
        await bob.until("question")
        host.close()
        assert (await bob.until("host_status"))["connected"] is False
        again = await hall.host(ann, host.code)
        assert again.code == host.code
        assert (await again.until("room_state"))["phase"] == "question"
        await again.until("question")
        assert (await bob.until("host_status"))["connected"] is True
        bob.say({"type": "answer", "option": RIGHT})
        await again.until("results")

    async def test_another_device_takes_over(self, hall, ann, host):
        other = await hall.host(ann, host.code)
        assert (await host.until_closed())[0] == 4001
        bob = await hall.player(host.code, "Bob")
        other.say(a_question())
        await bob.until("question")
        assert "host_status" not in bob.types()

    async def test_another_users_room(self, hall, host):
        stranger = await hall.rest.sign_up("Stranger")
        socket = await hall.socket("host", host.code, token=stranger.token)
        assert await socket.until_closed() == (1003, "Room code already in use")

    async def test_signing_out_closes_the_socket_and_not_the_game(self, hall, ann, host):
        bob = await hall.player(host.code, "Bob")
        await ann.post("/auth/signout")
        assert await host.until_closed() == (1008, "Authentication required")
        assert (await bob.until("host_status"))["connected"] is False
        socket = await hall.socket("host", host.code, token=ann.token)
        assert (await socket.until_closed())[0] == 1008

    @pytest.mark.parametrize(
        "message",
        [
            "not json",
            "[]",
            "17",
            '"text"',
            "{}",
            '{"type": 5}',
            '{"type": "dance"}',
            '{"type": "answer", "option": 1}',
            "[" * 30_000,
            b"\x00\x01",
            {"type": "new_question"},
            {**a_question(), "question": ""},
            {**a_question(), "question": "x" * 501},
            {**a_question(), "question": "nul \x00"},
            '{"type": "new_question", "question": "\\ud800", "options": ["a", "b"], "correct_answer": 0}',
            {**a_question(), "options": ["one"]},
            {**a_question(), "options": "two"},
            {**a_question(), "options": list("abcdefg")},
            {**a_question(), "options": ["a", None]},
            {**a_question(), "options": ["a", "a "]},
            {**a_question(), "correct_answer": 4},
            {**a_question(), "correct_answer": -1},
            {**a_question(), "correct_answer": "1"},
            {**a_question(), "correct_answer": True},
            {**a_question(), "time_limit": 0},
            {**a_question(), "time_limit": -5},
            {**a_question(), "time_limit": 1e9},
            {**a_question(), "time_limit": "20"},
            '{"type": "new_question", "question": "?", "options": ["a", "b"], "correct_answer": 0, "time_limit": NaN}',
            {"type": "end_question"},
            {"type": "next_question"},
        ],
    )
    async def test_bad_message_gets_a_sentence_and_the_room_goes_on(self, hall, host, message):
        bob = await hall.player(host.code, "Bob")
        host.say(message)
        sentence = (await host.until("error"))["message"]
        assert sentence and "Traceback" not in sentence
        host.say(a_question())
        await bob.until("question", question_index=0)

    async def test_host_who_is_gone_before_the_room_is_opened_holds_none(self, hall, ann):
        """Such a room is there or not; with a host who is not, it would never end."""
        async with hall.services.database.transaction() as transaction:
            await transaction.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")  # whoever is looked up waits
            reader, writer = await knock(hall, f"/realtime/ws/host/new?token={ann.token}")
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            writer.transport.abort()
            await hall.rest.get("/realtime/health")  # a turn of the loop, in which the end is noticed
        await hall.host(ann)

        async def only_one_is_held() -> None:
            while sum(room.game.host_away_since is None for room in hall.services.registry.rooms) != 1:
                await asyncio.sleep(0.01)

        await asyncio.wait_for(only_one_is_held(), 10)

    async def test_room_limit(self, hall_with):
        hall = await hall_with(max_rooms=1)
        ann = await hall.rest.sign_up("Ann")
        first = await hall.host(ann)
        second = await hall.socket("host", "new", token=ann.token)
        assert (await second.until_closed())[0] == 1008
        first.say({"type": "close_room"})
        await first.until_closed()
        await hall.host(ann)


class TestPlayerConnection:
    async def refused(self, hall, code: str, **query: str) -> str:
        socket = await hall.socket("player", code, **query)
        close_code, reason = await socket.until_closed()
        assert (close_code, socket.types()) == (1003, ["error"])
        assert socket.heard[0]["message"] == reason
        return reason

    async def test_refusals(self, hall, host):
        await hall.player(host.code, "Bob")
        no_room = "Room doesn't exist or is no longer active"
        assert await self.refused(hall, "NOSUCHRM", username="Eve") == no_room
        assert await self.refused(hall, host.code, username="  ") == "Username required"
        assert await self.refused(hall, host.code) == "Username required"
        assert await self.refused(hall, host.code, username="x" * 21) == "Username too long"
        assert "already has that name" in await self.refused(hall, host.code, username="BOB")
        assert "not known" in await self.refused(hall, host.code, resume_token="1.stolen")
        assert "not known" in await self.refused(hall, host.code, resume_token="nonsense")
        room = await hall.rest.get(f"/realtime/rooms/{host.code}/info")
        assert room["player_count"] == 1

    async def test_room_is_full(self, hall_with):
        hall = await hall_with(max_players_per_room=2)
        host = await hall.host(await hall.rest.sign_up("Ann"))
        bob = await hall.player(host.code, "Bob")
        await hall.player(host.code, "Cleo")
        assert await self.refused(hall, host.code, username="Dan") == "The room is full"
        token = bob.welcome["resume_token"]
        bob.close()
        await host.until("player_left")
        await hall.resume(host.code, token)

    async def test_coming_back_with_the_token_is_the_same_player(self, hall, host):
        bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
        host.say(a_question())
        await bob.until("question")
        bob.say({"type": "answer", "option": 3, "answer_id": "b"})
        await bob.until("answer_ack")
        bob.close()
        await host.until("player_left")
        again = await hall.resume(host.code, bob.welcome["resume_token"])
        assert (again.welcome["name"], again.welcome["player_id"], again.welcome["phase"]) == ("Bob", "1", "question")
        assert (await again.until("question"))["answered"] == 3
        again.say({"type": "answer", "option": 1, "answer_id": "b"})
        assert (await again.until("answer_ack"))["accepted"] is True
        cleo.say({"type": "answer", "option": 3})
        assert (await host.until("results"))["distribution"] == [0, 0, 0, 2]

    async def test_newer_of_two_tabs_plays(self, hall, host):
        bob = await hall.player(host.code, "Bob")
        again = await hall.resume(host.code, bob.welcome["resume_token"])
        assert (await bob.until_closed())[0] == 4001
        host.say(a_question())
        await again.until("question")
        again.say({"type": "answer", "option": RIGHT})
        assert (await host.until("results"))["total_answers"] == 1

    async def test_old_client_gets_its_name_back_after_a_cut(self, hall, host):
        bob = await hall.player(host.code, "Bob")
        bob.close()
        await host.until("player_left")
        again = await hall.player(host.code, "bob")
        assert again.welcome["player_id"] == bob.welcome["player_id"]

    async def test_stranger_does_not_get_the_name_of_somebody_who_was_cut_off(self, hall, host):
        bob = await hall.player(host.code, "Bob")
        bob.close()
        await host.until("player_left")
        reader, writer = await knock(hall, f"/realtime/ws/player/{host.code}?username=Bob", local_addr=("127.0.0.2", 0))
        refusal = await asyncio.wait_for(reader.readuntil(b"choose another one"), 10)
        assert b'"type":"error"' in refusal and b"welcome" not in refusal
        writer.close()
        again = await hall.resume(host.code, bob.welcome["resume_token"])
        assert again.welcome["name"] == "Bob"

    async def test_nothing_comes_before_welcome(self, hall, host):
        """A question that is on its way while somebody joins is shown to them once, after ``welcome``."""
        players = [asyncio.ensure_future(hall.player(host.code, f"player {number}")) for number in range(30)]
        host.say(a_question())
        for player in await asyncio.gather(*players):
            await player.until("question")
            assert player.types().count("question") == 1
            assert player.types()[0] == "welcome"

    @pytest.mark.parametrize("option", ['"1"', "null", "4", "-1", "true", "1.5", "[1]", "{}", "1" * 40])
    async def test_answer_that_is_no_option(self, hall, host, option):
        bob = await hall.player(host.code, "Bob")
        host.say(a_question())
        await bob.until("question")
        bob.say('{"type": "answer", "option": %s, "answer_id": "x"}' % option)
        ack = await bob.until("answer_ack")
        assert (ack["accepted"], ack["reason"], ack["answer_id"]) == (False, "invalid", "x")
        bob.say({"type": "answer", "option": RIGHT})
        assert (await bob.until("answer_ack"))["accepted"] is True

    @pytest.mark.parametrize(
        "fields", [{"answer_id": 7}, {"answer_id": "x" * 65}, {"answer_id": "\x00"}, {"question_index": "0"}, {}]
    )
    async def test_answer_with_bad_fields_is_invalid(self, hall, host, fields):
        bob = await hall.player(host.code, "Bob")
        host.say(a_question())
        await bob.until("question")
        bob.say({"type": "answer", "option": RIGHT, **fields} if fields else {"type": "answer"})
        assert (await bob.until("answer_ack"))["reason"] == "invalid"

    async def test_refused_answers_say_why(self, hall, host):
        bob, _ = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
        bob.say({"type": "answer", "option": RIGHT})
        assert (await bob.until("answer_ack"))["reason"] == "no_question"
        host.say(a_question())
        await bob.until("question")
        bob.say({"type": "answer", "option": WRONG})
        bob.say({"type": "answer", "option": RIGHT})
        bob.say({"type": "answer", "option": RIGHT, "question_index": 1})
        acks = [await bob.until("answer_ack") for _ in range(3)]
        assert [ack["reason"] for ack in acks] == [None, "already_answered", "too_late"]

    async def test_refused_answer_that_is_sent_again_is_refused_again(self, hall, host):
        """Else one that a phone sends again, because the word about it was lost, would count for the next question."""
        bob, _ = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")

        async def acknowledged(said: dict) -> tuple[bool, str | None, int | None]:
            bob.say({"type": "answer", **said})
            ack = await bob.until("answer_ack", answer_id=said["answer_id"])
            return ack["accepted"], ack["reason"], ack["question_index"]

        early, late = {"option": RIGHT, "answer_id": "early"}, {"option": WRONG, "answer_id": "late"}
        assert await acknowledged(early) == (False, "no_question", None)
        host.say(a_question())
        await bob.until("question")
        assert await acknowledged(early) == (False, "no_question", None)
        assert await acknowledged({"option": 9, "answer_id": "odd"}) == (False, "invalid", 0)
        assert await acknowledged({"option": RIGHT, "answer_id": "odd"}) == (False, "invalid", 0)
        assert await acknowledged({"option": RIGHT, "answer_id": "good"}) == (True, None, 0)
        assert await acknowledged(late) == (False, "already_answered", 0)
        host.say(a_question())
        await bob.until("question")
        assert await acknowledged(late) == (False, "already_answered", 0)
        assert await acknowledged({"option": RIGHT, "answer_id": "good"}) == (True, None, 0)
        host.say({"type": "end_question"})
        assert (await host.until("results", question_index=1))["total_answers"] == 0

    @pytest.mark.parametrize("message", ["nonsense", "{}", {"type": "close_room"}, a_question(), b"\xff"])
    async def test_player_cannot_act_as_host(self, hall, host, message):
        bob = await hall.player(host.code, "Bob")
        bob.say(message)
        assert (await bob.until("error"))["message"]
        host.say(a_question("the host's own"))
        assert (await bob.until("question"))["question"] == "the host's own"

    async def test_no_frame_names_the_right_answer_before_the_end(self, hall, ann):
        """Two questions that differ in nothing but the right answer: until the end, so do their frames."""
        questions = [
            {"question_text": "?", "options": ["a", "b"], "correct_answer": right, "explanation": f"It is {right}"}
            for right in (0, 1)
        ]
        quiz_id = (await ann.post("/quizzes", {"title": "Secrets", "questions": questions}))["quiz_id"]
        host = await hall.host(ann, quiz_id=quiz_id)
        bob, _ = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
        seen, score = [], 0
        for index in (0, 1):
            host.say({"type": "next_question"})
            await bob.until("question")
            bob.say({"type": "answer", "option": 0})
            await bob.until("answer_ack")
            again = await hall.resume(host.code, bob.welcome["resume_token"])
            await again.until("question")
            assert again.welcome["score"] == score
            frames = [message for message in bob.heard + again.heard if message.get("question_index") == index]
            assert [frame["type"] for frame in frames] == ["question", "answer_ack", "question"]
            seen.append([{name: frame[name] for name in set(frame) - CHANGING} for frame in frames])
            host.say({"type": "end_question"})
            result = await again.until("your_result")
            assert result["correct"] is (index == 0)
            bob, score = again, result["score"]
        assert seen[0] == seen[1]


class TestEverybody:
    async def test_heartbeat(self, hall_with):
        hall = await hall_with(heartbeat_interval=1)
        host = await hall.host(await hall.rest.sign_up("Ann"))
        bob = await hall.player(host.code, "Bob")
        await host.until("heartbeat")
        await bob.until("heartbeat")

    async def test_phone_that_vanished_is_noticed_within_two_heartbeats(self, hall_with):
        """A client below the level of libraries: it reads, and answers no ping."""
        hall = await hall_with(heartbeat_interval=0.3, heartbeat_timeout=0.3)
        host = await hall.host(await hall.rest.sign_up("Ann"))
        eve = await hall.player(host.code, "Eve")
        reader, writer = await knock(hall, f"/realtime/ws/player/{host.code}?username=Bob")
        # Eve and the host go on reading, and so answer.
        eve_reads, host_reads = (
            asyncio.ensure_future(eve.until("question")),
            asyncio.ensure_future(host.until("player_left")),
        )
        received = await asyncio.wait_for(reader.read(), 10)
        assert 1 <= received.count(b'"type":"heartbeat"') <= 2
        left = await host_reads
        assert (left["username"], left["player_count"]) == ("Bob", 1)
        host.say(a_question())
        await eve_reads
        writer.close()

    async def test_page_of_another_site_is_not_let_in(self, hall, host):
        response = await hall.rest.fetch(
            "GET",
            f"/realtime/ws/player/{host.code}?username=Eve",
            Origin="https://elsewhere.example",
            Connection="Upgrade",
            Upgrade="websocket",
            **{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
        )
        assert response.code == 403

    async def test_rooms_do_not_hear_each_other(self, hall, ann):
        one, two = await hall.host(ann), await hall.host(ann)
        bob, cleo = await hall.player(one.code, "Bob"), await hall.player(two.code, "Cleo")
        one.say(a_question("room one"))
        two.say(a_question("room two"))
        assert (await bob.until("question"))["question"] == "room one"
        assert (await cleo.until("question"))["question"] == "room two"
        assert "player_joined" not in bob.types()

    async def test_what_anyone_may_ask_about_a_room(self, hall, host):
        await hall.player(host.code, "Bob")
        host.say(a_question())
        await host.until("question")
        valid = await hall.rest.get(f"/realtime/rooms/validate/{host.code.lower()}")
        assert valid == {"valid": True, "room_code": host.code, "player_count": 1}
        assert (await hall.rest.get("/realtime/rooms/validate/nosuchrm/"))["valid"] is False
        info = await hall.rest.get(f"/realtime/rooms/{host.code}/info")
        assert (info["is_active"], info["has_current_question"]) == (True, True)
        stats = await hall.rest.get(f"/realtime/rooms/{host.code}/stats")
        assert (stats["total_players"], stats["questions_asked"], stats["answers_given"]) == (1, 1, 0)
        assert (await hall.rest.call("GET", "/realtime/rooms/NOSUCHRM/info"))[0] == 404

    async def test_health_has_the_frozen_shape(self, hall, host):
        health = await hall.rest.get("/realtime/health")
        assert health["healthy"] is True
        assert health["active_rooms"] == 1
        assert set(health["metrics"]) == {
            "total_connections", "messages_sent", "errors", "questions_processed", "answers_processed",
        }  # fmt: skip
        assert set(health["limits"]) == {"max_rooms", "max_players_per_room", "max_connections_per_ip"}
        assert {"total_players", "memory_usage_mb", "cpu_percent"} <= set(health)
