"""Who really asks, where a proxy stands before the server.

What a request says about that (``X-Forwarded-For``, ``X-Forwarded-Proto``) counts only where it comes from a trusted
proxy. Each proxy appends the address that it sees, so the list is read from its right end; what stands left of the
first address that is not a proxy's was written by that client itself.
"""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

from quizzler.security.addresses import address_in

Networks = tuple[IPv4Network | IPv6Network, ...]

_CACHED = 4096
_LONGEST = 64  # characters of an address; what is longer is not kept in the cache


class Proxies:
    """The proxies that are trusted, by their addresses."""

    def __init__(self, trusted: Networks):
        self._trusted = trusted
        self.trusts = lru_cache(_CACHED)(self._trusts)

    def client(self, peer: str, forwarded_for: str) -> str:
        """The address of whoever asks: ``peer`` is at the other end of the connection, ``forwarded_for`` all of the
        request's X-Forwarded-For.

        Where a trusted proxy sent something that is no address, the request counts as that proxy's own: garbage must
        not buy anyone a fresh address. Where all are trusted it is the one farthest away.
        """
        client = _plain(peer)
        for entry in reversed(forwarded_for.split(",")):
            if not self.trusts(client):
                break
            address = address_in(entry) if len(entry) <= _LONGEST else None
            if address is None:
                break
            client = str(address)
        return client

    def scheme(self, peer: str, forwarded_proto: str, own: str) -> str:
        """``http`` or ``https``, as the client's browser sees it; ``own`` is what the connection here speaks."""
        said = forwarded_proto.rpartition(",")[2].strip().lower()
        return said if said in ("http", "https") and self.trusts(_plain(peer)) else own

    def _trusts(self, client: str) -> bool:
        address = address_in(client)
        return address is not None and any(address in network for network in self._trusted)


def _plain(peer: str) -> str:
    address = address_in(peer)
    return peer if address is None else str(address)
