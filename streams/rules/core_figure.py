"""The figure that a cluster is known by, and what speaks against a story that has another one or none."""

from typing import Final

from streams.lexicons import lexicon
from streams.rules.cluster_entries import StoryEntry
from streams.rules.event_cluster import CORE_TELLING, EventCluster
from streams.rules.new_facts import agree
from streams.rules.shelf import telling

# Log-odds that a story loses which does not count what the cluster is known by.
WITHOUT: Final = 1.5
# ... and one of a later day that counts the same thing otherwise.
ANOTHER: Final = 3.0
# Seconds after a cluster's last story from which a report is probably of another night.
LATER: Final = 12 * 3600.0
# A recount changes a figure by so much: 805 and 810.
RECOUNT: Final = 0.03
_GROWING: Final = frozenset[str](lexicon("en/words")["growing"])


def against(cluster: EventCluster, entry: StoryEntry) -> float:
    """Return the log-odds that speak against a story's being of a cluster, by the figure that this is known by."""
    return WITHOUT * lacks_core(cluster, entry) + ANOTHER * counts_another(cluster, entry)


def lacks_core(cluster: EventCluster, entry: StoryEntry) -> bool:
    """Whether a story counts things, and not the one that nearly every outlet of a cluster counts."""
    core = cluster.core
    if core is None or not any(telling(fact.value) >= CORE_TELLING for fact in entry.facts):
        return False
    return all(fact.unit != core.unit for fact in entry.facts)


def counts_another(cluster: EventCluster, entry: StoryEntry) -> bool:
    """Whether a story of a later day counts the same thing otherwise: 355 drones are not the night of the 298.

    What grows as more becomes known of one event, such as a number of dead, is an update on any day.
    """
    core = cluster.core
    if core is None or core.unit in _GROWING or entry.at - cluster.last < LATER:
        return False
    own = next((fact for fact in entry.facts if fact.unit == core.unit), None)
    if own is None or abs(own.value - core.value) <= RECOUNT * core.value:
        return False
    return not agree(own, core)
