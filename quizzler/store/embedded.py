"""A private PostgreSQL in the data folder: it starts and ends with the server.

The folder holds, besides what the rest of the house keeps there:

    database          PostgreSQL's data
    database.old-15   the same before an upgrade from 15, for a while (upgrade.py)
    postgresql        the programs that the data needs (kept.py)
    lock, socket, postgresql.log
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, MutableMapping
from pathlib import Path

from quizzler.errors import StartupError
from quizzler.store import binaries, cluster, kept, upgrade
from quizzler.store.cluster import Cluster
from quizzler.store.tools import Tools

log = logging.getLogger(__name__)

# What libpq takes from the environment where a connection does not say it (PostgreSQL's documentation, 32.15), and what
# PostgreSQL's programs do.
_LIBPQ = "PG"

# A unix socket's whole path must be shorter than 108 bytes; the file's own name takes 18 of them.
MAX_SOCKET_FOLDER = 80


class FolderInUse(StartupError):
    """Another process runs a PostgreSQL on the data folder."""


class EmbeddedPostgres:
    """``start`` from the main thread: PostgreSQL is told to stop when the thread that started it ends. ``patience`` is
    called about once a second while an upgrade goes on."""

    def __init__(self, data_dir: Path, patience: Callable[[], object] = lambda: None):
        # PostgreSQL's command line holds this path, by which a leftover is known: it must not depend on the way here.
        self._data_dir = data_dir.resolve()
        self._folder = self._data_dir / "database"
        self._patience = patience
        self._lock: int | None = None
        self._account = binaries.Account()
        self._cluster: Cluster | None = None
        self._socket_folder: Path | None = None

    @property
    def url(self) -> str:
        """Also of a PostgreSQL that another process runs on this folder."""
        return cluster.url(_socket_folder(self._data_dir))

    def is_running(self) -> bool:
        """Whether this or another process runs a PostgreSQL on the folder."""
        try:
            descriptor = os.open(self._data_dir / "lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @property
    def tools(self) -> Tools:
        """For the PostgreSQL on this folder, whoever runs it. Raises ``StartupError``."""
        runs_as = binaries.account(self._folder) if self._data_dir.exists() else binaries.Account()
        if self._cluster is not None:
            return Tools(self._cluster.programs, runs_as)
        return Tools(binaries.find(self._data_dir, self._folder, runs_as).programs, runs_as)

    def start(self) -> None:
        """Raises ``StartupError`` with a sentence; nothing is left running then."""
        try:
            self._account = binaries.account(self._folder)
            self._take_folder()
            upgrade.settle(self._data_dir)
            cluster.stop_orphan(self._folder)
            self._make_socket_folder()
            choice = binaries.find(self._data_dir, self._folder, self._account)
            programs = choice.programs
            if choice.newer and upgrade.upgrade(self._data_dir, choice, self._cluster_at, self._patience):
                programs = choice.newer
            self._cluster = self._cluster_at(self._folder, programs)
            self._cluster.make()
            self._cluster.start()
            self._keep_programs()
        except BaseException:
            self.stop()
            raise

    def keep_running(self) -> None:
        """Starts PostgreSQL again where it has died; to be called now and then, from the main thread. It does not wait
        until PostgreSQL is ready: whoever needs it tries again. A start that comes too early, while processes of the
        one before still end, fails and is repeated at the next call."""
        process = self._cluster and self._cluster.process
        if process is not None and process.poll() is not None:
            log.error("PostgreSQL has ended (%s) and is started again", process.returncode)
            try:
                self._cluster.launch()
            except StartupError as error:
                log.error(error.sentence)

    def stop(self) -> None:
        """Ends PostgreSQL cleanly and gives the folder free. Does nothing where it is not running."""
        if self._cluster is not None:
            self._cluster.stop()
            self._cluster = None
        if self._socket_folder not in (None, self._data_dir / "socket"):
            with contextlib.suppress(OSError):
                self._socket_folder.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _cluster_at(self, folder: Path, programs: Path, port: int = cluster.PORT) -> Cluster:
        log_file = self._data_dir / "postgresql.log"
        return Cluster(folder, programs, self._account, sockets=self._socket_folder, log=log_file, port=port)

    def _take_folder(self) -> None:
        # Nobody else looks into a new folder; but root's PostgreSQL is another user, who has to pass through.
        umask = os.umask(0o077 if self._account.uid is None else 0o066)
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._account.own(self._lock)
        except OSError as error:
            raise StartupError(f"The data folder {self._data_dir} cannot be used: {error.strerror}") from None
        finally:
            os.umask(umask)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"Another Quizzler is already running on the data folder {self._data_dir}") from None

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

    def _keep_programs(self) -> None:
        """Those that the data needs, also where the next pip install takes away the ones beside this package."""
        programs, needed = self._cluster.programs, upgrade.versions(self._data_dir)
        try:
            version = binaries.version(programs, self._account)
            if kept.can_be_moved(programs):
                kept.keep(programs, version, self._data_dir)
            kept.forget(self._data_dir, needed, version)
        except OSError as error:
            log.warning("PostgreSQL's programs cannot be kept in %s: %s", self._data_dir, error.strerror or error)


def forget_other_databases(environ: MutableMapping[str, str] = os.environ) -> None:
    """What the environment says to libpq is about another database than the private one, and would lead there."""
    for name in [name for name in environ if name.startswith(_LIBPQ)]:
        del environ[name]


def _socket_folder(data_dir: Path) -> Path:
    folder = data_dir / "socket"
    if len(os.fsencode(folder)) <= MAX_SOCKET_FOLDER:
        return folder
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"quizzler-{os.getuid()}-{name}"
