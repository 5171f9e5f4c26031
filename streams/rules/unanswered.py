"""What goes to another endpoint because nobody acknowledged it in time."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.alert_text import cut
from streams.rules.desk_case import AlertState, DeskCase, Unanswered
from streams.rules.news import say_time
from wirewatch.ids import identify
from wirewatch.messages import Alert


class Escalated(Struct, frozen=True):
    """The other endpoint's alert, and the case that knows of it."""

    case: DeskCase
    alert: Alert


def escalate(case: DeskCase, endpoint: str, one: Unanswered, now: datetime) -> Escalated:
    """Return the alert that the other endpoint gets, under its own id, as the cluster's newest word."""
    # What was revised since is told as it is now.
    newest = case.alerts.get(one.alert.endpoint, one.state)
    known = case.alerts.get(endpoint)
    identity = known.id if known else identify("alert", case.id, endpoint)
    revision = known.revision + 1 if known else 1
    waited = say_time(now - (one.alert.at))
    state: AlertState = replace(
        newest, id=identity, endpoint=endpoint, revision=revision, first=known.first if known else now
    )
    body = replace(
        one.alert.body,
        alert=identity,
        revision=revision,
        reason=cut(f"Nobody acknowledged in {waited}: {one.alert.body.reason}"),
    )
    alert = replace(
        one.alert,
        id=identity,
        revision=revision,
        endpoint=endpoint,
        webhook_id=identify("webhook", identity, str(revision), "unacknowledged"),
        at=now,
        body=body,
    )
    return Escalated(replace(case, alerts={**case.alerts, endpoint: state}), alert)
