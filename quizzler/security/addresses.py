"""Addresses as sockets and proxies write them, and what counts as one asker."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_CACHED = 4096
# Some proxies append the port: 192.0.2.1:4711, [2001:db8::1]:4711.
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")
# Whoever has one IPv6 address has a whole /64 of them (RFC 6177).
_IPV6_PREFIX = 64


@lru_cache(_CACHED)
def address_in(text: str) -> IPv4Address | IPv6Address | None:
    """An address; an IPv4 one that came in IPv6 clothes (RFC 4291, 2.5.5.2) is IPv4. None where it is no address."""
    text = text.strip()
    if found := _WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(address: str) -> str:
    """What counts as one asker: an IPv4 address, or an IPv6 network. What is no address stands for itself."""
    parsed = address_in(address)
    if parsed is None:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(IPv6Network((int(parsed), _IPV6_PREFIX), strict=False))
