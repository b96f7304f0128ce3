"""From ``DATABASE_URL`` to connection parameters with which the database was reached."""

import ipaddress
import socket
from itertools import zip_longest

import psycopg2
import psycopg2.extensions

from quizzler.errors import DatabaseLate, StartupError

# Seconds for each address of the database's host.
CONNECT_TIMEOUT = 5

# Where libpq looks unless it is told otherwise.
PORT = 5432
OLDEST_VERSION = 130000
# client_connection_check_interval came with PostgreSQL 14.
CHECKS_CLIENT_FROM = 140000


class HostUnknown(StartupError):
    """Nobody knows where the database's host is."""


class TooOld(StartupError):
    """A PostgreSQL from before the oldest that is supported."""


def reachable(url: str) -> dict[str, str]:
    """The parameters of the first of the host's addresses that answers. Blocks: not for the loop.

    Raises ``StartupError`` where none does, or where PostgreSQL is older than 13. No sentence holds the password.
    """
    try:
        given = psycopg2.extensions.parse_dsn(url)
    except psycopg2.ProgrammingError:
        raise StartupError("DATABASE_URL is not an address that PostgreSQL understands") from None
    failure: Exception | None = None
    for address in addresses(given):
        parameters = {**given, **address, "application_name": "quizzler"}
        try:
            version = _server_version(parameters)
            parameters["options"] = _options(given, version)
            # Once more, as the pool will: a connection pooler in between may refuse the options.
            _server_version(parameters)
        except psycopg2.OperationalError as error:
            failure = error
            continue
        return parameters
    kind = DatabaseLate if _may_come_up(failure) else StartupError
    raise kind(f"The database at {_where(given)} cannot be reached: {_reason(failure)}")


def addresses(given: dict[str, str]) -> list[dict[str, str]]:
    """What to add to the parameters, an address each. libpq looks names up while it blocks the loop, and with several
    addresses it reports a failure only after the whole timeout: so names are resolved here. ``host`` stays, TLS
    verifies it."""
    host = given.get("host", "")
    if not host or host.startswith(("/", "@")) or "," in host or "hostaddr" in given:
        return [{}]
    if not is_name(host):
        return [{"hostaddr": str(ipaddress.ip_address(host))}]
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise HostUnknown(f"The database's host {host} cannot be found: {error.strerror or error}") from None
    except UnicodeError:
        raise HostUnknown(f"The database's host {host} cannot be found: no host can have that name") from None
    return [{"hostaddr": address} for address in dict.fromkeys(str(entry[4][0]) for entry in found)]


def place(url: str) -> str:
    """What a person calls the database; without the password."""
    try:
        given = psycopg2.extensions.parse_dsn(url)
    except psycopg2.ProgrammingError:
        return "the database"
    name = given.get("dbname") or given.get("user")
    return f"the database {f'{name} ' if name else ''}at {_where(given)}"


def may_move(url: str) -> bool:
    """Whether the database can be at another address tomorrow, having been reached at this one."""
    given = psycopg2.extensions.parse_dsn(url)
    return is_name(given.get("host", "/")) and "hostaddr" not in given


def is_name(host: str) -> bool:
    """And no address, no list of several, and no folder with a socket."""
    if host.startswith(("/", "@")) or "," in host:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False


def _where(given: dict[str, str]) -> str:
    """Each host with its port, as libpq pairs them: one port is for all, an empty one is the usual one."""
    hosts = (given.get("host") or given.get("hostaddr") or "the local socket").split(",")
    ports = given.get("port", "").split(",")
    ports *= len(hosts) if len(ports) == 1 else 1
    pairs = zip_longest(hosts, ports[: len(hosts)], fillvalue="")
    return ", ".join(f"{f'[{host}]' if ':' in host else host}:{port or PORT}" for host, port in pairs)


def _may_come_up(failure: Exception | None) -> bool:
    """Nobody listens yet, or the server that does is starting or stopping (57P03). A wrong password stays wrong."""
    said = str(failure)
    return "FATAL" not in said or any(word in said for word in ("starting up", "shutting down", "recovery mode"))


def _server_version(parameters: dict[str, str]) -> int:
    """As libpq has it: 130004 is 13.4."""
    connection = psycopg2.connect(**{"connect_timeout": CONNECT_TIMEOUT, **parameters})
    try:
        version = connection.server_version
    finally:
        connection.close()
    if version < OLDEST_VERSION:
        raise TooOld(f"PostgreSQL {version // 10000} is too old: Quizzler needs 13 or later")
    return version


def _options(given: dict[str, str], version: int) -> str:
    options = f"{given.get('options', '')} -c timezone=UTC"
    if version >= CHECKS_CLIENT_FROM:
        # Else the server goes on with a query whose client was cancelled and has gone.
        options += " -c client_connection_check_interval=500"
    return options.strip()


def _reason(failure: Exception | None) -> str:
    """libpq's last line, without the address it repeats; lines that are indented are its advice."""
    lines = [line for line in str(failure).strip().splitlines() if not line.startswith("\t")]
    return lines[-1].split("failed: ")[-1].removeprefix("FATAL:").strip() if lines else "no address"
