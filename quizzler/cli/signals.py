"""What SIGINT and SIGTERM do to a verb that has something to put right before it ends."""

import signal
from collections.abc import Callable
from typing import NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def on_first_stop_signal(act: Callable[[], object]) -> None:
    """Only the first one counts: the way down that it begins is bounded in time, and must not be cut short, neither by
    an impatient Ctrl-C nor by a service manager that signals the whole group. So not the loop's own handlers: these
    end before PostgreSQL does."""

    def handle(*_: object) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        act()

    for number in STOP_SIGNALS:
        signal.signal(number, handle)


def give_up() -> NoReturn:
    raise KeyboardInterrupt
