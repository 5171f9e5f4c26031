"""Where a lane writes down what must outlast it: `alerts.journal.Journal`, or a list in a test."""

from datetime import datetime
from typing import Protocol

from alerts.journal import Item
from alerts.schedule import Answer, Reason, Verdict
from wirewatch.endpoint_switch import Off
from wirewatch.messages import Alert


class Books(Protocol):
    """What a lane writes down."""

    async def keep(self, item: Item, due: datetime, why: str) -> int:
        """Write that an alert waits until `due`; return where it can be loaded from."""
        ...

    async def load(self, offset: int) -> Item | None:
        """Return what waits at `offset`."""
        ...

    async def expired(self, alert: Alert) -> None:
        """Write that an alert was news no longer when it could have been delivered."""
        ...

    async def strike(self, alert: Alert) -> None:
        """Write that an alert waits no longer."""
        ...

    async def note(self, item: Item, answer: Answer, verdict: Verdict) -> None:
        """Write what became of an attempt."""
        ...

    async def bury(self, item: Item, reason: Reason, answer: Answer) -> None:
        """Write that an alert is never delivered."""
        ...

    async def posted(self, alert: Alert, receipt: str) -> None:
        """Write what names an alert's message at the service."""
        ...

    async def write(self, alert: Alert) -> None:
        """Write an alert for another endpoint."""
        ...

    async def disable(self, endpoint: str, why: Off) -> None:
        """Write that an endpoint is disabled, and why."""
        ...

    async def failing(self, endpoint: str, since: datetime | None) -> None:
        """Write since when an endpoint takes nothing; None where it is well."""
        ...
