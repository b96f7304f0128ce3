"""Under which names the server may be asked, and which pages may open its sockets.

A page of another site can have its own name point to this server's address (DNS rebinding); then the browser takes
the server for that site. So where the server knows its names, it answers under no others. What nobody can register for
such a page is always allowed: addresses, names without a dot, names under .local and .localhost (RFC 6761, 6762).
"""

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from quizzler.errors import Invalid, Misdirected

# RFC 9110, 7.2. Stricter than a URI's: the name gets into the Content-Security-Policy of pages.
_HOST = re.compile(r"(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])\.?(?::(?P<port>[0-9]{1,5}))?")
_LONGEST = 261
_CACHED = 1024
_PORTS = {"http": "80", "https": "443"}


class Hosts:
    """``allowed`` are names without ports, or ``*``; with neither these nor a ``public_url`` every name is."""

    def __init__(self, allowed: Collection[str], public_url: str):
        self._public_url = public_url
        self._names = {*allowed, *filter(None, [urlsplit(public_url.lower()).hostname])}
        self._any = not self._names or "*" in self._names
        self.accepts = lru_cache(_CACHED)(self._accepts)

    def check(self, given: list[str]) -> str:
        """The one Host header of a request, in lower case. Raises ``Invalid`` and ``Misdirected``."""
        if len(given) != 1 or not given[0].isascii():
            raise Invalid("The request has to say once for which host it is")
        host = given[0].lower()
        if not self.accepts(host):
            name, _ = split(host)
            where = f"Please open {self._public_url}" if self._public_url else "ALLOWED_HOSTS would have to name it"
            raise Misdirected(f"This server does not go by the name {name}. {where}")
        return host

    def _accepts(self, host: str) -> bool:
        """Raises ``Invalid`` where it is no host at all."""
        name, _ = split(host)
        return self._any or name in self._names or _is_nobodys(name)


def split(host: str) -> tuple[str, str]:
    """Name and port of a Host header in lower case; the port is empty where none is given. Raises ``Invalid``."""
    found = _HOST.fullmatch(host) if len(host) <= _LONGEST else None
    if found is None or int(found["port"] or 0) > 65535 or (found["name"][0] == "[" and not _is_ipv6(found["name"])):
        raise Invalid("The request is for a host that cannot be")
    return found["name"], found["port"] or ""


def is_same_origin(origin: str, scheme: str, host: str) -> bool:
    """Whether a page of that Origin (RFC 6454, 6.2) is one of the server's own, asked over ``scheme`` for ``host``.

    A page that came over http is not, once the server is asked over https: anyone on the way can have written it. The
    other way round it is: behind a proxy that is not trusted the server cannot know that it is asked over https.
    """
    theirs, _, authority = origin.lower().partition("://")
    if theirs not in _PORTS or (theirs, scheme) == ("http", "https"):
        return False
    try:
        return _with_port(authority, theirs) == _with_port(host.lower(), theirs)
    except Invalid:
        return False


def _with_port(host: str, scheme: str) -> tuple[str, str]:
    name, port = split(host)
    return name, port or _PORTS[scheme]


def _is_nobodys(name: str) -> bool:
    if "." not in name or name.startswith("[") or name.endswith((".local", ".localhost")):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_ipv6(bracketed: str) -> bool:
    try:
        IPv6Address(bracketed[1:-1])
    except ValueError:
        return False
    return True
