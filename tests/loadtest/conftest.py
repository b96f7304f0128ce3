"""A server that has allowed load tests, one for all tests of a module, and ``quizzler loadtest`` against it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import administer, database_url_of
from tests.processes import ServerProcess, run_quizzler

ADMIN = "admin@example.org"


@pytest.fixture(scope="module")
def server(postgres, template, request) -> Iterator[ServerProcess]:
    name = request.module.__name__.rpartition(".")[2]
    administer(postgres, f"CREATE DATABASE loadtest_{name} TEMPLATE {template} STRATEGY file_copy")
    server = ServerProcess(
        DATABASE_URL=database_url_of(postgres, f"loadtest_{name}"),
        JWT_SECRET_KEY="x" * 32,
        ALLOW_LOADTEST="yes",
        MAX_PLAYERS_PER_ROOM="12",
        MAX_ROOMS="5",
    )
    yield server
    server.stop()
    administer(postgres, f"DROP DATABASE loadtest_{name} WITH (FORCE)")


@dataclass
class Outcome:
    """How a load test ended; ``figures`` are those of ``--json``, None where there are none."""

    status: int
    output: str
    errors: str
    figures: dict | None
    folder: Path

    @property
    def verdict(self) -> str:
        """The last line."""
        return self.output.splitlines()[-1]

    def found(self) -> set[tuple[str, str]]:
        return {(finding["kind"], finding["what"]) for finding in self.figures["findings"]}


@pytest.fixture
def loadtest(tmp_path) -> Callable[..., Outcome]:
    """Runs it: small, quick, and in a folder of its own."""

    def run(url: str, *flags: str, **environ: str) -> Outcome:
        quick = ("--players", "3", "--questions", "2", "--spread-seconds", "0.2", "--time-limit", "2")
        called = ("loadtest", "--url", url, *quick, "--json", "figures.json", *flags)
        done: subprocess.CompletedProcess = run_quizzler(*called, cwd=tmp_path, **environ)
        file = tmp_path / "figures.json"
        figures = json.loads(file.read_text()) if file.exists() else None
        return Outcome(done.returncode, done.stdout, done.stderr, figures, tmp_path)

    return run
