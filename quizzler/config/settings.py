"""The table of all settings, and where their values come from."""

import os
import pwd
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from quizzler.config import env_files
from quizzler.config.values import (
    addresses,
    database_url,
    file,
    folder,
    host,
    host_names,
    networks,
    one_of,
    origins,
    seconds,
    secret,
    web_address,
    whole,
    yes_or_no,
)
from quizzler.errors import StartupError

SECRET = "secret"

# As quizzler.service has it.
SERVICE_DATA = Path("/var/lib/quizzler")

# RFC 6890: this machine, and networks that nobody reaches from the internet.
LOCAL_NETWORKS = networks("127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7")


def setting(
    default: Any, read: Callable[[str], Any], help: str, *, shown: str | None = None, secret: bool = False
) -> Any:
    """``read`` turns text into the value or raises ``ValueError`` with what is expected; ``shown`` is the
    default as people read it."""
    factory = {"default_factory": default} if callable(default) else {"default": default}
    return field(**factory, metadata={"read": read, "help": help, "shown": shown, SECRET: secret})


def default_data_dir() -> Path:
    """root's own home is closed to the user that PostgreSQL then runs as; the service's user is at home in the data.
    Raises ``StartupError``."""
    if os.geteuid() == 0 or _home() == SERVICE_DATA:
        return SERVICE_DATA
    try:
        return folder("~/.local/share/quizzler")
    except ValueError:
        raise StartupError("DATA_DIR has to be given: this user has no home folder") from None


def _home() -> Path | None:
    """As the system has it, whoever became this user in whatever way."""
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        return None


@dataclass(frozen=True)
class Settings:
    data_dir: Path = setting(
        default_data_dir,
        folder,
        "Folder for the private PostgreSQL and the secret that signs tokens",
        shown="~/.local/share/quizzler (for root and the service's user /var/lib/quizzler)",
    )
    host: str = setting("0.0.0.0", host, "Address to listen on")
    port: int = setting(8000, whole(0, 65535), "Port to listen on; 0 takes a free one")
    public_url: str = setting(
        "", web_address, "Address that players open, if it is not this machine's own", shown="found out"
    )
    allowed_hosts: frozenset[str] = setting(
        frozenset(),
        host_names,
        "Further names under which the server may be opened, separated by commas, or `*` for any",
        shown="the name in PUBLIC_URL, or any name where that is not set",
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = setting(
        (),
        networks,
        "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto count, separated by commas",
        shown="none",
    )
    tls_certificate: Path | None = setting(
        None, file, "Certificate for https, a PEM file with the whole chain; renewed files are taken up", shown="none"
    )
    tls_key: Path | None = setting(None, file, "Private key of that certificate, a PEM file", shown="none")
    database_url: str = setting(
        "",
        database_url,
        "A PostgreSQL of your own (13 or later)",
        shown="a private one in the data folder",
        secret=True,
    )
    database_pool_size: int = setting(10, whole(2, 100), "Connections to PostgreSQL at most")
    database_wait: float = setting(10.0, seconds(0), "Seconds to wait at start for a database that is late")
    jwt_secret_key: str = setting(
        "",
        secret,
        "Signs the tokens of signed-in users, 32 bytes or more",
        shown="made at first start, kept in the data folder",
        secret=True,
    )
    token_lifetime: float = setting(
        43_200.0, seconds(60), "Seconds that an access token lives; pages renew theirs, simple clients sign in again"
    )
    sign_in_lifetime: float = setting(
        2_592_000.0, seconds(60), "Seconds until somebody has to give their password again"
    )
    bcrypt_cost: int = setting(12, whole(4, 16), "Cost of a password's hash: one more doubles the time it takes")
    cors_origins: tuple[str, ...] = setting(
        (), origins, "Other sites whose pages may use the API, separated by commas, or `*`", shown="none"
    )
    admin_emails: frozenset[str] = setting(
        frozenset(),
        addresses,
        "Email addresses whose accounts are admins, separated by commas; make these accounts before others can",
        shown="none",
    )
    max_rooms: int = setting(100, whole(1), "Rooms at the same time")
    max_players_per_room: int = setting(50, whole(1), "Connected players in one room")
    max_connections_per_ip: int = setting(
        5,
        whole(0),
        "Players from one address at the same time, where neither the room's host is at that address nor has let "
        "people share one; and connected rooms of one host. 0 is no limit",
    )
    max_requests_per_window: int = setting(
        30,
        whole(0),
        "Requests without a token, sign-ins and joins of one address in each `RATE_LIMIT_WINDOW`. 0 is no limit",
    )
    rate_limit_window: float = setting(60.0, seconds(0.1), "Seconds that `MAX_REQUESTS_PER_WINDOW` is for")
    user_requests_per_minute: int = setting(300, whole(0), "Requests a minute of one signed-in user. 0 is no limit")
    messages_per_second: int = setting(
        10, whole(0), "Messages a second on one live connection; more are not read. 0 is no limit"
    )
    message_burst: int = setting(20, whole(1), "Messages at once on one live connection")
    host_grace: float = setting(600.0, seconds(1), "Seconds that a game waits for a host who is away")
    session_max_age: float = setting(7200.0, seconds(1), "Seconds after which a room is closed and its game stored")
    fast_sockets: bool = setting(
        True, yes_or_no, "Plain sockets for live rooms, for thousands of players (on Linux, without TLS in the process)"
    )
    heartbeat_interval: float = setting(30.0, seconds(0.1), "Seconds between heartbeats to every connection")
    heartbeat_timeout: float = setting(
        30.0, seconds(0.1), "Seconds without an answer to a heartbeat until a connection is dropped"
    )
    cleanup_interval: float = setting(300.0, seconds(0.1), "Seconds between clean-ups of what has expired")
    retention_days: int = setting(
        0, whole(0, 100_000), "Days after which games and attempts that ended are removed; 0 keeps them for ever"
    )
    journal_patience: float = setting(
        3.0, seconds(0), "Seconds that answers wait for a database that is away before the game goes on in memory"
    )
    allow_loadtest: bool = setting(False, yes_or_no, "Whether anyone may run `quizzler loadtest` against this server")
    metrics_allow: tuple[IPv4Network | IPv6Network, ...] = setting(
        LOCAL_NETWORKS,
        networks,
        "Networks and addresses that may read `/metrics`, separated by commas",
        shown="this machine and private networks",
    )
    max_memory_mb: int = setting(
        0, whole(0), "MB of memory past which the server calls itself unhealthy; 0 is no limit"
    )
    log_format: str = setting("text", one_of("text", "json"), "Log lines for people (`text`) or for programs (`json`)")
    log_level: str = setting(
        "info", one_of("debug", "info", "warning", "error"), "What is logged at least: debug, info, warning or error"
    )

    @property
    def connections_promised(self) -> int:
        """Of live rooms: all of them full, each with its host."""
        return self.max_rooms * (self.max_players_per_room + 1)

    @classmethod
    def load(
        cls, flags: Mapping[str, str | None], environ: Mapping[str, str], env_file: Path | None = None
    ) -> "Settings":
        """``flags`` by the fields' names, ``environ`` by theirs in capitals, ``env_file`` lines of NAME=value. An empty
        value counts as not given. Raises ``StartupError`` with one sentence for the first bad value."""
        values = {}
        file = env_files.read(env_file, names()) if env_file is not None else {}
        for each in fields(cls):
            variable = each.name.upper()
            given = flags.get(each.name) or environ.get(variable) or file.get(variable)
            if given:
                values[each.name] = _read(each, variable, given)
        return cls(**values)


def names() -> list[str]:
    """Of all settings, as the environment and files have them."""
    return [each.name.upper() for each in fields(Settings)]


def _read(each: Any, variable: str, given: str) -> Any:
    try:
        return each.metadata["read"](given)
    except ValueError as expected:
        shown = "what is given" if each.metadata[SECRET] else f"{given!r}"
        raise StartupError(f"{variable}: {shown} is not {expected}") from None
