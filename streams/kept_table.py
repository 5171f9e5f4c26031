"""A step's table in memory, which knows how far it has come in its changelog, and is kept in a file now and then.

Faust's own store in memory forgets how far it was: a standby that takes over reads the whole changelog again, and so
does a step that comes back. This one says it, so that only what came since is read.
"""

import asyncio
import heapq
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import faust
from aiokafka.errors import KafkaError
from faust.stores.memory import Store

from streams.batches import Sending
from streams.snapshot import VERSION, Header, Mark, Snapshot, cluster_of, digest, save
from wirewatch.clock import Clock
from wirewatch.kafka import KafkaConnection

logger = logging.getLogger(__name__)

# Kept again when so many entries changed, or so large a share of all, and no more often than each so many seconds.
CHANGES: Final = 2_000
SHARE: Final = 0.05
EVERY: Final = 60.0
# More records of its own than are ever on their way: the one before them is another's.
MAX_LANDED: Final = 20_000


class KeptStore(Store[bytes, bytes]):
    """A table's entries, and the last record of the changelog up to which all are applied."""

    def begin(self, snapshot: Snapshot | None) -> None:
        """Begin with what was kept; with nothing where nothing was."""
        self.mark = snapshot.mark if snapshot else None
        self._landed: list[tuple[int, int]] = []
        self._lost = False
        self.changes = 0
        # What Faust applied since it was last asked; None stands for all.
        self._changed: set[bytes] | None = None
        if snapshot:
            self.data = snapshot.table

    def persisted_offset(self, *_: Any) -> int | None:
        """Return how far the entries have come."""
        return None if self.mark is None else self.mark.offset

    def apply_changelog_batch(self, batch: Iterable[Any], *_: Any, **__: Any) -> None:
        """Apply what Faust read of the changelog."""
        for event in batch:
            key, value = event.key, event.message.value
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value
            self._lost = False
            if self._changed is not None:
                self._changed.add(key)
            if self.mark is None or event.message.offset > self.mark.offset:
                self.mark = Mark(event.message.offset, digest(key, value))
                self.changes += 1

    async def on_recovery_completed(self, active_tps: Any, standby_tps: Any) -> None:
        """Keep what is here: there is one partition, and a standby's entries are what it takes over with."""

    def landed(self, offset: int, sending: Sending) -> None:
        """Know that a record of this process's own stands in the changelog."""
        self.changes += 1
        if self._lost:
            return
        # What another wrote in between is not applied here: then it is read again from before it.
        heapq.heappush(self._landed, (offset, digest(sending.key, sending.value)))
        if len(self._landed) > MAX_LANDED:
            self._landed, self._lost = [], True
        while self._landed and self._landed[0][0] == (-1 if self.mark is None else self.mark.offset) + 1:
            self.mark = Mark(*heapq.heappop(self._landed))

    @property
    def news(self) -> bool:
        """Whether Faust applied anything since it was last asked what."""
        return self._changed is None or bool(self._changed)

    def changed(self) -> set[bytes] | None:
        """Return the keys that Faust applied since it was last asked; None where that is all of them."""
        found, self._changed = self._changed, set()
        return found

    @property
    def whole(self) -> bool:
        """Whether nothing is missing between what is applied and what this process wrote."""
        return not self._landed and not self._lost


class Keeper:
    """Says when a table is to be kept, and keeps it beside the work."""

    def __init__(self, kafka: KafkaConnection, path: Path, topic: str, clock: Clock) -> None:
        self._kafka = kafka
        self._path = path
        self._topic = topic
        self._clock = clock
        # A table that had to be read from a long changelog is kept at once.
        self._kept_at = float("-inf")
        self._writing: asyncio.Task[None] | None = None

    def due(self, store: KeptStore) -> bool:
        """Whether it is time; the table must be at rest when it is kept."""
        enough = max(CHANGES, SHARE * len(store.data))
        busy = self._writing is not None and not self._writing.done()
        return store.changes >= enough and not busy and self._clock.monotonic() - self._kept_at >= EVERY

    def keep(self, store: KeptStore) -> None:
        """Begin to write the table as it is now."""
        self._kept_at = self._clock.monotonic()
        if store.mark is None or not store.whole:
            return
        store.changes = 0
        self._writing = asyncio.create_task(self._write(store.mark, list(store.data.items())))

    async def _write(self, mark: Mark, pairs: list[tuple[bytes, bytes]]) -> None:
        try:
            header = Header(VERSION, await cluster_of(self._kafka), self._topic, mark, len(pairs))
            await asyncio.to_thread(save, self._path, header, pairs)
        except (OSError, KafkaError) as error:
            # The changelog has it all; only the next start takes longer.
            logger.warning("The state could not be kept in %s: %s", self._path, error)


def kept_store(app: faust.App, table: Any, snapshot: Snapshot | None) -> KeptStore:
    """Return the store of a table, which begins with what was kept."""
    store = KeptStore("memory://", app, table, key_type=bytes, value_type=bytes)
    store.begin(snapshot)
    return store
