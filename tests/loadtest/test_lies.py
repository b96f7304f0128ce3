"""A server that lies once is caught: a proxy in front of the real one drops, repeats or changes one message."""

import itertools

import pytest

from tests.loadtest.proxy import Lie, Proxy

PLAYER, HOST = "/player/", "/host/"


def once(role: str, kind: str, change) -> Lie:
    """``change`` gives what is told in place of the first message of that kind to somebody of that role."""
    numbers = itertools.count()

    def lie(path: str, message: dict) -> list[dict | None]:
        if role in path and message["type"] == kind and next(numbers) == 0:
            return change(message)
        return [message]

    return lie


def drop(message: dict) -> list[dict | None]:
    return []


def repeat(message: dict) -> list[dict | None]:
    return [message, message]


def with_(**fields):
    """``fields`` are functions of what was there."""
    return lambda message: [{**message, **{name: change(message[name]) for name, change in fields.items()}}]


def one_more(distribution: list[int]) -> list[int]:
    return [distribution[0] + 1, *distribution[1:]]


def promoted(entries: list[dict]) -> list[dict]:
    """Somebody else's score for the last one."""
    return [*entries[:-1], {**entries[-1], "score": entries[-1]["score"] + 1}]


@pytest.mark.parametrize(
    ("lie", "found", "words"),
    [
        (once(PLAYER, "answer_ack", drop), ("missing", "answer_ack"), "1 of 3 answers was not acknowledged (room 1, "),
        (once(PLAYER, "answer_ack", repeat), ("twice", "answer_ack"), "1 message came more than once: answer_ack"),
        (
            once(PLAYER, "answer_ack", with_(accepted=lambda was: False, reason=lambda was: "too_late")),
            ("answer refused", "too_late"),
            "1 of 3 answers was refused: too_late",
        ),
        (once(PLAYER, "answer_ack", with_(accepted=lambda was: "yes")), None, "could not be understood: answer_ack"),
        (once(PLAYER, "your_result", with_(score=lambda was: was + 1)), ("wrong", "score"), "wrong: score (room 1, "),
        (once(PLAYER, "your_result", with_(points=lambda was: was + 50)), ("wrong", "points"), "wrong: points (room"),
        (once(PLAYER, "your_result", with_(rank=lambda was: was + 3)), ("wrong", "rank"), "wrong: rank (room 1, "),
        (once(PLAYER, "your_result", drop), ("missing", "your_result"), "never came: your_result"),
        (once(PLAYER, "question_ended", with_(correct_answer=lambda was: was + 1)), None, "correct_answer of "),
        (once(PLAYER, "question", repeat), ("twice", "question"), "came more than once: question"),
        (once(PLAYER, "game_over", with_(score=lambda was: was + 1)), None, "wrong: score of game_over"),
        (once(PLAYER, "game_over", drop), ("missing", "game_over"), "never came: game_over"),
        (once(HOST, "results", with_(distribution=one_more)), ("wrong", "distribution"), "distribution"),
        (once(HOST, "results", with_(total_answers=lambda was: was + 1)), ("wrong", "total_answers"), "total_answers"),
        (once(HOST, "leaderboard", with_(entries=promoted)), ("wrong", "leaderboard"), "leaderboard"),
    ],
)  # fmt: skip
def test_lie_is_found(server, loadtest, lie, found, words):
    with Proxy(server.url, lie) as proxy:
        done = loadtest(proxy.url, "--no-picture", "--questions", "1")
    assert done.status == 1 and done.errors == ""
    assert done.verdict.startswith("No: ") and words in done.verdict
    assert found is None or found in done.found()
    assert done.figures["verdict"] == "no" and done.figures["sentence"] == done.verdict


def test_question_that_a_phone_does_not_get_ends_by_its_time(server, loadtest):
    """That player cannot answer, and all others' scores are still right."""
    with Proxy(server.url, once(PLAYER, "question", drop)) as proxy:
        done = loadtest(proxy.url, "--no-picture", "--time-limit", "1")
    assert done.status == 1
    assert done.found() == {("missing", "question")}
    assert done.figures["answers"] == 5 and done.figures["results"]["count"] == 1


def test_answers_that_are_not_stored_yet_are_a_reservation(server, loadtest):
    def in_memory(path: str, message: dict) -> list[dict | None]:
        return [{**message, "durable": False} if message["type"] == "answer_ack" else message]

    with Proxy(server.url, in_memory) as proxy:
        done = loadtest(proxy.url, "--no-picture")
    assert done.status == 0
    assert done.verdict.startswith("Yes, but 6 answers were acknowledged before being stored: 3 players in 1 room, ")
