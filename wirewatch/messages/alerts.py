"""What desks hear, what they do not, and what became of it: on `alerts`, `alerts.held` and what follows from them."""

from datetime import datetime

from msgspec import Struct

from wirewatch.messages.terms import AlertKind, Polarity, Priority, Qualifier


class Beaten(Struct, frozen=True):
    """The record that an alert's figure beats."""

    figure: float
    date: str | None
    source: str


class AlertFigure(Struct, frozen=True):
    """A figure that outlets give, and how many of them."""

    figure: float
    qualifier: Qualifier
    outlets: int


class AlertItem(Struct, frozen=True):
    """One of the alerts that a digest tells."""

    alert: str
    revision: int
    priority: Priority
    headline: str
    reason: str
    outlets: int
    url: str | None
    cluster: str = ""


class AlertBody(Struct, frozen=True):
    """What an editor is told; the `data` of the webhook. See docs/webhooks.md."""

    alert: str
    revision: int
    desk: str
    priority: Priority
    kind: AlertKind
    headline: str
    sentence: str
    said_by: str | None
    figure: float | None
    unit: str | None
    qualifier: Qualifier | None
    beats: Beaten | None
    figures: tuple[AlertFigure, ...]
    outlets: int
    cluster: str
    url: str | None
    # Why it rings, and since the second revision what changed: a sentence that begins with the named reason.
    reason: str
    source: str
    polarity: Polarity | None = None
    severity: int | None = None
    # Seconds between publication and this alert, where they exceed what is usual; said as "late by".
    late_by: float | None = None
    # Where the story stands on the console, with `console.public_url`; set when it is sent.
    console: str | None = None
    # And the page with the button that acknowledges it.
    acknowledge: str | None = None
    # Of a digest: the alerts that it tells, the weightiest first; the other fields are those of the first.
    items: tuple[AlertItem, ...] = ()


class Alert(Struct, frozen=True, omit_defaults=True):
    """One revision of an alert that one endpoint must get."""

    id: str
    revision: int
    endpoint: str
    webhook_id: str
    # The story that caused this revision.
    story: str
    story_url: str | None
    at: datetime
    body: AlertBody
    # After this moment it is news no longer, and is dropped with that reason instead of delivered.
    expires: datetime | None = None
    # The headline of the first revision, by which a follow-up can name the alert; empty where it is that revision's own.
    first_headline: str = ""


class HeldBack(Struct, frozen=True, omit_defaults=True):
    """What a desk did not send, and why: the named reason, and what it rests on in words."""

    id: str
    cluster: str
    story: str
    desk: str
    reason: str
    detail: str
    at: datetime
    title: str = ""


class PendingDelivery(Struct, frozen=True, omit_defaults=True):
    """An alert revision that is still to be delivered: where it stands on `alerts`, attempts, when due again."""

    alert: Alert
    attempts: int
    due: datetime
    # When it came to stand on `alerts`, and at which offset.
    since: datetime
    offset: int
    # Why it waits: the last attempt's reason, or "held" where none could be made.
    last_reason: str


class Posted(Struct, frozen=True):
    """How a service names the message that an alert became there, so that any worker can edit or answer it."""

    alert: str
    endpoint: str
    receipt: str
    at: datetime


class Delivery(Struct, frozen=True, omit_defaults=True):
    """What became of one attempt."""

    alert: str
    revision: int
    endpoint: str
    webhook_id: str
    attempt: int
    # delivered | retry | dead | expired
    outcome: str
    reason: str
    at: datetime
    status: int | None = None
    seconds: float = 0.0
