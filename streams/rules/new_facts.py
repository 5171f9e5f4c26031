"""What a story adds to its cluster: nothing (a duplicate), or facts that nobody there had told (an update)."""

from typing import Final, Literal

from msgspec import Struct

from streams.rules.cluster_entries import Fact, StoryEntry
from streams.rules.event_cluster import EventCluster
from wirewatch.messages import Novelty

Why = Literal["first story", "no new facts", "new facts", "edited, no new facts", "edited, new facts"]
_MAX_FACTS: Final = 5


class Judged(Struct, frozen=True):
    """A verdict, its named reason, and the new facts in words."""

    verdict: Novelty
    reason: Why
    new_facts: tuple[str, ...] = ()


def judge(cluster: EventCluster, entry: StoryEntry, edited: StoryEntry | None) -> Judged:
    """Return what a story adds to what a cluster has told before it."""
    if not cluster.members and edited is None:
        return Judged("new", "first story")
    found = _new_figures(cluster, entry)
    if edited is None:
        return Judged("update", "new facts", found) if found else Judged("duplicate", "no new facts")
    return (
        Judged("update", "edited, new facts", found) if found else Judged("duplicate", "edited, no new facts")
    )


def _new_figures(cluster: EventCluster, entry: StoryEntry) -> tuple[str, ...]:
    found: list[str] = []
    for fact in entry.facts:
        told = [known for known in cluster.told if known.unit == fact.unit]
        if not told or any(agree(known, fact) for known in told):
            continue
        found.append(f"{fact.unit}: {_words(told[-1])} -> {_words(fact)}")
    return tuple(found[:_MAX_FACTS])


def agree(one: Fact, other: Fact) -> bool:
    """Whether two figures may both be true of one event: "over 400" and 472 may, 12 and 40 may not."""
    low, high = sorted((one, other), key=lambda fact: fact.value)
    if low.value == high.value:
        return True
    if "about" in (low.qualifier, high.qualifier) and high.value - low.value <= 0.1 * high.value:
        return True
    near = low.value >= 0.6 * high.value
    return near and (low.qualifier == "at_least" or high.qualifier == "at_most")


def _words(fact: Fact) -> str:
    said = {"at_least": "over ", "at_most": "up to ", "about": "about "}.get(fact.qualifier, "")
    return f"{said}{fact.value:,.12g}"
