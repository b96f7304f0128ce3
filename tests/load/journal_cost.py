"""What it costs that an answer is acknowledged only when it is durable.

    python -m tests.load.journal_cost [--players 50 500 5000] [--rounds 5]

Two servers run beside each other, each with a private PostgreSQL of its own: one as it is, one with a journal that
stores nothing. They are asked in turn, one question each per round; everyone answers at once, and what is measured is
the time from an answer to its acknowledgement. The server runs on one core, PostgreSQL and this client on the others.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from tests.load.swarm import Hall, token_of
from tests.processes import ServerProcess

VARIANTS = {"journal": ["-m", "quizzler"], "stub": ["-m", "tests.load.stub_journal"]}


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def measure(urls: dict[str, str], players: int, rounds: int) -> dict[str, list[list[float]]]:
    """Acknowledgement latencies in seconds: variant → round → player."""
    halls = {}
    for variant, url in urls.items():
        halls[variant] = Hall(url, await token_of(url, f"Load{players}"))
        await halls[variant].open(players)
    taken = {variant: [] for variant in halls}
    for number in range(rounds + 1):
        for variant, hall in halls.items():
            seconds = await hall.question(number)
            if number:  # the first round warms up
                taken[variant].append(seconds)
    for hall in halls.values():
        await hall.close()
    return taken


def report(players: int, taken: dict[str, list[list[float]]]) -> str:
    cells = [f"{players:,}"]
    medians = {}
    for variant, rounds in taken.items():
        for share in (0.5, 0.99):
            medians[variant, share] = statistics.median(1000 * percentile(seconds, share) for seconds in rounds)
            cells.append(f"{medians[variant, share]:.1f}")
    for share in (0.5, 0.99):
        cells.append(f"{medians['journal', share] / medians['stub', share]:.2f}")
    return "| " + " | ".join(cells) + " |"


async def main(players: list[int], rounds: int) -> None:
    with contextlib.ExitStack() as stack:
        urls = {}
        for variant, command in VARIANTS.items():
            folder = Path(tempfile.mkdtemp(prefix="quizzler-load-"))
            folder.chmod(0o755)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            server = ServerProcess(
                "--data-dir", str(folder), "--max-players-per-room", "20000", command=[sys.executable, *command]
            )
            stack.callback(server.stop)
            urls[variant] = server.url
            if len(os.sched_getaffinity(0)) > 1:
                os.sched_setaffinity(server.process.pid, {min(os.sched_getaffinity(0))})
        print("| players | journal p50 ms | p99 | stub p50 ms | p99 | ratio p50 | p99 |\n|---|---|---|---|---|---|---|")
        for count in players:
            print(report(count, await measure(urls, count, rounds)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--players", type=int, nargs="+", default=[50, 500, 5000])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(main(given.players, given.rounds))
