"""Watches the topics while the demo plays: what came through, what is still on its way, what was lost."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from wirewatch.clock import Clock
from wirewatch.codec import decode, decode_as, header
from wirewatch.errors import MessageError, StalledError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert, AnalysedStory, Cluster, ClusteredStory, Delivery, HeldBack, Story
from wirewatch.topics import (
    ALERTS,
    ALERTS_HELD,
    CLUSTERED,
    CLUSTERS,
    DEAD,
    DELIVERIES,
    DETECTIONS,
    STORIES,
    Topic,
)

WATCHED: Final = (STORIES, CLUSTERED, CLUSTERS, ALERTS, ALERTS_HELD, DELIVERIES, DEAD)
# The two steps whose input does not always have an output: here the committed offset says that it is done.
SILENT_STEPS: Final = (("ledger", CLUSTERED), ("desks", DETECTIONS))
LOOK_AGAIN: Final = 0.1
# A stage that was killed is back in seconds, on a busy machine in half a minute. What stands still for longer will
# not move again.
STALLED_AFTER: Final = 120.0


class Observer:
    """All that stands on the topics since the demo began."""

    def __init__(self, kafka: KafkaConnection, clock: Clock) -> None:
        self._kafka = kafka
        self._clock = clock
        self._topics = {kafka.topic(topic): topic for topic in WATCHED}
        self._consumer = kafka.consumer()
        self._admin = kafka.admin()
        self._task: asyncio.Task[None] | None = None
        self.stories: dict[tuple[str, str], Story] = {}
        self.clustered: dict[tuple[str, str], ClusteredStory] = {}
        self.clusters: dict[str, Cluster] = {}
        self.alerts: dict[str, Alert] = {}
        self.held: dict[str, HeldBack] = {}
        self.deliveries: list[Delivery] = []
        self.dead: list[str] = []
        self._taken = 0
        # The stories among the dead letters: they will come no further.
        self._fallen: dict[tuple[str, str], str | None] = {}

    async def start(self) -> None:
        """Begin to watch, from the beginning of every topic."""
        await self._consumer.start()
        await self._admin.start()
        places = [
            TopicPartition(name, part)
            for name, topic in self._topics.items()
            for part in range(topic.partitions)
        ]
        self._consumer.assign(places)
        await self._consumer.seek_to_beginning(*places)
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._consumer.stop()
        await self._admin.close()

    async def drained(self, appeared: Callable[[], set[str]]) -> None:
        """Return when all stories that appeared (their urls) went all the way, and nothing is in flight.

        Raises:
            StalledError: For two minutes nothing moved, and something is still on its way.
        """
        moved, taken = self._clock.monotonic(), self._taken
        while not (self._came_through(appeared()) and await self._silent_steps_done() and self._delivered()):
            if self._taken != taken:
                moved, taken = self._clock.monotonic(), self._taken
            if self._clock.monotonic() - moved > STALLED_AFTER:
                raise StalledError(await self._what_stands(appeared()))
            await self._clock.sleep(LOOK_AGAIN)

    async def _what_stands(self, appeared: set[str]) -> str:
        """Say where what is still on its way was last seen."""
        polled = {story.url for story in self.stories.values()}
        missing = self.missing(appeared) - set(self._fallen.values())
        places = {
            "in no topic": len(missing - polled),
            "on stories, in no cluster": len(missing & polled),
            "alerts without an answer": len(self.undelivered()),
        }
        with suppress(KafkaError, OSError):
            places.update({f"step behind ({step})": 1 for step in await self._behind()})
        told = ", ".join(f"{count} {what}" for what, count in places.items() if count)
        return (
            f"Nothing moved for {STALLED_AFTER:g} s: {told}. The logs of the stages say more; "
            "`wirewatch status` shows which stage is behind"
        )

    def missing(self, appeared: set[str]) -> set[str]:
        """Return the urls of stories that appeared and never came into a cluster."""
        return appeared - {story.story.url for story in self.clustered.values() if story.story.url}

    def undelivered(self) -> set[str]:
        """Return the webhook ids of alerts of which nothing final became."""
        final = {delivery.webhook_id for delivery in self.deliveries if delivery.outcome != "retry"}
        return set(self.alerts) - final

    def held_back(self) -> dict[str, int]:
        """Return how many findings were held back, by reason."""
        return dict(Counter(held.reason for held in self.held.values()).most_common())

    def outcomes(self) -> dict[str, int]:
        """Return how many delivery attempts ended how."""
        return dict(Counter(delivery.outcome for delivery in self.deliveries).most_common())

    def _came_through(self, appeared: set[str]) -> bool:
        still_missing = self.missing(appeared) - set(self._fallen.values())
        return not still_missing and self.stories.keys() <= self.clustered.keys() | self._fallen.keys()

    def _delivered(self) -> bool:
        return not self.undelivered()

    async def _silent_steps_done(self) -> bool:
        try:
            return not await self._behind()
        except (KafkaError, OSError):
            # The broker is away for a moment: then nothing is known to be done.
            return False

    async def _behind(self) -> list[str]:
        """Return the silent steps that have not read their input to its end."""
        behind = []
        for step, topic in SILENT_STEPS:
            place = TopicPartition(self._kafka.topic(topic), 0)
            end = (await self._consumer.end_offsets([place]))[place]
            committed = await self._admin.list_consumer_group_offsets(
                self._kafka.group(step), partitions=[place]
            )
            if end and committed[place].offset < end:
                behind.append(step)
        return behind

    async def _watch(self) -> None:
        async for message in self._consumer:
            self._taken += 1
            with suppress(MessageError):
                self._take(self._topics[message.topic], message)

    def _take(self, topic: Topic, message: Any) -> None:
        if topic is DEAD:
            self.dead.append(header(message.headers, "dead_reason") or "")
            self._bury(message.value or b"")
        elif message.value is not None:
            self._keep(
                decode_as(Cluster, message.value) if topic is CLUSTERS else decode(topic, message.value)
            )

    def _bury(self, value: bytes) -> None:
        with suppress(MessageError):
            story = decode_as(Story, value)
            self._fallen[story.id, story.version] = story.url
        with suppress(MessageError):
            analysed = decode_as(AnalysedStory, value)
            self._fallen[analysed.story.id, analysed.story.version] = analysed.story.url

    def _keep(self, found: object) -> None:
        match found:
            case Story():
                self.stories[found.id, found.version] = found
            case ClusteredStory():
                self.clustered[found.story.id, found.story.version] = found
            case Cluster():
                self.clusters[found.id] = found
            case Alert():
                self.alerts[found.webhook_id] = found
            case HeldBack():
                self.held[found.id] = found
            case Delivery():
                self.deliveries.append(found)
            case _:
                pass
