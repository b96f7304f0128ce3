"""Files with settings: ``.env`` in the working folder, or the one that is named in its place."""

import difflib
import io
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from quizzler.errors import StartupError

USUAL = Path(".env")
# What other programs read, and such a file is often shared with: the language and its libraries, PostgreSQL's clients
# and image, compose, proxies.
_FOREIGN = re.compile(
    r"(PYTHON|PG|POSTGRES_|COMPOSE_|DOCKER_|QUIZZLER_|SSL_CERT_|LC_|LD_|MALLOC_|XDG_|SYSTEMD_)\w*"
    r"|(PATH|HOME|USER|SHELL|LANG|LANGUAGE|TZ|TMPDIR|TERM|COLUMNS|NO_COLOR|FORCE_COLOR|(HTTPS?|ALL|NO)_PROXY)",
    re.IGNORECASE,
)


def usual() -> Path | None:
    """``.env`` in the working folder, where there is one. Raises ``StartupError`` where that cannot be seen."""
    try:
        return USUAL if USUAL.is_file() else None
    except OSError as error:
        raise _unreadable(USUAL, error) from None


def read(path: Path, names: Collection[str]) -> Mapping[str, str | None]:
    """The values in it. ``names`` are those of all settings. Raises ``StartupError``."""
    text = _text(path)
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.value is None and binding.key in names):
            raise StartupError(f"The file {path}, line {_line(binding)}: it is not NAME=value")
    return dotenv_values(stream=io.StringIO(text))


def strangers(path: Path, names: Collection[str]) -> Iterator[tuple[str, str | None]]:
    """What is set in it and is no setting, each with the setting that may be meant. Raises ``StartupError``."""
    for name in read(path, names):
        if name not in names and not _FOREIGN.fullmatch(name):
            yield name, next(iter(difflib.get_close_matches(name.upper(), names, 1)), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> StartupError:
    reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
    return StartupError(f"The file {path} cannot be read: {reason}")


def _line(binding: Binding) -> int:
    """Empty lines before it are part of what was read."""
    blank = binding.original.string[: -len(binding.original.string.lstrip()) or None]
    return binding.original.line + blank.count("\n")
