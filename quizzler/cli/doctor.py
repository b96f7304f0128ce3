"""``quizzler doctor``: checks a set-up and says how to mend what it finds."""

import argparse
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from quizzler.cli import common
from quizzler.config import Settings
from quizzler.errors import StartupError
from quizzler.ops.doctor import database, machine, public, server
from quizzler.ops.doctor.finding import Finding, Level
from quizzler.ops.files import allow_many_connections
from quizzler.ops.terminal import printable

DESCRIPTION = "Checks a set-up, while the server runs or not, and says how to mend what is wrong. Changes nothing."
EPILOG = "Exit status: 0 where all is well, 1 where something is to be mended."
TO_BE_MENDED = 1
COLOURS = {Level.WELL: "green", Level.WEAK: "bold yellow", Level.BROKEN: "bold red", Level.UNKNOWN: "dim"}


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser(
        "doctor", help="check a set-up and say how to mend it", description=DESCRIPTION, epilog=EPILOG
    )
    common.add_settings(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    findings = list(examine(given))
    show(Console(markup=False, emoji=False, highlight=False), findings)
    return TO_BE_MENDED if any(finding.is_to_be_mended for finding in findings) else 0


def examine(given: argparse.Namespace) -> Iterator[Finding]:
    try:
        settings = common.settings(given)
    except StartupError as error:
        yield Finding(Level.BROKEN, "Settings", error.sentence, "Correct it: quizzler serve --help lists them all")
        return
    yield Finding(Level.WELL, "Settings", "All settings can be read")
    for name, meant in common.strangers(given):
        how = f"{meant} is one: correct the name" if meant else "Correct the name: quizzler serve --help lists them all"
        what = f"{name} in {common.env_file(given)} is not a setting, and does nothing"
        yield Finding(Level.WEAK, "Settings file", what, how)
    yield from of_set_up(settings)


def of_set_up(settings: Settings) -> Iterator[Finding]:
    allow_many_connections()
    port, running = server.port(settings)
    yield port
    yield machine.open_files(settings, running.limit if running else None)
    yield machine.queue(settings)
    yield from machine.data_folder(settings)
    yield from database.database(settings)
    yield from machine.clock()
    yield from public.own_certificate(settings)
    yield from public.public_address(settings, running)


def show(console: Console, findings: list[Finding]) -> None:
    table = Table.grid(padding=(0, 2))
    for overflow in ("ignore", "ignore", "fold"):
        table.add_column(overflow=overflow)
    for finding in findings:
        said = Text(printable(finding.what) + ".")
        if finding.how:
            said.append(f"\n→ {printable(finding.how)}.", style="bold")
        table.add_row(Text(finding.level, style=COLOURS[finding.level]), finding.subject, said)
    console.print(table)
    console.print()
    count = sum(finding.is_to_be_mended for finding in findings)
    console.print("All is well." if not count else f"To be mended: {count}.")
