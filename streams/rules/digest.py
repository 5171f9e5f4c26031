"""One message for what waited: the stories of a digest, of a night, or of an hour over the cap."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.alert_text import cut
from streams.rules.desk_case import Waiting
from streams.rules.ringing import higher
from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertItem, Priority

MAX_ITEMS: Final = 25
_SHOWN: Final = 120
_TITLES: Final = {
    "digest": "Digest",
    "quiet_hours": "While it was quiet",
    "capped": "Held back by the hour's cap",
    "expired": "News no longer when it could be delivered",
    "inhibited": "Held back beside a flash",
}
_WEIGHT: Final[dict[Priority, int]] = {"flash": 0, "urgent": 1, "bulletin": 2}


class Bundle(Struct, frozen=True):
    """A message that tells several alerts."""

    alert: Alert
    desks: tuple[str, ...]


def bundle(endpoint: str, waiting: Sequence[Waiting], now: datetime) -> Bundle:
    """Return the message for what waited at an endpoint: the weightiest first."""
    ranked = sorted(waiting, key=lambda one: (_WEIGHT[one.state.shown.priority], one.since, one.state.id))
    head = ranked[0]
    desks = tuple(dict.fromkeys(desk for one in ranked for desk in one.state.desks))
    priority: Priority = "bulletin"
    for one in ranked:
        priority = higher(priority, one.state.shown.priority)
    identity = identify("digest", endpoint, now.isoformat())
    title = _title(ranked)
    body = replace(
        head.alert.body,
        alert=identity,
        revision=1,
        desk=", ".join(desks),
        priority=priority,
        headline=title,
        sentence=cut(" · ".join(_line(number, one) for number, one in enumerate(ranked, 1))),
        said_by=None,
        figure=None,
        unit=None,
        qualifier=None,
        beats=None,
        figures=(),
        reason=cut(f"{title}, since {ranked_since(ranked):%d %B %H:%M} UTC"),
        late_by=None,
        items=tuple(_item(one) for one in ranked[:MAX_ITEMS]),
    )
    webhook = identify("webhook", identity, *sorted(one.alert.webhook_id for one in ranked))
    alert = replace(
        head.alert,
        id=identity,
        revision=1,
        webhook_id=webhook,
        at=now,
        body=body,
        expires=None,
        first_headline=title,
    )
    return Bundle(alert, desks)


def ranked_since(waiting: Sequence[Waiting]) -> datetime:
    """Return since when the oldest of them waits."""
    return min(one.since for one in waiting)


def _title(waiting: Sequence[Waiting]) -> str:
    reasons = [one.reason for one in waiting]
    # What was held back is said, whatever else goes out with it.
    reason = next(
        (name for name in ("capped", "digest", "quiet_hours", "expired") if name in reasons), reasons[0]
    )
    count = len(waiting)
    return f"{_TITLES.get(reason, 'Held back')}: {count} {'story' if count == 1 else 'stories'}"


def _line(number: int, waiting: Waiting) -> str:
    return f"{number}. {_short(waiting.alert.body.headline)}"


def _short(text: str) -> str:
    title = " ".join(text.split())
    return title if len(title) <= _SHOWN else title[:_SHOWN].rsplit(" ", 1)[0] + " …"


def _item(waiting: Waiting) -> AlertItem:
    body = waiting.alert.body
    return AlertItem(
        body.alert,
        body.revision,
        body.priority,
        _short(body.headline),
        _short(body.reason),
        body.outlets,
        body.url,
        body.cluster,
    )
