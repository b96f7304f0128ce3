"""The server's clock, which alone decides."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


def steady_clock() -> Clock:
    """Unix seconds that never jump: set by the wall clock once, carried on by the monotonic one.

    A correction of the machine's time in the middle of a question must not cost anyone seconds.
    """
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset
