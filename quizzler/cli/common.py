"""What verbs have in common: the settings as flags, and a database to work on."""

import argparse
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from quizzler.config import Settings, env_files
from quizzler.config.settings import names
from quizzler.config.shown import default_of
from quizzler.errors import StartupError
from quizzler.store import belongings, dsn, upgrade
from quizzler.store.embedded import EmbeddedPostgres, FolderInUse, forget_other_databases
from quizzler.store.tools import Tools, for_server

log = logging.getLogger(__name__)

# The environment's name for --env-file.
ENV_FILE = "QUIZZLER_ENV_FILE"


def add_settings(parser: argparse.ArgumentParser) -> None:
    """A flag for each setting: ``MAX_ROOMS`` is ``--max-rooms``; and one for the file that has them."""
    group = parser.add_argument_group(
        "settings", "Each can come from the environment or a file .env too: --max-rooms is MAX_ROOMS there."
    )
    words = f"read this file in place of .env, such as the service's /etc/quizzler/quizzler.env ({ENV_FILE})"
    group.add_argument("--env-file", metavar="FILE", help=words)
    for each in fields(Settings):
        flag = "--" + each.name.replace("_", "-")
        words = f"{each.metadata['help']} ({default_of(each)})".replace("%", "%%")
        group.add_argument(flag, dest=each.name, metavar="…", help=words)


def settings(given: argparse.Namespace) -> Settings:
    """Raises ``StartupError``."""
    flags = {each.name: getattr(given, each.name) for each in fields(Settings)}
    return Settings.load(flags, os.environ, env_file(given))


def env_file(given: argparse.Namespace) -> Path | None:
    """The file that settings come from: the one that is named, else ``.env`` where there is one. Raises
    ``StartupError``."""
    named = given.env_file or os.environ.get(ENV_FILE)
    return Path(named) if named else env_files.usual()


def warn_of_strangers(given: argparse.Namespace) -> None:
    """A name that is mistyped sets nothing."""
    for name, meant in strangers(given):
        log.warning("%s in %s is not a setting%s", name, env_file(given), f": is it {meant}?" if meant else "")


def strangers(given: argparse.Namespace) -> list[tuple[str, str | None]]:
    """What is in the file of settings and is none, each with the one that may be meant. Raises ``StartupError``."""
    path = env_file(given)
    return list(env_files.strangers(path, names())) if path is not None else []


def kind(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A setting's way to read text, for argparse."""

    def checked(text: str) -> Any:
        try:
            return read(text)
        except ValueError as expected:
            raise argparse.ArgumentTypeError(f"{text!r} is not {expected}") from None

    return checked


class GivenPostgres:
    """The database that a setting names: somebody else keeps it running."""

    def __init__(self, url: str):
        self.url = url

    @property
    def tools(self) -> Tools:
        """The programs for it. Raises ``QuizzlerError`` where this machine has none."""
        return for_server(self.url)

    def keep_running(self) -> None:
        pass


class SharedPostgres(GivenPostgres):
    """The private one of a server that is running."""

    def __init__(self, private: EmbeddedPostgres):
        super().__init__(private.url)
        self._private = private

    @property
    def tools(self) -> Tools:
        return self._private.tools


@contextmanager
def postgres(
    settings: Settings, *, shared: bool = False, patience: Callable[[], object] = lambda: None
) -> Iterator[GivenPostgres | EmbeddedPostgres]:
    """The setting's database, or a private one that runs as long as the block does. ``patience`` is called about once
    a second where starting it takes long. ``shared`` is for verbs that work on what is there: also on the private one
    of a server that is running, and nothing is made where no Quizzler is. Raises ``StartupError``."""
    if settings.database_url:
        if shared:
            belongings.expect(settings.database_url, dsn.place(settings.database_url))
        yield GivenPostgres(settings.database_url)
        return
    forget_other_databases()
    if shared:
        _expect_data(settings.data_dir)
    private = EmbeddedPostgres(settings.data_dir, patience)
    try:
        private.start()
    except FolderInUse:
        if not shared:
            raise
        belongings.expect(private.url, f"the data folder {settings.data_dir}")
        yield SharedPostgres(private)
        return
    try:
        if shared:
            belongings.expect(private.url, f"the data folder {settings.data_dir}")
        yield private
    finally:
        private.stop()


def _expect_data(data_dir: Path) -> None:
    """What else is wrong with a folder is said when PostgreSQL is started."""
    try:
        os.stat(data_dir / "database")
    except (FileNotFoundError, NotADirectoryError):
        if not upgrade.versions(data_dir):
            raise StartupError(belongings.nothing_in(f"the data folder {data_dir}")) from None
    except OSError:
        pass
