"""Anything at all, to every route and over every socket, for 20,000 cases in all."""

import pytest

from tests.attacks.fuzz import Fuzz
from tests.halls import WIRES

pytestmark = pytest.mark.both_wires

CASES = 20_000


async def test_anything_at_all(hall, wire, capsys):
    """On each kind of connection its share of the cases, the same ones in every run."""
    fuzzing = Fuzz(hall)
    await fuzzing.run(CASES // len(WIRES), seed=6 + WIRES.index(wire))
    with capsys.disabled():
        print(f"\n{fuzzing.done.total():,} cases on {wire}s, nothing failed: {dict(fuzzing.done)}")
    assert fuzzing.done.total() >= CASES // len(WIRES)
    assert min(fuzzing.done[kind] for kind in ("player", "host", "request")) > 1_000
