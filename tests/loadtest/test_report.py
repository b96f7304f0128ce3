"""What is seen on a terminal and elsewhere."""

import io

from rich.console import Console

from quizzler.loadtest.report import Bars, Lines, show, watching
from quizzler.loadtest.server import Guest
from quizzler.loadtest.verdict import verdict
from tests.loadtest.test_verdict import figures, finding

GUEST = Guest("loadtest-1@example.com", "token", "secret word")


def console(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100, markup=False, emoji=False, highlight=False)


def test_bars_on_a_terminal():
    screen = console(True)
    with watching(screen) as watch:
        assert isinstance(watch, Bars)
        watch.stage("Players join", 300)
        watch.done(150)
        watch.stage("Questions are answered", 1500)
        watch.done(1500)
    said = screen.file.getvalue()
    assert "150/300" in said and "1500/1500" in said and "\x1b[" in said


def test_a_line_for_each_tenth_elsewhere():
    screen = console(False)
    with watching(screen) as watch:
        assert isinstance(watch, Lines)
        watch.stage("Players join", 300)
        for joined in range(0, 301, 5):
            watch.done(joined)
    lines = screen.file.getvalue().splitlines()
    assert len(lines) == 10
    assert (lines[0], lines[-1]) == ("Players join: 30 of 300", "Players join: 300 of 300")


def test_report_has_figures_findings_account_and_the_verdict_last():
    result = figures(found=[finding("not joined", "The [red]room[/red] is full", 12), finding("wrong", "points", 3)])
    screen = console(False)
    show(screen, result, GUEST, "picture.svg", verdict(result))
    said = screen.file.getvalue()
    assert "A player joins, 30 per second" in said and "The [red]room[/red] is full" in said
    assert "account loadtest-1@example.com, password secret word." in said and "picture.svg" in said
    assert said.splitlines()[-1] == verdict(result).sentence and "\x1b" not in said


def test_account_that_was_there_before_has_no_password_here():
    screen = console(False)
    show(screen, figures(), Guest("ann@example.org", "token"), None, verdict(figures()))
    assert "under the account ann@example.org." in screen.file.getvalue()
    assert "picture" not in screen.file.getvalue()
