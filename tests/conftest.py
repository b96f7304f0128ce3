"""A real PostgreSQL for all tests, through the server's own supervisor, and a fresh database for each."""

import asyncio
import itertools
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from quizzler.store.embedded import EmbeddedPostgres
from quizzler.store.migrate import migrate
from quizzler.store.pool import Database, connect
from tests.processes import ServerProcess

pytest_plugins = ["tests.watch", "tests.halls"]

_numbers = itertools.count(1)

# A shell that starts the suite in the background has it ignore Ctrl-C, and all processes it starts inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """A folder that the user PostgreSQL runs as may enter, for root too."""
    folder = Path(tempfile.mkdtemp(prefix="quizzler-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder(data_dir: Path) -> Path:
    """A data folder for this test alone, not made yet."""
    return data_dir / f"folder-{next(_numbers)}"


@pytest.fixture(scope="session")
def postgres(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data_dir / "all")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database with all migrations, to be copied."""
    administer(postgres, "CREATE DATABASE template_migrated")

    async def prepare() -> None:
        database = await connect(database_url_of(postgres, "template_migrated"), size=1)
        await migrate(database)
        await database.close()

    asyncio.run(prepare())
    return "template_migrated"


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A fresh database with all migrations."""
    name = f"test_{next(_numbers)}"
    administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield database_url_of(postgres, name)
    administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await connect(database_url, size=5)
    yield database
    await database.close()


def database_url_of(postgres: EmbeddedPostgres, name: str) -> str:
    return postgres.url.replace("/postgres?", f"/{name}?")


def administer(postgres: EmbeddedPostgres, statement: str) -> None:
    connection = psycopg2.connect(postgres.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@pytest.fixture
def server_process(database_url: str, wire: str) -> Iterator[Callable[..., ServerProcess]]:
    """Starts ``quizzler serve`` on a fresh database, with these flags and environment; ends it after the test."""
    running: list[ServerProcess] = []

    def start(*flags: str, listening: socket.socket | None = None, **environ: str) -> ServerProcess:
        fast = "yes" if wire == "socket" else "no"
        ours = {"DATABASE_URL": database_url, "JWT_SECRET_KEY": "x" * 32, "FAST_SOCKETS": fast, "BCRYPT_COST": "4"}
        ours |= environ
        server = ServerProcess(*flags, listening=listening, **ours)
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()
