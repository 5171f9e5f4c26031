"""What others publish to check messages with accepts ours: Slack's models, the schema of Adaptive Cards, verifiers.

`adaptive-card.schema.json` is Microsoft's, of http://adaptivecards.io/schemas/adaptive-card.json (MIT licence).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from slack_sdk.models.blocks import Block
from standardwebhooks import Webhook as StandardWebhook
from svix.webhooks import Webhook as SvixWebhook

from alerts.delivery import Outgoing
from alerts.webhooks import slack, standard, teams
from tests.alerts.examples import AT, OLD_SECRET, SECRET, a_slack, an_alert, an_endpoint, seconds
from tests.alerts.test_slack import hostile
from wirewatch.clock import SystemClock
from wirewatch.messages import Alert, AlertItem
from wirewatch.settings import Secret

CARD = jsonschema.Draft6Validator(
    json.loads((Path(__file__).parent / "adaptive-card.schema.json").read_text(encoding="utf-8"))
)
PAGE = "https://wire.example.org/story/cluster-1"
VERIFIERS: list[Callable[[str], Any]] = [StandardWebhook, SvixWebhook]


def digest(text: str = "A story") -> Alert:
    items = tuple(
        AlertItem(f"a{number}", 1, "urgent", text, text, 2, f"https://news.example/{number}")
        for number in range(25)
    )
    return an_alert(items=items, headline="Digest: 25 stories")


ALERTS = [
    an_alert(), an_alert(revision=2, reason="Denied: 472 drones counts no more"), digest(),
    an_alert(kind="escalation", polarity="escalation", severity=3, figure=None, beats=None, figures=()),
    an_alert(kind="figure", beats=None, reason="Watched figure: 60 deaths"), an_alert(kind="notice", url=None, sentence=""),
]  # fmt: skip


def is_valid_for_slack(alert: Alert) -> None:
    message = json.loads(slack.compose(a_slack(), Outgoing(alert, AT, 7200.0, PAGE)).body)
    blocks = Block.parse_all(message["blocks"])
    assert len(blocks) == len(message["blocks"])
    for block in blocks:
        assert block is not None
        block.validate_json()


def is_valid_for_teams(alert: Alert) -> None:
    post = teams.compose(an_endpoint(kind="teams", secret=None), Outgoing(alert, AT, 7200.0, PAGE))
    assert len(post.body) < 20_000
    (attachment,) = json.loads(post.body)["attachments"]
    CARD.validate(attachment["content"])


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.body.kind)
def test_slacks_own_models_accept_every_message(alert: Alert) -> None:
    is_valid_for_slack(alert)


@settings(max_examples=50, deadline=None)
@given(text=hostile)
def test_slacks_own_models_accept_whatever_a_feed_writes(text: str) -> None:
    is_valid_for_slack(an_alert(headline=text, sentence=text, said_by=text, source=text, reason=text))
    is_valid_for_slack(digest(text))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.body.kind)
def test_the_published_schema_accepts_every_adaptive_card(alert: Alert) -> None:
    is_valid_for_teams(alert)


def test_the_published_schema_refuses_what_is_no_card() -> None:
    with pytest.raises(jsonschema.ValidationError):
        CARD.validate({"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "RichTextBlock"}]})


@settings(max_examples=25, deadline=None)
@given(text=hostile)
def test_cards_stay_cards_whatever_a_feed_writes(text: str) -> None:
    is_valid_for_teams(an_alert(headline=text, sentence=text, said_by=text, source=text, reason=text))
    is_valid_for_teams(digest(text))


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_public_verifiers_accept_our_signature(verifier: Callable[[str], Any]) -> None:
    post = standard.compose(an_endpoint(), Outgoing(an_alert(), SystemClock().now()))
    # It raises where it does not believe; one of the two returns nothing.
    verifier(SECRET).verify(post.body, post.headers)


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_public_verifiers_accept_either_key_while_a_secret_changes(verifier: Callable[[str], Any]) -> None:
    endpoint = an_endpoint(secret=Secret(f"{SECRET} {OLD_SECRET}"))
    post = standard.compose(endpoint, Outgoing(an_alert(), SystemClock().now()))
    for secret in (SECRET, OLD_SECRET):
        verifier(secret).verify(post.body, post.headers)


@pytest.mark.parametrize("verifier", VERIFIERS)
@pytest.mark.parametrize("fault", ["foreign", "old", "changed", "another id"])
def test_public_verifiers_refuse_what_is_foreign_old_or_changed(
    verifier: Callable[[str], Any], fault: str
) -> None:
    now = SystemClock().now()
    sent = now - seconds(3600) if fault == "old" else now
    post = standard.compose(an_endpoint(), Outgoing(an_alert(), sent))
    body = post.body.replace(b"472", b"473") if fault == "changed" else post.body
    headers = post.headers | ({"webhook-id": "msg_other"} if fault == "another id" else {})
    secret = OLD_SECRET if fault == "foreign" else SECRET
    with pytest.raises(Exception, match=r"(?i)signature|timestamp|message"):
        verifier(secret).verify(body, headers)
