"""One folder of PostgreSQL's data, and the server that runs on it.

It listens on a unix socket alone, in a folder that nobody else may enter. When whoever started it is killed the kernel
tells PostgreSQL to shut down; one that is left over all the same is known by its command line to be this folder's.
"""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from quizzler.errors import StartupError
from quizzler.store import binaries
from quizzler.store.binaries import Account

START_SECONDS = 60.0
# For how long a stop waits after each word, the last of them the kernel's own.
STOPPING = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
# From this size on the log of before is put aside at the next start.
MAX_LOG_BYTES = 10 * 1024 * 1024
PORT = 5432
PR_SET_PDEATHSIG = 1


class Cluster:
    """``folder`` need not be there yet. ``port`` only names the socket: two servers can share its folder. ``start``
    from the main thread: PostgreSQL is told to stop when the thread that started it ends."""

    def __init__(self, folder: Path, programs: Path, runs_as: Account, *, sockets: Path, log: Path, port: int = PORT):
        self.folder = folder
        self.programs = programs
        self.runs_as = runs_as
        self.process: subprocess.Popen | None = None
        self._sockets = sockets
        self._log = log
        # Its size before the latest start: what comes after is about that one.
        self._log_before = 0
        self._port = port

    @property
    def url(self) -> str:
        return url(self._sockets, self._port)

    def make(self) -> None:
        """Does nothing where it is there. What was cut short must not look whole: the folder gets its name last. Raises
        ``StartupError``."""
        if (self.folder / "PG_VERSION").is_file():
            return
        unfinished = self.folder.with_name(self.folder.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            unfinished.mkdir(mode=0o700)
            self.runs_as.own(unfinished)
        except OSError as error:
            raise self._cannot_be_made(error.strerror) from None
        command = [self.programs / "initdb", "-D", unfinished]
        command += ["--username=quizzler", "--auth=trust", "--encoding=UTF8"]
        if binaries.major_version(self.programs, self.runs_as) >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(command, capture_output=True, text=True, check=False, **child_of_ours(self.runs_as))
        if made.returncode != 0:
            raise self._cannot_be_made(reason_in(made.stderr or made.stdout))
        try:
            unfinished.rename(self.folder)
        except OSError as error:
            raise self._cannot_be_made(f"it is in the way: {error.strerror}") from None

    def start(self) -> None:
        """Until it can be asked. Raises ``StartupError``; it may be running all the same then."""
        self.launch()
        self._wait_until_ready()

    def launch(self) -> None:
        """Raises ``StartupError``."""
        try:
            log = self._open_log()
        except OSError as error:
            raise StartupError(f"PostgreSQL's log {self._log} cannot be written: {error.strerror}") from None
        try:
            self.runs_as.own(log)
            self.process = subprocess.Popen(
                [
                    self.programs / "postgres",
                    "-D",
                    self.folder,
                    "--listen_addresses=",
                    f"--unix_socket_directories={self._sockets}",
                    f"--port={self._port}",
                    # Short queries gain nothing from it, and a sandbox may forbid to write code into memory.
                    "--jit=off",
                    # A statement has names and tokens in it; one that fails while the disk is full is tried again and again.
                    "--log_min_error_statement=panic",
                    "--log_checkpoints=off",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C goes to the whole foreground group: PostgreSQL must outlive the server by its last commit.
                start_new_session=True,
                **child_of_ours(self.runs_as),
            )
        finally:
            os.close(log)

    def stop(self) -> None:
        """Does nothing where it is not running. SIGINT is PostgreSQL's fast shutdown: what is committed is written,
        whoever is connected is cut."""
        if self.process is None:
            return
        for number, seconds in STOPPING:
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                break
        self.process = None

    def _open_log(self) -> int:
        if self._log.is_file() and self._log.stat().st_size > MAX_LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.old"))
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._log_before = os.fstat(log).st_size
        return log

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg2.connect(self.url, connect_timeout=5).close()
                return
            except psycopg2.OperationalError as error:
                if self.process.poll() is not None:
                    with self._log.open(errors="replace") as log:
                        log.seek(self._log_before)
                        reason = reason_in(log.read())
                    raise StartupError(f"PostgreSQL does not start, see {self._log}: {reason}") from None
                if time.monotonic() > deadline:
                    raise StartupError(f"PostgreSQL runs, and cannot be asked: {last_line(str(error))}") from None
            time.sleep(0.02)

    def _cannot_be_made(self, reason: str) -> StartupError:
        return StartupError(f"PostgreSQL's data folder {self.folder} cannot be made: {reason}")


def url(sockets: Path, port: int = PORT) -> str:
    return f"postgresql://quizzler@/postgres?host={quote(str(sockets), safe='')}&port={port}"


def stop_orphan(folder: Path) -> None:
    """Whoever killed the server before this one left its PostgreSQL for us to end: but never a process that only
    has got its number since. PostgreSQL clears away the file of a process that is gone, and checks more than we
    could; a number that is taken again it would believe. Raises ``StartupError``."""
    pid_file = folder / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    try:
        # A number below zero is that of a process without a server, as initdb starts them: SIGINT means nothing to it.
        process = psutil.Process(abs(pid))
        if _works_on(process, folder):
            process.send_signal(signal.SIGINT if pid > 0 else signal.SIGTERM)
            process.wait(STOPPING[0][1])
        else:
            pid_file.unlink()
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired:
        raise StartupError(f"A PostgreSQL left over on {folder} (process {abs(pid)}) does not stop") from None


def _works_on(process: psutil.Process, folder: Path) -> bool:
    """initdb tells those it starts by their environment. A process of somebody else's, who may not be asked, is none."""
    try:
        return str(folder) in process.cmdline() or process.environ().get("PGDATA") == str(folder)
    except psutil.AccessDenied:
        return False


def child_of_ours(runs_as: Account) -> dict:
    """For ``subprocess``: a process of that account, which ends with this one."""
    return {"cwd": "/", "preexec_fn": _die_with_parent if sys.platform == "linux" else None, **runs_as.popen}


def reason_in(text: str) -> str:
    """Of what PostgreSQL's programs said, the line that says why they ended; the last one where none does. A full disk
    is the reason for all that they say after it."""
    for why in (r"No space left", r"\b(FATAL|PANIC|error):"):
        if found := [line.strip() for line in text.splitlines() if re.search(why, line)]:
            return found[-1]
    return last_line(text)


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1].strip()


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
