"""What pages are made of: the files under ``static/``, in memory, at addresses that change when any file does.

The version is a folder of the address rather than a query, so that what a stylesheet names by a relative path carries
the same version. With a version, a module or a stylesheet of ours comes in one piece with all that it imports; without
one, every file is as it is.
"""

import re
import time
from functools import cached_property
from hashlib import blake2s
from pathlib import Path
from urllib.parse import quote

from quizzler.web import joined
from quizzler.web.ready import ASKED_EVERY_TIME, FOR_A_YEAR, Ready

PACKAGE = Path(__file__).resolve().parent.parent
LOOK_EVERY = 1.0
"""Seconds from one look at the files of a checkout to the next."""

_ADDRESS = re.compile(r"/static/(?:v-([0-9a-f]+)/)?(.+)")
_AT_THE_TOP = {f"/{name}": f"icons/{name}" for name in ("favicon.svg", "manifest.webmanifest")}
_KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


def folder(name: str) -> Path:
    """``templates`` or ``static``: inside the package once installed, beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def kind_of(path: str) -> str:
    return _KINDS.get(Path(path).suffix, "text/plain; charset=utf-8")


class Edition:
    """All files as they are at one moment. An answer is made when it is asked for the first time."""

    def __init__(self, root: Path):
        self._files = {path.relative_to(root).as_posix(): path.read_bytes() for path in _files_in(root)}
        self._ready: dict[tuple[str, bool, str], Ready] = {}

    @cached_property
    def version(self) -> str:
        """Of the files, and of how they are joined."""
        digest = blake2s(Path(joined.__file__).read_bytes(), digest_size=6)
        for path, content in self._files.items():
            digest.update(f"{path} {len(content)} ".encode() + content)
        return digest.hexdigest()

    def content(self, path: str) -> bytes:
        return self._files[path]

    def ready(self, path: str, version: str | None) -> Ready | None:
        """At an address of another version there is today's file too, but not to be kept."""
        cache = FOR_A_YEAR if version == self.version else ASKED_EVERY_TIME
        key = (path, version is not None, cache)
        if key not in self._ready:
            content = self._joined(path) if version else self._files.get(path)
            if content is None:
                return None
            self._ready[key] = Ready(content, kind_of(path), cache)
        return self._ready[key]

    def _joined(self, path: str) -> bytes | None:
        """Raises ``NotJoinable``. What others made (``vendor/``) is not taken apart."""
        file = path.removesuffix(".map")
        if file not in self._files:
            return None
        if file.startswith("js/"):
            script, source_map = joined.script(file, self._text)
            return (script if file == path else source_map).encode()
        if file != path:
            return None
        return joined.stylesheet(path, self._text).encode() if path.startswith("css/") else self._files[path]

    def _text(self, path: str) -> str:
        return self._files[path].decode()


class Assets:
    """Today's edition. Where files are ``watched``, a new one follows soon after any has changed."""

    def __init__(self, root: Path, *, watched: bool):
        self._root = root
        self._watched = watched
        self._looked = 0.0
        self._seen: list[tuple[Path, int]] = []

    @property
    def edition(self) -> Edition:
        now = time.monotonic()
        if not self._seen or (self._watched and now - self._looked >= LOOK_EVERY):
            self._looked = now
            seen = [(path, path.stat().st_mtime_ns) for path in _files_in(self._root)]
            if seen != self._seen:
                self._seen, self._edition = seen, Edition(self._root)
        return self._edition

    def url(self, path: str) -> str:
        return f"/static/v-{self.edition.version}/{path}"

    def inline(self, path: str) -> str:
        """A small picture as an address that holds it, which saves a request."""
        return f"data:{kind_of(path)},{quote(self.edition.content(path), safe=' =:/')}"

    def find(self, path: str, _host: str = "", _address: str = "") -> Ready | None:
        """An address is looked up among the files that were read; none is opened by it."""
        if path in _AT_THE_TOP:
            return self.edition.ready(_AT_THE_TOP[path], version=None)
        found = _ADDRESS.fullmatch(path)
        return self.edition.ready(found[2], version=found[1]) if found else None


def _files_in(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


# People edit in a checkout. What is installed stays as it is until the server starts again, even while it is replaced.
ASSETS = Assets(folder("static"), watched=folder("static").parent != PACKAGE)
