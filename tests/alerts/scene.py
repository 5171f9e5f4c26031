"""A lane before a real receiver, on a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import IPv4Network

from alerts.exchange import Wire
from alerts.journal import Item
from alerts.lane import Lane
from alerts.switchboard import Switchboard
from alerts.webhooks import KINDS
from tests.alerts.books import MemoryBooks, Running
from tests.alerts.examples import AT
from tests.alerts.receiver import Receiver, receiving
from tests.clock import ManualClock
from wirewatch.messages import Alert
from wirewatch.network import Guard, open_client
from wirewatch.settings import EndpointSettings

LOOPBACK = (IPv4Network("127.0.0.0/8"),)
# In real time, for a receiver that hangs.
CLIENT_TIMEOUT = 0.3


class PatientClock(ManualClock):
    """A manual clock on which sleepers wait until the test moves it."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._moved = asyncio.Event()

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        while self.monotonic() < until:
            await self._moved.wait()


class Scene:
    """A lane, the receiver that it sends to, what it writes down, and the clock."""

    def __init__(self, receiver: Receiver, clock: ManualClock, wire: Wire) -> None:
        self.receiver = receiver
        self.clock = clock
        self.books = MemoryBooks()
        self.running = Running()
        self._wire = wire
        self._offset = 0

    def lane(
        self,
        endpoint: EndpointSettings | None,
        *,
        started: bool = True,
        operations: str | None = None,
        switchboard: Switchboard | None = None,
    ) -> Lane:
        lane = Lane(
            endpoint,
            KINDS[endpoint.kind] if endpoint else None,
            self.books,
            self._wire,
            settle=self.books.settled.append,
            spawn=self.running.spawn,
            operations=operations,
            switchboard=switchboard,
        )
        if started:
            lane.start()
        return lane

    def item(self, alert: Alert, since: datetime | None = None) -> Item:
        self._offset += 1
        return Item(alert, since=since or self.clock.now(), offset=self._offset)

    async def breathe(self) -> None:
        """Let everything run that can."""
        for _ in range(20):
            await asyncio.tasks.sleep(0)

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not reached():
                await asyncio.tasks.sleep(0.001)


@asynccontextmanager
async def scene(
    allow: tuple[IPv4Network, ...] = LOOPBACK, *, clock: ManualClock | None = None
) -> AsyncIterator[Scene]:
    clock = clock or ManualClock(AT)
    async with (
        open_client(Guard(allow), user_agent="Wirewatch/test") as client,
        receiving(clock) as receiver,
    ):
        yield Scene(receiver, clock, Wire(client, clock, CLIENT_TIMEOUT, guard=Guard(allow)))
