"""From one major version of PostgreSQL to the next, with all data, when a newer one is found at start.

    database          is dumped by the newer programs and loaded into
    database.new      which is compared with it, row by row, and then is called
    database.ready    until ``database`` has become
    database.old-15   and it is ``database`` itself.

Whenever that is cut short ``database`` is whole: until the very end it is the old one, which is only read. Only between
the last two steps there is none, and then ``settle`` finishes them. ``database.old-15`` goes after ``KEPT_DAYS``.
"""

import itertools
import logging
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from quizzler.errors import QuizzlerError, StartupError
from quizzler.store import folders, tools
from quizzler.store.binaries import Choice, cluster_version
from quizzler.store.cluster import Cluster, stop_orphan
from quizzler.store.contents import analyze, contents, databases

log = logging.getLogger(__name__)

# Until then one can go back; nothing is removed without a start of the server.
KEPT_DAYS = 30
# Numbers for the sockets: nobody who looks for the running server's finds one of these.
OLD_PORT, NEW_PORT = 5433, 5434
_OF_OURS = b"CREATE ROLE quizzler;\n"


def settle(data_dir: Path) -> None:
    """To be called first at every start, by whoever has the folder to itself: finishes a swap, removes what an upgrade
    that was cut short has left, and what an old one has. Raises ``StartupError``."""
    current, new, ready = _names(data_dir)
    if ready.is_dir() and not current.exists():
        ready.rename(current)
        folders.sync(data_dir)
    for unfinished in (new, ready, new.with_name(new.name + ".unfinished")):
        if unfinished.exists():
            stop_orphan(unfinished)
            shutil.rmtree(unfinished, ignore_errors=True)
    for old in _old(data_dir):
        if old.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
            log.warning("The data from before an upgrade in %s is %d days old and is removed", old, KEPT_DAYS)
            shutil.rmtree(old, ignore_errors=True)


def versions(data_dir: Path) -> set[int]:
    """The major versions of all data in the folder."""
    found = (cluster_version(folder) for folder in (data_dir / "database", *_old(data_dir)))
    return {version for version in found if version is not None}


def upgrade(
    data_dir: Path, choice: Choice, cluster_at: Callable[[Path, Path, int], Cluster], patience: Callable[[], object]
) -> bool:
    """Whether ``database`` is the newer programs' now. Where it could not be done the reason is logged and the old one
    is as it was: it can go on. ``cluster_at`` has a folder, its programs and a port."""
    current, new, ready = _names(data_dir)
    before = cluster_version(current)
    source, copy = cluster_at(current, choice.programs, OLD_PORT), cluster_at(new, choice.newer, NEW_PORT)
    log.warning("The data in %s is PostgreSQL %s's and is upgraded now; that can take some minutes", current, before)
    try:
        _check_space(data_dir, current)
        try:
            _copy_all(source, copy, patience)
        finally:
            copy.stop()
            source.stop()
        old = next(path for path in _old_names(data_dir, before) if not path.exists())
        new.rename(ready)
        current.rename(old)
        ready.rename(current)
        folders.sync(data_dir)
    except (QuizzlerError, OSError, psycopg2.Error) as error:
        shutil.rmtree(new, ignore_errors=True)
        log.error("The upgrade was not done: %s. Nothing was changed, PostgreSQL %s goes on", _said(error), before)
        return False
    log.warning(
        "The data is PostgreSQL %s's now. As it was before, it is in %s: a start in %d days removes it, "
        "and whoever needs the space may do so at once",
        cluster_version(current),
        old,
        KEPT_DAYS,
    )
    return True


def _copy_all(source: Cluster, copy: Cluster, patience: Callable[[], object]) -> None:
    """Roles, databases and all that is in them. Raises ``QuizzlerError``, ``OSError`` or psycopg2's errors."""
    source.start()
    copy.make()
    copy.start()
    patience()
    programs = copy.programs
    _copy_roles(source, copy)
    for name in databases(source.url):
        create = ["--create"] if name != "postgres" else []
        here, there = tools.connection(source.url, name)[0], tools.connection(copy.url)[0]
        tools.run(
            [programs / "pg_dump", "--format=custom", "--compress=0", *create, f"--dbname={here}"],
            [programs / "pg_restore", "--exit-on-error", *create, f"--dbname={there}"],
            runs_as=copy.runs_as,
            patience=patience,
        )
        patience()
        wanted, found = contents(source.url, name), contents(copy.url, name)
        patience()
        if wanted != found:
            different = sorted(key for key in {*wanted, *found} if wanted.get(key) != found.get(key))
            raise StartupError(f"the copy of the database {name} differs in {', '.join(different)}")
        analyze(copy.url, name)


def _copy_roles(source: Cluster, copy: Cluster) -> None:
    """All but our own, which the copy was made with."""
    with tempfile.TemporaryFile() as dumped, tempfile.TemporaryFile() as roles:
        url = tools.connection(source.url)[0]
        command = [copy.programs / "pg_dumpall", "--roles-only", f"--dbname={url}"]
        tools.run(command, runs_as=copy.runs_as, stdout=dumped)
        dumped.seek(0)
        roles.writelines(line for line in dumped if line != _OF_OURS)
        roles.seek(0)
        command = [copy.programs / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
        command += [f"--dbname={tools.connection(copy.url)[0]}"]
        tools.run(command, runs_as=copy.runs_as, stdin=roles)


def _check_space(data_dir: Path, current: Path) -> None:
    """Twice what there is: for the copy, and for the log of its making. Raises ``StartupError``."""
    needed = 2 * sum(path.lstat().st_size for path in current.rglob("*"))
    free = shutil.disk_usage(data_dir).free
    if free < needed:
        raise StartupError(f"{needed / 1e9:.1f} GB must be free in {data_dir}, and {free / 1e9:.1f} GB are")


def _names(data_dir: Path) -> tuple[Path, Path, Path]:
    return data_dir / "database", data_dir / "database.new", data_dir / "database.ready"


def _old_names(data_dir: Path, version: int | None) -> "itertools.chain[Path]":
    first = data_dir / f"database.old-{version}"
    return itertools.chain([first], (first.with_name(f"{first.name}-{number}") for number in itertools.count(2)))


def _old(data_dir: Path) -> list[Path]:
    return [path for path in data_dir.glob("database.old-*") if re.fullmatch(r"database\.old-\d+(-\d+)?", path.name)]


def _said(error: Exception) -> str:
    return error.sentence if isinstance(error, QuizzlerError) else str(error).strip().partition("\n")[0]
