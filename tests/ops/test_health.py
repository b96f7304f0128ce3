"""Health, life and readiness, each with the real cause."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import psutil
import pytest

from quizzler.ops import lag
from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.pool import ACQUIRE_TIMEOUT
from tests.clients import Rest
from tests.processes import ServerProcess

PATIENCE = 30.0


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async def reached() -> None:
        while not await condition():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(reached(), PATIENCE)


async def test_all_is_well(hall):
    assert await hall.rest.get("/livez") == {"alive": True}
    assert await hall.rest.get("/readyz") == {"ready": True, "reasons": []}
    assert (await hall.rest.get("/realtime/health"))["reasons"] == []


@pytest.mark.parametrize("path", ["/livez", "/readyz/", "/realtime/health"])
async def test_head_is_get_without_the_body(hall, path):
    """Load balancers like to ask that way."""
    asked = await hall.rest.fetch("HEAD", path)
    assert (asked.code, asked.body) == (200, b"") and int(asked.headers["Content-Length"]) > 10
    assert "HEAD" in (await hall.rest.fetch("DELETE", path)).headers["Allow"]


async def test_processor_is_measured_over_more_than_a_moment(hall):
    """Over milliseconds it reads as fourteen cores, or none."""
    started = time.monotonic()
    readings = [(await hall.rest.get("/realtime/health"))["cpu_percent"] for _ in range(30)]
    assert len(set(readings)) <= 2 + (time.monotonic() - started)


async def test_blocked_loop(hall, monkeypatch):
    monkeypatch.setattr(lag, "WINDOW_SECONDS", 1.5)
    time.sleep(0.8)
    status, health = await hall.rest.call("GET", "/realtime/health")
    assert (status, health["healthy"]) == (503, False)
    [reason] = health["reasons"]
    assert reason.startswith("The server is late: by 0.") and "within the last" in reason
    assert await hall.rest.get("/livez") == {"alive": True}
    assert (await hall.rest.call("GET", "/readyz"))[0] == 200

    async def well() -> bool:
        return (await hall.rest.call("GET", "/realtime/health"))[0] == 200

    await until(well)
    assert hall.services.health.lag.seen.total > 0.7


async def test_more_memory_than_it_may_have(hall_with):
    hall = await hall_with(max_memory_mb=1)
    status, health = await hall.rest.call("GET", "/realtime/health")
    assert status == 503
    [reason] = health["reasons"]
    assert reason.startswith("The server uses ") and reason.endswith("more than the 1 MB of MAX_MEMORY_MB")
    assert (await hall.rest.call("GET", "/readyz"))[0] == 200


async def test_nobody_is_sent_to_a_server_that_stops(hall):
    hall.services.registry.announce_restart()
    assert await hall.rest.call("GET", "/readyz") == (503, {"ready": False, "reasons": ["The server is stopping"]})
    assert await hall.rest.get("/livez") == {"alive": True}


class TestDatabase:
    """A PostgreSQL that the test has to itself, and nobody plays."""

    @pytest.fixture
    def own(self, folder) -> Iterator[EmbeddedPostgres]:
        postgres = EmbeddedPostgres(folder)
        postgres.start()
        yield postgres
        postgres.stop()

    @pytest.fixture
    def server(self, own, folder) -> Iterator[ServerProcess]:
        server = ServerProcess("--data-dir", str(folder), DATABASE_URL=own.url, JWT_SECRET_KEY="x" * 32)
        yield server
        server.stop()

    async def test_is_missed_and_noticed_again(self, own, server):
        rest = Rest(server.url)
        away = {"ready": False, "reasons": ["The database is away"]}

        async def ready() -> bool:
            return (await rest.call("GET", "/readyz"))[0] == 200

        async def not_ready() -> bool:
            return not await ready()

        family = [
            own._cluster.process.pid,
            *(child.pid for child in psutil.Process(own._cluster.process.pid).children()),
        ]
        for pid in family:
            psutil.Process(pid).suspend()
        await until(not_ready)
        assert await rest.call("GET", "/readyz") == (503, away)
        status, health = await rest.call("GET", "/realtime/health")
        assert (status, health["healthy"], health["reasons"]) == (503, False, away["reasons"])
        assert (await rest.call("GET", "/livez"))[0] == 200
        for pid in family:
            psutil.Process(pid).resume()
        await until(ready)
        # Nobody who connects anew is answered: it stays away, while one attempt follows the other.
        postmaster, *others = family
        psutil.Process(postmaster).suspend()
        for pid in others:
            if "quizzler" in "".join(psutil.Process(pid).cmdline()):
                psutil.Process(pid).terminate()
        await until(not_ready)
        next_attempt = time.monotonic() + ACQUIRE_TIMEOUT + 0.5
        while time.monotonic() < next_attempt:
            assert not await ready()
            await asyncio.sleep(0.05)
        psutil.Process(postmaster).resume()
        await until(ready)
        own.stop()
        await until(not_ready)
        assert (await rest.call("GET", "/realtime/health"))[0] == 503
        own.start()
        await until(ready)
        assert (await rest.call("GET", "/realtime/health"))[0] == 200
        said = [line.split(": ", 1)[1] for line in server.log().splitlines() if "quizzler.ops.probe" in line]
        assert said == ["Database away", "Database back"] * 3
        assert "Traceback" not in server.log()
