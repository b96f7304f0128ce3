"""Whose address counts: nobody can claim one, and a proxy's word is taken where it is trusted."""

import pytest

from quizzler.config.values import networks
from quizzler.security.proxies import Proxies

PROXIES = Proxies(networks("10.0.0.1, 10.1.0.0/16, 2001:db8::/32"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # the first one was made up
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.1.2.3", "198.51.100.7"),  # two proxies in a row
        ("10.0.0.1", "203.0.113.9,198.51.100.7 ,\t10.1.2.3", "198.51.100.7"),
        ("10.0.0.1", "10.1.0.9, 10.1.2.3", "10.1.0.9"),  # nobody but proxies
        ("2001:db8::5", "2001:DB9:0::1", "2001:db9::1"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7:40123", "198.51.100.7"),
        ("10.0.0.1", "[2001:db9::1]:443", "2001:db9::1"),
        ("10.0.0.1", "[2001:db9::1]", "2001:db9::1"),
    ],
)
def test_trusted_proxy_is_believed(peer, forwarded_for, client):
    assert PROXIES.client(peer, forwarded_for) == client


@pytest.mark.parametrize("peer", ["198.51.100.7", "10.0.0.2", "127.0.0.1", "2001:db9::1", "fe80::1%eth0"])
@pytest.mark.parametrize("forwarded_for", ["", "203.0.113.9", "10.0.0.1", "203.0.113.9, 10.0.0.1", "garbage"])
def test_nobody_else_is(peer, forwarded_for):
    assert PROXIES.client(peer, forwarded_for) == peer
    assert Proxies(()).client(peer, forwarded_for) == peer


@pytest.mark.parametrize(
    "garbage",
    [
        "unknown", "_hidden", "-", ",", "198.51.100", "198.51.100.7.1", "198.51.100.007", "1e3", "0x7f000001", "[::1",
        "198.51.100.7/32", "198.51.100.7;", "198.51.100.7 198.51.100.8", "198.51.100.7:port", "٣.٣.٣.٣", "a" * 9000,
    ],
)  # fmt: skip
def test_garbage_buys_no_fresh_address(garbage):
    assert PROXIES.client("10.0.0.1", garbage) == "10.0.0.1"
    assert PROXIES.client("10.0.0.1", f"203.0.113.9, {garbage}, 10.1.2.3") == "10.1.2.3"
    assert PROXIES.client("10.0.0.1", f"{garbage}, 198.51.100.7") == "198.51.100.7"


def test_one_address_is_written_in_one_way():
    for peer in ("::ffff:198.51.100.7", "0:0:0:0:0:FFFF:C633:6407", "198.51.100.7"):
        assert PROXIES.client(peer, "") == "198.51.100.7"
    assert PROXIES.client("2001:DB9::0:1", "") == "2001:db9::1"


@pytest.mark.parametrize(
    ("peer", "said", "scheme"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "HTTPS", "https"),
        ("10.0.0.1", "http, https", "https"),
        ("10.0.0.1", "https, http", "http"),
        ("::ffff:10.0.0.1", "https", "https"),
        ("10.0.0.1", "", "http"),
        ("10.0.0.1", "wss", "http"),
        ("10.0.0.1", "https;", "http"),
        ("198.51.100.7", "https", "http"),
    ],
)
def test_scheme(peer, said, scheme):
    assert PROXIES.scheme(peer, said, "http") == scheme


def test_proxy_may_say_that_it_was_asked_without_tls():
    assert PROXIES.scheme("10.0.0.1", "http", "https") == "http"
    assert PROXIES.scheme("198.51.100.7", "http", "https") == "https"
