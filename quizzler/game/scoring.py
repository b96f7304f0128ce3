"""Share and seconds to points, one function per rule."""

BASE_POINTS = 100
POINTS_PER_SECOND_LEFT = 2


def speed(share: float, seconds_left: float) -> int:
    """The wire contract's default rule: right = 100 + int(2 × seconds left), wrong = 0.

    A share between 0 and 1 earns that share of the points, rounded down.
    """
    return int(share * (BASE_POINTS + int(POINTS_PER_SECOND_LEFT * max(0.0, seconds_left))))
