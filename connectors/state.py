"""Stories and feed states to Kafka, and the states of the feeds that are ours from Kafka.

A state is written when the stories of its poll are acknowledged: a poller that dies in between sends a story twice,
with the same id, and loses none. A feed belongs to the poller that holds its partition of the topic `feeds`, so that
several share the work and take over from one another with no other store than Kafka.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError
from msgspec import Struct

from wirewatch.clock import Clock
from wirewatch.codec import decode_as, encode, headers
from wirewatch.errors import BrokerError, MessageError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import FeedEntry, FeedState, PollRequest, Story
from wirewatch.operations import metrics
from wirewatch.operations.story_log import log_story
from wirewatch.poll_request import ASKED, partition_of, send_request
from wirewatch.topics import FEEDS, STORIES

_log = logging.getLogger("wirewatch.poll")
_WAIT_MS: Final = 200
M = TypeVar("M", bound=Struct)
V = TypeVar("V")

# Before a feed's id in the key of what was added by command: beside its state, in the same partition.
ADDED: Final = "added/"


class Shared(Protocol):
    """Hears of partitions that come and go, and of feeds that are added and removed meanwhile."""

    def taken(
        self, partition: int, states: Mapping[str, FeedState], entries: Mapping[str, FeedEntry]
    ) -> None:
        """Take over a partition: its feeds' states, and the feeds that were added."""
        ...

    async def released(self, partitions: Iterable[int]) -> None:
        """Return when the feeds of these partitions are polled no more."""
        ...

    async def changed(self, name: str, entry: FeedEntry | None) -> None:
        """Learn that a feed was added or changed, or removed."""
        ...

    def asked(self, request: PollRequest) -> None:
        """Poll a feed as soon as it may be: somebody asks for it. Or learn what its hub said elsewhere."""
        ...


class _Reading(Struct):
    """What was read so far of a partition that came; the states as they stand there, for they are large."""

    states: dict[str, bytes] = {}
    entries: dict[str, FeedEntry] = {}


class States(Mapping[str, FeedState]):
    """Feeds' states as Kafka has them, each read when it is asked for; one that cannot be read is not there."""

    def __init__(self, raw: Mapping[str, bytes]) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> FeedState:
        """Return a feed's state."""
        found = _read(FeedState, name, self._raw[name])
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the feeds that have a state."""
        return iter(self._raw)

    def __len__(self) -> int:
        """Return how many have a state."""
        return len(self._raw)


class StoryOutlet:
    """Sends what a poll brought, in the order that loses nothing."""

    def __init__(self, producer: AIOKafkaProducer, kafka: KafkaConnection, clock: Clock) -> None:
        self._producer = producer
        self._stories = kafka.topic(STORIES)
        self._feeds = kafka.topic(FEEDS)
        self._clock = clock
        # Of each feed: how often something was missed, so that what is new is counted.
        self._gaps: dict[str, int] = {}

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
            self._count(len(sent), state)
        except KafkaError as error:
            raise BrokerError(f"Kafka does not take stories and feed states: {error}") from error

    async def ask(self, request: PollRequest) -> None:
        """Send a request to the poller that holds its feed.

        Raises:
            BrokerError: Kafka does not take it.
        """
        try:
            await send_request(self._producer, self._feeds, request, source="poll")
        except KafkaError as error:
            raise BrokerError(f"Kafka does not take the request for a poll: {error}") from error

    async def send_canary(self, story: Story) -> None:
        """Send the canary, which belongs to no feed.

        Raises:
            BrokerError: Kafka does not take it.
        """
        try:
            await (await self._send_story(story))
        except KafkaError as error:
            raise BrokerError(f"Kafka does not take stories: {error}") from error

    def _count(self, stories: int, state: FeedState | None) -> None:
        metrics.STORIES.inc(stories)
        if state is not None:
            metrics.GAPS.inc(max(0, state.gaps - self._gaps.get(state.feed, state.gaps)))
            self._gaps[state.feed] = state.gaps

    async def _send_story(self, story: Story) -> "asyncio.Future[object]":
        log_story(_log, story)
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

    def __init__(self, consumer: AIOKafkaConsumer, kafka: KafkaConnection, shared: Shared) -> None:
        self._consumer = consumer
        self._topic = kafka.topic(FEEDS)
        self._shared = shared
        # Partitions that are being read, with the states so far; and where their ends were when they came.
        self._reading: dict[TopicPartition, _Reading] = {}
        self._ends: dict[TopicPartition, int] = {}

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Stop polling the feeds of these partitions before another poller begins to."""
        for partition in revoked:
            self._reading.pop(partition, None)
        await self._shared.released([partition.partition for partition in revoked])

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Begin to read these partitions from their start."""
        if not assigned:
            return
        # Before anything is awaited: messages may arrive meanwhile.
        for partition in assigned:
            self._ends.pop(partition, None)
            self._reading[partition] = _Reading()
        await self._consumer.seek_to_beginning(*assigned)
        self._ends |= await self._consumer.end_offsets(list(assigned))

    @property
    def level(self) -> bool:
        """Whether all that was assigned is read to its end."""
        return not self._reading

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
                        await self._take(partition, message.key, message.value)
                await self._finish()
        except KafkaError as error:
            raise BrokerError(f"The feed states cannot be read from Kafka: {error}") from error

    async def _take(self, partition: TopicPartition, key: bytes | None, value: bytes | None) -> None:
        name = (key or b"").decode("utf-8", "replace")
        reading = self._reading.get(partition)
        if name.startswith(ADDED):
            feed = name.removeprefix(ADDED)
            entry = _read(FeedEntry, feed, value)
            if reading is None:
                await self._shared.changed(feed, entry)
            else:
                _keep(reading.entries, feed, entry)
        elif name.startswith(ASKED):
            request = _read(PollRequest, name.removeprefix(ASKED), value)
            # What was asked before this poller held the feed is past: it is asked at its start anyway when it is due.
            if reading is None and request is not None:
                self._shared.asked(request)
        elif reading is not None:
            # A state that arrives after the hand-over was written by this poller itself.
            _keep(reading.states, name, value)

    async def _finish(self) -> None:
        for partition in list(self._reading):
            if await self._at_end(partition) and partition in self._reading:
                found = self._reading.pop(partition)
                self._shared.taken(partition.partition, States(found.states), found.entries)

    async def _at_end(self, partition: TopicPartition) -> bool:
        end = self._ends.get(partition)
        try:
            return end is not None and await self._consumer.position(partition) >= end
        except IllegalStateError:
            # It went to another poller while its place was asked for.
            return False


def _read(kind: type[M], feed: str, value: bytes | None) -> M | None:
    """Return a message, or None for a tombstone and for what cannot be read."""
    if value is None:
        return None
    try:
        return decode_as(kind, value)
    except MessageError:
        _log.exception("The %s of feed %s cannot be read; it begins anew", kind.__name__, feed)
        return None


def _keep(found: dict[str, V], name: str, value: V | None) -> None:
    if value is None:
        found.pop(name, None)
    else:
        found[name] = value
