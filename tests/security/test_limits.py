"""Budgets: so many at once, then evenly; who waits, for how long, and what is forgotten."""

import pytest

from quizzler.errors import LimitReached
from quizzler.security.addresses import network_of
from quizzler.security.limits import Pace, RateLimit, Seats, WrongCodes


def spend(limit: RateLimit, asker: str, now: float, times: int) -> int:
    """How many of so many requests at one moment are allowed."""
    allowed = 0
    for _ in range(times):
        try:
            limit.charge(asker, now)
        except LimitReached:
            continue
        allowed += 1
    return allowed


@pytest.fixture
def limit() -> RateLimit:
    """30 a minute."""
    return RateLimit(Pace(30, 60.0), "Too many")


class TestRateLimit:
    def test_all_of_it_at_once_and_then_evenly(self, limit):
        assert spend(limit, "a", 1000.0, 50) == 30
        assert spend(limit, "a", 1001.9, 5) == 0
        assert spend(limit, "a", 1002.0, 5) == 1
        assert spend(limit, "a", 1012.0, 50) == 5
        assert spend(limit, "a", 5000.0, 50) == 30

    def test_says_how_long_to_wait_and_that_is_enough(self, limit):
        spend(limit, "a", 1000.0, 30)
        with pytest.raises(LimitReached) as refused:
            limit.charge("a", 1000.5)
        assert refused.value.retry_after == 2
        limit.charge("a", 1000.5 + refused.value.retry_after)

    def test_a_refusal_costs_nothing(self, limit):
        spend(limit, "a", 1000.0, 30)
        spend(limit, "a", 1001.0, 1000)
        assert spend(limit, "a", 1060.0, 50) == 30

    def test_each_asker_has_their_own(self, limit):
        assert spend(limit, "a", 1000.0, 50) == spend(limit, "b", 1000.0, 50) == 30

    def test_zero_is_no_limit(self):
        assert spend(RateLimit(Pace(0, 60.0), ""), "a", 1000.0, 500) == 500

    def test_a_million_askers_fill_no_memory(self):
        limit = RateLimit(Pace(30, 60.0), "Too many", max_remembered=100)
        spend(limit, "busy", 0.0, 30)
        for number in range(10_000):
            limit.charge(f"one of many {number}", 0.001 * number)
            if number % 50 == 0:
                assert spend(limit, "busy", 0.001 * number, 2) <= 1, "who keeps asking is remembered"
        assert len(limit) == 100

    def test_forgets_who_could_ask_for_all_again(self, limit):
        limit.charge("a", 1000.0)
        spend(limit, "b", 1000.0, 30)
        limit.forget(1002.5)
        assert len(limit) == 1
        limit.forget(1060.5)
        assert len(limit) == 0


class TestWrongCodes:
    def test_some_mistakes_are_free_and_then_the_wait_doubles(self):
        codes, now, waits = WrongCodes(), 1000.0, []
        for _ in range(20):
            waits.append(codes.wait("a", now))
            now += waits[-1]
            codes.check("a", now)
            codes.note("a", now)
        assert waits == [0] * 6 + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]

    def test_a_day_of_guessing_is_some_hundred_codes(self):
        codes, now, guesses = WrongCodes(), 0.0, 0
        while now < 86_400:
            now += codes.wait("a", now)
            codes.note("a", now)
            guesses += 1
        assert guesses < 150

    def test_says_how_long_to_wait(self):
        codes = WrongCodes()
        for _ in range(8):
            codes.note("a", 1000.0)
        with pytest.raises(LimitReached, match="Please try again in 4 s") as refused:
            codes.check("a", 1000.0)
        assert refused.value.retry_after == 4
        codes.check("a", 1004.0)
        codes.check("b", 1000.0)

    def test_is_forgotten_after_an_hour(self):
        codes = WrongCodes()
        for _ in range(30):
            codes.note("a", 1000.0)
        codes.forget(1000.0 + codes.FORGOTTEN - 1)
        assert codes.wait("a", 1000.0 + codes.LONGEST - 1) > 0 and len(codes) == 1
        codes.forget(1000.0 + codes.FORGOTTEN)
        assert len(codes) == 0
        codes.note("a", 5000.0)
        assert codes.wait("a", 5000.0) == 0

    def test_a_million_askers_fill_no_memory(self):
        codes = WrongCodes(max_remembered=100)
        for number in range(1000):
            codes.note(f"asker {number}", 1000.0)
        assert len(codes) == 100


class TestSeats:
    def test_so_many_at_the_same_time(self):
        seats = Seats(2, "No seat left")
        first = seats.take("a")
        seats.check("a")
        second = seats.take("a")
        with pytest.raises(LimitReached, match="No seat left"):
            seats.check("a")
        seats.check("b")
        first()
        seats.check("a")
        second()
        assert len(seats) == 0

    def test_zero_is_no_limit(self):
        seats = Seats(0, "")
        for _ in range(100):
            seats.check("a")
            seats.take("a")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_network_is_one_asker(address, network):
    assert network_of(address) == network
