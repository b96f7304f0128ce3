"""How many files, and so how many connections, this process may have open."""

import contextlib
import resource
from pathlib import Path

# Descriptors that are not clients: the database, logs, the loop, a page that is being read.
RESERVED = 64
# What Linux allows a process that has no limit of its own (fs.nr_open).
UNLIMITED = 1_048_576
_SOMAXCONN = Path("/proc/sys/net/core/somaxconn")


def allow_many_connections() -> None:
    """As many as the system allows. Many systems allow a process 1,024 open files until it asks for more, and each
    phone is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def connections_allowed(files: int | None = None) -> int:
    """Clients that a process with such a limit of open files can have at the same time; without one, this process."""
    if files is None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(0, (UNLIMITED if files == resource.RLIM_INFINITY else files) - RESERVED)


def queue_allowed() -> int | None:
    """Connections that can wait to be taken in, whatever a program asks for; None where the system does not say."""
    try:
        return int(_SOMAXCONN.read_text())
    except (OSError, ValueError):
        return None
