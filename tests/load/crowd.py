"""Thousands of players: how quick, how dear, how large, against what this machine can do at best.

    python -m tests.load.crowd [broadcast answers halls joins memory game size] [--rounds 3] [--picture FILE]

Every server in turn in each round, medians over all questions of all rounds. The product is whole: accounts, rules,
a journal in PostgreSQL with ``fsync``, acknowledgements after the commit. Exit status 1 where a bar is missed.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from tests.load.chart import draw
from tests.load.contest import LIMIT, Arena, Report

SIZES = (50, 500, 5_000, 19_500)
QUESTIONS = 10


class Measurement:
    """Runs in turn, and what came of them by (server, players)."""

    def __init__(self, arena: Arena, rounds: int):
        self.missed: list[str] = []
        self.chart: str | None = None
        self._arena = arena
        self._rounds = rounds
        self._reports: dict[tuple[str, int], list[Report]] = defaultdict(list)

    def need(self, servers: Iterable[str], sizes: Iterable[int]) -> None:
        """One room of each size on each of these servers, as often as there are rounds."""
        todo = [(server, size) for size in sizes for server in servers if (server, size) not in self._reports]
        for number in range(self._rounds):
            for server, size in todo:
                said(f"round {number + 1} of {self._rounds}: {size:,} players, {server}")
                self._reports[server, size].append(self.run(server, rooms=1, players=size, questions=QUESTIONS))

    def run(self, server: str, **options: object) -> Report:
        report = self._arena.run(server, time_limit=options.pop("time_limit", 60), **options)
        if not report.right:
            self.missed.append(f"{server}, {options}: {report.figures['first_problem'] or 'something was wrong'}")
        return report

    def reports(self, server: str, size: int) -> list[Report]:
        return self._reports[server, size]

    def middle(self, server: str, size: int, part: str, name: str) -> float:
        return median(value for report in self._reports[server, size] for value in report.each(part, name))

    def bar(self, what: str, value: float, most: float, unit: str = "") -> str:
        """A cell with the value and the bar, and a note where it was missed."""
        if value > most:
            self.missed.append(f"{what}: {value:.4g}{unit}, the bar is {most:g}{unit}")
        return f"{value:.3g}{unit} (≤ {most:g}{unit})"


def broadcast(found: Measurement) -> None:
    sizes = {50: 2.0, 5_000: 1.35, 19_500: 1.4}
    found.need(["product", "stub journal", LIMIT], sizes)
    print("\nA question to all, until the last one has it\n")
    print("| players | limit ms | product ms | times the limit | without the commit ms | times the limit |")
    print("|---:|---:|---:|---:|---:|---:|")
    for size, most in sizes.items():
        limit, whole, stub = (
            found.middle(server, size, "receipt", "last_ms") for server in (LIMIT, "product", "stub journal")
        )
        cell = found.bar(f"broadcast to {size:,}", whole / limit, most)
        print(f"| {size:,} | {limit:.2f} | {whole:.2f} | {cell} | {stub:.2f} | {stub / limit:.3g} |")


def answers(found: Measurement) -> None:
    found.need(["product", "stub journal", LIMIT], [5_000])
    print("\n5,000 answers at once, until each is acknowledged\n")
    print("| | acknowledged p50 ms | p99 ms | server CPU per answer µs |\n|---|---:|---:|---:|")
    for server in ("product", "stub journal", LIMIT):
        p50, p99 = (found.middle(server, 5_000, "acks", name) for name in ("p50_ms", "p99_ms"))
        cpu = found.middle(server, 5_000, "acks", "server_cpu_us_per_answer")
        cells = f"{p99:.1f}", f"{cpu:.1f}"
        if server == "product":
            cells = found.bar("acknowledgement p99", p99, 150, " ms"), found.bar("CPU per answer", cpu, 60, " µs")
        print(f"| {server} | {p50:.1f} | {cells[0]} | {cells[1]} |")
    whole, stub = (
        found.middle(server, 5_000, "acks", "server_cpu_us_per_answer") for server in ("product", "stub journal")
    )
    print(f"\nThe journal makes an answer {found.bar('CPU of the journal', whole / stub, 1.5)} times as dear.")


def halls(found: Measurement) -> None:
    print("\n100 rooms of 50, each answers within 10 s of its question\n")
    print("| | acknowledged p50 ms | p99 ms | max ms | lost or wrong | core |\n|---|---:|---:|---:|---:|---:|")
    report = found.run("product", rooms=100, players=50, questions=5, answers="spread:10", time_limit=30)
    p50, p99, longest = (report.middle("acks", name) for name in ("p50_ms", "p99_ms", "max_ms"))
    figures = report.figures
    wrong = sum(figures[name] for name in ("closed", "missing", "stray", "wrong_results", "wrong_your_results"))
    core = report.middle("acks", "server_cpu_us_per_answer") * 5_000 / 10e6
    cell = found.bar("acknowledgement p99 in 100 rooms", p99, 25, " ms")
    print(f"| product | {p50:.2f} | {cell} | {longest:.1f} | {wrong} | {core:.0%} |")


def joins(found: Measurement) -> None:
    print("\nJoining, until `welcome` is there\n")
    print("| | joins per second | p99 ms | the last of 5,000 who come at once, s | failed |\n|---|---:|---:|---:|---:|")
    for server in ("product", LIMIT):
        rates, slowest, last, failed = [], [], [], 0
        for _ in range(found._rounds):
            steady = found.run(server, rooms=1, players=5_000, questions=1).figures["joins"]
            at_once = found.run(server, rooms=1, players=5_000, questions=1, window=5_000).figures["joins"]
            rates.append(steady["per_second"])
            slowest.append(steady["p99_ms"])
            last.append(at_once["seconds"])
            failed += steady["failed"] + at_once["failed"]
        rate, seconds = median(rates), median(last)
        if server == "product":
            if rate < 3_000:
                found.missed.append(f"joins: {rate:.0f} a second, the bar is 3,000")
            cell = found.bar("5,000 at once", seconds, 2.0, " s")
        else:
            cell = f"{seconds:.2f}"
        print(f"| {server} | {rate:,.0f} | {median(slowest):.1f} | {cell} | {failed} |")


def memory(found: Measurement) -> None:
    sizes = (1_000, 5_000, 19_500)
    found.need(["product"], sizes)
    resident = {
        size: median(report.figures["server"]["rss_end_kb"] / 1000 for report in found.reports("product", size))
        for size in sizes
    }
    stored = {size: median(report.memory for report in found.reports("product", size)) for size in sizes}
    slope = 1e6 * (resident[19_500] - resident[1_000]) / 18_500
    print(f"\nMemory of the server's process after {QUESTIONS} questions\n")
    print("| players | MB | once the game is stored MB |\n|---:|---:|---:|")
    bars = {5_000: 80, 19_500: 110}
    for size in sizes:
        most = bars.get(size)
        cells = [
            found.bar(f"memory with {size:,}", value, most, " MB") if most else f"{value:.0f} MB"
            for value in (resident[size], stored[size])
        ]
        print(f"| {size:,} | {cells[0]} | {cells[1]} |")
    print(
        f"\nPer player, with a name, a score and {QUESTIONS} answers: {found.bar('a player', slope, 2_000, ' bytes')}."
    )


def game(found: Measurement) -> None:
    print(f"\n19,500 players in one room, {QUESTIONS} questions: the longest that one piece of work held the loop\n")
    print("| game | all right | ms | of it CPU ms | what |\n|---:|---|---:|---:|---|")
    longest = []
    for number in range(found._rounds):
        report = found.run("timed", rooms=1, players=19_500, questions=QUESTIONS)
        for place, (held, used, what) in enumerate(report.held[:3]):
            right = ("yes" if report.right else "no") if place == 0 else ""
            print(f"| {number + 1 if place == 0 else ''} | {right} | {held:.1f} | {used:.1f} | `{what}` |")
        longest.append(max(used for _, used, _ in report.held))
    found.bar("the loop was held", max(longest), 50, " ms of CPU")


def size(found: Measurement) -> None:
    found.need(["product"], SIZES)
    columns = {
        "a question reaches the last, ms": lambda n: found.middle("product", n, "receipt", "last_ms"),
        "acknowledged p99, ms": lambda n: found.middle("product", n, "acks", "p99_ms"),
        "CPU of a question and its answers, ms": lambda n: n * _cpu(found, n) / 1000,
        "memory, MB": lambda n: median(r.figures["server"]["rss_end_kb"] / 1000 for r in found.reports("product", n)),
    }
    print("\nCost against size\n")
    print("| players | " + " | ".join(columns) + " |\n|" + "---:|" * (len(columns) + 1))
    rows = {n: [of(n) for of in columns.values()] for n in SIZES}
    for n, values in rows.items():
        print(f"| {n:,} | " + " | ".join(f"{value:.3g}" for value in values) + " |")
    for place, name in enumerate(columns):
        steepest = (rows[19_500][place] / rows[5_000][place]) / (19_500 / 5_000)
        found.bar(f"{name}, 19,500 : 5,000 in proportion", steepest, 1.15)
    found.chart = draw(list(SIZES), {name: [rows[n][place] for n in SIZES] for place, name in enumerate(columns)})


def _cpu(found: Measurement, players: int) -> float:
    """Core time of the server for one player's question and answer, in µs."""
    return found.middle("product", players, "receipt", "server_cpu_us_per_frame") + found.middle(
        "product", players, "acks", "server_cpu_us_per_answer"
    )


PARTS: dict[str, Callable[[Measurement], None]] = {
    "broadcast": broadcast,
    "answers": answers,
    "halls": halls,
    "joins": joins,
    "memory": memory,
    "game": game,
    "size": size,
}


def said(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--picture", type=Path, help="cost against size, as SVG")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(unknown)}")
    arena = Arena()
    found = Measurement(arena, given.rounds)
    try:
        for name in given.parts or PARTS:
            PARTS[name](found)
            sys.stdout.flush()
    finally:
        arena.close()
    if given.picture and found.chart:
        given.picture.write_text(found.chart, encoding="utf-8")
    print("\nEvery bar was reached." if not found.missed else "\nMissed:\n" + "\n".join(found.missed))
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
