"""The contract of kind `standard`."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from alerts.delivery import Outgoing
from alerts.webhooks import check_endpoint
from alerts.webhooks.standard import StandardPayload, compose
from tests.alerts.examples import AT, OLD_SECRET, SECRET, an_alert, an_endpoint, seconds
from wirewatch.clock import SystemClock
from wirewatch.messages import Alert
from wirewatch.settings import Secret

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "webhook.schema.json"


def posted(alert: Alert, late_by: float | None = None) -> dict[str, Any]:
    post = compose(an_endpoint(), Outgoing(alert, AT, late_by))
    decoded: dict[str, Any] = json.loads(post.body)
    return decoded


def test_the_body_says_what_the_documentation_says() -> None:
    body = posted(an_alert())
    assert list(body) == ["type", "timestamp", "data"]
    assert body["type"] == "alert.record"
    assert body["timestamp"] == "2025-06-01T06:00:00Z"
    promised = {
        "alert", "revision", "desk", "priority", "kind", "headline", "sentence", "said_by", "figure", "unit",
        "qualifier", "beats", "figures", "outlets", "cluster", "url", "reason",
    }  # fmt: skip
    assert promised <= set(body["data"])
    assert body["data"]["figure"] == 472
    assert body["data"]["beats"] == {"figure": 355, "date": "2025-05-26", "source": "Kyiv Post"}
    assert body["data"]["figures"][1] == {"figure": 400, "qualifier": "at_least", "outlets": 7}


def test_the_published_schema_is_that_of_the_program() -> None:
    """Rewrite it by `msgspec.json.schema(StandardPayload)`, with two spaces for each level."""
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(msgspec.json.schema(StandardPayload)))


def test_a_figure_that_beats_nothing_says_so() -> None:
    assert posted(an_alert(beats=None))["data"]["beats"] is None


def test_an_escalation_is_of_its_own_type() -> None:
    body = posted(an_alert(kind="escalation", polarity="escalation", severity=3, figure=None, beats=None))
    assert body["type"] == "alert.escalation"
    assert (body["data"]["polarity"], body["data"]["severity"]) == ("escalation", 3)


def test_a_late_alert_says_by_how_many_seconds() -> None:
    assert posted(an_alert(), late_by=7200.0)["data"]["late_by"] == 7200


def test_the_public_verifier_believes_the_post() -> None:
    alert = an_alert()
    endpoint = an_endpoint(secret=Secret(f"{SECRET} {OLD_SECRET}"))
    post = compose(endpoint, Outgoing(alert, SystemClock().now()))
    for secret in (SECRET, OLD_SECRET):
        assert Webhook(secret).verify(post.body, dict(post.headers))["data"]["alert"] == alert.id
    assert post.headers["webhook-id"] == alert.webhook_id


def test_another_attempt_has_the_same_id_and_another_signature() -> None:
    alert, endpoint = an_alert(), an_endpoint()
    first = compose(endpoint, Outgoing(alert, AT))
    later = compose(endpoint, Outgoing(alert, AT + seconds(1)))
    assert first.headers["webhook-id"] == later.headers["webhook-id"]
    assert first.headers["webhook-signature"] != later.headers["webhook-signature"]


@given(st.text(max_size=50), st.integers(1, 4000))
def test_whatever_a_feed_wrote_the_body_is_valid_and_small(piece: str, times: int) -> None:
    text = piece * times
    alert = an_alert(
        headline=text, sentence=text, said_by=text, reason=text, source=text, unit=text, url=text
    )
    post = compose(an_endpoint(), Outgoing(alert, AT))
    msgspec.json.decode(post.body, type=StandardPayload)
    # Control characters take six bytes each in JSON.
    assert len(post.body) < 45_000


@pytest.mark.parametrize(
    ("endpoint", "mistake"),
    [
        (an_endpoint(secret=None), "secret is missing"),
        (an_endpoint(secret=Secret("whsec_c2hvcnQ=")), "24 to 64"),
        (an_endpoint("ftp://hooks.example/in"), "https://"),
        (an_endpoint("https:///in"), "no host"),
        (an_endpoint("https://user:word@hooks.example/in"), "user name or password"),
        (an_endpoint("https://hooks.example/in#part"), "# part"),
        (an_endpoint("https://[::1/in"), "not a valid address"),
        (an_endpoint("https://hooks.example:99999999/in"), "not a valid address"),
    ],
)
def test_a_mistake_in_the_settings_is_named(endpoint: Any, mistake: str) -> None:
    (found,) = check_endpoint(endpoint)
    assert mistake in found


def test_right_settings_have_no_mistake() -> None:
    assert check_endpoint(an_endpoint(secret=Secret("whsec_" + b64encode(bytes(24)).decode()))) == []
