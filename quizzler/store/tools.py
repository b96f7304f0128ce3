"""PostgreSQL's own programs for the command line, run one after the other or as a pipeline."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import psycopg2.extensions

from quizzler.errors import Unavailable
from quizzler.store.binaries import Account
from quizzler.store.cluster import child_of_ours, last_line

Command = Sequence[str | Path]

POLL_SECONDS = 1.0


def run(
    *commands: Command,
    runs_as: Account,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
    environ: Mapping[str, str] | None = None,
    patience: Callable[[], object] = lambda: None,
) -> None:
    """Each command's output is the next one's input. ``patience`` is called about once a second meanwhile. From the main
    thread: the programs end when the thread that started them does.

    Raises ``Unavailable`` with the last line of the program that failed.
    """
    errors = [tempfile.TemporaryFile() for _ in commands]
    processes: list[subprocess.Popen] = []
    try:
        for number, command in enumerate(commands):
            is_last = number == len(commands) - 1
            process = subprocess.Popen(
                command,
                stdin=processes[-1].stdout if processes else stdin,
                stdout=stdout if is_last else subprocess.PIPE,
                stderr=errors[number],
                env={**os.environ, **(environ or {}), "LC_MESSAGES": "C"},
                **child_of_ours(runs_as),
            )
            if processes:
                processes[-1].stdout.close()  # so that the writer hears it when the reader ends
            processes.append(process)
        for process in processes:
            _wait(process, patience)
    except OSError as error:
        raise Unavailable(f"{Path(error.filename or '').name} cannot be run: {error.strerror}") from None
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()
    # The reader's reason first: a writer whose reader has gone only complains about that.
    for process, file in reversed(list(zip(processes, errors))):
        if process.returncode != 0:
            file.seek(0)
            raise Unavailable(_reason(process, file.read().decode(errors="replace")))


def connection(url: str, database: str | None = None) -> tuple[str, dict[str, str]]:
    """What to give a program as ``--dbname`` and in the environment: everybody on the machine sees the arguments, so the
    password is not in them."""
    given = psycopg2.extensions.parse_dsn(url)
    password = given.pop("password", None)
    if database is not None:
        given["dbname"] = database
    return psycopg2.extensions.make_dsn(**given), {"PGPASSWORD": password} if password else {}


def _wait(process: subprocess.Popen, patience: Callable[[], object]) -> None:
    while True:
        try:
            process.wait(POLL_SECONDS)
            return
        except subprocess.TimeoutExpired:
            patience()


def _reason(process: subprocess.Popen, said: str) -> str:
    """The first line that speaks of an error, else the last."""
    program = Path(process.args[0]).name
    lines = [line for line in said.splitlines() if "error:" in line or "ERROR:" in line or "FATAL:" in line]
    line = lines[0] if lines else last_line(said)
    return f"{program} failed: {line.removeprefix(f'{program}: ').removeprefix('error: ').strip()}"
