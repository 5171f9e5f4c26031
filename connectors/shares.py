"""Which feeds belong to which partition of the topic `feeds`: those configured, and those added by command."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from connectors.entries import feed_of
from wirewatch.messages import FeedEntry, FeedState, PollRequest
from wirewatch.poll_request import partition_of
from wirewatch.settings import FeedSettings
from wirewatch.topics import FEEDS


class Holder(Protocol):
    """Who polls feeds: the poller."""

    def take(self, states: Mapping[str, FeedState], feeds: Iterable[str] | None = None) -> None:
        """Begin to poll feeds that it knows."""
        ...

    def know(self, feed: FeedSettings) -> None:
        """Learn of a feed, or of what is new about one."""
        ...

    async def release(self, feeds: Iterable[str]) -> None:
        """Return when these feeds are polled no more."""
        ...

    def ask(self, name: str, by: str) -> None:
        """Poll a feed as soon as it may be, where it is held."""
        ...

    def hub_said(self, name: str, lease: float) -> None:
        """Learn for how long a feed's hub tells of news, which it said to another poller."""
        ...


class Shares:
    """Tells a poller which feeds to take and to release, as partitions and feeds come and go."""

    def __init__(self, feeds: Iterable[FeedSettings], holder: Holder) -> None:
        self._holder = holder
        self._configured = {feed.id for feed in feeds}
        self._feeds: dict[int, set[str]] = {partition: set() for partition in range(FEEDS.partitions)}
        for name in self._configured:
            self._feeds[partition_of(name)].add(name)

    def taken(
        self, partition: int, states: Mapping[str, FeedState], entries: Mapping[str, FeedEntry]
    ) -> None:
        """Take the feeds of a partition, as its messages say."""
        # An entry may have gone while another poller held the partition.
        self._feeds[partition] &= self._configured
        for name, entry in entries.items():
            self._learn(name, entry)
        self._holder.take(states, sorted(self._feeds[partition]))

    async def released(self, partitions: Iterable[int]) -> None:
        """Return when the feeds of these partitions are polled no more."""
        await self._holder.release([name for partition in partitions for name in self._feeds[partition]])

    async def changed(self, name: str, entry: FeedEntry | None) -> None:
        """Take a feed that was added by command, with what is new about it; release one that was removed."""
        if name in self._configured:
            return
        if entry is None:
            await self._holder.release([name])
            self._feeds[partition_of(name)].discard(name)
            return
        self._learn(name, entry)
        self._holder.take({}, [name])

    def asked(self, request: PollRequest) -> None:
        """Poll a feed as soon as it may be: somebody asks for it. Or learn what its hub said elsewhere."""
        if request.lease is None:
            self._holder.ask(request.feed, request.by)
        else:
            self._holder.hub_said(request.feed, request.lease)

    def _learn(self, name: str, entry: FeedEntry) -> None:
        # The configuration is the user's own word, and goes before what was added.
        if name not in self._configured:
            self._holder.know(feed_of(entry))
            self._feeds[partition_of(name)].add(name)
