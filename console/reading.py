"""Reads the topics into the read model, from where it left off, and tells the open pages what changed."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from console.filling import READ, fill, positions, prune
from console.incoming import Incoming
from console.schema import open_store
from wirewatch.clock import Clock
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.standing import Place, Standing
from wirewatch.operations.vitals import Vitals

BATCH: Final = 1_000
POLL_MS: Final = 100
PAUSE: Final = 2.0
PRUNE_EVERY: Final = 60.0
log = logging.getLogger(__name__)


async def read_for_ever(
    kafka: KafkaConnection,
    file: Path,
    clock: Clock,
    stop: asyncio.Event,
    changed: Callable[[], None],
    *,
    vitals: Vitals,
) -> None:
    """Keep the read model up with the topics until told to stop; a Kafka that is away is waited for."""
    while not stop.is_set():
        try:
            await _read(kafka, file, clock, stop, changed, vitals=vitals)
        except (KafkaError, OSError) as error:
            log.warning("Kafka cannot be read, again in %g s: %s", PAUSE, error)
            await clock.sleep(PAUSE)


async def _read(
    kafka: KafkaConnection,
    file: Path,
    clock: Clock,
    stop: asyncio.Event,
    changed: Callable[[], None],
    *,
    vitals: Vitals,
) -> None:
    consumer = kafka.consumer(max_poll_records=BATCH)
    store: sqlite3.Connection | None = None
    try:
        await consumer.start()
        topics = {kafka.topic(topic): topic for topic in READ}
        places = [
            TopicPartition(name, each) for name, topic in topics.items() for each in range(topic.partitions)
        ]
        consumer.assign(places)
        store, read = await _open(consumer, places, kafka.prefix, file)
        vitals.probe = lambda: _standing(consumer, kafka.prefix, read)
        pruned = clock.monotonic()
        while not stop.is_set():
            found = await consumer.getmany(timeout_ms=POLL_MS)
            batch = [
                Incoming(
                    topics[place.topic], place.partition, each.offset, each.timestamp, each.key or b"", each.value,
                    tuple(each.headers),
                )
                for place, messages in found.items()
                for each in messages
            ]  # fmt: skip
            if batch:
                await asyncio.to_thread(fill, store, batch)
                read.update({place: messages[-1].offset + 1 for place, messages in found.items() if messages})
                changed()
            if clock.monotonic() - pruned > PRUNE_EVERY:
                await asyncio.to_thread(prune, store, clock.now())
                pruned = clock.monotonic()
    finally:
        await consumer.stop()
        if store is not None:
            store.close()


async def _open(
    consumer: AIOKafkaConsumer, places: list[TopicPartition], prefix: str, file: Path
) -> tuple[sqlite3.Connection, dict[TopicPartition, int]]:
    """Open the read model and go on where it ends, which is returned; where it knows more than Kafka has, it is of another Kafka."""
    store = await asyncio.to_thread(open_store, file)
    known = positions(store)
    ends = await consumer.end_offsets(places)
    begins = await consumer.beginning_offsets(places)
    if any(
        known.get((place.topic.removeprefix(prefix), place.partition), 0) > ends[place] for place in places
    ):
        log.warning("The read model is of another Kafka; it is built anew")
        store.close()
        store = await asyncio.to_thread(lambda: open_store(file, anew=True))
        known = {}
    read = {}
    for place in places:
        offset = known.get((place.topic.removeprefix(prefix), place.partition), 0)
        read[place] = max(offset, begins[place])
        consumer.seek(place, read[place])
    return store, read


def _standing(consumer: AIOKafkaConsumer, prefix: str, read: dict[TopicPartition, int]) -> Standing:
    """How far the read model is: what it has laid in counts as committed."""
    return Standing(
        assigned=True,
        places=tuple(
            Place(place.topic.removeprefix(prefix), place.partition, consumer.highwater(place), offset)
            for place, offset in read.items()
        ),
    )
