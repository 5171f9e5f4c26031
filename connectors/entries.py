"""Feeds that were added by command: they live on the topic `feeds`, each beside its state."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from aiokafka.errors import KafkaError
from msgspec import Struct

from connectors.state import ADDED
from wirewatch.codec import decode_as, encode, headers
from wirewatch.errors import BrokerError, MessageError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import FeedEntry, FeedState
from wirewatch.poll_request import partition_of
from wirewatch.settings import FeedSettings
from wirewatch.tail import read_topics
from wirewatch.topics import FEEDS


class Standing(Struct, frozen=True):
    """What stands on the topic: the feeds' states, and the feeds that were added, by id."""

    states: Mapping[str, FeedState] = {}
    entries: Mapping[str, FeedEntry] = {}


def entry_of(feed: FeedSettings, now: datetime) -> FeedEntry:
    """Return a feed as it is kept on the topic; its address must be none that is secret."""
    return FeedEntry(
        feed=feed.id,
        url=feed.address,
        name=feed.name,
        added=now,
        language=feed.language,
        tier=feed.tier,
        interval=feed.interval,
        tags=feed.tags,
    )


def feed_of(entry: FeedEntry) -> FeedSettings:
    """Return the feed that an entry stands for."""
    return FeedSettings(
        entry.url,
        entry.name,
        language=entry.language,
        tier=entry.tier,
        interval=entry.interval,
        tags=entry.tags,
    )


async def read_standing(kafka: KafkaConnection) -> Standing:
    """Return what stands on the topic now; what cannot be read is left out.

    Raises:
        TopicError: the topic cannot be read.
    """
    states: dict[str, FeedState] = {}
    entries: dict[str, FeedEntry] = {}
    async for _, message in read_topics(kafka, (FEEDS,)):
        key = (message.key or b"").decode("utf-8", "replace")
        name = key.removeprefix(ADDED)
        found: dict[str, FeedState] | dict[str, FeedEntry] = entries if name != key else states
        found.pop(name, None)
        if message.value is None:
            continue
        try:
            if name != key:
                entries[name] = decode_as(FeedEntry, message.value)
            else:
                states[name] = decode_as(FeedState, message.value)
        except MessageError:
            continue
    return Standing(states, entries)


async def write_entries(
    kafka: KafkaConnection, *, added: Iterable[FeedEntry] = (), removed: Iterable[str] = ()
) -> None:
    """Add feeds, and remove those of these ids with their states; on return that is kept.

    Raises:
        BrokerError: Kafka does not take it.
    """
    topic = kafka.topic(FEEDS)
    producer = kafka.producer()
    try:
        await producer.start()
        for entry in added:
            about = headers(
                entry,
                id=identify("feed-entry", entry.feed, entry.added.isoformat()),
                source="command-line",
                time=entry.added,
            )
            await producer.send_and_wait(
                topic,
                encode(entry),
                key=f"{ADDED}{entry.feed}".encode(),
                partition=partition_of(entry.feed),
                headers=about,
            )
        for name in removed:
            for key in (f"{ADDED}{name}", name):
                await producer.send_and_wait(topic, None, key=key.encode(), partition=partition_of(name))
    except KafkaError as error:
        raise BrokerError(f"Kafka does not take the feeds: {error}") from error
    finally:
        await producer.stop()
