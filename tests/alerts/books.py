"""What a lane writes down, in memory: for tests without a broker."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from alerts.journal import Item
from alerts.lane import Lane
from alerts.schedule import Answer, Reason, Verdict
from wirewatch.endpoint_switch import Off
from wirewatch.messages import Alert


class MemoryBooks:
    """Keeps everything in lists; `due` says until when each alert that waited did, and why."""

    def __init__(self) -> None:
        self.notes: list[tuple[Item, Answer, Verdict]] = []
        self.buried: list[tuple[Alert, Reason, Answer]] = []
        self.struck: list[Alert] = []
        self.late: list[Alert] = []
        self.due: list[tuple[datetime, str]] = []
        self.settled: list[int] = []
        self.written: list[Alert] = []
        self.disabled: list[tuple[str, Off]] = []
        self.failings: list[tuple[str, datetime | None]] = []
        self.receipts: list[tuple[str, str]] = []
        self.standing: dict[int, Item] = {}

    async def keep(self, item: Item, due: datetime, why: str) -> int:
        item.stored = True
        self.due.append((due, why))
        offset = len(self.due)
        self.standing[offset] = item
        return offset

    async def load(self, offset: int) -> Item | None:
        return self.standing.pop(offset, None)

    async def expired(self, alert: Alert) -> None:
        self.late.append(alert)

    async def strike(self, alert: Alert) -> None:
        self.struck.append(alert)

    async def note(self, item: Item, answer: Answer, verdict: Verdict) -> None:
        self.notes.append((item, answer, verdict))

    async def bury(self, item: Item, reason: Reason, answer: Answer) -> None:
        self.buried.append((item.alert, reason, answer))

    async def posted(self, alert: Alert, receipt: str) -> None:
        self.receipts.append((alert.id, receipt))

    async def write(self, alert: Alert) -> None:
        self.written.append(alert)

    async def disable(self, endpoint: str, why: Off) -> None:
        self.disabled.append((endpoint, why))

    async def failing(self, endpoint: str, since: datetime | None) -> None:
        self.failings.append((endpoint, since))

    @property
    def outcomes(self) -> list[str]:
        return [verdict.outcome for _, _, verdict in self.notes]

    @property
    def reasons(self) -> list[str]:
        return [answer.reason for _, answer, _ in self.notes]


class Running:
    """A lane and its tasks; a fault in one of them is the test's."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        return task

    async def end(self, lane: Lane, within: float = 2.0) -> None:
        """Close the lane, and raise what went wrong in it."""
        await lane.close(within)
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
