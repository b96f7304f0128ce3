"""Leads the processes of a load test through the evening, and collects what their people wrote down."""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from msgspec import Struct

from quizzler.errors import Invalid, QuizzlerError
from quizzler.loadtest.diary import Evening, PlayerDiary
from quizzler.loadtest.plan import Plan, Share, Target, shares
from quizzler.loadtest.pulse import Strain
from quizzler.loadtest.worker import (
    Assignment,
    Finished,
    Join,
    Joined,
    Leave,
    Opened,
    Play,
    Played,
    Progress,
    work,
)
from quizzler.ops.files import allow_many_connections, connections_allowed

STOP_SECONDS = 5.0


class Watch(Protocol):
    """Who looks on."""

    def stage(self, words: str, total: int) -> None:
        """Something of ``total`` steps begins."""

    def done(self, steps: int) -> None:
        """So many of them are done."""


class Record(Struct, frozen=True):
    """All that was played, room by room, and what it cost each process."""

    evenings: list[Evening]
    strains: list[Strain]


def play(plan: Plan, target: Target, token: str, watch: Watch) -> Record:
    """Raises ``QuizzlerError`` where this machine cannot do it."""
    parts = shares(plan)
    check_files(parts)
    with crew([Assignment(plan, target, token, part) for part in parts], watch) as workers:
        watch.stage("Rooms are opened", plan.rooms)
        codes = {room: code for opened in workers.hear(Opened) for room, code in opened.codes.items()}
        watch.done(len(codes))
        watch.stage("Players join", plan.everybody)
        workers.tell(Join(codes, time.perf_counter()))
        workers.hear(Joined)
        watch.done(workers.joined)
        watch.stage("Questions are answered", plan.everybody * plan.questions)
        workers.tell(Play())
        workers.hear(Played)
        workers.tell(Leave())
        finished: list[Finished] = workers.hear(Finished)
        watch.done(workers.answered)
    return Record(evenings(finished), [each.strain for each in finished])


def check_files(parts: list[Share]) -> None:
    """Raises ``Invalid`` where a process would run out of open files half-way."""
    allow_many_connections()
    most, needed = connections_allowed(), max(len(part.rooms) + len(part.seats) for part in parts)
    if needed > most:
        raise Invalid(
            f"A process of this machine may have {most:,} connections and would need {needed:,}: "
            "take more with --processes, or raise ulimit -n"
        )


def evenings(finished: list[Finished]) -> list[Evening]:
    """Everybody's diaries, by rooms."""
    players: dict[int, list[PlayerDiary]] = {}
    for each in finished:
        for diary in each.players:
            players.setdefault(diary.room, []).append(diary)
    hosts = sorted((host for each in finished for host in each.hosts), key=lambda host: host.room)
    return [Evening(host, players[host.room]) for host in hosts]


class Workers:
    """The processes at the other ends of the pipes."""

    def __init__(self, pipes: list[Pipe], watch: Watch):
        self._pipes = pipes
        self._watch = watch
        self._progress = dict.fromkeys(pipes, Progress(0, 0, 0))
        self._playing = False

    @property
    def joined(self) -> int:
        """Players who have tried, whatever came of it."""
        return sum(each.arrived + each.refused for each in self._progress.values())

    @property
    def answered(self) -> int:
        return sum(each.acknowledged for each in self._progress.values())

    def tell(self, order: Any) -> None:
        self._playing = isinstance(order, Play | Leave)
        for pipe in self._pipes:
            pipe.send(order)

    def hear(self, kind: type) -> list[Any]:
        """One report of that kind from each; progress is passed on meanwhile. Raises ``QuizzlerError``."""
        reports: dict[Pipe, Any] = {}
        while len(reports) < len(self._pipes):
            for pipe in wait(self._pipes):
                try:
                    report = pipe.recv()
                except (EOFError, OSError):
                    raise QuizzlerError("A process of the load test has ended before its time") from None
                if isinstance(report, kind):
                    reports[pipe] = report
                else:
                    self._progress[pipe] = report
                    self._watch.done(self.answered if self._playing else self.joined)
        return [reports[pipe] for pipe in self._pipes]


@contextmanager
def crew(assignments: list[Assignment], watch: Watch) -> Iterator[Workers]:
    """Processes of their own: one Python is one core. Fresh ones, that nothing of this one lives on in."""
    context = multiprocessing.get_context("spawn")
    pipes: list[Pipe] = []
    processes: list[BaseProcess] = []
    try:
        for assignment in assignments:
            ours, theirs = context.Pipe()
            pipes.append(ours)
            processes.append(context.Process(target=work, args=(theirs, assignment), daemon=True))
            with interrupts_ignored():
                processes[-1].start()
            theirs.close()  # or the end of the process would not be noticed
        yield Workers(pipes, watch)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(STOP_SECONDS)
            if process.is_alive():
                process.kill()


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """A process that is begun meanwhile ignores them for good. A terminal sends Ctrl-C to all, and the end of the pipe
    is what ends the others."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
