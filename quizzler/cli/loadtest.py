"""``quizzler loadtest``: can my server take tonight's 300?"""

import argparse
import os
import re
from pathlib import Path

from quizzler.cli.common import kind
from quizzler.config.values import seconds, web_address, whole
from quizzler.errors import Invalid
from quizzler.loadtest.figures import figures, to_json
from quizzler.loadtest.picture import draw
from quizzler.loadtest.plan import BURST, SPREAD, Plan, reach, usual_join_seconds, usual_processes
from quizzler.loadtest.report import show, terminal, watching
from quizzler.loadtest.run import play
from quizzler.loadtest.server import Server, check_limits
from quizzler.loadtest.verdict import NO, verdict

DESCRIPTION = """Plays whole games on a server of yours, checks every score, and says whether the server can take it.
The server has to allow it, by its setting ALLOW_LOADTEST or by an admin's token."""
EPILOG = "Exit status: 0 where the answer is yes, 1 where it is no, 2 where it could not be found out."
NOT_READY = 1
PICTURE = "quizzler-loadtest.svg"


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser(
        "loadtest", help="find out whether a server can take so many players", description=DESCRIPTION, epilog=EPILOG
    )
    option = parser.add_argument
    option("--url", type=kind(web_address), default="http://127.0.0.1:8000", help="the server (%(default)s)")
    option("--rooms", type=kind(whole(1, 100_000)), default=1, help="games at the same time (%(default)s)")
    option("--players", type=kind(whole(1, 100_000)), default=50, help="players in each room (%(default)s)")
    option("--questions", type=kind(whole(1, 1000)), default=5, help="questions in each game (%(default)s)")
    option("--answers", choices=(SPREAD, BURST), default=SPREAD, help="spread as people do, or all at once")
    option("--spread-seconds", type=kind(seconds(0)), default=5.0, help="answers come within so many (%(default)g)")
    option("--time-limit", type=kind(whole(1, 3600)), default=20, help="seconds for a question (%(default)s)")
    option("--join-seconds", type=kind(seconds(0)), help="players come within so many (10; up to 100 players at once)")
    option(
        "--processes",
        type=kind(whole(1, 64)),
        help="of this machine (one; above 100 players one for each core, at most 4)",
    )
    option("--token", type=kind(token), help="of the account to host with, and of the admin who allows it")
    option("--picture", metavar="FILE", type=Path, default=Path(PICTURE), help="histograms, as SVG (%(default)s)")
    option("--no-picture", dest="picture", action="store_const", const=None, help="write no picture")
    option("--json", metavar="FILE", type=Path, help="write the figures for machines, too")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    plan = plan_of(given)
    plan.check()
    for path in (given.picture, given.json):
        check_writable(path)
    target = reach(plan.url)
    server = Server(plan.url, given.token)
    permission = server.permission()
    check_limits(plan, permission)
    guest = server.guest()
    console = terminal()
    with watching(console) as watch:
        record = play(plan, target, guest.token, watch)
    result, samples = figures(plan, record, version=permission.version, account=guest.email)
    said = verdict(result)
    if given.json:
        write(given.json, to_json(result, said.answer, said.sentence))
    if given.picture:
        write(given.picture, draw(result, samples, said).encode())
    show(console, result, guest, given.picture, said)
    return NOT_READY if said.answer == NO else 0


def plan_of(given: argparse.Namespace) -> Plan:
    everybody = given.rooms * given.players
    return Plan(
        url=given.url,
        rooms=given.rooms,
        players=given.players,
        questions=given.questions,
        answers=given.answers,
        spread_seconds=given.spread_seconds if given.answers == SPREAD else 0.0,
        time_limit=given.time_limit,
        join_seconds=usual_join_seconds(everybody) if given.join_seconds is None else given.join_seconds,
        processes=given.processes or usual_processes(everybody),
    )


def token(text: str) -> str:
    if not re.fullmatch(r"(?i:bearer +)?[\w.~+/=-]+", text.strip(), re.ASCII):
        raise ValueError("a token")
    return text.strip()


def check_writable(path: Path | None) -> None:
    """Before the evening, not after it. Raises ``Invalid``."""
    if path is not None and (path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK)):
        raise Invalid(f"{path} cannot be written")


def write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}") from None
