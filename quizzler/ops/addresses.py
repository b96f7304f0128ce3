"""Where this machine can be reached from."""

import ipaddress
import socket
from collections.abc import Iterator

import psutil

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


def lan_address() -> str | None:
    """The IPv4 address that phones on the same network can open, or None where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only asks the kernel which way it would go.
            probe.connect(("192.0.2.1", 9))
            found = probe.getsockname()[0]
            if not ipaddress.ip_address(found).is_loopback:
                return found
        except OSError:
            pass
    return next(_interface_addresses(), None)


def _interface_addresses() -> Iterator[str]:
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family == socket.AF_INET and not ipaddress.ip_address(address.address).is_loopback:
                yield address.address


def is_loopback(host: str) -> bool:
    """``host`` as in a Host header, with or without a port."""
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 or host.startswith("[") and "]:" in host else host
    return name.lower() in LOOPBACK_NAMES
