"""The rule of the one writer of clusters: which event is this story about, and what does it add?

Each story is decided when it comes, by what is known then. What later stories show is mended by a merge.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final

import numpy as np
from msgspec import MsgspecError, Struct, structs
from numpy.typing import NDArray

from streams.rules.candidates import Candidates
from streams.rules.cluster_entries import (
    CLOCK,
    CLUSTER,
    STORY,
    ClockEntry,
    ClusterEntry,
    StoryEntry,
    decode_entry,
    encode_entry,
    shelved,
    store,
)
from streams.rules.core_figure import against
from streams.rules.event_cluster import MAX_MEMBERS, EventCluster
from streams.rules.new_facts import Judged, judge
from streams.rules.shelf import Shelf, fits
from streams.rules.similarity import ROUND_UP, Comparison, reasons
from streams.rules.step import Change, Output
from wirewatch.ids import identify
from wirewatch.messages import AnalysedStory, ClusteredStory, Evidence, Merge, Near
from wirewatch.topics import CLUSTERED, CLUSTERS

# A follow-up may come after months; how many stories that is depends on the feeds, so memory is bounded by number.
WINDOW: Final = 1_000 * 86_400.0
CAPACITY: Final = 200_000
# So many clusters are compared member by member, by so many first and newest members each.
_RIVALS: Final = 6
_FIRST: Final = 6
_NEWEST: Final = 10
# How much of a story's likeness to a cluster is that to its nearest member; nothing where one of the two is as short
# as `_LONG` says, and more the longer both are.
_NEAREST: Final = 0.7
_LONG: Final = 0.75
_SLOPE: Final = 3.0
# Log-odds asked of a story's average over a cluster's members, and how much more of a lone pair.
_JOIN: Final = -0.3
_ALONE: Final = 1.0
# Log-odds asked of the average over all pairs of two clusters to make them one; so many pairs at least, and only
# where the story that came is as near to the other cluster.
_MERGE: Final = 0.3
_PAIRS: Final = 3
# So far below that, the first members compared are enough.
_HOPELESS: Final = 1.5
_NEAR: Final = 0.0
_LINKED: Final = 4
# A cluster that a story misses by more is not told as one that it nearly joined.
_NEARBY: Final = -3.0
# A cluster is told of again at each so-many-th story that adds neither an outlet nor a fact.
_SELDOM: Final = 5
# So many stories leave the window with each that comes: more than come, but bounded.
_SWEEP: Final = 64

Puts = dict[str, bytes | None]


class Rival(Struct, frozen=True):
    """A cluster that a story may belong to: how well it fits on the whole, and the member that it fits best."""

    cluster: EventCluster
    score: float
    nearest: str
    measures: NDArray[np.float32]

    @property
    def margin(self) -> float:
        """By how much the score exceeds what is asked: of a lone pair more than of an average over many."""
        return self.score - _JOIN - _ALONE / len(self.cluster.members)


class Clusters:
    """All clusters in the window: the newest `capacity` stories, none older than `window` seconds."""

    def __init__(self, window: float = WINDOW, capacity: int = CAPACITY) -> None:
        self._window = window
        self._capacity = capacity
        self._shelf = Shelf()
        self._candidates = Candidates(self._shelf)
        self._stories: dict[str, StoryEntry] = {}
        self._slots: dict[str, int] = {}
        self._names: dict[int, str] = {}
        # The cluster of the story in each slot.
        self._homes: dict[int, str] = {}
        self._clusters: dict[str, EventCluster] = {}
        self._merged: dict[str, str] = {}
        self._leaving: list[tuple[float, int, str]] = []
        self._newest = float("-inf")
        self._decided = 0
        # Stored entries that another version wrote in a form that is not read; they go with the next change.
        self.unread: Puts = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Rebuild the state from stored entries, in any order."""
        stories: list[tuple[str, StoryEntry]] = []
        for key, raw in entries:
            try:
                if key.startswith(STORY):
                    stories.append((key.removeprefix(STORY), decode_entry(StoryEntry, raw)))
                elif key.startswith(CLUSTER):
                    self._restore_cluster(key.removeprefix(CLUSTER), decode_entry(ClusterEntry, raw))
                elif key == CLOCK:
                    clock = decode_entry(ClockEntry, raw)
                    self._newest, self._decided = clock.newest, clock.decided
            except MsgspecError:
                self.unread[key] = None
        for absorbed in [name for name in self._merged if self.current(name) not in self._clusters]:
            self.unread[CLUSTER + absorbed] = None
        for absorbed in self._merged:
            if self.current(absorbed) in self._clusters:
                self._clusters[self.current(absorbed)].absorbed.append(absorbed)
        stories = sorted(self._readable(stories), key=lambda pair: pair[1].order)
        if stories:
            self._shelve_all(stories)

    def _readable(self, stories: list[tuple[str, StoryEntry]]) -> Iterator[tuple[str, StoryEntry]]:
        for story, entry in stories:
            if self.current(entry.cluster) in self._clusters and fits(entry.packed):
                yield story, entry
            else:
                self.unread[STORY + story] = None

    def update(self, entries: Iterable[tuple[str, bytes | None]]) -> None:
        """Take over what another worker stored since: a standby's state keeps up, and need not be made anew."""
        stories: dict[str, StoryEntry | None] = {}
        clusters: dict[str, ClusterEntry | None] = {}
        for key, raw in entries:
            self.unread.pop(key, None)
            try:
                if key.startswith(STORY):
                    stories[key.removeprefix(STORY)] = decode_entry(StoryEntry, raw) if raw else None
                elif key.startswith(CLUSTER):
                    clusters[key.removeprefix(CLUSTER)] = decode_entry(ClusterEntry, raw) if raw else None
                elif key == CLOCK and raw is not None:
                    clock = decode_entry(ClockEntry, raw)
                    self._newest, self._decided = clock.newest, clock.decided
            except MsgspecError:
                self.unread[key] = None
        self._follow_clusters(clusters)
        for story in stories.keys() & self._stories.keys():
            self._drop(story)
        kept = [(story, entry) for story, entry in stories.items() if entry is not None]
        for story, entry in sorted(self._readable(kept), key=lambda pair: pair[1].order):
            self._shelve(story, entry)
            self._keep(story, entry)
        for name in [name for name, entry in clusters.items() if entry is None]:
            self._clusters.pop(name, None)
            self._merged.pop(name, None)

    def _follow_clusters(self, entries: dict[str, ClusterEntry | None]) -> None:
        """Have the clusters as another worker left them; those that ended still hold the stories that left."""
        absorbed: list[str] = []
        for name, entry in entries.items():
            if entry is None:
                continue
            if entry.merged_into is not None:
                absorbed += [name] * (name not in self._merged)
                self._merged[name] = entry.merged_into
            elif name in self._clusters:
                self._clusters[name].take(entry)
            else:
                self._clusters[name] = EventCluster(name, entry)
        for name in absorbed:
            kept = self._clusters[self.current(name)]
            younger = self._clusters.pop(name, None)
            kept.absorbed.append(name)
            if younger is not None:
                kept.join(younger)
                self._homes.update((self._slots[member], kept.id) for member in younger.members)

    def current(self, cluster: str) -> str:
        """Return the cluster that this one is part of by now."""
        while cluster in self._merged:
            cluster = self._merged[cluster]
        return cluster

    def handle(self, message: Struct) -> Change:
        """Decide which event a story is about; nothing for a story and version seen before."""
        if not isinstance(message, AnalysedStory):
            return Change()
        story = message.story
        before = self._stories.get(story.id)
        if before is not None and before.version == story.version:
            return Change()
        entry = store(message, self._decided)
        self._decided += 1
        self._newest = max(self._newest, entry.at)
        puts, self.unread = self.unread, {}
        puts[CLOCK] = encode_entry(ClockEntry(self._newest, self._decided))
        self._sweep(puts, keep=story.id)
        if before is not None:
            self._drop(story.id)
        self._shelve(story.id, entry)
        if before is not None:
            home, rivals = self._clusters[self.current(before.cluster)], []
        else:
            rivals = self._rivals(self._slots[story.id], entry)
            fitting = next((rival.cluster for rival in rivals if rival.margin >= 0), None)
            home = fitting or self._begin(story.id, entry)
        return self._settle(message, structs.replace(entry, cluster=home.id), rivals, puts, edited=before)

    def _settle(
        self,
        message: AnalysedStory,
        entry: StoryEntry,
        rivals: list[Rival],
        puts: Puts,
        *,
        edited: StoryEntry | None,
    ) -> Change:
        """Put the story into its cluster, merge what it shows to be one, and say so."""
        story = message.story
        home = self._clusters[entry.cluster]
        judged = judge(home, entry, edited)
        outlets = home.outlets
        if edited is None:
            home.count(entry)
        self._keep(story.id, entry)
        self._bound(home, puts)
        home, merges = self._mend(home, rivals)
        puts[STORY + story.id] = encode_entry(entry)
        puts[CLUSTER + home.id] = encode_entry(home.entry())
        outputs = [Output(CLUSTERED.name, home.id, _clustered(message, home, judged, rivals))]
        for absorbed in merges:
            puts[CLUSTER + absorbed.id] = encode_entry(absorbed.entry(merged_into=home.id))
            merge = Merge(home.id, absorbed.id, "one event", datetime.fromtimestamp(entry.at, UTC))
            outputs.append(Output(CLUSTERED.name, home.id, merge))
        if judged.verdict != "duplicate" or merges or home.outlets != outlets or home.stories % _SELDOM == 0:
            outputs.append(Output(CLUSTERS.name, home.id, home.message()))
        outputs.extend(
            Output(CLUSTERS.name, absorbed.id, absorbed.message(merged_into=home.id)) for absorbed in merges
        )
        return Change(tuple(outputs), puts)

    # --- which cluster -------------------------------------------------------------------------------------------

    def _rivals(self, slot: int, entry: StoryEntry) -> list[Rival]:
        """Return the clusters that the story in a slot may belong to, the best first."""
        best: dict[str, None] = {}
        for at in self._candidates.find(slot).tolist():
            best.setdefault(self._homes[at])
            if len(best) == _RIVALS:
                break
        if not best:
            return []
        chosen = [self._clusters[name] for name in best]
        return sorted(self._weigh(slot, entry, chosen), key=lambda rival: (-rival.score, rival.cluster.id))

    def _weigh(self, slot: int, entry: StoryEntry, clusters: list[EventCluster]) -> list[Rival]:
        """Compare a story with the members of clusters, all at once."""
        members = [self._compared(cluster) for cluster in clusters]
        together = np.array([slot for slots in members for slot in slots], dtype=np.int64)
        comparison = Comparison(self._shelf, slot, together)
        rivals: list[Rival] = []
        start = 0
        for cluster, slots in zip(clusters, members, strict=True):
            scores = comparison.scores[start : start + len(slots)]
            nearest = int(scores.argmax())
            rivals.append(
                Rival(
                    cluster,
                    _fit(scores, self._shelf.lengths[slots], float(self._shelf.lengths[slot]))
                    - against(cluster, entry),
                    self._names[slots[nearest]],
                    comparison.measures[:, start + nearest],
                )
            )
            start += len(slots)
        return rivals

    def _compared(self, cluster: EventCluster) -> list[int]:
        """Return the slots of a cluster's first and newest members: what it began as and what it is about now."""
        members = cluster.members
        if len(members) <= _FIRST + _NEWEST:
            return [self._slots[name] for name in members]
        names = [*islice(members, _FIRST), *reversed([*islice(reversed(members), _NEWEST)])]
        return [self._slots[name] for name in names]

    def _mend(self, home: EventCluster, rivals: list[Rival]) -> tuple[EventCluster, list[EventCluster]]:
        """Merge the clusters that a story shows to be one; the older one stays."""
        merges: list[EventCluster] = []
        for rival in rivals:
            if (
                rival.cluster is home
                or rival.cluster.id not in self._clusters
                or len(home.members) < 2
                or len(home.members) * len(rival.cluster.members) < _PAIRS
                or rival.score < _NEAR
                or self._linkage(home, rival.cluster) < _MERGE
            ):
                continue
            older, younger = sorted((home, rival.cluster), key=_age)
            older.absorb(younger)
            self._homes.update((self._slots[name], older.id) for name in younger.members)
            del self._clusters[younger.id]
            self._merged[younger.id] = older.id
            merges = [other for other in merges if other is not younger] + [younger]
            home = older
        return home, merges

    def _linkage(self, one: EventCluster, other: EventCluster) -> float:
        """Return how well two clusters fit, on the average of their members."""
        few, many = sorted((one, other), key=lambda cluster: len(cluster.members))
        members = np.array(self._compared(many), dtype=np.int64)
        total = 0.0
        for compared, slot in enumerate(self._compared(few)[:_LINKED], 1):
            total += float(Comparison(self._shelf, slot, members).scores.mean())
            total -= against(many, self._stories[self._names[slot]])
            if total / compared < _MERGE - _HOPELESS:
                break
        return total / compared

    def _begin(self, story: str, entry: StoryEntry) -> EventCluster:
        name = identify("cluster", story)
        if name in self._clusters or name in self._merged:
            # The story left the window and came again, while the cluster that it founded lives on without it.
            name = identify("cluster", story, str(entry.order))
        cluster = EventCluster.begin(name, entry)
        self._clusters[cluster.id] = cluster
        return cluster

    # --- the window ----------------------------------------------------------------------------------------------

    def _restore_cluster(self, name: str, entry: ClusterEntry) -> None:
        if entry.merged_into is None:
            self._clusters[name] = EventCluster(name, entry)
        else:
            self._merged[name] = entry.merged_into

    def _shelve(self, story: str, entry: StoryEntry) -> None:
        slot = self._shelf.add(entry.packed, at=entry.at, order=entry.order)
        self._slots[story] = slot
        self._names[slot] = story

    def _shelve_all(self, stories: list[tuple[str, StoryEntry]]) -> None:
        """Shelve and keep many stories at once, in their order, where there are none yet."""
        entries = [entry for _, entry in stories]
        slots = self._shelf.add_all(
            [entry.packed for entry in entries],
            [entry.at for entry in entries],
            [entry.order for entry in entries],
        )
        self._candidates.add_all(slots)
        for slot, (story, stored) in enumerate(stories):
            entry = shelved(stored)
            home = self._clusters[self.current(entry.cluster)]
            self._slots[story], self._names[slot] = slot, story
            self._stories[story], self._homes[slot] = entry, home.id
            home.keep(story, entry)
        self._leaving = [(entry.at, entry.order, story) for story, entry in stories]
        heapq.heapify(self._leaving)

    def _keep(self, story: str, entry: StoryEntry) -> None:
        entry = shelved(entry)
        slot, home = self._slots[story], self._clusters[self.current(entry.cluster)]
        self._stories[story] = entry
        self._homes[slot] = home.id
        self._candidates.add(slot)
        home.keep(story, entry)
        heapq.heappush(self._leaving, (entry.at, entry.order, story))

    def _drop(self, story: str) -> None:
        slot = self._slots.pop(story)
        self._candidates.remove(slot)
        self._shelf.remove(slot)
        del self._names[slot], self._homes[slot]
        entry = self._stories.pop(story)
        self._clusters[self.current(entry.cluster)].drop(story)

    def _sweep(self, puts: Puts, keep: str) -> None:
        """Let the oldest stories leave the window, and with its last story a cluster."""
        for _ in range(_SWEEP):
            if not self._leaving:
                return
            at, order, story = self._leaving[0]
            entry = self._stories.get(story)
            stale = entry is None or entry.order != order
            if not stale and at >= self._newest - self._window and len(self._stories) < self._capacity:
                return
            heapq.heappop(self._leaving)
            if stale or entry is None or story == keep:
                continue
            cluster = self._clusters[self.current(entry.cluster)]
            self._drop(story)
            puts[STORY + story] = None
            if not cluster.members:
                self._end(cluster, puts)

    def _bound(self, cluster: EventCluster, puts: Puts) -> None:
        """Let the oldest tenth of a cluster go that would grow for ever."""
        if len(cluster.members) > MAX_MEMBERS:
            for story in [*islice(cluster.members, MAX_MEMBERS // 10)]:
                self._drop(story)
                puts[STORY + story] = None

    def _end(self, cluster: EventCluster, puts: Puts) -> None:
        del self._clusters[cluster.id]
        puts[CLUSTER + cluster.id] = None
        for absorbed in sorted(cluster.absorbed):
            del self._merged[absorbed]
            puts[CLUSTER + absorbed] = None


def _fit(scores: NDArray[np.float32], lengths: NDArray[np.float32], own: float) -> float:
    """Return how well a story fits a cluster: the average over its members, and of long texts the nearest, too."""
    nearest = int(scores.argmax())
    share = min(_NEAREST, max(0.0, _SLOPE * (min(own, float(lengths[nearest])) - _LONG)))
    return (1 - share) * float(np.add.reduce(scores)) / len(scores) + share * float(scores[nearest])


def _age(cluster: EventCluster) -> tuple[int, str]:
    return cluster.founded, cluster.id


def _clustered(
    message: AnalysedStory, home: EventCluster, judged: Judged, rivals: list[Rival]
) -> ClusteredStory:
    evidence = (
        tuple(
            Evidence(reason.measure, reason.strength, rivals[0].nearest)
            for reason in reasons(rivals[0].measures)
        )
        if rivals
        else ()
    )
    return ClusteredStory(
        cluster=home.id,
        verdict=judged.verdict,
        reason=judged.reason,
        story=structs.replace(message.story, text=""),
        outlets=home.outlets,
        stories=home.stories,
        evidence=evidence,
        new_facts=judged.new_facts,
        figures=message.figures,
        claims=message.claims,
        escalations=message.escalations,
        event=message.event,
        near=_near(message, home, rivals),
        deadlines=message.deadlines,
        round_up=message.round_up,
        origin=home.origin(),
    )


def _near(message: AnalysedStory, home: EventCluster, rivals: list[Rival]) -> Near | None:
    """Return the best of the clusters that the story is not in, where it came near one.

    A round-up came as near to its subjects' clusters as it would be in them, were it a report.
    """
    others = [rival for rival in rivals if rival.cluster.id not in (home.id, *home.absorbed)]
    best = max(others, key=lambda rival: rival.margin, default=None)
    if best is None:
        return None
    margin = best.margin if message.round_up is None else min(0.0, best.margin + ROUND_UP)
    return None if margin < _NEARBY else Near(best.cluster.id, round(margin, 3), best.nearest)
