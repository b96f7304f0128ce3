"""Who tries passwords waits longer each time, and nobody else does. The clock is a number."""

import pytest

from quizzler.errors import LimitReached, Unavailable
from quizzler.security import guesses as module
from quizzler.security.guesses import AT_ONCE, FORGOTTEN_AFTER, FREE, FREE_FROM_ALL, LONGEST_WAIT, Guesses

ADA, HOME, AWAY = "ada@example.org", "192.0.2.1", "198.51.100.7"


class World:
    """``wait`` is None where a password was looked at, else the seconds that the guesser is told."""

    def __init__(self, **more):
        self.now = 1000.0
        self.guesses = Guesses(lambda: self.now, **more)

    def guess(self, account: str = ADA, address: str = HOME, *, right: bool = False) -> int | None:
        try:
            with self.guesses.guess(account, address) as guess:
                guess.was_right = right
        except LimitReached as refused:
            return refused.retry_after
        return None

    def guess_until_told(self, account: str = ADA, address: str = HOME) -> int:
        """How many wrong passwords were looked at."""
        looked = 0
        while self.guess(account, address) is None:
            looked += 1
        return looked


@pytest.fixture
def world() -> World:
    return World()


def test_first_ones_are_free_and_then_each_wait_is_twice_the_last(world):
    assert world.guess_until_told() == FREE
    waits = []
    for _ in range(14):
        waits.append(world.guess())
        world.now += waits[-1]
        assert world.guess() is None, "once it has waited it is looked at again"
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]


def test_wait_is_told_in_whole_seconds_and_is_over_when_it_says(world):
    world.guess_until_told()
    world.now += 1
    assert world.guess() is None
    world.now += 0.3
    assert world.guess() == 2
    world.now += 1.6
    assert world.guess() == 1
    world.now += 0.1
    assert world.guess() is None


def test_asking_too_early_makes_it_no_longer(world):
    world.guess_until_told()
    for _ in range(100):
        assert world.guess() == 1


def test_sentence_says_how_long():
    assert [module.in_words(seconds) for seconds in (1, 2, 64, 128, 900)] == [
        "1 second",
        "2 seconds",
        "64 seconds",
        "3 minutes",
        "15 minutes",
    ]


def test_others_are_not_held_up(world):
    world.guess_until_told()
    assert world.guess(account="bob@example.org") is None
    assert world.guess(address=AWAY) is None


def test_right_password_makes_good(world):
    for _ in range(FREE - 1):
        world.guess()
    assert world.guess(right=True) is None
    assert world.guess_until_told() == FREE


def test_right_password_waits_like_any_other(world):
    """Else waiting would tell which one it is."""
    world.guess_until_told()
    assert world.guess(right=True) == 1


def test_all_is_forgotten_with_time(world):
    world.guess_until_told()
    world.now += FORGOTTEN_AFTER
    assert world.guess_until_told() == FREE


def test_password_that_could_not_be_looked_at_counts_for_nothing(world):
    for _ in range(3 * FREE):
        with pytest.raises(Unavailable), world.guesses.guess(ADA, HOME):
            raise Unavailable("The database is away")
    assert len(world.guesses) == 0
    assert world.guess_until_told() == FREE


def test_other_errors_count_as_wrong(world):
    with pytest.raises(ZeroDivisionError), world.guesses.guess(ADA, HOME):
        1 / 0
    assert world.guess_until_told() == FREE - 1


@pytest.mark.parametrize("addresses", [200, 5000])
def test_many_addresses_make_a_siege(world, addresses):
    """Each gets one look, and then waits as long as the siege has earned; the owner comes in all the same."""
    for number in range(addresses):
        assert world.guess(address=f"10.0.{number // 250}.{number % 250}") is None
    assert world.guess(address="10.0.0.0") == LONGEST_WAIT
    assert world.guess(right=True) is None, "from home, where nobody has failed"
    assert world.guess() is None and world.guess() == LONGEST_WAIT, "but whoever fails waits, at home too"


def test_siege_begins_gently_and_ends_with_time(world):
    for number in range(FREE_FROM_ALL):
        assert world.guess(address=f"10.0.0.{number}") is None
    assert world.guess(address="10.0.0.0") == 1
    assert world.guess(account="bob@example.org", address="10.0.0.0") is None
    world.now += FORGOTTEN_AFTER
    assert world.guess_until_told(address="10.0.0.0") == FREE


def test_owners_right_password_does_not_lift_a_siege(world):
    for number in range(FREE_FROM_ALL):
        world.guess(address=f"10.0.0.{number}")
    world.guess(right=True)
    assert world.guess(address="10.0.0.0") == 1


def test_many_in_the_same_moment_are_no_way_around(world):
    """Each is begun before the first has ended."""
    looked, refused = [], []
    for _ in range(500):
        guess = world.guesses.guess(ADA, HOME)
        try:
            guess.__enter__()
            looked.append(guess)
        except LimitReached as error:
            refused.append(error.retry_after)
    assert (len(looked), set(refused)) == (AT_ONCE, {1})
    for guess in looked:
        guess.__exit__(None, None, None)
    assert world.guess() == LONGEST_WAIT


def test_class_may_share_an_account(world):
    begun = [world.guesses.guess(ADA, HOME) for _ in range(AT_ONCE)]
    for guess in begun:
        guess.__enter__().was_right = True
    for guess in begun:
        guess.__exit__(None, None, None)
    assert len(world.guesses) == 0


def test_who_has_to_wait_is_looked_at_one_at_a_time(world):
    world.guess_until_told()
    world.now += 1
    with world.guesses.guess(ADA, HOME):
        assert world.guess() == 1


def test_siege_is_looked_at_one_at_a_time_too(world):
    for number in range(FREE_FROM_ALL):
        world.guess(address=f"10.0.0.{number}")
    with world.guesses.guess(ADA, HOME) as guess:
        guess.was_right = True
        assert world.guess() == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_whole_ipv6_network_is_one_address(world, one, other, same):
    world.guess_until_told(address=one)
    assert (world.guess(address=other) is not None) == same


def test_million_names_do_not_fill_memory():
    world = World(max_entries=100)
    for number in range(2000):
        world.guess(account=f"{number}@example.org" + "x" * 10_000)
    assert len(world.guesses) == 200
    held = [key for shelf in (world.guesses._of_pairs, world.guesses._of_accounts) for key in shelf._tries]
    assert {len(key) for key in held} == {16}


def test_lone_surrogates_are_a_name_like_any_other(world):
    assert world.guess_until_told(account="\ud800") == FREE
