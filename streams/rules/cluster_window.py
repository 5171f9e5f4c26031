"""The stories and clusters in the window: the newest ones, indexed, each story in its cluster."""

import heapq
from itertools import islice
from typing import Final

from streams.rules.candidates import Candidates
from streams.rules.cluster_entries import CLUSTER, STORY, StoryEntry, shelved
from streams.rules.event_cluster import MAX_MEMBERS, EventCluster
from streams.rules.shelf import Shelf
from wirewatch.ids import identify

# So many stories leave the window with each that comes: more than come, but bounded.
_SWEEP: Final = 64

Puts = dict[str, bytes | None]


class ClusterWindow:
    """The newest `capacity` stories, none older than `window` seconds, and their clusters."""

    def __init__(self, window: float, capacity: int) -> None:
        self.window = window
        self.capacity = capacity
        self.shelf = Shelf()
        self.candidates = Candidates(self.shelf)
        self.stories: dict[str, StoryEntry] = {}
        self.slots: dict[str, int] = {}
        self.names: dict[int, str] = {}
        # The cluster of the story in each slot.
        self.homes: dict[int, str] = {}
        self.clusters: dict[str, EventCluster] = {}
        self.merged: dict[str, str] = {}
        self.leaving: list[tuple[float, int, str]] = []
        self.newest = float("-inf")
        self.decided = 0
        # Stored entries that another version wrote in a form that is not read; they go with the next change.
        self.unread: Puts = {}

    def current(self, cluster: str) -> str:
        """Return the cluster that this one is part of by now."""
        while cluster in self.merged:
            cluster = self.merged[cluster]
        return cluster

    def begin(self, story: str, entry: StoryEntry) -> EventCluster:
        """Have a new cluster for its first story."""
        name = identify("cluster", story)
        if name in self.clusters or name in self.merged:
            # The story left the window and came again, while the cluster that it founded lives on without it.
            name = identify("cluster", story, str(entry.order))
        cluster = EventCluster.begin(name, entry)
        self.clusters[cluster.id] = cluster
        return cluster

    def shelve(self, story: str, entry: StoryEntry) -> None:
        """Put a story on the shelf, to be compared with others."""
        slot = self.shelf.add(entry.packed, at=entry.at, order=entry.order)
        self.slots[story] = slot
        self.names[slot] = story

    def shelve_all(self, stories: list[tuple[str, StoryEntry]]) -> None:
        """Shelve and keep many stories at once, in their order, where there are none yet."""
        entries = [entry for _, entry in stories]
        slots = self.shelf.add_all(
            [entry.packed for entry in entries],
            [entry.at for entry in entries],
            [entry.order for entry in entries],
        )
        self.candidates.add_all(slots)
        for slot, (story, stored) in enumerate(stories):
            entry = shelved(stored)
            home = self.clusters[self.current(entry.cluster)]
            self.slots[story], self.names[slot] = slot, story
            self.stories[story], self.homes[slot] = entry, home.id
            home.keep(story, entry)
        self.leaving = [(entry.at, entry.order, story) for story, entry in stories]
        heapq.heapify(self.leaving)

    def keep(self, story: str, entry: StoryEntry) -> None:
        """Have a shelved story among those of its cluster, and let others find it."""
        entry = shelved(entry)
        slot, home = self.slots[story], self.clusters[self.current(entry.cluster)]
        self.stories[story] = entry
        self.homes[slot] = home.id
        self.candidates.add(slot)
        home.keep(story, entry)
        heapq.heappush(self.leaving, (entry.at, entry.order, story))

    def drop(self, story: str) -> None:
        """Forget a story."""
        slot = self.slots.pop(story)
        self.candidates.remove(slot)
        self.shelf.remove(slot)
        del self.names[slot], self.homes[slot]
        entry = self.stories.pop(story)
        self.clusters[self.current(entry.cluster)].drop(story)

    def sweep(self, puts: Puts, keep: str) -> None:
        """Let the oldest stories leave the window, and with its last story a cluster."""
        for _ in range(_SWEEP):
            if not self.leaving:
                return
            at, order, story = self.leaving[0]
            entry = self.stories.get(story)
            stale = entry is None or entry.order != order
            if not stale and at >= self.newest - self.window and len(self.stories) < self.capacity:
                return
            heapq.heappop(self.leaving)
            if stale or entry is None or story == keep:
                continue
            cluster = self.clusters[self.current(entry.cluster)]
            self.drop(story)
            puts[STORY + story] = None
            if not cluster.members:
                self._end(cluster, puts)

    def bound(self, cluster: EventCluster, puts: Puts) -> None:
        """Let the oldest tenth of a cluster go that would grow for ever."""
        if len(cluster.members) > MAX_MEMBERS:
            for story in [*islice(cluster.members, MAX_MEMBERS // 10)]:
                self.drop(story)
                puts[STORY + story] = None

    def _end(self, cluster: EventCluster, puts: Puts) -> None:
        del self.clusters[cluster.id]
        puts[CLUSTER + cluster.id] = None
        for absorbed in sorted(cluster.absorbed):
            del self.merged[absorbed]
            puts[CLUSTER + absorbed] = None

    def merge(self, one: EventCluster, other: EventCluster) -> tuple[EventCluster, EventCluster]:
        """Make two clusters one, and return the older, that stays, and the younger, that it absorbed."""
        older, younger = sorted((one, other), key=_age)
        older.absorb(younger)
        self.homes.update((self.slots[name], older.id) for name in younger.members)
        del self.clusters[younger.id]
        self.merged[younger.id] = older.id
        return older, younger


def _age(cluster: EventCluster) -> tuple[int, str]:
    return cluster.founded, cluster.id
