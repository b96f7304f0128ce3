"""The soak in small: when everybody has gone, nothing of them is left."""

import sys

import pytest

from quizzler import app
from tests.attacks.conftest import LOOSE_ENVIRONMENT
from tests.processes import ServerProcess
from tests.soak.__main__ import SETTINGS
from tests.soak.evening import Evening
from tests.soak.measure import Probe, Sample, growing, left_over

SECONDS = 8.0


@pytest.mark.slow
async def test_nothing_is_left_of_an_evening(database_url):
    probe = Probe()
    environment = {**SETTINGS, **LOOSE_ENVIRONMENT, **probe.environment, "DATABASE_URL": database_url}
    server = ServerProcess(command=[sys.executable, "-m", "tests.soak.server"], JWT_SECRET_KEY="x" * 32, **environment)
    try:
        probe.attach(server)
        evening = Evening(server.url, rooms=8, intruders=20, pace=2.0, sign_in_every=1.0)
        await evening.warm_up()
        before = await probe.until(lambda sample: sample.held["server._connections"] == 0, app.BODY_PATIENCE)
        await evening.go_on(SECONDS)
        after = await probe.until(lambda sample: not left_over(before, sample), app.BODY_PATIENCE)
        assert left_over(before, after) == {}
        assert evening.wrong == []
        assert evening.done["games"] >= 8 and evening.done["came back"] >= 16 and evening.done["signed in"] >= 1
        assert " ERROR " not in server.errors() and "Traceback" not in server.errors()
    finally:
        server.stop()


def test_what_grows_is_noticed():
    samples = [Sample(at, 1, 1, 1, {"rooms": 100 + at % 7, "seen": 10 * at}) for at in range(40)]
    assert growing(samples) == {"seen": (145, 345)}


def test_what_is_left_over_is_noticed():
    before, after = Sample(0, 1, 1, 10, {"tasks": 2, "objects": 5}), Sample(9, 1, 1, 11, {"tasks": 3, "objects": 9})
    assert left_over(before, after) == {"descriptors": (10, 11), "tasks": (2, 3)}
    assert left_over(before, before) == {}
