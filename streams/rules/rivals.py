"""The clusters that a story may belong to, and how well it fits each on the whole."""

from itertools import islice
from typing import Final

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from streams.rules.cluster_entries import StoryEntry
from streams.rules.cluster_window import ClusterWindow
from streams.rules.core_figure import against
from streams.rules.event_cluster import EventCluster
from streams.rules.series import Told, against_nights
from streams.rules.shelf import ARTICLE
from streams.rules.similarity import Comparison, likeness

# So many clusters are compared member by member, by so many first and newest members each.
_RIVALS: Final = 6
# Of an article so many: it shares words with more events than its own.
_RIVALS_OF_ARTICLE: Final = 10
_FIRST: Final = 6
_NEWEST: Final = 10
# How much of a story's likeness to a cluster is that to its nearest member; nothing where one of the two is as short
# as `_LONG` says, and more the longer both are.
_NEAREST: Final = 0.86
_LONG: Final = 0.75
_SLOPE: Final = 2.2
# Log-odds asked of a story's average over a cluster's members, and how much more of a lone pair.
_JOIN: Final = -0.15
_ALONE: Final = 0.43
# Log-odds asked of the average over all pairs of two clusters to make them one.
MERGE: Final = 0.3
# So far below that, the first members compared are enough.
_HOPELESS: Final = 1.5
_LINKED: Final = 4


class Rival(Struct, frozen=True):
    """A cluster that a story may belong to: how well it fits on the whole, and the member that it fits best."""

    cluster: EventCluster
    score: float
    nearest: str
    measures: NDArray[np.float32]
    # Log-odds lost because it tells another night of a series.
    another_night: float = 0.0

    @property
    def margin(self) -> float:
        """By how much the score exceeds what is asked: of a lone pair more than of an average over many."""
        return self.score - _JOIN - _ALONE / len(self.cluster.members)


def rivals_of(window: ClusterWindow, slot: int, entry: StoryEntry) -> list[Rival]:
    """Return the clusters that the story in a slot may belong to, the best first."""
    best: dict[str, None] = {}
    wanted = _RIVALS_OF_ARTICLE if window.shelf.lengths[slot] > ARTICLE else _RIVALS
    for at in window.candidates.find(slot).tolist():
        best.setdefault(window.homes[at])
        if len(best) == wanted:
            break
    if not best:
        return []
    chosen = [window.clusters[name] for name in best]
    rivals = weigh(window, slot, entry, chosen)
    return sorted(rivals, key=lambda rival: (-rival.score, rival.cluster.id))


def weigh(window: ClusterWindow, slot: int, entry: StoryEntry, clusters: list[EventCluster]) -> list[Rival]:
    """Compare a story with the members of clusters, all at once."""
    members = [_compared(window, cluster) for cluster in clusters]
    together = np.array([slot for slots in members for slot in slots], dtype=np.int64)
    comparison = Comparison(window.shelf, slot, together)
    lengths = window.shelf.lengths.take(together)
    own = float(window.shelf.lengths[slot])
    rivals: list[Rival] = []
    start = 0
    for cluster, slots in zip(clusters, members, strict=True):
        scores = comparison.scores[start : start + len(slots)]
        nearest = int(scores.argmax())
        rivals.append(
            Rival(
                cluster,
                _fit(scores, nearest, float(lengths[start + nearest]), own) - against(cluster, entry),
                window.names[slots[nearest]],
                comparison.measures[:, start + nearest],
            )
        )
        start += len(slots)
    told = [Told(rival.cluster.first, likeness(rival.measures)) for rival in rivals]
    nights = against_nights(entry.at, own, told)
    return [
        structs.replace(rival, score=rival.score - lost, another_night=lost) if lost else rival
        for rival, lost in zip(rivals, nights, strict=True)
    ]


def _compared(window: ClusterWindow, cluster: EventCluster) -> list[int]:
    """Return the slots of a cluster's first and newest members: what it began as and what it is about now."""
    members = cluster.members
    if len(members) <= _FIRST + _NEWEST:
        return [window.slots[name] for name in members]
    names = [*islice(members, _FIRST), *reversed([*islice(reversed(members), _NEWEST)])]
    return [window.slots[name] for name in names]


def linkage(window: ClusterWindow, one: EventCluster, other: EventCluster) -> float:
    """Return how well two clusters fit, on the average of their members."""
    few, many = sorted((one, other), key=lambda cluster: len(cluster.members))
    members = np.array(_compared(window, many), dtype=np.int64)
    total = 0.0
    for compared, slot in enumerate(_compared(window, few)[:_LINKED], 1):
        total += float(Comparison(window.shelf, slot, members).scores.mean())
        total -= against(many, window.stories[window.names[slot]])
        if total / compared < MERGE - _HOPELESS:
            break
    return total / compared


def _fit(scores: NDArray[np.float32], nearest: int, length: float, own: float) -> float:
    """Return how well a story fits a cluster: the average over its members, and of long texts the nearest, too."""
    share = nearness(length, own)
    return (1 - share) * float(np.add.reduce(scores)) / len(scores) + share * float(scores[nearest])


def nearness(length: float, own: float) -> float:
    """Return how much the nearest member counts beside the average, by its length and the story's own."""
    return min(_NEAREST, max(0.0, _SLOPE * (min(own, length) - _LONG)))
