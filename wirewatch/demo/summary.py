"""What the demo says at its end: for a person, and as JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from wirewatch.demo.observer import Observer
from wirewatch.demo.receiver import ReceivedWebhook
from wirewatch.messages import AlertBody


class Hook(Struct, frozen=True):
    """The body of a Standard Webhook as this project sends it."""

    type: str
    timestamp: str
    data: AlertBody


def body_of(webhook: ReceivedWebhook) -> AlertBody:
    """Return what a webhook tells."""
    return msgspec.json.decode(webhook.body, type=Hook).data


def summarise(
    observer: Observer,
    webhooks: tuple[ReceivedWebhook, ...],
    appeared: Mapping[str, float],
    *,
    feeds: int,
    stalled: str | None = None,
) -> dict[str, Any]:
    """Return the summary, one entry of `alerts` for each revision that was delivered.

    `seconds` run from the moment when the item that caused the revision appeared in its feed to the webhook's
    arrival; `outlets_at_the_end` counts the outlets of the alert's cluster when all was played. `stalled` says why
    the play ended before its end, where it did.
    """
    standing = [cluster for cluster in observer.clusters.values() if cluster.merged_into is None]
    return {
        "feeds": feeds,
        "stories": len({story_id for story_id, _ in observer.stories}),
        "clusters": len(standing),
        "alerts": [_alert(observer, webhook, appeared) for webhook in webhooks],
        "held_back": observer.held_back(),
        "deliveries": observer.outcomes(),
        "dead": len(observer.dead),
        "lost": sorted(observer.missing(set(appeared))) + sorted(observer.undelivered()),
        "stalled": stalled,
    }


def _alert(observer: Observer, webhook: ReceivedWebhook, appeared: Mapping[str, float]) -> dict[str, Any]:
    body = body_of(webhook)
    alert = observer.alerts.get(webhook.webhook_id)
    appeared_at = appeared.get(alert.story_url or "") if alert else None
    cluster = observer.clusters.get(body.cluster)
    while cluster is not None and cluster.merged_into in observer.clusters:
        cluster = observer.clusters[cluster.merged_into]
    return {
        "alert": body.alert,
        "revision": body.revision,
        "desk": body.desk,
        "endpoint": alert.endpoint if alert else None,
        "kind": body.kind,
        "polarity": body.polarity,
        "priority": body.priority,
        "headline": body.headline,
        "figure": body.figure,
        "beats": body.beats.figure if body.beats else None,
        "reason": body.reason,
        "outlets": body.outlets,
        "webhook_id": webhook.webhook_id,
        "seconds": round(webhook.at - appeared_at, 3) if appeared_at is not None else None,
        "figures": [msgspec.to_builtins(figure) for figure in body.figures],
        "outlets_at_the_end": cluster.outlets if cluster else body.outlets,
        "cluster": body.cluster,
        "url": body.url,
    }
