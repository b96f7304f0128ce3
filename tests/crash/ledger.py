"""What was said and promised in a game, and whether the stored game keeps those promises.

The reference shares no line with the rules it checks. It rests on

* the questions as the harness wrote them: which option is right, and the time limit;
* what each player sent, and when;
* the moment of an answer: the ``timestamp`` of its first acknowledgement, less the ``question_start_time`` that
  the player had been shown. Where an answer had to be sent over more than one connection, its first acknowledgement
  may be a repeated one; then the stored ``seconds`` are taken, and only after they were found to lie between
  what the player's own clock read at sending it and at hearing of it.

Points: a right answer 100 + int(2 × seconds left), anything else 0. A score is the sum of its points.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

# A stored time is rounded to milliseconds.
ROUNDING = 0.0005
# Seconds by which the clocks of two processes of one machine, each set at its start, may differ.
CLOCKS = 0.1


@dataclass(frozen=True)
class Question:
    """``correct`` is the index of the right option; ``time_limit`` in seconds."""

    text: str
    options: list[str]
    correct: int
    time_limit: float


@dataclass(frozen=True)
class Sending:
    """An answer went out over the player's ``connection``-th connection at ``at``, Unix seconds, while the question
    was said to have begun at ``start``."""

    connection: int
    at: float
    start: float


@dataclass(frozen=True)
class Ack:
    """``timestamp`` is the server's, ``heard_at`` the player's clock; Unix seconds."""

    accepted: bool
    reason: str | None
    durable: bool
    timestamp: float
    heard_at: float


@dataclass
class Answer:
    name: str
    question_index: int
    option: int
    sendings: list[Sending] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return any(ack.accepted for ack in self.acks)


@dataclass
class Ledger:
    """``answers`` by answer_id; ``identities`` is every (player_id, name) a player was welcomed as; ``points`` and
    ``scores`` what players were told after a question and at the end; ``totals`` what the host was told."""

    questions: list[Question]
    answers: dict[str, Answer] = field(default_factory=dict)
    identities: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    points: dict[tuple[str, int], set[int]] = field(default_factory=dict)
    scores: dict[str, int] = field(default_factory=dict)
    totals: dict[int, int] = field(default_factory=dict)

    @property
    def accepted(self) -> list[Answer]:
        return [answer for answer in self.answers.values() if answer.accepted]


@dataclass
class Verdict:
    """``undurable`` counts those of the acknowledged that were only promised from memory; ``wrong`` are sentences
    about all that is neither lost nor doubled and still not right."""

    acknowledged: int = 0
    undurable: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        return [f"lost: {each}" for each in self.lost] + [f"doubled: {each}" for each in self.doubled] + self.wrong


def compare(ledger: Ledger, report: dict) -> Verdict:
    """``report`` is what GET /results/games/{game_id} answers to the host."""
    verdict = Verdict(acknowledged=len(ledger.accepted))
    verdict.undurable = sum(not any(a.accepted and a.durable for a in answer.acks) for answer in ledger.accepted)
    names = {player["player_id"]: player["name"] for player in report["players"]}
    stored = [
        (names.get(each["player_id"], f"player {each['player_id']}"), question["question_index"], each)
        for question in report["questions"]
        for each in question["answers"]
    ]
    _compare_people(ledger, report, verdict)
    _compare_answers(ledger, stored, verdict)
    _compare_points(ledger, stored, report, verdict)
    return verdict


def _compare_people(ledger: Ledger, report: dict, verdict: Verdict) -> None:
    stored = Counter((player["player_id"], player["name"]) for player in report["players"])
    for name, identities in ledger.identities.items():
        if len(identities) != 1 or any(known != name for _, known in identities):
            verdict.wrong.append(f"{name} came back as somebody else: {sorted(identities)}")
        for identity in identities:
            if stored.pop(identity, 0) != 1:
                verdict.wrong.append(f"{name} is not in the stored game once, as {identity}")
    verdict.wrong += [f"nobody was ever told to be {identity}" for identity in stored]


def _compare_answers(ledger: Ledger, stored: list[tuple[str, int, dict]], verdict: Verdict) -> None:
    counted = Counter((name, index) for name, index, _ in stored)
    options = {(name, index): each["option"] for name, index, each in stored}
    for (name, index), count in counted.items():
        if count > 1:
            verdict.doubled.append(f"{count} answers of {name} to question {index}")
    sent = {(answer.name, answer.question_index): answer for answer in ledger.answers.values()}
    for place, option in options.items():
        if place not in sent or sent[place].option != option:
            verdict.wrong.append(f"nobody sent the answer {option} of {place[0]} to question {place[1]}")
    for place, answer in sent.items():
        where = f"the answer {answer.option} of {place[0]} to question {place[1]}"
        if answer.accepted and options.get(place) != answer.option:
            verdict.lost.append(where)
        if not answer.accepted and answer.acks and place in options:
            verdict.wrong.append(f"{where} was refused ({answer.acks[0].reason}), and counted all the same")
        if len({(ack.accepted, ack.reason) for ack in answer.acks}) > 1:
            verdict.wrong.append(f"{where} was both accepted and refused: {answer.acks}")
    for index, total in ledger.totals.items():
        there = sum(count for (_, asked), count in counted.items() if asked == index)
        if there != total:
            verdict.wrong.append(f"the host saw {total} answers to question {index}, stored are {there}")


def _compare_points(ledger: Ledger, stored: list[tuple[str, int, dict]], report: dict, verdict: Verdict) -> None:
    sent = {(answer.name, answer.question_index): answer for answer in ledger.answers.values()}
    points, scores = {}, Counter()
    for name, index, each in stored:
        if (name, index) not in sent or (name, index) in points:
            continue  # complained of already
        seconds, complaint = _seconds(sent[name, index], each["seconds"])
        if complaint:
            verdict.wrong.append(complaint)
        due = reference_points(ledger.questions[index], each["option"], seconds)
        if each["points"] not in due:
            verdict.wrong.append(f"{name} has {each['points']} points for question {index}, due are {sorted(due)}")
        points[name, index] = each["points"] if each["points"] in due else min(due)
        scores[name] += points[name, index]
    for player in report["players"]:
        if player["score"] != scores[player["name"]]:
            verdict.wrong.append(f"{player['name']} has the score {player['score']}, due is {scores[player['name']]}")
    for (name, index), told in ledger.points.items():
        due = points.get((name, index), 0)
        if told != {due}:
            verdict.wrong.append(f"{name} was told of {sorted(told)} points for question {index}, due are {due}")
    for name, told in ledger.scores.items():
        if told != scores[name]:
            verdict.wrong.append(f"{name} was told the final score {told}, due is {scores[name]}")


def reference_points(question: Question, option: int, seconds: tuple[float, float]) -> set[int]:
    """What that answer may be worth if it took between these ``seconds``: one value, or two at a boundary."""
    if option != question.correct:
        return {0}
    return {100 + int(2 * max(0.0, question.time_limit - taken)) for taken in seconds}


def _seconds(answer: Answer, stored: float) -> tuple[tuple[float, float], str | None]:
    """The least and the most seconds that the answer took, and what is wrong with the stored value."""
    accepted = [ack for ack in answer.acks if ack.accepted]
    where = f"the answer of {answer.name} to question {answer.question_index} took {stored} s as stored"
    if len({sending.connection for sending in answer.sendings}) == 1 and accepted:
        taken = accepted[0].timestamp - answer.sendings[0].start
        wrong = f"{where}, {taken:.4f} s as acknowledged" if abs(taken - stored) > 2 * ROUNDING else None
        return (taken, taken), wrong
    least = min(sending.at - sending.start for sending in answer.sendings) - CLOCKS
    heard_at = accepted[0].heard_at if accepted else math.inf
    most = max(heard_at - sending.start for sending in answer.sendings) + CLOCKS
    wrong = None if least <= stored <= most else f"{where}, by the player's clock {least:.3f} to {most:.3f} s"
    return (stored - ROUNDING, stored + ROUNDING), wrong
