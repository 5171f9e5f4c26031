"""What a story adds to its cluster: nothing (a duplicate), or facts that nobody there had told (an update)."""

from typing import Final, Literal

from msgspec import Struct

from streams.rules.cluster_entries import Fact, StoryEntry
from streams.rules.event_cluster import MAJOR, EventCluster
from wirewatch.messages import Novelty

Why = Literal["first story", "no new facts", "new facts", "edited, no new facts", "edited, new facts"]
_MAX_FACTS: Final = 5
# "Over 400" says little of 4,000: a bound agrees with a figure that is no further off.
_NEAR: Final = 0.6
_ABOUT: Final = 0.1


class Judged(Struct, frozen=True):
    """A verdict, its named reason, and the new facts in words."""

    verdict: Novelty
    reason: Why
    new_facts: tuple[str, ...] = ()


def judge(cluster: EventCluster, entry: StoryEntry, edited: StoryEntry | None) -> Judged:
    """Return what a story adds to what a cluster has told before it; `edited` is the story's older version."""
    if not cluster.members and edited is None:
        return Judged("new", "first story")
    found = _new_figures(cluster, entry, edited) + _new_voices(cluster, entry, edited)
    if edited is None:
        return Judged("update", "new facts", found) if found else Judged("duplicate", "no new facts")
    return (
        Judged("update", "edited, new facts", found) if found else Judged("duplicate", "edited, no new facts")
    )


def _new_figures(cluster: EventCluster, entry: StoryEntry, edited: StoryEntry | None) -> tuple[str, ...]:
    """Return the figures that change what was told of the same thing: the first that the story gives of each."""
    told = [*(() if edited is None else edited.facts), *cluster.told]
    found: list[str] = []
    units: set[str | None] = set()
    for fact in entry.facts:
        if fact.unit in units:
            continue
        units.add(fact.unit)
        before = [known for known in told if known.unit == fact.unit]
        if before and not any(covers(known, fact) for known in before):
            most_told = max(before, key=lambda known: len(cluster.told.get(known, ())))
            found.append(f"{fact.unit}: {_words(most_told)} -> {_words(fact)}")
    return tuple(found[:_MAX_FACTS])


def _new_voices(cluster: EventCluster, entry: StoryEntry, edited: StoryEntry | None) -> tuple[str, ...]:
    found = _new_places(cluster, entry)
    if entry.denies and not cluster.denied and not (edited and edited.denies):
        found.append("a denial")
    if entry.tier == MAJOR and not cluster.has_major_outlet and edited is None:
        found.append(f"first report of a major outlet: {entry.source}")
    return tuple(found)


def _new_places(cluster: EventCluster, entry: StoryEntry) -> list[str]:
    """Return the first place of a headline that nobody named before, where others were named."""
    if not cluster.places:
        return []
    return [f"a new place: {place}" for place in entry.places[: entry.titled] if place not in cluster.places][
        :1
    ]


def covers(known: Fact, new: Fact) -> bool:
    """Whether a figure that is known leaves nothing new in another: 472 covers "over 400", not the other way."""
    if known.value == new.value:
        return known.qualifier in {"exact", new.qualifier}
    return known.qualifier == "exact" and new.qualifier != "exact" and agree(known, new)


def agree(one: Fact, other: Fact) -> bool:
    """Whether two figures may both be true of one event: "over 400" and 472 may, 12 and 40 may not."""
    low, high = sorted((one, other), key=lambda fact: fact.value)
    if low.value == high.value:
        return True
    if "about" in (low.qualifier, high.qualifier) and high.value - low.value <= _ABOUT * high.value:
        return True
    near = low.value >= _NEAR * high.value
    return near and (low.qualifier == "at_least" or high.qualifier == "at_most")


def _words(fact: Fact) -> str:
    said = {"at_least": "over ", "at_most": "up to ", "about": "about "}.get(fact.qualifier, "")
    return f"{said}{fact.value:,.12g}"
