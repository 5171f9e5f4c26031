"""The feeds that a poller holds: how each stands, and which is due next.

Thousands are held in memory. What a feed has shown is most of its state and is looked at when it is polled, so in
between it is kept packed.
"""

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct, msgpack
from msgspec.structs import replace

from connectors.told import wakes_at
from wirewatch.messages import FeedState, SeenItem


class _Page(Struct, frozen=True, array_like=True):
    """An item that was shown, with all its names."""

    names: list[str]
    item: SeenItem


class _Kept(Struct):
    """A state without what was seen, and that apart."""

    state: FeedState
    packed: bytes
    # What was packed, as long as the feed is at work: the same object need not be packed again.
    seen: dict[str, SeenItem] | None = None


_packer = msgpack.Encoder()
_unpacker = msgpack.Decoder(list[_Page])
_NOTHING_SEEN: dict[str, SeenItem] = {}


class Agenda(Mapping[str, FeedState]):
    """The states of the feeds that are held, and the order in which they are due."""

    def __init__(self) -> None:
        self._feeds: dict[str, _Kept] = {}
        self._due: list[tuple[datetime, str]] = []

    def __getitem__(self, name: str) -> FeedState:
        """Return a feed's whole state."""
        kept = self._feeds[name]
        if kept.seen is None:
            kept.seen = _unpacked(kept.packed)
        return replace(kept.state, seen=kept.seen)

    def __contains__(self, name: object) -> bool:
        """Whether a feed is held."""
        return name in self._feeds

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the feeds."""
        return iter(self._feeds)

    def __len__(self) -> int:
        """Return how many feeds are held."""
        return len(self._feeds)

    def outline(self, name: str) -> FeedState:
        """Return a feed's state without what was seen, which costs nothing."""
        return self._feeds[name].state

    def outlines(self) -> Iterator[FeedState]:
        """Yield the states without what was seen, which costs nothing."""
        return (kept.state for kept in self._feeds.values())

    def put(self, state: FeedState) -> None:
        """Hold a feed's new state, which says when it is due."""
        before = self._feeds.get(state.feed)
        same = before is not None and before.seen is state.seen
        packed = before.packed if before is not None and same else _packed(state.seen)
        self._feeds[state.feed] = _Kept(replace(state, seen=_NOTHING_SEEN), packed)
        heapq.heappush(self._due, (wakes_at(state), state.feed))

    def drop(self, name: str) -> None:
        """Hold a feed no more."""
        self._feeds.pop(name, None)

    def due(self, now: datetime) -> list[str]:
        """Return the feeds that are due, each once; what the order says and is no longer so is passed over."""
        names: dict[str, None] = {}
        while self._due and self._due[0][0] <= now:
            due, name = heapq.heappop(self._due)
            kept = self._feeds.get(name)
            if kept is not None and wakes_at(kept.state) == due:
                names[name] = None
        return list(names)

    @property
    def next_due(self) -> datetime | None:
        """Return when the next feed may be due."""
        return self._due[0][0] if self._due else None


def _packed(seen: Mapping[str, SeenItem]) -> bytes:
    # An item has one entry for all its names: it is written once.
    pages: dict[SeenItem, _Page] = {}
    for name, item in seen.items():
        pages.setdefault(item, _Page([], item)).names.append(name)
    return _packer.encode(list(pages.values()))


def _unpacked(packed: bytes) -> dict[str, SeenItem]:
    return {name: page.item for page in _unpacker.decode(packed) for name in page.names}
