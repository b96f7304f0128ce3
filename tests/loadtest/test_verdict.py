"""The one sentence, and the picture that has it for a title."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from quizzler.loadtest.figures import Figures, Samples, latency
from quizzler.loadtest.findings import Finding, Findings
from quizzler.loadtest.picture import draw, grid_step
from quizzler.loadtest.plan import Plan
from quizzler.loadtest.verdict import verdict

SVG = "{http://www.w3.org/2000/svg}"
PLAN = Plan("http://quiz.example.org/a&b", 6, 50, 5, "spread", 5.0, 20, 10.0, 2)


def figures(acks=(0.012, 0.041), questions=(0.003,), found=(), busy=(0.2, 0.3), not_durable=0) -> Figures:
    return Figures(
        at=datetime(2030, 1, 2, 20, 15, tzinfo=UTC),
        plan=PLAN,
        version="1.0.0",
        account="ann@example.org",
        joins=latency([0.01] * 300),
        joins_per_second=30.0,
        questions=latency(questions),
        acks=latency(acks),
        results=latency([0.01]),
        answers=1500,
        not_durable=not_durable,
        checked=1900,
        findings=list(found),
        busy=list(busy),
        late_ms=2.0,
    )


def finding(kind: str, what: str, count: int = 1, first: str = "room 2, Player 7, question 3") -> Finding:
    return Finding(kind, what, first, count)


RIGHT = "300 players in 6 rooms, every answer acknowledged, the slowest after 41 ms, every score right."


def test_yes():
    said = verdict(figures())
    assert (said.answer, said.sentence) == ("yes", f"Yes: {RIGHT}")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {"busy": (0.2, 0.93)},
            f"Yes, but this machine was busy 93 % of the time and may be what was measured: {RIGHT}",
        ),
        ({"not_durable": 1}, f"Yes, but 1 answer was acknowledged before being stored: {RIGHT}"),
        (
            {"acks": (0.1, 1.6)},
            "Yes, but one acknowledgement in a hundred took 1.6 s or longer: 300 players in 6 rooms, every answer "
            "acknowledged, the slowest after 1.6 s, every score right.",
        ),
        (
            {"questions": (2.04,), "not_durable": 2},
            "Yes, but one question in a hundred took 2.0 s or longer to a phone and 2 answers were acknowledged before "
            f"being stored: {RIGHT}",
        ),
    ],
)
def test_yes_with_a_reservation(more, sentence):
    said = verdict(figures(**more))
    assert (said.answer, said.sentence) == ("yes, but", sentence)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ([("not joined", "The room is full", 12)], "No: 12 of 300 players could not join: The room is full."),
        (
            [("not joined", "The room is full.", 12), ("not joined", "No answer within 15 s", 3)],
            "No: 15 of 300 players could not join: The room is full.",
        ),
        ([("player lost", "1012 Restarting", 1)], "No: 1 of 300 players lost the connection: 1012 Restarting."),
        ([("host lost", "1012 Restarting", 6)], "No: 6 of 6 hosts lost the connection: 1012 Restarting."),
        ([("answer refused", "too_late", 2)], "No: 2 of 1,500 answers were refused: too_late."),
        (
            [("missing", "answer_ack", 2)],
            "No: 2 of 1,500 answers were not acknowledged (room 2, Player 7, question 3).",
        ),
        (
            [("missing", "results", 1), ("missing", "answer_ack", 1)],
            "No: 2 messages never came: results (room 2, Player 7, question 3).",
        ),
        (
            [
                ("room not opened", "All are in use", 1),
                ("not joined", "Their room was not opened", 50),
                ("error", "x", 1),
            ],
            "No: 1 of 6 rooms could not be opened: All are in use; 50 of 300 players could not join: Their room was "
            "not opened; and there is more.",
        ),
        ([("error", "Oops", 3)], "No: 3 errors: Oops."),
        ([("not understood", "question: no", 1)], "No: 1 message could not be understood: question: no."),
        ([("twice", "question", 2)], "No: 2 messages came more than once: question (room 2, Player 7, question 3)."),
    ],
)
def test_no(found, sentence):
    said = verdict(figures(found=[finding(*each) for each in found]))
    assert (said.answer, said.sentence) == ("no", sentence)


def test_gravest_is_listed_first_and_then_the_most_frequent():
    found = Findings()
    for kind, what in [("twice", "question"), ("wrong", "rank"), ("wrong", "points"), ("wrong", "points")]:
        found.add(kind, what, "room 1")
    assert [(each.kind, each.what, each.count) for each in found.listed()] == [
        ("wrong", "points", 2),
        ("wrong", "rank", 1),
        ("twice", "question", 1),
    ]


def test_percentiles_are_values_that_were_measured():
    of_a_hundred = latency(number / 1000 for number in range(100, 0, -1))
    assert (of_a_hundred.p50_ms, of_a_hundred.p99_ms, of_a_hundred.max_ms) == (50, 99, 100)
    assert latency([0.0017]).p99_ms == 1.7
    assert latency([]).p50_ms is None


class TestPicture:
    @pytest.mark.parametrize(
        "acks", [[], [0.0021], [0.0] * 3, [0.001 * 1.1**number for number in range(100)], [0.04] * 20_000]
    )
    def test_is_well_formed_whatever_was_measured(self, acks):
        found = [] if acks else [finding("error", 'An "odd" <sentence> & more')]
        result = figures(acks=acks, found=found)
        said = verdict(result)
        picture = ElementTree.fromstring(draw(result, Samples([], list(acks), list(acks), []), said))
        assert picture.findtext(f"{SVG}title") == picture.get("aria-label") == said.sentence
        told = sum(int(bar.text.split(" ")[0].rstrip(",").replace(",", "")) for bar in bars(picture, "acks"))
        assert told == len(acks)

    def test_nothing_is_drawn_outside(self):
        acks = [0.0005 * 1.05**number for number in range(200)]
        result = figures(acks=acks, questions=acks)
        picture = ElementTree.fromstring(draw(result, Samples([], acks, acks, []), verdict(result)))
        width, height = (float(picture.get(name)) for name in ("width", "height"))
        for rect in picture.iter(f"{SVG}rect"):
            x, y, w, h = (float(rect.get(name, 0)) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + w <= width and 0 <= y <= y + h <= height

    def test_has_colours_for_a_dark_page(self):
        assert "prefers-color-scheme: dark" in draw(figures(), Samples([], [0.1], [0.1], []), verdict(figures()))

    @pytest.mark.parametrize(("most", "step"), [(1, 1), (3, 1), (4, 2), (100, 50), (180, 100), (20_000, 10_000)])
    def test_grid_is_of_round_numbers(self, most, step):
        assert grid_step(most) == step


def bars(picture: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [rect.find(f"{SVG}title") for rect in picture.iter(f"{SVG}rect") if rect.get("class") == kind]
