"""The rule of the one writer of clusters: which event is this story about, and what does it add?

Each story is decided when it comes, by what is known then. What later stories show is mended by a merge.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct, structs

from streams.rules import cluster_restore
from streams.rules.cluster_entries import CLOCK, CLUSTER, STORY, ClockEntry, StoryEntry, encode_entry, store
from streams.rules.cluster_window import ClusterWindow, Puts
from streams.rules.event_cluster import EventCluster
from streams.rules.new_facts import Judged, judge
from streams.rules.rivals import MERGE, Rival, linkage, rivals_of
from streams.rules.similarity import ROUND_UP, reasons
from streams.rules.step import Change, Output
from wirewatch.messages import AnalysedStory, ClusteredStory, Evidence, Merge, Near
from wirewatch.topics import CLUSTERED, CLUSTERS

# A follow-up may come after months; how many stories that is depends on the feeds, so memory is bounded by number.
WINDOW: Final = 1_000 * 86_400.0
CAPACITY: Final = 200_000
# A merge asks for so many pairs of stories at least, and only where the story that came is as near to the other cluster.
_PAIRS: Final = 3
_NEAR: Final = 0.0
# A cluster that a story misses by more is not told as one that it nearly joined.
_NEARBY: Final = -3.0
# A cluster is told of again at each so-many-th story that adds neither an outlet nor a fact.
_SELDOM: Final = 5


class Clusters:
    """All clusters in the window: the newest `capacity` stories, none older than `window` seconds."""

    def __init__(self, window: float = WINDOW, capacity: int = CAPACITY) -> None:
        self._window = ClusterWindow(window, capacity)

    @property
    def unread(self) -> Puts:
        """Stored entries that another version wrote in a form that is not read; they go with the next change."""
        return self._window.unread

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Rebuild the state from stored entries, in any order."""
        cluster_restore.restore(self._window, entries)

    def update(self, entries: Iterable[tuple[str, bytes | None]]) -> None:
        """Take over what another worker stored since: a standby's state keeps up, and need not be made anew."""
        cluster_restore.update(self._window, entries)

    def current(self, cluster: str) -> str:
        """Return the cluster that this one is part of by now."""
        return self._window.current(cluster)

    def handle(self, message: Struct) -> Change:
        """Decide which event a story is about; nothing for a story and version seen before."""
        if not isinstance(message, AnalysedStory):
            return Change()
        story = message.story
        before = self._window.stories.get(story.id)
        if before is not None and before.version == story.version:
            return Change()
        entry = store(message, self._window.decided)
        self._window.decided += 1
        self._window.newest = max(self._window.newest, entry.at)
        puts, self._window.unread = self._window.unread, {}
        puts[CLOCK] = encode_entry(ClockEntry(self._window.newest, self._window.decided))
        self._window.sweep(puts, keep=story.id)
        if before is not None:
            self._window.drop(story.id)
        self._window.shelve(story.id, entry)
        if before is not None:
            home, rivals = self._window.clusters[self._window.current(before.cluster)], []
        else:
            rivals = rivals_of(self._window, self._window.slots[story.id], entry)
            fitting = next((rival.cluster for rival in rivals if rival.margin >= 0), None)
            home = fitting or self._window.begin(story.id, entry)
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
        home = self._window.clusters[entry.cluster]
        judged = judge(home, entry, edited)
        outlets = home.outlets
        if edited is None:
            home.count(entry)
        self._window.keep(story.id, entry)
        self._window.bound(home, puts)
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

    def _mend(self, home: EventCluster, rivals: list[Rival]) -> tuple[EventCluster, list[EventCluster]]:
        """Merge the clusters that a story shows to be one; the older one stays."""
        merges: list[EventCluster] = []
        for rival in rivals:
            if (
                rival.cluster is home
                or rival.cluster.id not in self._window.clusters
                or len(home.members) < 2
                or len(home.members) * len(rival.cluster.members) < _PAIRS
                or rival.score < _NEAR
                or linkage(self._window, home, rival.cluster) < MERGE
            ):
                continue
            home, younger = self._window.merge(home, rival.cluster)
            merges = [other for other in merges if other is not younger] + [younger]
        return home, merges


def _clustered(
    message: AnalysedStory, home: EventCluster, judged: Judged, rivals: list[Rival]
) -> ClusteredStory:
    evidence = _evidence(rivals[0]) if rivals else ()
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


def _evidence(rival: Rival) -> tuple[Evidence, ...]:
    """Return what decided for or against a cluster, the strongest first."""
    found = tuple(
        Evidence(reason.measure, reason.strength, rival.nearest) for reason in reasons(rival.measures)
    )
    if rival.another_night:
        found = (Evidence("another night of a series", -rival.another_night, rival.nearest), *found)
    return found


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
