"""The alert rules and the dashboard ask for metrics that the gateway has, with labels that these have."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.events import Outcome
from bot.gateway.metrics import Metrics
from bot.places import PACKAGES

FOLDER = PACKAGES / "deploy" / "monitoring"
RULES = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"] for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
ASKED = {rule["alert"]: rule["expr"] for rule in RULES} | {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}
OUTSIDE = {"up"}
"""What Prometheus itself says of whom it asks."""


def names() -> set[str]:
    """Of every series that a scrape of a gateway holds; a histogram's buckets among them."""
    families = text_string_to_metric_families(Metrics().text().decode())
    found = set()
    for family in families:
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        found |= {family.name + suffix for suffix in suffixes}
    return found


@pytest.mark.parametrize("asked", ASKED)
def test_every_metric_that_is_asked_for_is_there(asked: str) -> None:
    expression = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", ASKED[asked])
    wanted = set(re.findall(r"\b(?:voicebot|process)_[a-z_]+\b|\bup\b", expression))
    assert wanted, "an expression without a metric"
    assert wanted <= names() | OUTSIDE


@pytest.mark.parametrize("asked", ASKED)
def test_an_outcome_that_is_asked_for_is_one(asked: str) -> None:
    assert set(re.findall(r'outcome="([a-z_]+)"', ASKED[asked])) <= {outcome.value for outcome in Outcome}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["annotations"].keys() == {"summary", "action"}
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_the_metrics_worth_an_alarm_in_the_docs_have_one() -> None:
    page = (PACKAGES / "docs" / "operations.md").read_text("utf-8")
    sentence = page[page.index("Worth an alarm:") : page.index("## Logs")]
    expressions = " ".join(rule["expr"] for rule in RULES)
    for name in re.findall(r"voicebot_[a-z_]+", sentence):
        assert name in expressions


def test_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24, "Grafana has 24 columns"
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool: apt install prometheus")
def test_prometheus_takes_the_rules() -> None:
    subprocess.run(["promtool", "check", "rules", str(FOLDER / "alerts.yml")], check=True)
