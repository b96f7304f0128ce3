"""What was measured and found, added up, in the form that ``--json`` writes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil

import msgspec
from msgspec import Struct

from quizzler.loadtest.checks import Presence
from quizzler.loadtest.findings import Finding, Findings
from quizzler.loadtest.game import Game
from quizzler.loadtest.marks import Marking
from quizzler.loadtest.messages import AnswerAck, Question, Results
from quizzler.loadtest.plan import Plan
from quizzler.loadtest.run import Record


class Latency(Struct, frozen=True):
    """Milliseconds; percentiles by the nearest rank. All null where there was nothing to measure."""

    count: int
    p50_ms: float | None = None
    p99_ms: float | None = None
    max_ms: float | None = None


class Samples(Struct, frozen=True):
    """Seconds, each of one thing that happened; for the picture."""

    joins: list[float]
    questions: list[float]
    acks: list[float]
    results: list[float]


class Figures(Struct, frozen=True):
    """``at`` is when it was over. ``questions`` is from a host's request to the sight of it on each phone, ``acks``
    from an answer to its acknowledgement, ``results`` from the last answer of a room, where all answered, to its
    host's ``results``. ``answers`` were sent, ``not_durable`` of them acknowledged before they were stored.
    ``checked`` is messages whose figures were held against the rules. ``busy`` is each process's share of the time,
    ``late_ms`` how late one of them came at worst to what it had to do."""

    at: datetime
    plan: Plan
    version: str
    account: str
    joins: Latency
    joins_per_second: float | None
    questions: Latency
    acks: Latency
    results: Latency
    answers: int
    not_durable: int
    checked: int
    findings: list[Finding]
    busy: list[float]
    late_ms: float


def figures(plan: Plan, record: Record, *, version: str, account: str) -> tuple[Figures, Samples]:
    found, checked = Findings(), 0
    games = [Game(evening) for evening in record.evenings]
    for game in games:
        Presence(game, found).check()
        marking = Marking(game, found)
        marking.check()
        checked += marking.checked
    samples = samples_of(games)
    acks = [ack for game in games for player in game.players for index in player.said if (ack := player.ack(index))]
    return Figures(
        at=datetime.now(UTC),
        plan=plan,
        version=version,
        account=account,
        joins=latency(samples.joins),
        joins_per_second=joins_per_second(games),
        questions=latency(samples.questions),
        acks=latency(samples.acks),
        results=latency(samples.results),
        answers=sum(len(player.said) for game in games for player in game.players),
        not_durable=sum(ack.accepted and not ack.durable for ack in acks),
        checked=checked,
        findings=found.listed(),
        busy=[round(strain.busy, 3) for strain in record.strains],
        late_ms=round(1000 * max(strain.late for strain in record.strains), 1),
    ), samples


def samples_of(games: list[Game]) -> Samples:
    players = [(game, player) for game in games for player in game.players]
    ended = [(game, asked, game.last_answer(asked)) for game in games for asked in game.closed]
    return Samples(
        joins=[player.diary.arrived - player.diary.began for _, player in players],
        questions=[
            came - asked.at
            for game, player in players
            for asked in game.host.asked
            for came, _ in player.notes.all(Question, asked.index)[:1]
        ],
        acks=[
            came - said.at
            for _, player in players
            for index, said in player.said.items()
            for came, _ in player.notes.all(AnswerAck, index)[:1]
        ],
        results=[
            came - last
            for game, asked, last in ended
            if last is not None
            for came, _ in game.notes.all(Results, asked.index)[:1]
        ],
    )


def latency(seconds: Iterable[float]) -> Latency:
    ordered = sorted(seconds)
    if not ordered:
        return Latency(0)
    p50, p99 = (ordered[ceil(share * len(ordered)) - 1] for share in (0.5, 0.99))
    return Latency(len(ordered), *(round(1000 * value, 2) for value in (p50, p99, ordered[-1])))


def joins_per_second(games: list[Game]) -> float | None:
    diaries = [player.diary for game in games for player in game.players]
    if not diaries:
        return None
    lasted = max(diary.arrived for diary in diaries) - min(diary.began for diary in diaries)
    return round(len(diaries) / lasted, 1)


def to_json(result: Figures, answer: str, sentence: str) -> bytes:
    verdict = {"verdict": answer, "sentence": sentence}
    return msgspec.json.format(msgspec.json.encode({**verdict, **msgspec.structs.asdict(result)}), indent=2) + b"\n"
