"""One attempt to deliver one alert to one endpoint: what a kind of endpoint must do, and most do alike."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import quote

from msgspec import Struct

from alerts.exchange import Judge, Post, Wire, address_of, answered, by_status, exchange
from alerts.schedule import Answer
from wirewatch.messages import Alert
from wirewatch.settings import EndpointSettings

# Before so much time has passed an alert is not called late for the time it waited here.
LATE_AFTER: Final = 60.0


class Outgoing(Struct, frozen=True):
    """An alert as it is about to be sent; `late_by` is in seconds, where it is late."""

    alert: Alert
    now: datetime
    late_by: float | None = None
    # The story's page on the console, where that has an address.
    console: str | None = None
    # What names the message that the alert's first revision became at the service; empty where it gave no name.
    posted: str = ""


class WebhookKind(Protocol):
    """A kind of endpoint: one file, one entry in `alerts.webhooks.KINDS`."""

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Return the mistakes in an endpoint's settings, in words, without a secret."""
        ...

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """Attempt to deliver once, and return what became of it; raise only what is a fault of this program."""
        ...


class HttpKind(Struct, frozen=True):
    """A kind that is one POST: what it checks, what it composes, how it reads the answer."""

    checks: Callable[[EndpointSettings], list[str]]
    compose: Callable[[EndpointSettings, Outgoing], Post]
    judge: Judge = by_status

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Return the mistakes in an endpoint's settings."""
        return self.checks(endpoint)

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """POST once."""
        reply = await exchange(self.compose(endpoint, outgoing), address_of(endpoint.url), wire)
        return answered(reply, endpoint, self.judge)


def late_by(alert: Alert, since: datetime, now: datetime) -> float | None:
    """Return by how many seconds an alert is late: as it was when it came to stand here, and since."""
    waited = (now - since).total_seconds()
    if waited < LATE_AFTER:
        return alert.body.late_by
    return (alert.body.late_by or 0.0) + waited


def story_page(console: str | None, alert: Alert) -> str | None:
    """Return where the alert's story stands on the console; None where that has no address."""
    if console is None or alert.body.kind == "notice":
        return None
    return f"{console}/story/{quote(alert.body.cluster, safe='')}"


def acknowledge_page(story: str) -> str:
    """Return the page with the button that acknowledges a story; to look at it changes nothing."""
    return f"{story}/acknowledge"
