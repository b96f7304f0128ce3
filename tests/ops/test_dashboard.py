"""The dashboard and the alerts ask for what ``/metrics`` has, in PromQL that is right."""

import json
from collections.abc import Iterator

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from quizzler.cli.dashboard import FOLDER
from tests.ops.test_metrics import play
from tests.processes import run_quizzler

DASHBOARD = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
# What Prometheus itself adds: labels, and whether it could read the metrics.
FROM_PROMETHEUS = {"job", "instance"}
REACHED = "up"
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def questions() -> Iterator[str]:
    """Every PromQL expression, with Grafana's interval filled in."""
    for panel in PANELS:
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", "1m")
    for group in ALERTS["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]


def selectors(question: str) -> list[promql_parser.VectorSelector]:
    found = []
    promql_parser.walk(promql_parser.parse(question), lambda part: found.append(part) or True)
    return [part for part in found if isinstance(part, promql_parser.VectorSelector)]


async def test_every_question_finds_its_metric(hall):
    await play(hall)
    text = (await hall.rest.fetch("GET", "/metrics")).body.decode()
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    labels[REACHED] = set()
    asked = {selector.name for question in questions() for selector in selectors(question)}
    assert asked and asked <= set(labels), asked - set(labels)
    for question in questions():
        for selector in selectors(question):
            named = {matcher.name for matcher in selector.matchers.matchers}
            assert named <= labels[selector.name] | FROM_PROMETHEUS, question
    ours = {name for name in labels if name.startswith("quizzler_")}
    unused = {name for name in ours - asked if not name.endswith(("_sum", "_count"))}
    assert not unused, f"no panel shows {unused}"


def test_the_check_would_notice():
    assert [each.name for each in selectors('sum by (le) (rate(a_bucket{b="c"}[5m])) / d > 0')] == ["a_bucket", "d"]
    with pytest.raises(ValueError):
        selectors("sum by (le (a)")


def test_dashboard_can_be_imported():
    """What Grafana's schema asks of a dashboard, as far as an import depends on it."""
    assert DASHBOARD["title"] and DASHBOARD["uid"] and DASHBOARD["id"] is None
    assert DASHBOARD["schemaVersion"] >= 36  # from there on a data source is named by an object
    datasource, *queries = DASHBOARD["templating"]["list"]
    assert (datasource["name"], datasource["type"], datasource["query"]) == ("datasource", "datasource", "prometheus")
    for each in [*PANELS, *(target for panel in PANELS for target in panel["targets"]), *queries]:
        assert each["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in PANELS:
        assert panel["title"] and panel["description"] and panel["type"] in ("stat", "timeseries", "heatmap")
        names = [target["refId"] for target in panel["targets"]]
        assert names and len(set(names)) == len(names)
        assert {"defaults", "overrides"} == set(panel["fieldConfig"])
        if panel["type"] != "heatmap":
            assert panel["fieldConfig"]["defaults"]["unit"]


def test_panels_do_not_overlap():
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        fields = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert all(0 <= x < 24 for x, _ in fields)
        assert not fields & taken, panel["title"]
        taken |= fields


def test_alerts_say_what_is_wrong():
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 5
    for rule in rules:
        assert rule["labels"]["severity"] in ("warning", "critical") and rule["annotations"]["summary"]


def test_verb_prints_them():
    assert json.loads(run_quizzler("dashboard").stdout) == DASHBOARD
    assert yaml.safe_load(run_quizzler("dashboard", "--alerts").stdout) == ALERTS
