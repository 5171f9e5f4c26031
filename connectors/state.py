"""Stories and feed states to Kafka, and the states of the feeds that are ours from Kafka.

A state is written when the stories of its poll are acknowledged: a poller that dies in between sends a story twice,
with the same id, and loses none. A feed belongs to the poller that holds its partition of the topic `feeds`, so that
several share the work and take over from one another with no other store than Kafka.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.partitioner import murmur2

from wirewatch.clock import Clock
from wirewatch.codec import decode, encode, headers
from wirewatch.errors import BrokerError, MessageError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import FeedState, Story
from wirewatch.topics import FEEDS, STORIES

_log = logging.getLogger("wirewatch.poll")
_WAIT_MS: Final = 200

Taken = Callable[[int, Mapping[str, FeedState]], None]
Released = Callable[[Iterable[int]], Awaitable[None]]


def partition_of(feed: str) -> int:
    """Return the partition of `feeds` that a feed belongs to: the producer's own choice for its key."""
    return int((murmur2(feed.encode()) & 0x7FFFFFFF) % FEEDS.partitions)


class StoryOutlet:
    """Sends what a poll brought, in the order that loses nothing."""

    def __init__(self, producer: AIOKafkaProducer, kafka: KafkaConnection, clock: Clock) -> None:
        self._producer = producer
        self._stories = kafka.topic(STORIES)
        self._feeds = kafka.topic(FEEDS)
        self._clock = clock

    async def hand_over(self, stories: Iterable[Story], state: FeedState | None) -> None:
        """Return when the stories, and after them the state, are acknowledged by Kafka.

        Raises:
            BrokerError: Kafka does not take them; the poll must count as not done.
        """
        try:
            sent = [await self._send_story(story) for story in stories]
            await asyncio.gather(*sent)
            if state is not None:
                await self._send_state(state)
        except KafkaError as error:
            raise BrokerError(f"Kafka does not take stories and feed states: {error}") from error

    async def _send_story(self, story: Story) -> "asyncio.Future[object]":
        about = headers(
            story,
            id=identify("story-version", story.id, story.version),
            source="poll",
            time=self._clock.now(),
        )
        sent: asyncio.Future[object] = await self._producer.send(
            self._stories, encode(story), key=story.feed.encode(), headers=about
        )
        return sent

    async def _send_state(self, state: FeedState) -> None:
        moment = self._clock.now()
        about = headers(
            state,
            id=identify("feed-state", state.feed, moment.isoformat()),
            source="poll",
            time=moment,
        )
        await self._producer.send_and_wait(
            self._feeds,
            encode(state),
            key=state.feed.encode(),
            partition=partition_of(state.feed),
            headers=about,
        )


class StateReader(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """Reads the states of the partitions that this poller holds, and tells what it got and what it lost."""

    def __init__(
        self, consumer: AIOKafkaConsumer, kafka: KafkaConnection, taken: Taken, released: Released
    ) -> None:
        self._consumer = consumer
        self._topic = kafka.topic(FEEDS)
        self._taken = taken
        self._released = released
        # Partitions that are being read, with the states so far; and where their ends were when they came.
        self._reading: dict[TopicPartition, dict[str, FeedState]] = {}
        self._ends: dict[TopicPartition, int] = {}

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Stop polling the feeds of these partitions before another poller begins to."""
        for partition in revoked:
            self._reading.pop(partition, None)
        await self._released([partition.partition for partition in revoked])

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Begin to read these partitions from their start."""
        if not assigned:
            return
        # Before anything is awaited: messages may arrive meanwhile.
        for partition in assigned:
            self._ends.pop(partition, None)
            self._reading[partition] = {}
        await self._consumer.seek_to_beginning(*assigned)
        self._ends |= await self._consumer.end_offsets(list(assigned))

    async def run(self, stop: asyncio.Event) -> None:
        """Read until told to stop; a partition is handed over when it was read to its end.

        Raises:
            BrokerError: Kafka cannot be read.
        """
        try:
            self._consumer.subscribe([self._topic], listener=self)
            while not stop.is_set():
                found = await self._consumer.getmany(timeout_ms=_WAIT_MS)
                for partition, messages in found.items():
                    for message in messages:
                        self._take(partition, message.key, message.value)
                await self._finish()
        except KafkaError as error:
            raise BrokerError(f"The feed states cannot be read from Kafka: {error}") from error

    def _take(self, partition: TopicPartition, key: bytes | None, value: bytes | None) -> None:
        # What arrives after the hand-over was written by this poller itself.
        states = self._reading.get(partition)
        if states is None or key is None:
            return
        feed = key.decode("utf-8", "replace")
        if value is None:
            states.pop(feed, None)
            return
        try:
            states[feed] = decode(FEEDS, value)
        except MessageError:
            _log.exception("The state of feed %s cannot be read; it begins anew", feed)
            states.pop(feed, None)

    async def _finish(self) -> None:
        for partition in list(self._reading):
            if await self._at_end(partition) and partition in self._reading:
                self._taken(partition.partition, self._reading.pop(partition))

    async def _at_end(self, partition: TopicPartition) -> bool:
        end = self._ends.get(partition)
        try:
            return end is not None and await self._consumer.position(partition) >= end
        except IllegalStateError:
            # It went to another poller while its place was asked for.
            return False
