"""Asks for a feed to be polled at once: a message beside its state, which the poller that holds it heeds."""

from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from wirewatch.codec import encode, headers
from wirewatch.errors import TopicError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import PollRequest
from wirewatch.topics import FEEDS

# Before a feed's id in the key of what was asked: beside its state, in the same partition.
ASKED: Final = "asked/"


def partition_of(feed: str) -> int:
    """Return the partition of `feeds` that a feed belongs to: the producer's own choice for its key."""
    return int((murmur2(feed.encode()) & 0x7FFFFFFF) % FEEDS.partitions)


async def send_poll_request(kafka: KafkaConnection, request: PollRequest, *, source: str = "console") -> None:
    """Send a request; on return it is kept.

    Raises:
        TopicError: it cannot be sent.
    """
    name = kafka.topic(FEEDS)
    producer = kafka.producer()
    try:
        await producer.start()
        await send_request(producer, name, request, source=source)
    except KafkaError as error:
        raise TopicError(f"{name} cannot be written: {error}") from error
    finally:
        await producer.stop()


async def send_request(producer: AIOKafkaProducer, topic: str, request: PollRequest, *, source: str) -> None:
    """Send a request with a producer that runs; on return it is kept.

    Raises:
        KafkaError: it cannot be sent.
    """
    identity = identify("poll-request", request.feed, request.by, request.at.isoformat())
    await producer.send_and_wait(
        topic,
        encode(request),
        key=f"{ASKED}{request.feed}".encode(),
        partition=partition_of(request.feed),
        headers=headers(request, id=identity, source=source, time=request.at),
    )
