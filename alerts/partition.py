"""One partition of `alerts` while this worker owns it: its lanes, its offsets, what of it waits."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from alerts.delivery import WebhookKind
from alerts.exchange import Wire
from alerts.journal import Journal, item_of_record
from alerts.lane import Lane
from alerts.offsets import Offsets
from alerts.switchboard import Switchboard
from alerts.webhooks import canary
from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.messages import Alert
from wirewatch.operations.canary import CANARY
from wirewatch.settings import EndpointKind, EndpointSettings
from wirewatch.topics import ALERTS


class Partition:
    """Takes the messages of one partition to the lanes of their endpoints, each apart from the others."""

    def __init__(
        self,
        endpoints: Mapping[str, EndpointSettings],
        kinds: Mapping[EndpointKind, WebhookKind],
        journal: Journal,
        wire: Wire,
        *,
        switchboard: Switchboard,
        operations: str | None,
        settled: Callable[[], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._endpoints = endpoints
        self._kinds = kinds
        self._journal = journal
        self._wire = wire
        self._switchboard = switchboard
        self._operations = operations
        self._settled = settled
        self._failed = failed
        # One for each endpoint, and one for all that are not configured any more.
        self._lanes: dict[str | None, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._closing = False
        self.offsets = Offsets()

    async def restore(self) -> None:
        """Take up what waits on `alerts.pending`; afterwards messages can be taken."""
        for posted in await self._journal.posted_before():
            if posted.endpoint in self._endpoints:
                self._lane(posted.endpoint).note_posted(posted.alert, posted.receipt)
        for kept in await self._journal.rebuild():
            self._lane(kept.endpoint).restore(kept)

    async def take(self, records: Iterable[Any]) -> None:
        """Take messages of `alerts`, in their order; return when there is room for more."""
        for record in records:
            if self._closing:
                # Another worker reads it, as nothing commits it.
                return
            self.offsets.take(record.offset)
            try:
                alert: Alert = decode(ALERTS, record.value)
            except MessageError as error:
                self.spawn(self._bury(record, error))
                continue
            self._lane(alert.endpoint).offer(item_of_record(alert, record, self._wire.clock))
        while self.offsets.is_full and not self._closing:
            self._room.clear()
            await self._room.wait()

    async def close(self, seconds: float) -> None:
        """Finish what is under way within `seconds`; what is not stands on `alerts.pending` afterwards."""
        self._closing = True
        self._room.set()
        await asyncio.gather(*(lane.close(seconds) for lane in self._lanes.values()))
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def enabled(self, endpoint: str) -> None:
        """Take that somebody enabled an endpoint."""
        lane = self._lanes.get(endpoint)
        if lane is not None:
            lane.enabled()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside; a fault in it is the worker's."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _lane(self, endpoint: str) -> Lane:
        settings = canary.ENDPOINT if endpoint == CANARY else self._endpoints.get(endpoint)
        name = None if settings is None else settings.id
        lane = self._lanes.get(name)
        if lane is None:
            kind = None if settings is None else self._kinds[settings.kind]
            kind = canary.KIND if endpoint == CANARY else kind
            lane = Lane(
                settings,
                kind,
                self._journal,
                self._wire,
                settle=self._settle,
                spawn=self.spawn,
                switchboard=self._switchboard,
                operations=self._operations,
            )
            self._lanes[name] = lane
            lane.start()
        return lane

    async def _bury(self, record: Any, error: MessageError) -> None:
        await self._journal.bury_bytes(ALERTS.name, record.value, record.offset, error)
        self._settle(record.offset)

    def _settle(self, offset: int) -> None:
        self.offsets.settle(offset)
        self._room.set()
        self._settled()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)
