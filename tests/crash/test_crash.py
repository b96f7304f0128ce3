"""Eight evenings, each fault at least once. ``python -m tests.crash`` plays as many as one likes."""

import pytest

from tests.crash.__main__ import line, play_all
from tests.crash.evening import Run
from tests.crash.faults import FAULTS, fault_of

SEEDS = range(1, 9)
# An evening is mostly waiting: for people to think, for a time limit, for PostgreSQL to come back.
AT_THE_SAME_TIME = 3


@pytest.fixture(scope="module")
async def evenings() -> dict[int, Run]:
    """All of them, by seed."""
    return dict(zip(SEEDS, await play_all(SEEDS, AT_THE_SAME_TIME), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed}-{fault_of(seed)}")
async def test_nothing_acknowledged_is_lost(evenings, seed):
    evening = evenings[seed]
    assert not evening.verdict.complaints, line(evening)
    assert evening.verdict.acknowledged > 0


def test_every_fault_is_met():
    assert {fault_of(seed) for seed in SEEDS} == set(FAULTS)
