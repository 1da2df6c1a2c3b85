"""Rules and configuration of Prometheus, by its own tool; and that each alert is tried and explained."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.metrics.prometheus import DEPLOY, tool

RULES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
GUIDE = Path(settings.BASE_DIR) / "docs" / "monitoring.md"


def promtool(*arguments: str) -> str:
    done = subprocess.run([tool("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def alerts() -> dict[str, dict[str, dict[str, str]]]:
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_the_rules_are_understood():
    assert f"{len(alerts())} rules found" in promtool("check", "rules", *map(str, RULES))


def test_the_configuration_is_understood():
    promtool("check", "config", "--syntax-only", str(DEPLOY / "prometheus" / "prometheus.yml"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_come_when_they_should(path: Path):
    assert "SUCCESS" in promtool("test", "rules", str(path))


def test_each_alert_is_tried_both_ways():
    tried = [
        one for path in TESTS for test in yaml.safe_load(path.read_text())["tests"] for one in test["alert_rule_test"]
    ]
    assert {one["alertname"] for one in tried if one["exp_alerts"]} == set(alerts())
    assert {one["alertname"] for one in tried if not one["exp_alerts"]} == set(alerts())


def test_each_alert_says_where_to_read_what_to_do():
    anchors = {heading.lower() for heading in re.findall(r"^### (\w+)$", GUIDE.read_text(), re.MULTILINE)}
    for name, rule in alerts().items():
        assert rule["annotations"]["runbook"] == f"docs/monitoring.md#{name.lower()}"
        assert name.lower() in anchors, f"{name} is not explained"
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
