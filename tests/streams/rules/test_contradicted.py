"""A claim that the ledger contradicts is held back; where three independent outlets insist, a bulletin says so."""

from datetime import timedelta

import pytest

from tests.streams.rules.desk_stories import Heard, Newsroom, escalation
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.messages import ClusteredStory, Qualifier
from wirewatch.settings import DeskSettings

# 479 drones stand since 9 June 2025.
DAY = when("2025-06-29")
TITLES = {
    "Agency": "Largest drone attack of the war: 477 drones over Ukraine",
    "Gazette": "Kyiv reports 477 drones in a record night",
    "Courier": "Never so many: 477 drones sent by Moscow, officials say",
    "Herald": "A night without sleep as 477 drones set a new record, mayors tell",
}


def told(
    source: str, hours: float = 0, *, title: str = "", figure: float = 477, qualifier: Qualifier = "exact"
) -> ClusteredStory:
    return story(
        "c", DAY + timedelta(hours=hours), claim(figure, qualifier=qualifier),
        source=source, title=title or TITLES[source],
    )  # fmt: skip


def heard(*messages: ClusteredStory, newsroom: Newsroom | None = None) -> Heard:
    return (newsroom or Newsroom()).hear(*messages)


def test_two_outlets_are_held_back_and_a_third_independent_one_makes_it_a_bulletin() -> None:
    newsroom = Newsroom()
    two = newsroom.hear(told("Agency"), told("Gazette", 0.1))
    assert (two.alerts, [one.reason for one in two.held]) == ([], ["below", "below"])
    (alert,) = newsroom.hear(told("Courier", 0.2)).alerts
    body = alert.body
    assert (body.kind, body.priority, body.figure, body.beats) == ("contradicted", "bulletin", None, None)
    assert body.reason.startswith(
        "Contradicted: Agency, Gazette, Courier say 477 drones; 479 of 2025-06-09 stands ("
    )


def test_a_fourth_outlet_says_nothing_new() -> None:
    found = heard(*(told(source, at / 10) for at, source in enumerate(TITLES)))
    assert len(found.alerts) == 1
    assert found.held[-1].reason == "already_told"


def test_copies_of_one_text_are_one_outlet() -> None:
    title = TITLES["Agency"]
    found = heard(*(told(source, at / 10, title=title) for at, source in enumerate(TITLES)))
    assert found.alerts == []


def test_figures_that_differ_are_named_with_those_who_say_them() -> None:
    (alert,) = heard(told("Agency"), told("Gazette", 0.1, figure=470), told("Courier", 0.2)).alerts
    assert "Agency, Courier say 477 drones; Gazette says 470 drones; 479" in alert.body.reason


@pytest.mark.parametrize("qualifier", ["at_least", "at_most"])
def test_a_figure_with_an_open_end_contradicts_nothing(qualifier: Qualifier) -> None:
    found = heard(*(told(source, at / 10, qualifier=qualifier) for at, source in enumerate(TITLES)))
    assert found.alerts == []


def test_a_cluster_that_rang_for_an_attack_gets_one_revision() -> None:
    newsroom = Newsroom()
    first = story("c", DAY, source="Wire", title="Russia strikes Kyiv", escalations=(escalation(2),))
    (rang,) = newsroom.hear(first).alerts
    found = newsroom.hear(*(told(source, at / 10) for at, source in enumerate(TITLES)))
    (revision,) = found.alerts
    assert (revision.id, revision.revision, revision.body.kind) == (rang.id, 2, "escalation")
    assert revision.body.reason.startswith("Contradicted: Agency, Gazette, Courier say 477 drones; 479")


def test_a_desk_without_bulletins_or_records_does_not_hear_of_it() -> None:
    for desk in (
        DeskSettings("world", ("chat",), at_least="urgent"),
        DeskSettings("world", ("chat",), kinds=("escalation",)),
    ):
        newsroom = Newsroom(desk)
        assert newsroom.hear(*(told(source, at / 10) for at, source in enumerate(TITLES))).alerts == []
