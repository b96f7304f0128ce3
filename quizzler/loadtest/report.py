"""What whoever runs a load test sees: how far it is, the figures, and in the end the verdict."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from quizzler.loadtest.figures import Figures, Latency
from quizzler.loadtest.findings import WRONG
from quizzler.loadtest.run import Watch
from quizzler.loadtest.server import Guest
from quizzler.loadtest.verdict import NO, YES, Verdict

COLOURS = {YES: "bold green", NO: "bold red"}
RESERVED = "bold yellow"


def terminal() -> Console:
    """Standard output. What the server says is shown as it stands: nothing in it is markup."""
    return Console(markup=False, emoji=False, highlight=False)


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """Bars on a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = TextColumn("{task.description:22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        yield Bars(progress)


class Bars:
    def __init__(self, progress: Progress):
        self._progress = progress
        self._stage: TaskID | None = None

    def stage(self, words: str, total: int) -> None:
        if self._stage is not None:
            self._progress.stop_task(self._stage)
        self._stage = self._progress.add_task(words, total=total)

    def done(self, steps: int) -> None:
        if self._stage is not None:
            self._progress.update(self._stage, completed=steps)


class Lines:
    """A line for each tenth."""

    def __init__(self, console: Console):
        self._console = console
        self._words, self._total, self._told = "", 0, 0

    def stage(self, words: str, total: int) -> None:
        self._words, self._total, self._told = words, total, 0

    def done(self, steps: int) -> None:
        tenth = 10 * steps // self._total
        if tenth > self._told:
            self._told = tenth
            self._console.print(f"{self._words}: {steps:,} of {self._total:,}")


def show(console: Console, figures: Figures, guest: Guest, picture: str | None, verdict: Verdict) -> None:
    console.print()
    console.print(measured(figures))
    if figures.findings:
        console.print(found(figures))
    busy = " and ".join(f"{100 * share:.0f} %" for share in figures.busy)
    say(console, f"This machine was busy for {busy} of the time, and {figures.late_ms:.0f} ms late at worst.")
    password = f", password {guest.password}" if guest.password else ""
    say(console, f"The games are listed under the account {guest.email}{password}.")
    if picture:
        say(console, f"The picture is in {picture}.")
    console.print()
    say(console, verdict.sentence, COLOURS.get(verdict.answer, RESERVED))


def say(console: Console, sentence: str, style: str | None = None) -> None:
    """In one line, however wide the terminal is: whoever copies or greps it gets the sentence whole."""
    console.print(sentence, style=style, soft_wrap=True)


def measured(figures: Figures) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column()
    for name in ("count", "p50 ms", "p99 ms", "max ms"):
        table.add_column(name, justify="right")
    speed = f", {figures.joins_per_second:,.0f} per second" if figures.joins_per_second else ""
    row(table, f"A player joins{speed}", figures.joins)
    row(table, "A question reaches a phone", figures.questions)
    row(table, "An answer is acknowledged", figures.acks)
    row(table, "Results after the last answer", figures.results)
    wrong = sum(finding.count for finding in figures.findings if finding.kind == WRONG)
    table.add_row("Messages whose scores were checked", f"{figures.checked:,}")
    table.add_row("Figures in them that were wrong", f"{wrong:,}")
    return table


def row(table: Table, words: str, latency: Latency) -> None:
    values = (latency.p50_ms, latency.p99_ms, latency.max_ms)
    table.add_row(words, f"{latency.count:,}", *("-" if value is None else f"{value:,.1f}" for value in values))


def found(figures: Figures) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("failed")
    table.add_column("count", justify="right")
    table.add_column("what")
    table.add_column("first met at")
    for finding in figures.findings:
        table.add_row(finding.kind, f"{finding.count:,}", finding.what, finding.first)
    return table
