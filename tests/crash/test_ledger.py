"""The comparison finds what it is there to find: each test spoils one thing in a report that is right."""

from collections.abc import Callable

import pytest

from tests.crash.ledger import Ack, Answer, Ledger, Question, Sending, compare, reference_points

START = 1_000_000.0


def a_ledger() -> Ledger:
    """Bob answers both questions rightly, the second one over two connections; Cleo the first one, wrongly; an
    answer of hers to the second comes too late."""
    questions = [Question("Question 1?", ["A", "B"], 1, 3.0), Question("Question 2?", ["A", "B", "C"], 2, 3.0)]
    later = START + 10
    answers = {
        "bob-0": Answer(
            "Bob", 0, 1, [Sending(1, START + 0.40, START)], [Ack(True, None, True, START + 0.41, START + 0.42)]
        ),
        "bob-1": Answer(
            "Bob", 1, 2,
            [Sending(1, later + 1.0, later), Sending(2, later + 1.8, later)],
            [Ack(True, None, True, later + 1.81, later + 1.82)],
        ),
        "cleo-0": Answer(
            "Cleo", 0, 0, [Sending(1, START + 0.90, START)], [Ack(True, None, True, START + 0.91, START + 0.92)]
        ),
        "cleo-1": Answer(
            "Cleo", 1, 2, [Sending(1, later + 3.1, later)], [Ack(False, "too_late", True, later + 3.11, later + 3.12)]
        ),
    }  # fmt: skip
    return Ledger(
        questions,
        answers,
        identities={"Bob": {("1", "Bob")}, "Cleo": {("2", "Cleo")}},
        points={("Bob", 0): {105}, ("Bob", 1): {103}, ("Cleo", 0): {0}, ("Cleo", 1): {0}},
        scores={"Bob": 208, "Cleo": 0},
        totals={0: 2, 1: 1},
    )


def a_report() -> dict:
    def answer(player_id: str, option: int, points: int, seconds: float) -> dict:
        return {"player_id": player_id, "option": option, "correct": points > 0, "points": points, "seconds": seconds}

    return {
        "players": [
            {"player_id": "1", "name": "Bob", "score": 208, "rank": 1},
            {"player_id": "2", "name": "Cleo", "score": 0, "rank": 2},
        ],
        "questions": [
            {"question_index": 0, "answers": [answer("1", 1, 105, 0.41), answer("2", 0, 0, 0.91)]},
            {"question_index": 1, "answers": [answer("1", 2, 103, 1.2)]},
        ],
    }


@pytest.fixture
def ledger() -> Ledger:
    return a_ledger()


@pytest.fixture
def report() -> dict:
    return a_report()


def test_kept_promises(ledger, report):
    verdict = compare(ledger, report)
    assert verdict.complaints == []
    assert (verdict.acknowledged, verdict.undurable) == (3, 0)


def test_lost_answer(ledger, report):
    del report["questions"][0]["answers"][1]
    assert compare(ledger, report).lost == ["the answer 0 of Cleo to question 0"]


def test_changed_answer_is_lost(ledger, report):
    report["questions"][0]["answers"][1]["option"] = 1
    verdict = compare(ledger, report)
    assert verdict.lost == ["the answer 0 of Cleo to question 0"]
    assert "nobody sent the answer 1 of Cleo to question 0" in verdict.wrong


def test_doubled_answer(ledger, report):
    answers = report["questions"][0]["answers"]
    answers.append(dict(answers[0]))
    assert compare(ledger, report).doubled == ["2 answers of Bob to question 0"]


def test_answers_from_memory_are_counted_apart(ledger, report):
    told = ledger.answers["bob-0"].acks[0]
    ledger.answers["bob-0"].acks = [Ack(True, None, False, told.timestamp, told.heard_at)]
    assert compare(ledger, report).undurable == 1
    del report["questions"][0]["answers"][0]
    assert compare(ledger, report).lost == ["the answer 1 of Bob to question 0"]


def spoil(change: Callable[[Ledger, dict], None], complaint: str) -> pytest.param:
    return pytest.param(change, complaint, id=complaint)


def forget_bob(ledger: Ledger, report: dict) -> None:
    report["players"].pop(0)


def count_a_refused_answer(ledger: Ledger, report: dict) -> None:
    answer = {"player_id": "2", "option": 2, "correct": True, "points": 101, "seconds": 2.5}
    report["questions"][1]["answers"].append(answer)


def invent_an_answer(ledger: Ledger, report: dict) -> None:
    del ledger.answers["cleo-1"]
    count_a_refused_answer(ledger, report)


def change_the_mind(ledger: Ledger, report: dict) -> None:
    ledger.answers["cleo-1"].acks.append(Ack(True, None, True, START + 14, START + 14))


def set_score(ledger: Ledger, report: dict) -> None:
    report["players"][0]["score"] += 105


def set_points(ledger: Ledger, report: dict) -> None:
    report["questions"][0]["answers"][0]["points"] = 104


def reward_a_wrong_answer(ledger: Ledger, report: dict) -> None:
    report["questions"][0]["answers"][1]["points"] = 104


def set_seconds(ledger: Ledger, report: dict) -> None:
    report["questions"][0]["answers"][0]["seconds"] = 0.31


def set_seconds_before_sending(ledger: Ledger, report: dict) -> None:
    report["questions"][1]["answers"][0]["seconds"] = 0.7


def become_another(ledger: Ledger, report: dict) -> None:
    ledger.identities["Bob"].add(("3", "Bob"))


def add_a_ghost(ledger: Ledger, report: dict) -> None:
    report["players"].append({"player_id": "3", "name": "Bob (2)", "score": 0, "rank": 2})


def tell_other_points(ledger: Ledger, report: dict) -> None:
    ledger.points["Bob", 0].add(0)


def tell_another_score(ledger: Ledger, report: dict) -> None:
    ledger.scores["Bob"] = 105


def tell_another_total(ledger: Ledger, report: dict) -> None:
    ledger.totals[0] = 3


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        spoil(forget_bob, "Bob is not in the stored game once"),
        spoil(invent_an_answer, "nobody sent the answer 2 of Cleo"),
        spoil(count_a_refused_answer, "was refused (too_late), and counted all the same"),
        spoil(change_the_mind, "was both accepted and refused"),
        spoil(set_score, "Bob has the score 313, due is 208"),
        spoil(set_points, "Bob has 104 points for question 0, due are [105]"),
        spoil(reward_a_wrong_answer, "Cleo has 104 points for question 0, due are [0]"),
        spoil(set_seconds, "took 0.31 s as stored, 0.4100 s as acknowledged"),
        spoil(set_seconds_before_sending, "took 0.7 s as stored, by the player's clock 0.900 to"),
        spoil(become_another, "Bob came back as somebody else"),
        spoil(add_a_ghost, "nobody was ever told to be ('3', 'Bob (2)')"),
        spoil(tell_other_points, "Bob was told of [0, 105] points for question 0"),
        spoil(tell_another_score, "Bob was told the final score 105, due is 208"),
        spoil(tell_another_total, "the host saw 3 answers to question 0, stored are 2"),
    ],
)
def test_complaint(ledger, report, change, complaint):
    change(ledger, report)
    assert any(complaint in each for each in compare(ledger, report).wrong)


@pytest.mark.parametrize(
    ("option", "seconds", "points"),
    [
        (1, (0.0, 0.0), {106}),
        (1, (0.41, 0.41), {105}),
        (1, (2.9, 2.9), {100}),
        (1, (0.4995, 0.5005), {104, 105}),
        (0, (0.0, 0.0), {0}),
    ],
)
def test_reference_points(option, seconds, points):
    assert reference_points(Question("?", ["A", "B"], 1, 3.0), option, seconds) == points
