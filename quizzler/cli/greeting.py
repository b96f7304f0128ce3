"""What ``quizzler serve`` says when it runs: where to open it, and how many this machine can take."""

import logging

from quizzler.config import Settings
from quizzler.ops import files
from quizzler.ops.addresses import is_loopback, lan_address

log = logging.getLogger(__name__)


def greeting(settings: Settings, port: int) -> str:
    everywhere = settings.host in ("", "0.0.0.0", "::")
    name = "localhost" if everywhere else f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_certificate else "http"
    here = f"{scheme}://{name}:{port}"
    data = "the database of DATABASE_URL" if settings.database_url else settings.data_dir
    lines = [
        "Quizzler is running.",
        "",
        f"Open         {here}",
        f"Phones open  {_for_phones(settings, here, name, everywhere)}",
        f"Connections  {files.connections_allowed():,} at most, by the limit of open files",
        f"Data         {data}",
    ]
    return "\n" + "\n".join(f"  {line}".rstrip() for line in lines) + "\n\n"


def warn_of_limits(settings: Settings, backlog: int) -> None:
    """Where the machine allows less than the settings promise, it is better known before the hall is full."""
    connections, queue = files.connections_allowed(), files.queue_allowed()
    wanted = settings.connections_promised
    if connections < wanted:
        log.warning(
            "MAX_ROOMS and MAX_PLAYERS_PER_ROOM promise %s connections, this machine allows %s: raise the limit of open "
            "files (ulimit -n, or LimitNOFILE= in a systemd unit)",
            f"{wanted:,}",
            f"{connections:,}",
        )
    if queue is not None and queue < min(wanted, backlog):
        log.warning(
            "Only %d people can knock at the same moment (net.core.somaxconn): the others wait a second or more", queue
        )


def _for_phones(settings: Settings, here: str, name: str, everywhere: bool) -> str:
    if settings.public_url:
        return settings.public_url
    if everywhere:
        address = lan_address()
        return here.replace(name, address) if address else "(this machine is in no network)"
    return "(none can: the server listens to this machine alone)" if is_loopback(name) else here
