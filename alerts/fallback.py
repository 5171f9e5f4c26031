"""A flash that its endpoint does not take in time goes to the endpoint's fallback as well.

The fallback gets an alert of its own, with ids that follow from the original's: whichever worker sends it, and however
often, it is the same. The original is still tried.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from wirewatch.clock import Clock
from wirewatch.ids import identify
from wirewatch.messages import Alert

IN_TIME: Final = timedelta(seconds=30)
# Known to have been passed on: late and then dead is once.
MOST_PASSED: Final = 1_000


def instead(alert: Alert, fallback: str) -> Alert:
    """Return an alert for the endpoint `fallback`, which says why it gets it."""
    ours = identify("fallback", alert.id, fallback)
    body = msgspec.structs.replace(
        alert.body,
        alert=ours,
        reason=f"{alert.body.reason}. Sent here because the endpoint {alert.endpoint} has not taken it",
    )
    return msgspec.structs.replace(
        alert,
        id=ours,
        endpoint=fallback,
        webhook_id=identify("fallback", alert.webhook_id, fallback),
        body=body,
    )


class Lookout:
    """Watches the flashes of one endpoint, and passes on what is not delivered in time."""

    def __init__(
        self,
        fallback: str,
        clock: Clock,
        *,
        is_under_way: Callable[[Alert], bool],
        write: Callable[[Alert], Awaitable[None]],
    ) -> None:
        self._fallback = fallback
        self._clock = clock
        self._is_under_way = is_under_way
        self._write = write
        self._watched: deque[tuple[datetime, Alert]] = deque()
        self._passed: deque[str] = deque(maxlen=MOST_PASSED)
        self._fresh = asyncio.Event()

    def watch(self, alert: Alert, since: datetime) -> None:
        """Watch a flash that waits since `since`; others need not arrive within seconds."""
        if alert.body.priority == "flash":
            self._watched.append((since + IN_TIME, alert))
            self._fresh.set()

    async def pass_on(self, alert: Alert) -> None:
        """Write a flash for the fallback; return when Kafka has it."""
        if alert.body.priority == "flash" and alert.webhook_id not in self._passed:
            self._passed.append(alert.webhook_id)
            await self._write(instead(alert, self._fallback))

    async def run(self) -> None:
        """Pass on what is not delivered in time, for ever."""
        while True:
            while not self._watched:
                self._fresh.clear()
                await self._fresh.wait()
            until, alert = self._watched.popleft()
            if not self._is_under_way(alert):
                continue
            await self._clock.sleep((until - self._clock.now()).total_seconds())
            if self._is_under_way(alert):
                await self.pass_on(alert)
