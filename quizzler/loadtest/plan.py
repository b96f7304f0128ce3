"""What is to be played, where, and by which of this machine's processes."""

import os
import socket
from itertools import pairwise
from urllib.parse import urlsplit

from msgspec import Struct

from quizzler.errors import Invalid, Unavailable

BURST, SPREAD = "burst", "spread"
# Up to so many players come as fast as they can, through one process.
SMALL = 100
JOIN_SECONDS = 10.0
MOST_PROCESSES = 4
CONNECT_SECONDS = 10.0


class Plan(Struct, frozen=True):
    """``players`` in each room; ``answers`` is ``burst`` or ``spread``; the players come within ``join_seconds``, 0 is
    as fast as they can."""

    url: str
    rooms: int
    players: int
    questions: int
    answers: str
    spread_seconds: float
    time_limit: float
    join_seconds: float
    processes: int

    @property
    def everybody(self) -> int:
        return self.rooms * self.players

    def check(self) -> None:
        """Raises ``Invalid``."""
        if self.answers == SPREAD and self.spread_seconds >= self.time_limit:
            raise Invalid(
                f"Answers spread over {self.spread_seconds:g} s do not fit into a time limit of {self.time_limit:g} s"
            )
        if self.processes > self.everybody:
            raise Invalid("More processes than players are of no use")


class Target(Struct, frozen=True):
    """A server's address, looked up once: thousands of connections would each ask again. ``authority`` and ``prefix``
    are as the URL has them, ``name`` is whom the certificate has to name."""

    address: str
    port: int
    name: str
    authority: str
    prefix: str
    secure: bool


class Seat(Struct, frozen=True):
    """A player of a room; ``arrives`` so many seconds after the doors open. ``number`` from 1."""

    room: int
    number: int
    arrives: float


class Share(Struct, frozen=True):
    """One process's part: the rooms that it hosts, and its players, in the order in which they come."""

    rooms: list[int]
    seats: list[Seat]


def usual_processes(everybody: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if everybody <= SMALL else min(cores, MOST_PROCESSES)


def usual_join_seconds(everybody: int) -> float:
    return 0.0 if everybody <= SMALL else JOIN_SECONDS


def shares(plan: Plan) -> list[Share]:
    """Equally many players for each process, so that one large room can be on several; a room's host is where its
    first player is. All rooms fill side by side."""
    seats = [
        Seat(room, number + 1, plan.join_seconds * (number * plan.rooms + room) / plan.everybody)
        for room in range(plan.rooms)
        for number in range(plan.players)
    ]
    cuts = [plan.everybody * part // plan.processes for part in range(plan.processes + 1)]
    parts = [seats[begin:end] for begin, end in pairwise(cuts)]
    return [
        Share(
            rooms=[seat.room for seat in part if seat.number == 1],
            seats=sorted(part, key=lambda seat: (seat.number, seat.room)),
        )
        for part in parts
    ]


def reach(url: str) -> Target:
    """The address of the URL's host that takes connections. Raises ``Unavailable``."""
    parts = urlsplit(url)
    secure = parts.scheme.lower() == "https"
    port = parts.port or (443 if secure else 80)
    try:
        with socket.create_connection((parts.hostname, port), timeout=CONNECT_SECONDS) as probe:
            address = probe.getpeername()[0]
    except socket.gaierror:
        raise Unavailable(f"The name {parts.hostname} is not known: is the address {url} right?") from None
    except ConnectionRefusedError:
        raise Unavailable(f"Nobody listens at {url}: is the server running?") from None
    except OSError as error:
        raise Unavailable(f"{url} cannot be reached: {error.strerror or error}") from None
    return Target(
        address=address,
        port=port,
        name=parts.hostname,
        authority=parts.netloc,
        prefix=parts.path.rstrip("/"),
        secure=secure,
    )
