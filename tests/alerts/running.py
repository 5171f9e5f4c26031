"""A delivery worker on a real Kafka, and what it wrote there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Network
from typing import Any

from aiokafka import TopicPartition

from alerts.worker import run_deliveries
from wirewatch.clock import SystemClock
from wirewatch.codec import decode, decode_as, encode
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert, Delivery, PendingDelivery
from wirewatch.settings import EndpointSettings, HttpSettings, KafkaSettings, Settings
from wirewatch.topic_admin import create_topics
from wirewatch.topics import ALERTS, ALERTS_PENDING, DEAD, DELIVERIES, Topic

LOOPBACK = IPv4Network("127.0.0.0/8")
PATIENCE = 30.0


def settings_for(endpoints: Iterable[EndpointSettings]) -> Settings:
    """Return settings that may reach the loopback."""
    return Settings(http=HttpSettings(allow_networks=(LOOPBACK,)), endpoints=tuple(endpoints))


class Bench:
    """A Kafka with the topics of one test."""

    def __init__(self, kafka: KafkaConnection) -> None:
        self.kafka = kafka

    async def put(self, alerts: Iterable[Alert]) -> None:
        """Write alerts to their topic, as desks do."""
        await self.put_bytes((alert.endpoint.encode(), encode(alert)) for alert in alerts)

    async def put_bytes(
        self,
        messages: Iterable[tuple[bytes, bytes | None]],
        topic: Topic = ALERTS,
        partition: int | None = None,
    ) -> None:
        """Write whatever to a topic."""
        producer = self.kafka.producer()
        await producer.start()
        try:
            for key, value in messages:
                await producer.send_and_wait(self.kafka.topic(topic), value, key, partition=partition)
        finally:
            await producer.stop()

    async def read(self, topic: Topic) -> list[Any]:
        """Return all records that stand on a topic now."""
        consumer = self.kafka.consumer()
        await consumer.start()
        try:
            every = [TopicPartition(self.kafka.topic(topic), number) for number in range(topic.partitions)]
            ends = {place: end for place, end in (await consumer.end_offsets(every)).items() if end}
            if not ends:
                return []
            consumer.assign(list(ends))
            found = []
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += records
            return found
        finally:
            await consumer.stop()

    async def deliveries(self) -> list[Delivery]:
        """Return what became of each attempt, in the order of time."""
        found: list[Delivery] = [decode(DELIVERIES, record.value) for record in await self.read(DELIVERIES)]
        return sorted(found, key=lambda delivery: delivery.at)

    async def pending(self) -> list[PendingDelivery]:
        """Return what is still to be delivered."""
        standing: dict[bytes, bytes | None] = {}
        for record in await self.read(ALERTS_PENDING):
            standing[record.key] = record.value
        return [decode_as(PendingDelivery, value) for value in standing.values() if value is not None]

    async def dead(self) -> list[Any]:
        """Return the records on `dead`."""
        return await self.read(DEAD)

    async def committed(self) -> int:
        """Return how many messages of `alerts` need not be read again."""
        consumer = self.kafka.consumer(group_id=self.kafka.group("deliver"))
        await consumer.start()
        try:
            name = self.kafka.topic(ALERTS)
            return sum(
                [
                    await consumer.committed(TopicPartition(name, number)) or 0
                    for number in range(ALERTS.partitions)
                ]
            )
        finally:
            await consumer.stop()

    async def until(self, found: Callable[[Sequence[Delivery]], bool]) -> list[Delivery]:
        """Return the deliveries as soon as they are as wanted."""
        async with asyncio.timeout(PATIENCE):
            while True:
                deliveries = await self.deliveries()
                if found(deliveries):
                    return deliveries

    @asynccontextmanager
    async def working(self, endpoints: Iterable[EndpointSettings]) -> AsyncIterator[asyncio.Task[None]]:
        """Run a worker; it stops as it does in earnest."""
        stop = asyncio.Event()
        task = asyncio.create_task(
            run_deliveries(settings_for(endpoints), self.kafka, SystemClock(), stop), name="worker"
        )
        try:
            yield task
        finally:
            stop.set()
            await asyncio.wait_for(task, PATIENCE)


@asynccontextmanager
async def bench(servers: str, prefix: str, instance: str | None = None) -> AsyncIterator[Bench]:
    """Create the topics of one test; a worker of the same instance takes a dead one's place at once."""
    kafka = KafkaConnection(servers, KafkaSettings(topic_prefix=prefix), instance=instance)
    await create_topics(kafka)
    yield Bench(kafka)
