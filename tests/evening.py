"""An evening that leaves something in its tables: accounts, a quiz taken alone, a game that ended, one that goes on."""

from dataclasses import dataclass

from tests.clients import Hall, Rest, a_question

ADMIN = "ann@example.org"


@dataclass
class Evening:
    """``code`` is of the game that goes on; Bob has answered its open question with the second option."""

    ann: Rest
    code: str
    resume_token: str
    game_id: str


async def play(url: str) -> Evening:
    """On a server whose setting ADMIN_EMAILS has ``ADMIN``."""
    hall = Hall(url)
    ann, bob, eve = [await hall.rest.sign_up(name) for name in ("Ann", "Bob", "Eve")]
    await eve.post("/auth/signout")
    await ann.post("/admin/trivia-genres", {"name": "Geography", "description": "Wo ist Süd? 🌍"})
    await _take_alone(bob, (await bob.get("/trivia"))[0]["id"])
    game_id = await _play_to_the_end(hall, ann)
    host = await hall.host(ann)
    player = await hall.player(host.code, "Bob")
    host.say(a_question("Is this stored?"))
    await player.until("question")
    player.say({"type": "answer", "option": 1, "answer_id": "late"})
    assert (await player.until("answer_ack"))["durable"] is True
    return Evening(ann, host.code, player.welcome["resume_token"], game_id)


async def go_on(url: str, evening: Evening) -> None:
    """On another server with the same data: everybody is known, and the game that was going on ends."""
    hall = Hall(url)
    signed_in = await hall.rest.post("/auth/signin", {"email": ADMIN, "password": "correct horse"})
    ann = Rest(url, signed_in["access_token"])
    player = await hall.resume(evening.code, evening.resume_token)
    host = await hall.host(ann, evening.code)
    host.say({"type": "end_game"})
    over = await host.until("game_over")
    assert [entry["name"] for entry in over["entries"]] == ["Bob"] and over["entries"][0]["score"] > 0
    player.close()
    listed = await ann.get("/results/games")
    assert {game["game_id"] for game in listed["games"]} == {evening.game_id, over["game_id"]}


async def _take_alone(user: Rest, quiz_id: str) -> None:
    started = await user.post(f"/quizzes/{quiz_id}/start")
    answers = {question["id"]: "a" for question in started["questions"]}
    await user.post(f"/quizzes/{quiz_id}/submit", {"answers": answers})


async def _play_to_the_end(hall: Hall, user: Rest) -> str:
    host = await hall.host(user)
    player = await hall.player(host.code, "Zoë")
    host.say(a_question())
    await player.until("question")
    player.say({"type": "answer", "option": 1})
    await host.until("results")
    host.say({"type": "end_game"})
    return (await host.until("game_over"))["game_id"]
