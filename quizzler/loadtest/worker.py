"""One process of a load test: its share of hosts and players, led through the evening by orders from ``run``.

Order and report take turns: (start) → ``Opened``, ``Join`` → ``Joined``, ``Play`` → ``Played``, ``Leave`` →
``Finished``; ``Progress`` comes in between.
"""

import asyncio
import contextlib
import gc
import ssl
import time
from multiprocessing.connection import Connection as Pipe

from msgspec import Struct

from quizzler.loadtest.diary import HostDiary, PlayerDiary
from quizzler.loadtest.host import Host
from quizzler.loadtest.messages import TO_PLAYER, Hearing
from quizzler.loadtest.phone import Phone, Thinking
from quizzler.loadtest.plan import Plan, Seat, Share, Target
from quizzler.loadtest.pulse import Meter, Pulse, Strain
from quizzler.ops.files import allow_many_connections

PROGRESS_SECONDS = 0.2
# Of one process, where nobody is paced: more at once would only wait in the server's queue.
ARRIVALS_AT_ONCE = 64
NO_ROOM = "Their room was not opened"


class Opened(Struct, frozen=True):
    """Codes by the numbers of the rooms that could be opened."""

    codes: dict[int, str]


class Join(Struct, frozen=True):
    """All rooms' codes; the doors open at ``at``."""

    codes: dict[int, str]
    at: float


class Joined(Struct, frozen=True):
    pass


class Play(Struct, frozen=True):
    pass


class Played(Struct, frozen=True):
    pass


class Leave(Struct, frozen=True):
    pass


class Progress(Struct, frozen=True):
    arrived: int
    refused: int
    acknowledged: int


class Finished(Struct, frozen=True):
    hosts: list[HostDiary]
    players: list[PlayerDiary]
    strain: Strain


class Assignment(Struct, frozen=True):
    """``token`` is the hosts'."""

    plan: Plan
    target: Target
    token: str
    share: Share


def work(pipe: Pipe, assignment: Assignment) -> None:
    """A process's whole life. It ends when nobody is left at the other end of the pipe."""
    allow_many_connections()
    # It lives for an evening, and a collection in the middle of a burst would be measured as the server's.
    gc.disable()
    with contextlib.suppress(asyncio.CancelledError, ConnectionError):
        asyncio.run(_Worker(pipe, assignment).spend_the_evening())


class _Worker:
    def __init__(self, pipe: Pipe, assignment: Assignment):
        self._pipe = pipe
        self._plan = assignment.plan
        self._target = assignment.target
        self._token = assignment.token
        self._share = assignment.share
        self._pulse = Pulse()
        self._orders: asyncio.Queue = asyncio.Queue()

    async def spend_the_evening(self) -> None:
        loop, me = asyncio.get_running_loop(), asyncio.current_task()
        loop.add_reader(self._pipe.fileno(), self._hear_order, me)
        tls = ssl.create_default_context() if self._target.secure else None
        reporting = asyncio.create_task(self._report())

        hosts = await self._open_rooms(tls)
        self._pipe.send(Opened({host.diary.room: host.diary.code for host in hosts if host.diary.arrived is not None}))
        join: Join = await self._orders.get()
        guests, strangers = self._guests(join.codes)
        await self._let_in(guests, join.at, tls)
        self._report_progress()
        self._pipe.send(Joined())
        await self._orders.get()
        meter = Meter(self._pulse)
        await asyncio.gather(*(host.play(self._plan) for host in hosts))
        self._pipe.send(Played())
        await self._orders.get()
        strain = meter.stop()
        await asyncio.gather(*(phone.leave() for _, phone in guests))
        reporting.cancel()
        self._report_progress()
        players = [phone.diary for _, phone in guests]
        self._pipe.send(Finished([host.diary for host in hosts], players + strangers, strain))
        # To an end before the others' it would look like a fault.
        await self._orders.get()

    async def _open_rooms(self, tls: ssl.SSLContext | None) -> list[Host]:
        hosts = [Host(self._target, self._token, HostDiary(room), self._pulse) for room in self._share.rooms]
        at_once = asyncio.Semaphore(ARRIVALS_AT_ONCE)

        async def open_room(host: Host) -> None:
            async with at_once:
                await host.arrive(tls)

        await asyncio.gather(*map(open_room, hosts))
        return hosts

    def _guests(self, codes: dict[int, str]) -> tuple[list[tuple[Seat, Phone]], list[PlayerDiary]]:
        """Who can come, and the diaries of those whose room there is not."""
        hearings = {room: Hearing(TO_PLAYER) for room in codes}
        thinking = {room: Thinking(self._plan) for room in codes}
        guests, strangers = [], []
        for seat in self._share.seats:
            room, diary = seat.room, PlayerDiary(seat.room, name=f"Player {seat.number}")
            if room in codes:
                phone = Phone(self._target, codes[room], diary, hearings[room], self._pulse, thinking[room])
                guests.append((seat, phone))
            else:
                diary.refusal = NO_ROOM
                strangers.append(diary)
        return guests, strangers

    async def _let_in(self, guests: list[tuple[Seat, Phone]], opens_at: float, tls: ssl.SSLContext | None) -> None:
        paced = self._plan.join_seconds > 0
        at_once = asyncio.Semaphore(len(guests) + 1 if paced else ARRIVALS_AT_ONCE)

        async def let_in(seat: Seat, phone: Phone) -> None:
            await asyncio.sleep(max(0.0, opens_at + seat.arrives - time.perf_counter()))
            async with at_once:
                if await phone.arrive(tls):
                    self._pulse.arrived += 1
                else:
                    self._pulse.refused += 1

        await asyncio.gather(*(let_in(*guest) for guest in guests))

    async def _report(self) -> None:
        with contextlib.suppress(ConnectionError):  # nobody listens any more, which ends the orders, too
            while True:
                self._report_progress()
                await asyncio.sleep(PROGRESS_SECONDS)

    def _report_progress(self) -> None:
        pulse = self._pulse
        self._pipe.send(Progress(pulse.arrived, pulse.refused, pulse.acknowledged))

    def _hear_order(self, me: asyncio.Task) -> None:
        try:
            self._orders.put_nowait(self._pipe.recv())
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            me.cancel()
