"""The AsyncAPI document: valid, complete, and true of every message of a game that is really played."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from quizzler.game import effects
from quizzler.rooms import protocol
from quizzler.web import asyncapi
from tests.clients import Socket, a_question

SCHEMA = json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text(encoding="utf-8"))


@pytest.fixture
async def document(hall) -> dict:
    return await hall.rest.get("/asyncapi.json")


def kinds(base: type) -> set[type]:
    """All that derive from it, however far."""
    return {each for child in base.__subclasses__() for each in {child, *kinds(child)}}


async def test_document_is_asyncapi_3(hall, document):
    assert document["asyncapi"] == "3.0.0"
    problems = [error.message for error in validator_for(SCHEMA)(SCHEMA).iter_errors(document)]
    assert not problems
    assert hall.base_url == f"http://{document['servers']['this']['host']}"


async def test_the_check_would_notice(document):
    del document["channels"]["host"]["messages"]["RoomCreated"]["$ref"]
    document["operations"]["host_send"]["action"] = "shout"
    assert len(list(validator_for(SCHEMA)(SCHEMA).iter_errors(document))) > 0


def test_every_message_has_its_channel():
    assert kinds(effects.Message) == {*asyncapi.TO_HOST, *asyncapi.TO_PLAYER}
    assert kinds(protocol.FromClient) == {*asyncapi.FROM_HOST}


def test_every_message_says_what_it_is():
    document = asyncapi.document("localhost", "ws")
    assert [name for name, each in document["components"]["messages"].items() if "description" not in each] == []


def validator(document: dict, operation: str) -> Draft202012Validator:
    """Of what may go over a channel in one direction."""
    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    messages = [reference["$ref"].rpartition("/")[2] for reference in document["operations"][operation]["messages"]]
    schemas = [{"$ref": f"urn:api#/components/schemas/{name}"} for name in messages]
    return Draft202012Validator({"anyOf": schemas}, registry=registry)


async def test_messages_of_a_real_game_are_as_described(hall, document):
    ann = await hall.rest.sign_up("Ann")
    host = await hall.host(ann)
    bob, cleo = await hall.player(host.code, "Bob"), await hall.player(host.code, "Cleo")
    host.say(a_question())
    await bob.until("question")
    bob.say({"type": "answer", "option": 1, "answer_id": "one"})
    bob.say({"type": "answer", "option": 9})
    await bob.until("answer_ack", accepted=False)
    bob.say({"type": "nonsense"})
    await bob.until("error")
    bob.close()
    await host.until("player_left")
    bob_again = await hall.resume(host.code, bob.welcome["resume_token"])
    host_again = await hall.host(ann, host.code)
    host_again.say({"type": "end_question"})
    await host_again.until("leaderboard")
    host_again.say({"type": "end_game"})
    for socket in (host_again, bob_again, cleo):
        await socket.until_closed()
    assert check(document, "host_send", host, host_again) >= {
        "room_created", "room_state", "player_joined", "player_left", "player_count", "question", "answer_count",
        "results", "leaderboard", "game_over", "room_closed",
    }  # fmt: skip
    assert check(document, "player_send", bob, bob_again, cleo) >= {
        "welcome", "player_joined", "question", "answer_ack", "question_ended", "your_result", "leaderboard",
        "game_over", "room_closed", "error",
    }  # fmt: skip


def check(document: dict, operation: str, *sockets: Socket) -> set[str]:
    """The types that were heard; all messages are as the document has them."""
    valid = validator(document, operation)
    heard = [message for socket in sockets for message in socket.heard]
    for message in heard:
        valid.validate(message)
        known = {reference["$ref"].rpartition("/")[2] for reference in document["operations"][operation]["messages"]}
        assert message["type"] in {document["components"]["messages"][name]["name"] for name in known}
    return {message["type"] for message in heard}


@pytest.mark.parametrize(
    "message",
    [
        {"type": "new_question", "question": "?", "options": ["a", "b"], "correct_answer": 0, "time_limit": 5},
        {"type": "next_question"},
        {"type": "close_room"},
        {"type": "whatever"},
        {"type": "new_question", "options": "ab"},
    ],
)
async def test_document_and_server_agree_on_what_a_host_may_say(document, message):
    """The same types judge both: what the document refuses the server cannot read, and the other way round."""
    try:
        protocol.read_host(json.dumps(message))
        read = True
    except Exception:
        read = False
    assert validator(document, "host_receive").is_valid(message) == read


async def test_page_names_every_message(hall, document):
    page = (await hall.rest.fetch("GET", "/docs/live")).body.decode()
    for message in document["components"]["messages"].values():
        assert f"<h4><code>{message['title']}</code></h4>" in page
    assert "``" not in page
