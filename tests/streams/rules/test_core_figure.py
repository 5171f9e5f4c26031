"""The figure that a cluster is known by."""

import pytest

from streams.rules.cluster_entries import StoryEntry, store
from streams.rules.core_figure import counts_another, lacks_core
from streams.rules.event_cluster import EventCluster
from tests.streams.rules.clustering import told


def report(*figures: tuple[str, float], hours: float = 0, source: str = "post") -> StoryEntry:
    return store(told("A night over Tarrow", hours=hours, source=source, figures=figures), 0)


def told_by(outlets: int, unit: str, figure: float) -> EventCluster:
    """A cluster of outlets that tell one figure."""
    first = report((unit, figure))
    cluster = EventCluster.begin("c", first)
    for number in range(outlets):
        entry = report((unit, figure), hours=number / 10, source=f"outlet-{number}")
        cluster.count(entry)
        cluster.keep(f"story-{number}", entry)
    return cluster


@pytest.mark.parametrize(
    ("unit", "figure", "hours", "another"),
    [
        ("drones", 355, 24, True),
        ("drones", 355, 2, False),
        ("drones", 299, 24, False),
        ("deaths", 355, 24, False),
    ],
    ids=["another night", "the same night", "a recount", "a toll that grows"],
)
def test_a_later_night_that_counts_the_same_thing_otherwise_is_another(
    unit: str, figure: float, hours: float, another: bool
) -> None:
    assert counts_another(told_by(6, unit, 298), report((unit, figure), hours=hours)) is another


@pytest.mark.parametrize(
    ("outlets", "figures", "lacks"),
    [
        (6, [("aircraft", 41)], True),
        (6, [("drones", 400)], False),
        (6, [], False),
        (2, [("aircraft", 41)], False),
    ],
    ids=["other things", "the same thing", "nothing", "too few outlets to know"],
)
def test_a_story_that_counts_other_things_lacks_what_the_cluster_is_known_by(
    outlets: int, figures: list[tuple[str, float]], lacks: bool
) -> None:
    assert lacks_core(told_by(outlets, "drones", 472), report(*figures)) is lacks
