"""docs/webhooks.md says what the program does."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from alerts.delivery import Outgoing
from alerts.schedule import PASSING, PATIENCE, STEPS, WORDS, Reason
from alerts.webhooks import KINDS
from alerts.webhooks.standard import compose
from tests.alerts.examples import AT, an_alert, an_endpoint
from wirewatch.messages import Priority

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_body_shown_is_the_body_sent() -> None:
    assert json.loads(block("json")) == json.loads(compose(an_endpoint(), Outgoing(an_alert(), AT)).body)


def test_every_kind_is_shown_in_the_configuration() -> None:
    assert {endpoint["kind"] for endpoint in tomllib.loads(block("toml"))["endpoints"]} == set(KINDS)


@pytest.mark.parametrize("reason", WORDS)
def test_every_reason_is_documented_with_what_follows(reason: Reason) -> None:
    (row,) = [line for line in PAGE.splitlines() if f"| `{reason}` |" in line]
    assert ("tried again" in row) == (reason in PASSING)


@pytest.mark.parametrize("priority", STEPS)
def test_every_schedule_is_documented(priority: Priority) -> None:
    steps = ", ".join(f"{step:g}" for step in STEPS[priority])
    assert f"| `{priority}` | {steps} | {PATIENCE[priority] / 3600:g} h |" in PAGE
