"""A whole server in this process, on a database of its own: the fixtures ``hall`` and ``hall_with``."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tornado.testing import bind_unused_port

from quizzler.app import Quizzler
from quizzler.config import Settings
from tests.clients import Hall

WIRES = ["socket", "stream"]
# Everybody in the tests comes from one address; those of the limits set their own.
UNLIMITED = {"max_connections_per_ip": 0, "max_requests_per_window": 0, "user_requests_per_minute": 0}
SECRET = "a secret that is long enough for the tests"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of modules that say ``pytestmark = pytest.mark.both_wires`` are run on both kinds of connections."""
    if "wire" in metafunc.fixturenames:
        kinds = WIRES if metafunc.definition.get_closest_marker("both_wires") else WIRES[:1]
        metafunc.parametrize("wire", kinds, indirect=True)


@pytest.fixture
def wire(request: pytest.FixtureRequest) -> str:
    """The kind of connections that servers of this test have: ``socket`` or ``stream``."""
    return request.param


@pytest.fixture
async def hall_with(database, wire) -> AsyncIterator[Callable[..., Awaitable[Hall]]]:
    """Starts a server with these settings and gives the hall to play in; ends it after the test."""
    running: list[tuple[Hall, Quizzler]] = []

    async def start(*, trust: ssl.SSLContext | None = None, **settings) -> Hall:
        usual = {"fast_sockets": wire == "socket", "bcrypt_cost": 4, **UNLIMITED}
        server = Quizzler(Settings(**{**usual, **settings}), database, SECRET)
        listening, port = bind_unused_port()
        await server.start([listening])
        scheme = "https" if settings.get("tls_certificate") else "http"
        hall = Hall(f"{scheme}://127.0.0.1:{port}", trust)
        hall.services = server.services
        hall.clean_up = server._clean_up
        hall.application = server.application
        hall.server, hall.door = server.server, server.door
        running.append((hall, server))
        return hall

    yield start
    for hall, server in running:
        hall.leave()
        await server.stop()


@pytest.fixture
async def hall(hall_with) -> Hall:
    return await hall_with()
