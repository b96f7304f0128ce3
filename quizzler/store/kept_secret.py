"""The secret that signs tokens, where no setting names one: a file in the data folder."""

import fcntl
import os
import secrets
import tempfile
from pathlib import Path

from quizzler.config.values import MIN_SECRET_BYTES
from quizzler.errors import StartupError
from quizzler.store import folders


class TooShort(StartupError):
    """What is there is no secret of ours."""


def kept_secret(data_dir: Path) -> str:
    """Made at the first start and readable by this user alone; where a crash left an empty file behind, made anew.
    Raises ``StartupError``."""
    path = file(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        secret = look(data_dir)
        while not secret:
            _make(path)
            secret = look(data_dir)
    except OSError as error:
        raise StartupError(f"The secret in {path} cannot be used: {error.strerror}") from None
    return secret


def look(data_dir: Path) -> str | None:
    """The secret as it is kept, empty where the file is, None without one. Raises ``OSError`` and ``TooShort``."""
    path = file(data_dir)
    try:
        secret = _bare(path.read_text(errors="replace"))
    except FileNotFoundError:
        return None
    if 0 < len(secret) < MIN_SECRET_BYTES:
        raise TooShort(f"The secret in {path} is too short: remove the file, and a new one is made")
    return secret


def file(data_dir: Path) -> Path:
    return data_dir / "jwt_secret"


def _make(path: Path) -> None:
    """The secret takes an empty file's place when it is whole and on the disk. One server at a time; where another one
    was quicker, its secret stays."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", errors="replace") as empty:
        fcntl.flock(empty, fcntl.LOCK_EX)
        if _bare(empty.read()) or not os.path.samestat(os.fstat(empty.fileno()), path.stat()):
            return
        descriptor, unfinished = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w") as new:
                new.write(secrets.token_urlsafe(48))
                new.flush()
                os.fsync(new.fileno())
                if os.geteuid() == 0:
                    # The service's user, whose folder it is, has to read what a verb of root's has made.
                    owner = path.parent.stat()
                    os.fchown(new.fileno(), owner.st_uid, owner.st_gid)
            os.replace(unfinished, path)
        finally:
            Path(unfinished).unlink(missing_ok=True)
    folders.sync(path.parent)


def _bare(text: str) -> str:
    """After a crash of the machine some file systems have zeros where nothing was written."""
    return text.strip("\0").strip()
