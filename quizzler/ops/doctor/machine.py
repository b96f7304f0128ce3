"""The machine: open files, the queue of the kernel, the disk, the clock."""

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from quizzler.config import Settings
from quizzler.ops import files
from quizzler.ops.doctor.finding import Finding, Level, reason
from quizzler.store import kept_secret
from quizzler.store.kept_secret import TooShort

# As the server asks for it.
BACKLOG = 4096
GIGABYTE = 10**9
LITTLE_SPACE, NO_SPACE = 2 * GIGABYTE, GIGABYTE // 5
# Seconds of difference between two clocks of the same machine over SAMPLE seconds.
SAMPLE, DRIFT = 0.1, 0.05
# adjtimex(2): the clock's state where no time service keeps it right.
TIME_ERROR = 5
EARLIEST = 1_735_689_600  # the first second of 2025: no clock that is right says less


def open_files(settings: Settings, limit: int | None) -> Finding:
    """``limit`` is that of a server that is running; without one, the limit of whoever asks."""
    wanted = settings.connections_promised
    allowed = files.connections_allowed(limit)
    whose = "this process" if limit is None else "the running server"
    if allowed >= wanted:
        return Finding(Level.WELL, "Open files", f"The limit of {whose} allows {allowed:,} connections")
    return Finding(
        Level.WEAK,
        "Open files",
        f"MAX_ROOMS and MAX_PLAYERS_PER_ROOM promise {wanted:,} connections, {whose} may have {allowed:,}",
        f"Raise the limit to {wanted + files.RESERVED} (ulimit -n, or LimitNOFILE= in the unit), or promise less",
    )


def queue(settings: Settings) -> Finding:
    wanted = min(settings.connections_promised, BACKLOG)
    allowed = files.queue_allowed()
    if allowed is None:
        return Finding(Level.UNKNOWN, "Queue", "The system does not say how many can knock at the same moment")
    if allowed >= wanted:
        return Finding(Level.WELL, "Queue", f"{allowed:,} people can knock at the same moment")
    return Finding(
        Level.WEAK,
        "Queue",
        f"Only {allowed:,} people can knock at the same moment; the others wait for a second or more",
        f"sysctl -w net.core.somaxconn={BACKLOG}, and the same in /etc/sysctl.d",
    )


def data_folder(settings: Settings) -> Iterator[Finding]:
    """And the secret in it, where it is there that the server has one."""
    folder = settings.data_dir
    fault = _fault(folder)
    if fault is not None:
        yield Finding(Level.BROKEN, "Data folder", *fault)
        return
    if not settings.jwt_secret_key:
        yield _secret(folder)
    yield space(_nearest(folder))


def _fault(folder: Path) -> tuple[str, str] | None:
    """What is wrong with it, and how to mend it."""
    another = "choose another DATA_DIR"
    try:
        nearest = _nearest(folder)
        if not nearest.is_dir():
            return f"{nearest} is no folder", "Choose another DATA_DIR"
        is_read_only = os.statvfs(nearest).f_flag & os.ST_RDONLY
    except PermissionError:
        return f"{folder} cannot be looked into by this user", f"Run this as the server's user, or {another}"
    except OSError as error:
        return f"{folder} cannot be used: {reason(error)}", "Correct DATA_DIR"
    if os.access(nearest, os.W_OK | os.X_OK):
        return None
    if is_read_only:
        return f"{folder} is on a file system that is read-only", f"Mount it so that it can be written, or {another}"
    how = f"chown {nearest} to the server's user, run this as that user, or {another}"
    return f"{folder} cannot be written by this user", how


def _nearest(folder: Path) -> Path:
    """Itself, or where it would be made. Raises ``OSError``."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _secret(folder: Path) -> Finding:
    path = kept_secret.file(folder)
    try:
        secret = kept_secret.look(folder)
    except TooShort as error:
        how = "Remove it and start the server again, or set JWT_SECRET_KEY: everybody signs in again"
        return Finding(Level.BROKEN, "Secret", error.sentence.partition(":")[0], how)
    except OSError as error:
        what = f"The secret in {path} cannot be read by this user: {reason(error)}"
        return Finding(Level.BROKEN, "Secret", what, "Run this as the server's user, or chown the file to that user")
    if secret is None:
        return Finding(Level.WELL, "Secret", "The secret that signs tokens is made when the server starts")
    if not secret:
        what = f"The secret in {path} is empty, as after a crash or with a full disk"
        return Finding(Level.WEAK, "Secret", what, "Start the server again: it makes a new one")
    return Finding(Level.WELL, "Secret", "The secret that signs tokens is kept in the data folder")


def space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"{free / GIGABYTE:,.1f} GB are free in {folder}"
    if free >= LITTLE_SPACE:
        return Finding(Level.WELL, "Disk", said)
    level = Level.WEAK if free >= NO_SPACE else Level.BROKEN
    how = "Make space: with a full disk nothing is stored; RETENTION_DAYS removes old games"
    return Finding(level, "Disk", said, how)


def clock() -> Iterator[Finding]:
    """Points depend on seconds, and tokens and schedules on the date."""
    if time.time() < EARLIEST:
        today = time.strftime("%Y-%m-%d", time.gmtime())
        yield Finding(Level.BROKEN, "Clock", f"The clock says {today}", "Set it: timedatectl set-ntp true")
        return
    wall, steady = time.time(), time.monotonic()
    time.sleep(SAMPLE)
    drift = (time.time() - wall) - (time.monotonic() - steady)
    if abs(drift) > DRIFT:
        yield Finding(
            Level.WEAK,
            "Clock",
            f"The clock jumped by {drift:+.2f} s within {SAMPLE} s",
            "Let one time service alone set it, slowly: chrony, or systemd-timesyncd",
        )
    else:
        yield Finding(Level.WELL, "Clock", "The clock runs evenly")
    yield synchronised()


def synchronised() -> Finding:
    state = _clock_state()
    if state is None:
        return Finding(Level.UNKNOWN, "Time service", "The system does not say whether its clock is kept right")
    if state == TIME_ERROR:
        how = "timedatectl set-ntp true, or install chrony"
        return Finding(Level.WEAK, "Time service", "No time service keeps the clock right", how)
    return Finding(Level.WELL, "Time service", "The clock is kept right by a time service")


class _Timex(ctypes.Structure):
    """``struct timex`` has more behind these, which only has to have its place."""

    _fields_ = [("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("rest", ctypes.c_char * 240)]


def _clock_state() -> int | None:
    """What adjtimex(2) returns when it is only asked."""
    if sys.platform != "linux":
        return None
    state = ctypes.CDLL(None).adjtimex(ctypes.byref(_Timex()))
    return state if state >= 0 else None
