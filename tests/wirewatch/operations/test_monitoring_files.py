"""Rules and dashboards name only metrics that exist, each illness has its row, and promtool agrees where it stands."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # the stubs are a package of their own
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.metrics import MetricWrapperBase

from wirewatch.operations import metrics
from wirewatch.operations.vitals import STAGES

ROOT = Path(__file__).parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
NAME = re.compile(r"\bwirewatch_\w+")


def known() -> set[str]:
    """Return every series that a process shows."""
    found = set()
    for family in REGISTRY.collect():
        suffixes = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",), "info": ("_info",)}
        found |= {family.name + suffix for suffix in suffixes.get(family.type, ("",))}
    return {name for name in found if name.startswith("wirewatch_")}


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def queries() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                yield panel["title"], target["expr"]


@pytest.mark.parametrize(("where", "query"), list(queries()))
def test_every_query_names_metrics_that_exist(where: str, query: str) -> None:
    named = set(NAME.findall(query))
    assert named <= known()
    assert named or "up{" in query


def test_every_metric_is_documented_and_keeps_to_prometheus_rules() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for metric in vars(metrics).values():
        for family in metric.collect() if isinstance(metric, MetricWrapperBase) else ():
            name = {"counter": f"{family.name}_total", "info": f"{family.name}_info"}.get(
                family.type, family.name
            )
            assert f"`{name}`" in page, name
            assert family.documentation
            assert not {"url", "story", "feed"} & set(metric._labelnames)
            assert not name.endswith(("_ms", "_milliseconds", "_count"))


def test_every_alert_rule_has_its_row_and_its_runbook() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in rules():
        assert f"`{rule['alert']}`" in page
        assert rule["annotations"]["runbook"] == "docs/operations.md#what-illness-looks-like"


def test_every_alert_rule_is_tested() -> None:
    tests = (PROMETHEUS / "alerts.test.yml").read_text(encoding="utf-8")
    for rule in rules():
        assert f"alertname: {rule['alert']}" in tests


def test_prometheus_scrapes_each_service_at_its_stage_s_port() -> None:
    document = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    for target in document["scrape_configs"][0]["dns_sd_configs"]:
        stage = "up" if target["names"] == ["watch"] else target["names"][0]
        assert target["port"] == 9470 + STAGES.index(stage)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts.test.yml"),
    ],
)
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["promtool", *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_finds_no_fault_with_what_a_process_serves() -> None:
    served = generate_latest()
    assert b"wirewatch_" in served
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=served, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
