"""What systemd hands over, and what it wants to hear."""

import os
import socket

FIRST_DESCRIPTOR = 3


def inherited_sockets() -> list[socket.socket]:
    """The listening sockets of socket activation, sd_listen_fds(3); none where the server was started otherwise.

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
