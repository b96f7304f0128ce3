"""How a setting's value is read: each takes what is given as text, and raises ``ValueError`` with what is expected."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

MIN_SECRET_BYTES = 32
# RFC 3986, 3.2.2 and 3.2.3: a name, an IPv4 or a bracketed IPv6 address, and maybe a port.
AUTHORITY = r"([^\s/?#@:\[\]]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?"

_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


def whole(least: int, most: int = 10**9) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,10}", text.strip()) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def seconds(least: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text.strip()) or float(text) < least:
            raise ValueError(f"a number of seconds, {least:g} or more")
        return float(text)

    return read


def yes_or_no(value: str) -> bool:
    word = value.strip().lower()
    if word not in (*_YES, *_NO):
        raise ValueError("yes or no")
    return word in _YES


def text(value: str) -> str:
    return value.strip()


def path(what: str) -> Callable[[str], Path]:
    def read(value: str) -> Path:
        if not value.strip() or "\x00" in value:
            raise ValueError(f"the path of a {what}")
        try:
            return Path(value.strip()).expanduser().absolute()
        except RuntimeError:
            raise ValueError(f"the path of a {what}: there is no such user with a home folder") from None
        except OSError:
            raise ValueError(f"the path of a {what}: the working folder is gone") from None

    return read


folder, file = path("folder"), path("file")


def host(value: str) -> str:
    """Of a machine: its address or one of its names."""
    name = value.strip()
    if not is_address(name) and not is_host_name(name):
        raise ValueError("an address or a name of this machine, like 0.0.0.0 or ::1")
    return name


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return not any(character.isspace() for character in text)  # behind a % anything would do


def is_host_name(text: str) -> bool:
    """Whether a machine can have that name (RFC 1035, 2.3.4), also an international one."""
    try:
        name = text.encode("idna").decode().removesuffix(".")
    except UnicodeError:
        return False
    return len(name) <= 253 and re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name, re.IGNORECASE) is not None


def database_url(value: str) -> str:
    if not value.strip().startswith(("postgresql://", "postgres://")):
        raise ValueError("an address that begins with postgresql://")
    return value.strip()


def secret(value: str) -> str:
    if len(value.encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"at least {MIN_SECRET_BYTES} bytes that nobody can guess")
    return value


def web_address(value: str) -> str:
    address = value.strip().rstrip("/")
    if not re.fullmatch(rf"https?://{AUTHORITY}(/[^\s?#]*)?", address, re.IGNORECASE) or not _leads_somewhere(address):
        raise ValueError("an address like https://quiz.example.org")
    return address


def _leads_somewhere(url: str) -> bool:
    """Whether there can be a machine with that name or address, and such a port on it."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return port != 0 and (is_address(name) or is_host_name(name))


def origins(value: str) -> tuple[str, ...]:
    """Origins as browsers send them (RFC 6454, 6.1: in lower case, without a path), or ``*`` for any."""
    listed = tuple(origin.strip().rstrip("/").lower() for origin in value.split(",") if origin.strip())
    for origin in listed:
        if origin != "*" and not (re.fullmatch(rf"https?://{AUTHORITY}", origin) and _leads_somewhere(origin)):
            raise ValueError("a list like https://quiz.example.org, http://localhost:3000")
    return listed


def addresses(value: str) -> frozenset[str]:
    """Email addresses in lower case, as accounts have them."""
    listed = frozenset(address.strip().lower() for address in value.split(",") if address.strip())
    for address in listed:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise ValueError("a list like ann@example.org, bob@example.org")
    return listed


def host_names(value: str) -> frozenset[str]:
    """As browsers send them: in lower case, without a port, an international name in its ASCII form; or ``*``."""
    try:
        listed = frozenset(name.strip().encode("idna").decode().lower() for name in value.split(",") if name.strip())
    except UnicodeError:
        listed = frozenset("?")
    for name in listed:
        if name != "*" and not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
            raise ValueError("a list like quiz.example.org, quiz.example.com")
    return listed


def networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Single addresses are networks of one (RFC 4632)."""
    try:
        return tuple(ip_network(each.strip()) for each in value.split(",") if each.strip())
    except ValueError:
        raise ValueError("a list of addresses and networks like 127.0.0.1, 10.1.0.0/16") from None


def one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.strip().lower() not in words:
            raise ValueError(f"{', '.join(words[:-1])} or {words[-1]}")
        return text.strip().lower()

    return read
