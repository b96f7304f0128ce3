"""``quizzler systemd``: the units with which systemd runs this very installation."""

import argparse
import ipaddress
import os
import pwd
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template

from quizzler.cli.common import kind
from quizzler.config import Settings
from quizzler.config.settings import SERVICE_DATA
from quizzler.config.values import is_address, whole
from quizzler.errors import Invalid

UNITS = Path(__file__).parent.parent / "ops" / "units"
NAMES = ("quizzler.service", "quizzler.socket")
DIRECTORY = Path("/etc/systemd/system")
SETTINGS = Path("/etc/quizzler/quizzler.env")
# Folders that are not for services: others' homes, and what is private to each service.
HOMES = tuple(Path(folder) for folder in ("/root", "/home", "/run/user"))
TEMPORARY = (Path("/tmp"), Path("/var/tmp"))
DESCRIPTION = """Prints quizzler.service and quizzler.socket for this installation, or writes them. Settings for the
service go into /etc/quizzler/quizzler.env, one NAME=value a line; its data is in /var/lib/quizzler."""


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("systemd", help="write the units with which systemd runs it", description=DESCRIPTION)
    option = parser.add_argument
    option("--write", action="store_true", help="write the units (they are only printed without)")
    option("--directory", "--prefix", type=Path, default=DIRECTORY, metavar="DIR", help="where to (%(default)s)")
    option("--user", type=kind(user_name), default="quizzler", help="whom the service runs as (%(default)s)")
    option("--host", type=kind(address), default=Settings.host, help="address to listen on (%(default)s)")
    option("--port", type=kind(whole(1, 65535)), default=Settings.port, help="port to listen on (%(default)s)")
    parser.set_defaults(run=run)


def user_name(text: str) -> str:
    """As useradd takes them and systemd too, systemd.exec(5)."""
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,30}", text):
        raise ValueError("a user's name: small letters, digits, - and _")
    return text


def address(text: str) -> str:
    """As systemd.socket(5) has it: no names."""
    if not is_address(text) or "%" in text:
        raise ValueError("an IP address, like 127.0.0.1 or ::1")
    return str(ipaddress.ip_address(text))


def run(given: argparse.Namespace) -> int:
    if is_root(given.user):
        raise Invalid("PostgreSQL does not run as root: choose another --user")
    written = units(user=given.user, host=given.host, port=given.port)
    for name, unit in written.items():
        path = given.directory / name
        if not given.write:
            print(f"# {path}\n{unit}")
            continue
        try:
            path.write_text(unit, encoding="utf-8")
        except OSError as error:
            raise Invalid(f"{path} cannot be written: {error.strerror}") from None
        print(f"Wrote {path}")
    if given.write:
        print(next_steps(given.user))
    for warning in unreachable(given.user):
        print(f"quizzler: {warning}", file=sys.stderr)
    return 0


def units(*, user: str, host: str, port: int) -> dict[str, str]:
    """The text of each unit, by its name, for the Python that runs this."""
    at_home = any(path.is_relative_to(home) for path in installation() for home in HOMES)
    values = {
        "command": f"{quoted(sys.executable)} -P -m quizzler",
        "user": user,
        "listen": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "protect_home": "read-only" if at_home else "yes",
    }
    return {name: Template((UNITS / name).read_text(encoding="utf-8")).substitute(values) for name in NAMES}


def installation() -> set[Path]:
    """The folders that the service reads its program from."""
    return {Path(folder).absolute() for folder in (sys.prefix, sys.base_prefix, UNITS.parents[1])}


def unreachable(user: str) -> Iterator[str]:
    """Sentences about what keeps the service's user from running this installation."""
    for folder in sorted(installation()):
        closed = next((each for each in (folder, *folder.parents) if not each.stat().st_mode & 0o001), None)
        if any(folder.is_relative_to(each) for each in TEMPORARY):
            yield f"A service has temporary folders of its own and does not see {folder}: install it in /opt/quizzler"
        elif closed is not None:
            yield f"The user {user} may not enter {closed}, where {folder} is: install it in /opt/quizzler"


def next_steps(user: str) -> str:
    lines = [
        "systemctl daemon-reload",
        "systemctl enable --now quizzler.socket quizzler.service",
        "systemctl status quizzler",
    ]
    if not os.path.exists(SETTINGS):
        lines.insert(0, f"install -D --mode=600 /dev/null {SETTINGS}")
    if not exists(user):
        lines.insert(0, f"useradd --system --home-dir {SERVICE_DATA} --shell /usr/sbin/nologin {user}")
    steps = "\n".join(f"  {line}" for line in lines)
    script = Path(sys.executable).with_name("quizzler")
    quizzler = shlex.join([str(script)] if script.is_file() else [sys.executable, "-P", "-m", "quizzler"])
    return (
        f"\nNext, as root:\n{steps}\n\nSettings go into {SETTINGS}, one NAME=value a line, such as "
        "PUBLIC_URL=https://quiz.example.org;\nafter a change: systemctl restart quizzler\n\n"
        "Other verbs (doctor, user, restore) work on the service's data as root, with its settings:\n"
        f"  {quizzler} backup --env-file {SETTINGS} FILE"
    )


def is_root(user: str) -> bool:
    """Whatever else root may be called."""
    return user == "root" or (exists(user) and pwd.getpwnam(user).pw_uid == 0)


def exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
        return True
    except KeyError:
        return False


def quoted(path: str) -> str:
    """As a command line in a unit has it, systemd.service(5): quotes for spaces, % and $ doubled."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(character.isspace() for character in path) or '"' in path else escaped
