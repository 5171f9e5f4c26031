"""The delivery worker: takes alerts from Kafka to the lanes of their endpoints, and commits what is settled.

    poll    messages of `alerts` go to their partition's lanes
    commit  as far as everything before is delivered, dead, or durably on `alerts.pending`

Offsets say only what need not be read again; what is still to be delivered is on `alerts.pending`. A worker may die at
any moment: its successor reads both, and sends at worst again what was sent, under the same webhook-id.
"""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import Any, Final

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from alerts.exchange import Wire
from alerts.journal import Journal, PendingReader, Readers
from alerts.lease import Lease
from alerts.partition import Partition
from alerts.switchboard import SettingsReader, Switchboard
from alerts.webhooks import KINDS, check_endpoint
from wirewatch.clock import Clock
from wirewatch.errors import BrokerError, SettingsError
from wirewatch.kafka import KafkaConnection
from wirewatch.network import Guard, open_client, user_agent
from wirewatch.operations.standing import Place, Standing
from wirewatch.operations.vitals import Vitals
from wirewatch.settings import Settings
from wirewatch.topics import ALERTS, ALERTS_POSTED

logger = logging.getLogger(__name__)

# What is under way may take so long to end when the worker stops or gives a partition away.
DRAIN: Final = 2.5
# And Kafka so long, in all, to take what then has to be written down.
LEAVE: Final = 5.0
POLL_MS: Final = 500
MOST_POLLED: Final = 500
# Bytes that are fetched at once, for a message that is due and for a partition that is taken over.
MOST_SINGLE: Final = 256 * 1024
MOST_WHOLE: Final = 4 * 1024 * 1024
# Commits of one moment go together.
COMMIT_EVERY: Final = 0.01


async def run_deliveries(
    settings: Settings,
    kafka: KafkaConnection,
    clock: Clock,
    stop: asyncio.Event,
    vitals: Vitals | None = None,
) -> None:
    """Deliver alerts until `stop` is set; then finish what has begun within three seconds.

    Several may run at a time: they share the partitions of `alerts`.

    Raises:
        SettingsError: an endpoint's settings have mistakes; names all of them.
        BrokerError: Kafka cannot be used; nothing is lost, another worker goes on where this one ended.
    """
    mistakes = [
        f"  endpoint {each.id!r}: {mistake}"
        for each in settings.endpoints
        for mistake in check_endpoint(each)
    ]
    if mistakes:
        raise SettingsError("These endpoints cannot be delivered to:\n" + "\n".join(mistakes))
    async with AsyncExitStack() as stack:
        guard = Guard(settings.http.allow_networks)
        client = open_client(
            guard,
            user_agent=user_agent(version("wirewatch"), settings.http.contact),
            # Lanes bound what is under way to each endpoint; a common bound would let one hold up another.
            limits=httpx.Limits(max_connections=None, keepalive_expiry=30.0),
            proxy=settings.http.proxy_address,
        )
        await stack.enter_async_context(client)
        try:
            producer = kafka.producer()
            await producer.start()
            stack.push_async_callback(producer.stop)
            readers = Readers(
                PendingReader(kafka, most_at_once=MOST_SINGLE),
                PendingReader(kafka, most_at_once=MOST_WHOLE),
                PendingReader(kafka, most_at_once=MOST_SINGLE, topic=ALERTS_POSTED),
            )
            for reader in (readers.single, readers.whole, readers.posted):
                stack.push_async_callback(reader.stop)
                await reader.start()
            switchboard = Switchboard()
            reading = SettingsReader(kafka, switchboard)
            stack.push_async_callback(reading.stop)
            await reading.start()
            worker = _Worker(
                settings,
                kafka,
                producer=producer,
                readers=readers,
                wire=Wire(client, clock, console=settings.console.public_url, guard=guard),
                switchboard=switchboard,
                reading=reading,
            )
            if vitals is not None:
                vitals.probe = worker.standing
            await worker.run(stop)
        except KafkaError as error:
            raise BrokerError(f"Kafka at {kafka.bootstrap_servers} cannot be used: {error!r}") from error


class _Worker(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """Owns partitions of `alerts` as the group assigns them."""

    def __init__(
        self,
        settings: Settings,
        kafka: KafkaConnection,
        *,
        producer: AIOKafkaProducer,
        readers: Readers,
        wire: Wire,
        switchboard: Switchboard,
        reading: SettingsReader,
    ) -> None:
        self._switchboard = switchboard
        self._switchboard.listen(self._enabled)
        self._reading = reading
        self._operations = settings.operations.endpoint
        self._endpoints = {endpoint.id: endpoint for endpoint in settings.endpoints}
        self._kafka = kafka
        self._clock = wire.clock
        self._producer = producer
        self._readers = readers
        self._wire = wire
        self._lease = Lease(wire.clock)
        self._consumer: AIOKafkaConsumer = kafka.consumer(
            group_id=kafka.group("deliver"), fetch_max_wait_ms=200
        )
        self._partitions: dict[TopicPartition, Partition] = {}
        self._began: dict[TopicPartition, int] = {}
        self._starting: set[asyncio.Task[None]] = set()
        self._settled = asyncio.Event()
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set or something fails."""
        self._consumer.subscribe([self._kafka.topic(ALERTS)], listener=self)
        works = (self._lease.keep(), self._poll(), self._commit(), self._reading.run())
        loops = [asyncio.create_task(work) for work in works]
        stopping = asyncio.create_task(stop.wait())
        watched: list[asyncio.Future[Any]] = [*loops, stopping, self._failure]
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*loops, stopping):
                task.cancel()
            ended = await asyncio.gather(*loops, stopping, return_exceptions=True)
            await self._leave()
        for error in ended:
            if isinstance(error, Exception):
                raise error
        if self._failure.done():
            self._failure.result()

    def standing(self) -> Standing:
        """Return how this worker stands towards Kafka."""
        places = []
        for place, partition in self._partitions.items():
            end = self._consumer.highwater(place) if self._consumer.assignment() >= {place} else None
            reached = partition.offsets.position(self._began.get(place, 0))
            places.append(Place(place.topic, place.partition, end, reached))
        return Standing(bool(places), not self._starting, places=tuple(places))

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(LEAVE):
                await self._give_away(list(self._partitions))
        except TimeoutError:
            logger.warning(
                "Kafka did not take what was left to write down; another worker will deliver it again"
            )
        await self._consumer.stop()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Take partitions over; nothing of one is read before what waits of it is known."""
        for place in assigned:
            journal = Journal(
                self._kafka,
                self._producer,
                self._readers,
                self._lease,
                partition=place.partition,
                clock=self._clock,
            )
            partition = Partition(
                self._endpoints,
                KINDS,
                journal,
                self._wire,
                switchboard=self._switchboard,
                operations=self._operations,
                settled=self._settled.set,
                failed=self._fail,
            )
            self._consumer.pause(place)
            task = asyncio.create_task(self._take_over(place, partition))
            self._starting.add(task)
            task.add_done_callback(self._taken_over)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Give partitions away: finish, write down, commit."""
        await self._give_away(revoked)

    async def _take_over(self, place: TopicPartition, partition: Partition) -> None:
        await partition.restore()
        self._began[place] = await self._consumer.position(place)
        self._partitions[place] = partition
        try:
            self._consumer.resume(place)
        except IllegalStateError:
            # Given away again in the meantime.
            logger.debug("Partition %s went to another worker", place)

    def _taken_over(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    async def _give_away(self, places: Iterable[TopicPartition]) -> None:
        for task in list(self._starting):
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        leaving = {place: self._partitions.pop(place) for place in places if place in self._partitions}
        await asyncio.gather(*(partition.close(DRAIN) for partition in leaving.values()))
        await self._commit_now(leaving)

    async def _poll(self) -> None:
        # Here, as it may wait for long: until Kafka misses a member that died.
        await self._consumer.start()
        while True:
            polled = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_POLLED)
            for place, records in polled.items():
                partition = self._partitions.get(place)
                if partition is not None:
                    await partition.take(records)

    async def _commit(self) -> None:
        while True:
            await self._settled.wait()
            self._settled.clear()
            await self._commit_now(dict(self._partitions))
            await self._clock.sleep(COMMIT_EVERY)

    async def _commit_now(self, partitions: dict[TopicPartition, Partition]) -> None:
        offsets = {
            place: offset
            for place, partition in partitions.items()
            if (offset := partition.offsets.to_commit()) is not None
        }
        if not offsets:
            return
        try:
            await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # The partition went to another worker, which delivers again what is not committed: twice, never none.
            logger.warning("Offsets were not committed, as the partition went to another worker: %s", error)
            return
        for place, offset in offsets.items():
            partitions[place].offsets.committed(offset)

    def _enabled(self, endpoint: str) -> None:
        for partition in self._partitions.values():
            partition.enabled(endpoint)

    def _fail(self, error: BaseException) -> None:
        if not self._failure.done():
            self._failure.set_exception(error)
