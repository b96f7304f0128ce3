"""What systemd hands over, and what it wants to hear: sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3)."""

import contextlib
import os
import socket
from collections.abc import Callable, MutableMapping

from tornado.ioloop import PeriodicCallback

FIRST_DESCRIPTOR = 3
# While it starts, how often systemd hears that it is still at work, and for how many seconds that is good: an upgrade
# of the database reports between steps that take long.
STARTING_EVERY, STARTING_FOR = 2.0, 600.0
STATUS_EVERY = 10.0


def inherited_sockets() -> list[socket.socket]:
    """The listening sockets of socket activation; none where the server was started otherwise.

    They outlive the server: while it is restarted, whoever connects waits in their queue.
    """
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = os.environ.get("LISTEN_FDS", "")
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)
    sockets = [socket.socket(fileno=FIRST_DESCRIPTOR + n) for n in range(int(count) if count.isdecimal() else 0)]
    for each in sockets:
        each.setblocking(False)
        os.set_inheritable(each.fileno(), False)
    return sockets


class Manager:
    """Tells the service manager how the server is; where nobody asked for it, nothing happens.

    The watchdog is fed by the loop itself: a loop that hangs feeds nobody, and systemd starts the server again.
    """

    def __init__(self, environ: MutableMapping[str, str] = os.environ):
        self._address = environ.pop("NOTIFY_SOCKET", "")
        microseconds = environ.pop("WATCHDOG_USEC", "")
        is_ours = environ.pop("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        # Seconds; None where nobody watches.
        self.watchdog = int(microseconds) / 1e6 if is_ours and microseconds.isdecimal() and int(microseconds) else None
        self._status = ""
        self._now_and_then: list[PeriodicCallback] = []

    def more_time(self) -> None:
        """The start takes longer, and is not stuck."""
        self._tell(EXTEND_TIMEOUT_USEC=int(STARTING_FOR * 1e6))

    def starting(self, status: str) -> None:
        """On the loop. As long as it turns, the start may last."""
        self._say(status)
        if not self._now_and_then:
            self.more_time()
            self._every(STARTING_EVERY, self.more_time)

    def ready(self, status: Callable[[], str]) -> None:
        """On the loop: the server can be used. ``status`` is asked for a line about it now and then."""
        self._stop()
        self._status = status()
        self._tell(READY=1, STATUS=self._status)
        self._every(STATUS_EVERY, lambda: self._say(status()))
        if self.watchdog is not None:
            self._feed()
            self._every(self.watchdog / 2, self._feed)

    def stopping(self) -> None:
        """The watchdog is fed until the loop ends."""
        self._tell(STOPPING=1, STATUS="Stopping: games are being stored")

    def _feed(self) -> None:
        self._tell(WATCHDOG=1)

    def _say(self, status: str) -> None:
        if status != self._status:
            self._status = status
            self._tell(STATUS=status)

    def _every(self, seconds: float, work: Callable[[], None]) -> None:
        if self._address:
            self._now_and_then.append(PeriodicCallback(work, seconds * 1000))
            self._now_and_then[-1].start()

    def _stop(self) -> None:
        for callback in self._now_and_then:
            callback.stop()
        self._now_and_then.clear()

    def _tell(self, **words: str | int) -> None:
        """Whatever becomes of it, the server goes on. A name that begins with @ is in the abstract namespace."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        message = "\n".join(f"{name}={value}" for name, value in words.items())
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.setblocking(False)
            notify.sendto(message.encode(), address)
