"""Alerts and endpoints for the tests, in our own words."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertBody, AlertFigure, Beaten
from wirewatch.settings import EndpointSettings, Secret

AT: Final = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
SECRET: Final = "whsec_" + b64encode(b"a secret of the tests, alone.").decode()
OLD_SECRET: Final = "whsec_" + b64encode(b"the secret that went before.").decode()


def a_body(**changes: Any) -> AlertBody:
    """Return what an editor is told of the night of 1 June."""
    body = AlertBody(
        alert="alert-1",
        revision=1,
        desk="world",
        priority="flash",
        kind="record",
        headline="Russia launches 472 drones at Ukraine, the most of the war",
        sentence="The air force counted 472 drones overnight, the largest number since the invasion began.",
        said_by="Ukraine's air force",
        figure=472.0,
        unit="drones",
        qualifier="exact",
        beats=Beaten(355.0, "2025-05-26", "Kyiv Post"),
        figures=(AlertFigure(472.0, "exact", 31), AlertFigure(400.0, "at_least", 7)),
        outlets=40,
        cluster="cluster-1",
        url="https://news.example/472-drones",
        reason="Record: 472 drones beats 355 of 26 May 2025 (Kyiv Post)",
        source="Example Agency",
    )
    return msgspec.structs.replace(body, **changes)


def an_alert(endpoint: str = "desk-hook", name: str = "1", *, revision: int = 1, **changes: Any) -> Alert:
    """Return an alert; `changes` go to its body where they are the body's."""
    own = {key: changes.pop(key) for key in ("at", "expires") if key in changes}
    alert = identify("alert", endpoint, name)
    return Alert(
        id=alert,
        revision=revision,
        endpoint=endpoint,
        webhook_id=identify("webhook", alert, str(revision)),
        story="story-1",
        story_url="https://news.example/472-drones",
        at=own.get("at", AT),
        body=a_body(alert=alert, revision=revision, **changes),
        expires=own.get("expires"),
    )


def an_endpoint(
    url: str = "https://hooks.example/in", name: str = "desk-hook", **changes: Any
) -> EndpointSettings:
    """Return an endpoint of kind `standard`, or as `changes` say."""
    endpoint = EndpointSettings(id=name, kind="standard", url=Secret(url), secret=Secret(SECRET))
    return msgspec.structs.replace(endpoint, **changes)


def a_slack(
    url: str = "https://hooks.slack.com/services/T0/B0/sEcReT", name: str = "desk-slack"
) -> EndpointSettings:
    """Return an endpoint of kind `slack`."""
    return EndpointSettings(id=name, kind="slack", url=Secret(url))


def seconds(count: float) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=count)
