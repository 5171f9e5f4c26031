"""Which metric is meant: by meaning and not by letters."""

import pytest

from streams.rules.metrics import likeness, meaning_of, metric_name
from wirewatch.messages import Subject

UKRAINE = meaning_of(Subject("drones", "launched", "russia", "ukraine", ("overnight",)))


@pytest.mark.parametrize(
    "subject",
    [
        Subject("UAVs", "assault", None, "Ukraine"),
        Subject("Shahed-type drones", "fired", "Moscow", "Ukraine", ("Sunday",)),
        Subject("attack drones", None, "Kremlin", "ukrainian cities"),
        Subject("unmanned aerial vehicles", "raid", "Russia's", "the Ukrainian territory"),
        Subject("drones", "attack", "ukraine", "ukraine"),
    ],
)
def test_tellings_of_one_metric_are_one(subject: Subject) -> None:
    assert likeness(meaning_of(subject), UKRAINE) in ("one", "likely")


@pytest.mark.parametrize(
    "subject",
    [
        Subject("drones and missiles", "launched", "russia", "ukraine"),
        Subject("aerial weapons", "launched", "russia", "ukraine"),
        Subject("missiles", "launched", "russia", "ukraine"),
        Subject("drones", "launched", "ukraine", "moscow"),
        Subject("drones", "shot down", None, "ukraine"),
        Subject("drones", "launched", "israel", "iran"),
        Subject("drones", "launched", "russia", "ukraine", ("june", "monthly")),
        Subject("deaths", "attack", "russia", "ukraine"),
    ],
)
def test_another_count_place_or_act_is_another_metric(subject: Subject) -> None:
    assert likeness(meaning_of(subject), UKRAINE) == "other"


def test_a_unit_that_many_series_share_needs_more_than_a_place() -> None:
    inflation = meaning_of(Subject("percent", None, None, "britain", ("inflation", "consumer", "prices")))
    turnout = meaning_of(Subject("per cent", None, None, "UK", ("turnout", "election")))
    again = meaning_of(Subject("%", "reached", None, "the United Kingdom", ("inflation",)))
    assert likeness(turnout, inflation) == "possible"
    assert likeness(again, inflation) == "one"


def test_a_metrics_name_is_readable_and_the_same_for_every_telling() -> None:
    tellings = [
        Subject("drones", "launched", "russia", "ukraine"),
        Subject("UAVs", "raid", "Putin", "the Ukrainian territory", ("overnight",)),
    ]
    assert {metric_name(meaning_of(one), "max") for one in tellings} == {"drones-attack-ukraine-max"}


@pytest.mark.parametrize("comparator", ["steepest fall", "largest gain", "biggest one-day drop"])
def test_a_change_is_another_series_than_the_level(comparator: str) -> None:
    level = meaning_of(Subject("points", None, None, "japan", ("nikkei",)), "highest")
    change = meaning_of(Subject("points", None, None, "japan", ("nikkei",)), comparator)
    assert likeness(change, level) == "other"
