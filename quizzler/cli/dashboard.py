"""``quizzler dashboard``: what Grafana and Prometheus need to watch a server."""

import argparse
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "ops"


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("dashboard", help="print a Grafana dashboard for what /metrics says")
    parser.add_argument("--alerts", action="store_true", help="print rules for alerts of Prometheus instead")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    name = "alerts.yml" if given.alerts else "grafana.json"
    print((FOLDER / name).read_text(encoding="utf-8"), end="")
    return 0
