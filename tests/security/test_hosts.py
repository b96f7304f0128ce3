"""Under which names the server answers, and whose pages are its own."""

import pytest

from quizzler.errors import Invalid, Misdirected
from quizzler.security.hosts import Hosts, is_same_origin

STRICT = Hosts(frozenset({"quiz.example.com"}), "https://Quiz.Example.org:8443/live")
OPEN = Hosts(frozenset(), "")
NAMES = ["quiz.example.org", "QUIZ.example.org:8443", "quiz.example.org.", "quiz.example.com:80"]
NOBODYS = [
    "127.0.0.1", "192.168.1.5:8000", "8.8.8.8", "[::1]", "[2001:db8::1]:8000", "localhost", "localhost:8000",
    "quizzler:8000", "my-laptop", "My-Laptop.local:8000", "a.localhost",
]  # fmt: skip
OTHERS = [
    "evil.example", "quiz.example.org.evil.example", "evil-quiz.example.org", "example.org", "127.0.0.1.nip.io:8000",
    "local", "127.1", "127.0.0.1.local.example", "a.local.evil.example",
]  # fmt: skip
IMPOSSIBLE = [
    "", " ", ":", ":80", "a:", "a:b", "a:65536", "a:123456", "a b", "a,b", "a;script-src", "a'b", "a*", "*", "a/b",
    "a@b", "a%41", "a\tb", "a\r\nb", "..", "a..b", ".a", "[", "[]", "[::1", "[::g]", "[1.2.3.4]", "::1", "[::1]:", "ä",
    "a" * 262, "a\x00", "a\u212a",
]  # fmt: skip


@pytest.mark.parametrize("host", NAMES + NOBODYS)
def test_own_names_and_those_that_nobody_can_register(host):
    assert STRICT.check([host]) == host.lower()


@pytest.mark.parametrize("host", [name for name in OTHERS if "." in name])
def test_other_names_are_sent_where_the_server_is(host):
    with pytest.raises(Misdirected) as error:
        STRICT.check([host])
    assert error.value.sentence.startswith(f"This server does not go by the name {host.rsplit(':')[0]}. Please open ")


@pytest.mark.parametrize("host", NAMES + NOBODYS + OTHERS)
def test_without_settings_and_with_a_star_every_name_will_do(host):
    for hosts in (OPEN, Hosts({"*"}, "https://quiz.example.org")):
        assert hosts.check([host]) == host.lower() and hosts.accepts(host.lower())


@pytest.mark.parametrize("host", IMPOSSIBLE)
@pytest.mark.parametrize("hosts", [STRICT, OPEN, Hosts({"*"}, "")])
def test_what_is_no_host_is_none(hosts, host):
    with pytest.raises(Invalid):
        hosts.check([host])
    with pytest.raises(Invalid):
        hosts.accepts(host)


def test_one_host_and_no_more():
    for given in ([], ["a.local", "a.local"], ["a.local", "b.local"]):
        with pytest.raises(Invalid):
            OPEN.check(given)


@pytest.mark.parametrize(
    ("origin", "scheme", "host"),
    [
        ("http://quiz.example:8000", "http", "quiz.example:8000"),
        ("http://Quiz.Example", "http", "quiz.example"),
        ("http://quiz.example", "http", "quiz.example:80"),
        ("https://quiz.example", "https", "quiz.example:443"),
        ("https://quiz.example:443", "https", "quiz.example"),
        ("http://[::1]:8000", "http", "[::1]:8000"),
        ("https://quiz.example", "http", "quiz.example"),  # behind a proxy that is not trusted
    ],
)
def test_page_of_the_same_origin(origin, scheme, host):
    assert is_same_origin(origin, scheme, host)


@pytest.mark.parametrize(
    ("origin", "scheme", "host"),
    [
        ("http://quiz.example", "https", "quiz.example"),  # anyone on the way can have written that page
        ("http://quiz.example:443", "https", "quiz.example"),
        ("http://quiz.example:8000", "http", "quiz.example"),
        ("http://quiz.example", "http", "quiz.example:8000"),
        ("https://quiz.example", "http", "quiz.example:80"),
        ("http://evil.example", "http", "quiz.example"),
        ("http://quiz.example.evil.example", "http", "quiz.example"),
        ("http://quiz.example@evil.example", "http", "quiz.example"),
        ("http://evil.example@quiz.example", "http", "quiz.example"),
        ("http://quiz.example/", "http", "quiz.example"),
        ("null", "http", "quiz.example"),
        ("", "http", "quiz.example"),
        ("file://", "http", "quiz.example"),
        ("//quiz.example", "http", "quiz.example"),
        ("quiz.example", "http", "quiz.example"),
        ("ftp://quiz.example", "http", "quiz.example"),
        ("chrome-extension://quiz.example", "http", "quiz.example"),
        ("http://quiz.example http://quiz.example", "http", "quiz.example"),
        ("http://", "", ""),
    ],
)
def test_page_of_another_one(origin, scheme, host):
    assert not is_same_origin(origin, scheme, host)
