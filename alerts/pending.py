"""What one endpoint is still to be sent: a heap by due time, ids and times alone, in the order of each alert's revisions.

Every revision of an alert is delivered, in order: a newer one waits behind an older one that is still under way, and
makes it due at once. The alerts themselves stay on `alerts.pending`; an entry knows the offset. Not aware of Kafka, of
the clock, or of tasks.
"""

from collections.abc import Iterable
from hashlib import blake2b
from heapq import heappop, heappush
from math import inf
from typing import Final

from msgspec import Struct

from wirewatch.messages import Priority

# What is more urgent goes first.
RANKS: Final[dict[Priority, int]] = {"flash": 0, "urgent": 1, "bulletin": 2}
# Of an entry that is not on `alerts.pending` (yet).
NOWHERE: Final = -1


class Waiting(Struct, order=True, frozen=True, gc=False):
    """A revision of an alert: when it is due, and where it stands on `alerts.pending`. Under way where never due."""

    due: float
    offset: int
    alert: int
    revision: int
    rank: int


class Pending:
    """All that one endpoint is still to be sent from one partition."""

    def __init__(self) -> None:
        # Most alerts have one revision under way: no list for those.
        self._chains: dict[int, Waiting | list[Waiting]] = {}
        self._heaps: tuple[list[Waiting], ...] = tuple([] for _ in RANKS)

    def __len__(self) -> int:
        """Return how many revisions are waiting or under way."""
        return sum(len(chain) if isinstance(chain, list) else 1 for chain in self._chains.values())

    def knows(self, alert: str, revision: int) -> bool:
        """Return whether this revision is waiting or under way."""
        return any(entry.revision == revision for entry in self._chain(digest(alert)))

    def hold(self, alert: str, revision: int, rank: int) -> bool:
        """Enter a revision as under way; return whether it may go, that is, no older one is before it."""
        key = digest(alert)
        self._put(Waiting(inf, NOWHERE, key, revision, rank))
        return self._chain(key)[0].revision == revision

    def wait(self, alert: str, revision: int, rank: int, *, due: float, offset: int) -> None:
        """Enter a revision, or one that was under way, as waiting until `due`."""
        key = digest(alert)
        self._put(Waiting(due, offset, key, revision, rank))
        self._offer(key)

    def hurry(self, alert: str, now: float) -> None:
        """Make the oldest waiting revision of an alert due: something newer waits behind it."""
        key = digest(alert)
        head = next(iter(self._chain(key)), None)
        if head is not None and head.due < inf:
            self._put(Waiting(min(now, head.due), head.offset, key, head.revision, head.rank))
            self._offer(key)

    def take(self, rank: int, now: float) -> Waiting | None:
        """Return what is due first among the alerts of this rank, now under way; None where nothing is due."""
        heap = self._heaps[rank]
        while heap and heap[0].due <= now:
            entry = heappop(heap)
            if self._is_current(entry):
                self._put(Waiting(inf, entry.offset, entry.alert, entry.revision, entry.rank))
                return entry
        return None

    def done(self, alert: str, revision: int) -> None:
        """Forget a revision; the next one of its alert follows."""
        self._remove(digest(alert), revision)

    def forget(self, entry: Waiting) -> None:
        """Forget what was taken."""
        self._remove(entry.alert, entry.revision)

    def next_due(self, ranks: Iterable[int]) -> float:
        """Return when something of these ranks is due next; infinity where nothing waits."""
        return min((self._first_due(self._heaps[rank]) for rank in ranks), default=inf)

    def rank(self, alert: str) -> int:
        """Return the most urgent rank among the revisions of an alert."""
        return min(entry.rank for entry in self._chain(digest(alert)))

    def _chain(self, key: int) -> list[Waiting]:
        chain = self._chains.get(key)
        if chain is None:
            return []
        return chain if isinstance(chain, list) else [chain]

    def _put(self, entry: Waiting) -> None:
        """Enter an entry in the place of the one for the same revision, or at its place in the order."""
        rest = [each for each in self._chain(entry.alert) if each.revision != entry.revision]
        if not rest:
            self._chains[entry.alert] = entry
            return
        rest.append(entry)
        rest.sort(key=lambda each: each.revision)
        self._chains[entry.alert] = rest

    def _remove(self, key: int, revision: int) -> None:
        rest = [entry for entry in self._chain(key) if entry.revision != revision]
        if rest:
            self._chains[key] = rest if len(rest) > 1 else rest[0]
            self._offer(key)
        else:
            self._chains.pop(key, None)

    def _offer(self, key: int) -> None:
        """Put the oldest revision of an alert where it can be taken, if it waits; an entry may stand there twice."""
        chain = self._chain(key)
        if chain[0].due < inf:
            heappush(self._heaps[min(entry.rank for entry in chain)], chain[0])

    def _is_current(self, entry: Waiting) -> bool:
        """Return whether an entry of the heap still stands for its alert: it may have been replaced since."""
        chain = self._chain(entry.alert)
        return bool(chain) and chain[0] is entry

    def _first_due(self, heap: list[Waiting]) -> float:
        while heap and not self._is_current(heap[0]):
            heappop(heap)
        return heap[0].due if heap else inf


def digest(alert: str) -> int:
    """Return an alert's id in twelve bytes: a million of them wait in the memory of one worker."""
    return int.from_bytes(blake2b(alert.encode(), digest_size=12).digest())
