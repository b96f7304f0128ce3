"""``quizzler proxy``: prints a configuration of nginx or Caddy for a name of one's own."""

import argparse

from quizzler.config.values import host_names, whole
from quizzler.errors import StartupError
from quizzler.ops.reverse_proxy import FILES, configuration


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("proxy", help="print a configuration of nginx or Caddy for this server")
    parser.add_argument("kind", choices=FILES, help="the web server that stands before this one")
    parser.add_argument("--domain", required=True, metavar="…", help="the name that players open: quiz.example.org")
    parser.add_argument("--port", default="8000", metavar="…", help="the port that this server listens to (8000)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        names = host_names(given.domain)
    except ValueError:
        names = frozenset()
    if len(names) != 1 or "*" in names:
        raise StartupError(f"--domain: {given.domain!r} is not a name like quiz.example.org")
    try:
        port = whole(1, 65535)(given.port)
    except ValueError as expected:
        raise StartupError(f"--port: {given.port!r} is not {expected}") from None
    [domain] = names
    print(configuration(given.kind, domain, port), end="")
    return 0
