"""Looks at Kafka from outside: how far each stage is, what fails, what waits, whether the canary came through."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from wirewatch.clock import Clock
from wirewatch.codec import decode_as
from wirewatch.errors import BrokerError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Delivery, FeedState, PendingDelivery, Story
from wirewatch.operations.canary import CANARY
from wirewatch.operations.illness import DEAD_FOR, StageView, Survey
from wirewatch.tail import read_topics
from wirewatch.topics import (
    ALERTS,
    ALERTS_PENDING,
    ANALYSED,
    CLUSTERED,
    DEAD,
    DELIVERIES,
    DETECTIONS,
    FEEDS,
    STORIES,
    TOPICS,
    Topic,
)

# The topic by which each stage's lag is told; the poller reads none to its end.
READS: Final[dict[str, Topic | None]] = {
    "poll": None,
    "analyse": STORIES,
    "cluster": ANALYSED,
    "ledger": CLUSTERED,
    "desks": DETECTIONS,
    "deliver": ALERTS,
}
CANARIES_OF: Final = timedelta(minutes=5)
_READ_MS: Final = 1000


class Surveyor:
    """Connected to Kafka for one look or many."""

    def __init__(self, kafka: KafkaConnection, clock: Clock) -> None:
        self._kafka = kafka
        self._clock = clock
        self._consumer = kafka.consumer()
        self._admin = kafka.admin()
        self._feeds: dict[str, FeedState] = {}
        self._pending: tuple[PendingDelivery, ...] = ()

    async def __aenter__(self) -> "Surveyor":
        """Connect.

        Raises:
            BrokerError: Kafka does not answer.
        """
        try:
            await self._consumer.start()
            await self._admin.start()
        except (KafkaError, OSError) as error:
            await self.__aexit__(None, None, None)
            raise self._silent(error) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        await self._admin.close()
        await self._consumer.stop()

    async def look(self, feeds: Iterable[str], *, whole: bool = True) -> Survey:
        """Return how everything stands; `feeds` are the configured ones. Not `whole`: feeds and pending as before.

        Raises:
            BrokerError: Kafka does not answer.
        """
        try:
            ends = {topic: await self._consumer.end_offsets(self._places(topic)) for topic in TOPICS}
            members = await self._members()
            stages = {}
            for name, topic in READS.items():
                stages[name] = await self._stage(name, topic, ends, members.get(name, 0))
            now = self._clock.now()
            if whole:
                await self._read_compacted(set(feeds))
            return Survey(
                now,
                self._kafka.bootstrap_servers,
                {topic.name: sum(found.values()) for topic, found in ends.items()},
                stages,
                dict(self._feeds),
                self._pending,
                await self._dead_lately(ends[DEAD], now),
                await self._canaries(ends, now),
            )
        except (KafkaError, OSError) as error:
            raise self._silent(error) from error

    async def between(self, topic: Topic, since: datetime, until: datetime | None = None) -> list[Any]:
        """Return the messages that came to stand on a topic from a moment to before another, or to its end.

        Raises:
            BrokerError: Kafka does not answer.
        """
        try:
            return await self._read(await self._spans(topic, since, until))
        except (KafkaError, OSError) as error:
            raise self._silent(error) from error

    async def stories_between(self, since: datetime, until: datetime) -> int:
        """Return how many stories came in, canaries left out.

        Raises:
            BrokerError: Kafka does not answer.
        """
        try:
            spans = await self._spans(STORIES, since, until)
            if not spans:
                return 0
            numbers = list(range(STORIES.partitions))
            # Of all stories only those beside the canaries are read.
            place = TopicPartition(
                self._kafka.topic(STORIES), DefaultPartitioner()(CANARY.encode(), numbers, numbers)
            )
            beside = await self._read({place: spans[place]} if place in spans else {})
            canaries = [record for record in beside if record.key == CANARY.encode()]
            return sum(end - start for start, end in spans.values()) - len(canaries)
        except (KafkaError, OSError) as error:
            raise self._silent(error) from error

    async def stood_before(self, topic: Topic, moment: datetime) -> bool:
        """Return whether anything came to stand on a topic before a moment, as far as it is kept.

        Raises:
            BrokerError: Kafka does not answer.
        """
        try:
            ends = await self._consumer.end_offsets(self._places(topic))
            begins = await self._consumer.beginning_offsets(list(ends))
            later = await self._since(ends, moment)
            return any(later.get(place, (ends[place],))[0] > begins[place] for place in ends)
        except (KafkaError, OSError) as error:
            raise self._silent(error) from error

    def _silent(self, error: Exception) -> BrokerError:
        return BrokerError(f"Kafka on {self._kafka.bootstrap_servers} does not answer: {error}")

    def _places(self, topic: Topic) -> list[TopicPartition]:
        return [TopicPartition(self._kafka.topic(topic), partition) for partition in range(topic.partitions)]

    async def _members(self) -> dict[str, int]:
        found = {}
        for step in READS:
            # One at a time: aiokafka 0.14 reads an answer about several as one of an older form, and stumbles.
            answers = await self._admin.describe_consumer_groups([self._kafka.group(step)])
            found[step] = sum(len(group[5]) for answer in answers for group in answer.groups)
        return found

    async def _stage(
        self, name: str, topic: Topic | None, ends: dict[Topic, dict[TopicPartition, int]], members: int
    ) -> StageView:
        if topic is None:
            return StageView(members, 0, 0)
        committed = await self._admin.list_consumer_group_offsets(
            self._kafka.group(name), partitions=list(ends[topic])
        )
        reached = {place: max(0, committed[place].offset) for place in ends[topic]}
        behind = {place: end - reached[place] for place, end in ends[topic].items() if end > reached[place]}
        oldest = None
        if behind:
            heads = await self._read({place: (reached[place], reached[place] + 1) for place in behind})
            oldest = min((_when(record) for record in heads), default=None)
        return StageView(members, sum(behind.values()), sum(reached.values()), oldest)

    async def _dead_lately(self, ends: dict[TopicPartition, int], now: datetime) -> int:
        since = await self._since(ends, now - timedelta(seconds=DEAD_FOR))
        return sum(end - start for start, end in since.values())

    async def _canaries(
        self, ends: dict[Topic, dict[TopicPartition, int]], now: datetime
    ) -> dict[datetime, datetime | None]:
        """Return the canaries of the last minutes, by when they were sent: when each came to its sink."""
        sent: dict[str, datetime] = {}
        arrived: dict[str, datetime] = {}

        def note_sent(record: Any) -> None:
            if record.key == CANARY.encode():
                story = decode_as(Story, record.value)
                sent[story.id] = story.fetched

        def note_arrived(record: Any) -> None:
            if (record.key or b"").decode("utf-8", "replace") in sent:
                delivery = decode_as(Delivery, record.value)
                if delivery.outcome == "delivered":
                    arrived[delivery.alert] = delivery.at

        steps: tuple[tuple[Topic, Callable[[Any], None]], ...] = (
            (STORIES, note_sent),
            (DELIVERIES, note_arrived),
        )
        for topic, note in steps:
            for record in await self._read(await self._since(ends[topic], now - CANARIES_OF)):
                try:
                    note(record)
                except MessageError:
                    continue
        return {at: arrived.get(story) for story, at in sent.items()}

    async def _since(
        self, ends: dict[TopicPartition, int], moment: datetime
    ) -> dict[TopicPartition, tuple[int, int]]:
        stamp = int(moment.timestamp() * 1000)
        found = await self._consumer.offsets_for_times(dict.fromkeys(ends, stamp))
        return {
            place: (found[place].offset, end)
            for place, end in ends.items()
            if found.get(place) is not None and found[place].offset < end
        }

    async def _spans(
        self, topic: Topic, since: datetime, until: datetime | None
    ) -> dict[TopicPartition, tuple[int, int]]:
        ends = await self._consumer.end_offsets(self._places(topic))
        later = {} if until is None else await self._since(ends, until)
        found = {
            place: (start, later.get(place, (end, end))[0])
            for place, (start, end) in (await self._since(ends, since)).items()
        }
        return {place: span for place, span in found.items() if span[0] < span[1]}

    async def _read(self, spans: dict[TopicPartition, tuple[int, int]]) -> list[Any]:
        """Return the messages from the first to before the second offset of each partition."""
        if not spans:
            return []
        self._consumer.assign(list(spans))
        for place, (start, _) in spans.items():
            self._consumer.seek(place, start)
        records: list[Any] = []
        left = set(spans)
        while left:
            for place, found in (await self._consumer.getmany(*left, timeout_ms=_READ_MS)).items():
                records += [record for record in found if record.offset < spans[place][1]]
            left = {place for place in left if await self._consumer.position(place) < spans[place][1]}
        return records

    async def _read_compacted(self, configured: set[str]) -> None:
        feeds: dict[str, FeedState] = {}
        added: set[str] = set()
        pending: dict[bytes, PendingDelivery] = {}
        async for topic, message in read_topics(self._kafka, (FEEDS, ALERTS_PENDING)):
            key = (message.key or b"").decode("utf-8", "replace")
            try:
                if topic is ALERTS_PENDING:
                    pending.pop(message.key, None)
                    if message.value is not None:
                        pending[message.key] = decode_as(PendingDelivery, message.value)
                elif key.startswith("added/"):
                    (added.discard if message.value is None else added.add)(key.removeprefix("added/"))
                elif message.value is None:
                    feeds.pop(key, None)
                else:
                    feeds[key] = decode_as(FeedState, message.value)
            except MessageError:
                continue
        # What was configured once is no feed of ours any more.
        self._feeds = {name: state for name, state in feeds.items() if name in configured | added}
        self._pending = tuple(pending.values())


def _when(record: Any) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
