"""A private PostgreSQL in the data folder: it starts and ends with the server.

It listens on a unix socket alone, in a folder that nobody else may enter. When the server is killed the kernel
tells PostgreSQL to shut down; one that is left over all the same is stopped at the next start, if it is known by
its command line to be this folder's.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from quizzler.errors import StartupError
from quizzler.store import binaries

log = logging.getLogger(__name__)

START_SECONDS = 60.0
STOP_SECONDS = 30.0
# A unix socket's whole path must be shorter than 108 bytes; the file's own name takes 18 of them.
MAX_SOCKET_FOLDER = 80
PR_SET_PDEATHSIG = 1


class FolderInUse(StartupError):
    """Another process runs a PostgreSQL on the data folder."""


class EmbeddedPostgres:
    """``start`` from the main thread: PostgreSQL is told to stop when the thread that started it ends."""

    def __init__(self, data_dir: Path):
        # PostgreSQL's command line holds this path, by which a leftover is known: it must not depend on the way here.
        self._data_dir = data_dir.resolve()
        self._cluster = self._data_dir / "database"
        self._log = self._data_dir / "postgresql.log"
        self._lock: int | None = None
        self._process: subprocess.Popen | None = None
        self._socket_folder: Path | None = None
        self._account = binaries.Account()
        self._programs = Path()

    @property
    def url(self) -> str:
        """Also of a PostgreSQL that another process runs on this folder."""
        folder = quote(str(_socket_folder(self._data_dir)), safe="")
        return f"postgresql://quizzler@/postgres?host={folder}&port=5432"

    def start(self) -> None:
        """Raises ``StartupError`` with a sentence; nothing is left running then."""
        try:
            self._account = binaries.account()
            self._take_folder()
            self._programs = binaries.find(self._data_dir, self._cluster, self._account)
            self._stop_orphan()
            self._make_cluster(self._programs)
            self._make_socket_folder()
            self._launch(self._programs)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def keep_running(self) -> None:
        """Starts PostgreSQL again where it has died; to be called now and then, from the main thread. It does not wait
        until PostgreSQL is ready: whoever needs it tries again. A start that comes too early, while processes of the
        one before still end, fails and is repeated at the next call."""
        if self._process is not None and self._process.poll() is not None:
            log.error("PostgreSQL has ended (%s) and is started again", self._process.returncode)
            self._launch(self._programs)

    def stop(self) -> None:
        """Ends PostgreSQL cleanly and gives the folder free. Does nothing where it is not running."""
        if self._process is not None:
            self._end(self._process)
            self._process = None
        if self._socket_folder not in (None, self._data_dir / "socket"):
            with contextlib.suppress(OSError):
                self._socket_folder.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_folder(self) -> None:
        # Nobody else looks into a new folder; but root's PostgreSQL is another user, who has to pass through.
        umask = os.umask(0o077 if self._account.uid is None else 0o066)
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartupError(f"The data folder {self._data_dir} cannot be used: {error.strerror}") from None
        finally:
            os.umask(umask)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"Another Quizzler is already running on the data folder {self._data_dir}") from None

    def _stop_orphan(self) -> None:
        """Whoever killed the server before this one left its PostgreSQL for us to end: but never a process that only
        has got its number since. PostgreSQL clears away the file of a process that is gone, and checks more than we
        could; a number that is taken again it would believe."""
        pid_file = self._cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        try:
            process = psutil.Process(pid)
            if str(self._cluster) in process.cmdline():
                process.send_signal(signal.SIGINT)
                process.wait(STOP_SECONDS)
            else:
                pid_file.unlink()
        except psutil.NoSuchProcess:
            pass
        except psutil.TimeoutExpired:
            raise StartupError(f"A PostgreSQL left over on {self._cluster} (process {pid}) does not stop") from None

    def _make_cluster(self, programs: Path) -> None:
        """What was cut short must not look whole: the folder gets its name last."""
        if (self._cluster / "PG_VERSION").is_file():
            return
        unfinished = self._cluster.with_name("database.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._account.own(unfinished)
        command = [programs / "initdb", "-D", unfinished, "--username=quizzler", "--auth=trust", "--encoding=UTF8"]
        if binaries.major_version(programs) >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **self._account.popen)
        if made.returncode != 0:
            reason = _last_line(made.stderr or made.stdout)
            raise StartupError(f"PostgreSQL's data folder {self._cluster} cannot be made: {reason}")
        unfinished.rename(self._cluster)

    def _make_socket_folder(self) -> None:
        folder = _socket_folder(self._data_dir)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.lstat().st_uid not in (os.getuid(), self._account.uid):
                raise StartupError(f"The folder {folder} belongs to somebody else")
            folder.chmod(0o700)
            self._account.own(folder)
        except OSError as error:
            raise StartupError(f"The folder {folder} cannot be used: {error.strerror}") from None
        self._socket_folder = folder

    def _launch(self, programs: Path) -> None:
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        folder = f"--unix_socket_directories={self._socket_folder}"
        try:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self._cluster, "--listen_addresses=", folder, "--port=5432"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # Ctrl-C goes to the whole foreground group: PostgreSQL must outlive the server by its last commit.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                **self._account.popen,
            )
        finally:
            os.close(log)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg2.connect(self.url, connect_timeout=5).close()
                return
            except psycopg2.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    reason = _last_line(self._log.read_text(errors="replace"))
                    raise StartupError(f"PostgreSQL does not start, see {self._log}: {reason}") from None
            time.sleep(0.02)

    def _end(self, process: subprocess.Popen) -> None:
        """SIGINT is PostgreSQL's fast shutdown: what is committed is written, whoever is connected is cut."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            process.send_signal(number)
            try:
                process.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue


def _socket_folder(data_dir: Path) -> Path:
    folder = data_dir / "socket"
    if len(os.fsencode(folder)) <= MAX_SOCKET_FOLDER:
        return folder
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"quizzler-{os.getuid()}-{name}"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1].strip()


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
