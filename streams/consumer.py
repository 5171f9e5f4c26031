"""Faust's Kafka consumer, without the two habits that lose events while a worker takes its partitions over.

When a state is read back, Faust seeks to what was committed and then lets events flow. But it lets the fetcher run
meanwhile, and letting events flow empties the queues of the agents: what was fetched between the two is gone, and as
the next event leaves a hole, nothing is committed any more. So here nothing is fetched from the seek until they flow.

And where nothing was committed it does not seek at all: what was fetched too early and thrown away is not read again,
and the next commit leaves it behind. So here it seeks to the beginning.

Beside that it makes four tasks a message, to hand it to a queue that has room. Here they are made where it has none.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Generator
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.services import WaitResults


class _Thread(driver.AIOKafkaConsumerThread):
    async def seek_to_committed(self) -> Any:
        """Seek to what was committed, and where nothing was to the beginning; return what was committed."""
        return await self.call_thread(self._seek_to_committed)

    async def _seek_to_committed(self) -> Any:
        consumer = self._ensure_consumer()
        committed = await consumer.seek_to_committed()
        # A changelog is never committed: its place is the recovery's to choose.
        begun = [
            place
            for place, offset in committed.items()
            if not offset and not self.consumer._is_changelog_tp(TP(place.topic, place.partition))
        ]
        if begun:
            await consumer.seek_to_beginning(*begun)
        return committed


class _Begun:
    """A coroutine that has begun, and what it waits for: goes on with it."""

    def __init__(self, begun: Coroutine[Any, Any, Any], waits_for: Any) -> None:
        self._begun = begun
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, Any]:
        waits_for = self._waits_for
        while True:
            try:
                try:
                    answer = yield waits_for
                except BaseException as error:  # noqa: BLE001 - a cancellation, too, is for the coroutine to hear of
                    waits_for = self._begun.throw(error)
                else:
                    waits_for = self._begun.send(answer)
            except StopIteration as end:
                return end.value


class _Consumer(driver.Consumer):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._between_fetches = asyncio.Event()
        self._between_fetches.set()
        self._fetching: asyncio.Task[Any] | None = None

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, *args: Any, **options: Any) -> AsyncIterator[tuple[TP, Any]]:
        """Fetch once events flow, and hand on what came."""
        self._between_fetches.set()
        while not self.flow_active and not self.should_stop:
            await self.wait(self.can_resume_flow)  # type: ignore[arg-type] # any event will do
        self._between_fetches.clear()
        self._fetching = asyncio.current_task()
        async for found in super().getmany(*args, **options):
            yield found

    async def wait_first(self, *waiting: Any, **options: Any) -> WaitResults:
        """Wait for the first that is done. A message is handed on at once, without a task, where nothing holds it up."""
        first, *others = waiting
        if asyncio.iscoroutine(first):
            try:
                first = _Begun(first, first.send(None))
            except BaseException as end:
                for other in filter(asyncio.iscoroutine, others):
                    other.close()
                if isinstance(end, StopIteration):
                    return WaitResults([first], [end.value], stopped=False)
                raise
        return await super().wait_first(first, *others, **options)

    async def perform_seek(self) -> None:
        """Seek to what was committed. Nothing flows until `resume_flow`, which every caller but the fetcher calls."""
        if asyncio.current_task() is not self._fetching:
            self.stop_flow()
            await self._between_fetches.wait()
        await super().perform_seek()


class _Transport(driver.Transport):
    Consumer = _Consumer


def take_over_without_loss(app: faust.App) -> None:
    """Make an app that is not started yet read with this consumer."""
    app.transport = _Transport(app.conf.broker_consumer, app)
