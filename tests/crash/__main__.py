"""``python -m tests.crash``: many evenings, and a table of what they cost."""

import argparse
import asyncio
import statistics
import sys
from collections.abc import Iterable

from tests.crash.evening import Run, run
from tests.crash.faults import FAULTS

LOG_LINES = 15


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seeds", type=int, default=8, metavar="N", help="how many evenings (8)")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first one's seed (1)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many at the same time (1)")
    given = parser.parse_args()
    runs = asyncio.run(play_all(range(given.first, given.first + given.seeds), given.jobs))
    print(table(runs))
    undurable = sum(each.verdict.undurable for each in runs)
    print(f"\n{undurable} of the acknowledged had been promised from memory alone (durable: false).")
    return 1 if any(each.verdict.complaints for each in runs) else 0


async def play_all(seeds: Iterable[int], jobs: int) -> list[Run]:
    """One run for each seed, at most ``jobs`` at the same time; each is reported as it ends."""
    places = asyncio.Semaphore(jobs)

    async def one(seed: int) -> Run:
        async with places:
            outcome = await run(seed)
        print(line(outcome), file=sys.stderr, flush=True)
        return outcome

    return await asyncio.gather(*(one(seed) for seed in seeds))


def line(outcome: Run) -> str:
    """One run; where something was wrong, what it was, the end of the server's log and how to see it again."""
    verdict = outcome.verdict
    seconds = "–" if outcome.seconds is None else f"{outcome.seconds:.2f} s"
    happened = f"seed {outcome.seed}: {outcome.fault}, {outcome.moment}"
    said = f"{happened}: {verdict.acknowledged} acknowledged, play went on after {seconds}"
    if not verdict.complaints:
        return said
    log = "\n".join(f"    | {each}" for each in outcome.log.splitlines()[-LOG_LINES:])
    complaints = "\n".join(f"    {each}" for each in verdict.complaints)
    return f"{said}\n{complaints}\n{log}\n    again: python -m tests.crash --seeds 1 --first {outcome.seed}"


def table(runs: list[Run]) -> str:
    """Markdown, one row for each fault, seconds until play went on."""
    rows = ["| fault | runs | acknowledged | lost | doubled | median s | worst s |", "|---|---|---|---|---|---|---|"]
    for fault in FAULTS:
        those = [each for each in runs if each.fault == fault]
        if those:
            rows.append(_row(fault, those))
    rows.append(_row("all", runs))
    return "\n".join(rows)


def _row(name: str, runs: list[Run]) -> str:
    seconds = [each.seconds for each in runs if each.seconds is not None]
    cells = [
        name,
        len(runs),
        sum(each.verdict.acknowledged for each in runs),
        sum(len(each.verdict.lost) for each in runs),
        sum(len(each.verdict.doubled) for each in runs),
        f"{statistics.median(seconds):.2f}" if seconds else "–",
        f"{max(seconds):.2f}" if seconds else "–",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    sys.exit(main())
