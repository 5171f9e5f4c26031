"""A desk hears of a figure that it watches, though no text calls it a record: when first reached, and when it changes."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from streams.rules.desks import Desks
from streams.rules.ledger_book import LedgerBook
from tests.streams.rules.desk_stories import Heard, Newsroom
from tests.streams.rules.ledger_stories import drones_in, story, when
from wirewatch.desk_settings import FigureWatch, Match
from wirewatch.messages import ClusteredStory, ClustersMerged, Merge, Qualifier, Setting, Tick
from wirewatch.settings import AlertSettings, DeskSettings

DAY = when("2025-06-01")
FIFTY = FigureWatch("deaths", at_least=50, change=0.5)


def room(*watches: FigureWatch, match: Match | None = None) -> Newsroom:
    found = Newsroom(DeskSettings("world", ("chat",), match=match, watch=watches or (FIFTY,)))
    found.ledger = LedgerBook(watched=frozenset(one.unit for one in watches or (FIFTY,)))
    return found


def toll(
    title: str, figure: float, *, source: str = "Agency", hours: float = 0, cluster: str = "c",
    qualifier: Qualifier = "exact", unit: str = "deaths", outlets: int = 1,
) -> ClusteredStory:  # fmt: skip
    return story(
        cluster, DAY + timedelta(hours=hours), source=source, title=title, outlets=outlets,
        figures=(drones_in(title, figure, unit, qualifier),),
    )  # fmt: skip


def reasons(heard: Heard) -> list[str]:
    return [one.reason for one in heard.held]


def test_a_figure_that_no_text_calls_a_record_rings_when_it_is_first_reached() -> None:
    (alert,) = room().hear(toll("Ferry sinks, 60 dead", 60, outlets=2)).alerts
    body = alert.body
    assert (body.figure, body.unit, body.sentence, body.outlets) == (60, "deaths", "Ferry sinks, 60 dead", 2)
    assert (body.kind, body.priority, body.desk, body.beats) == ("figure", "bulletin", "world", None)
    assert body.reason == "Watched figure: 60 deaths; the desk asks for at least 50"


def test_below_what_is_asked_the_reason_is_kept() -> None:
    heard = room().hear(toll("Ferry sinks, 49 dead", 49))
    assert heard.alerts == []
    assert reasons(heard) == ["not_reached"]
    assert heard.held[0].detail == "49 deaths; the desk asks for at least 50"


def test_it_is_revised_when_the_figure_changes_by_as_much_as_is_asked_and_not_before() -> None:
    news = room()
    (first,) = news.hear(toll("Ferry sinks, 60 dead", 60)).alerts
    small = news.hear(toll("Ferry toll rises to 80", 80, source="Other", hours=1))
    assert (small.alerts, reasons(small)) == ([], ["small_change"])
    (second,) = news.hear(toll("Ferry toll rises to 90", 90, source="Third", hours=2)).alerts
    assert (second.id, second.revision, second.first_headline) == (first.id, 2, "Ferry sinks, 60 dead")
    assert second.body.reason == "Watched figure changed: 60 → 90 deaths"
    assert [(one.figure, one.outlets) for one in second.body.figures] == [(90, 1), (80, 1), (60, 1)]


def test_the_same_figure_of_another_outlet_is_told_already() -> None:
    news = room()
    news.hear(toll("Ferry sinks, 60 dead", 60))
    again = news.hear(toll("60 die as ferry sinks", 60, source="Other", hours=1))
    assert (again.alerts, reasons(again)) == ([], ["already_told"])


def test_an_outlet_that_corrects_its_figure_downwards_makes_a_revision() -> None:
    news = room(FigureWatch("killed", at_least=50))
    news.hear(toll("Ferry sinks, 60 dead", 60))
    (lower,) = news.hear(toll("Ferry sinks, 12 dead", 12, hours=1)).alerts
    assert lower.body.reason == "Watched figure changed: 60 → 12 deaths"


def test_a_figure_that_doubles_within_a_day_rings() -> None:
    news = room(FigureWatch("deaths", times=2, at_least=10))
    assert news.hear(toll("Ferry sinks, 20 dead", 20)).alerts == []
    (alert,) = news.hear(toll("Ferry toll rises to 41", 41, source="Other", hours=3)).alerts
    assert alert.body.reason == (
        "Watched figure: 41 deaths; from 20 within 3 h; the desk asks for at least 10 and 2 times as many within a day"
    )


def test_a_figure_that_doubles_in_two_days_does_not() -> None:
    news = room(FigureWatch("deaths", times=2))
    news.hear(toll("Ferry sinks, 20 dead", 20))
    news.desks.handle(Tick(DAY + timedelta(hours=47), "test"))
    assert news.hear(toll("Ferry toll rises to 41", 41, source="Other", hours=47)).alerts == []


@pytest.mark.parametrize(
    ("title", "figure", "qualifier"),
    [
        ("50000 killed since the war began", 50000, "exact"),
        ("Quake could leave 300 dead", 300, "exact"),
        ("Fewer than 60 dead in the flood", 60, "at_most"),
        ("Heat kills 400 every summer", 400, "exact"),
    ],
)
def test_totals_plans_and_upper_bounds_reach_nothing(title: str, figure: float, qualifier: Qualifier) -> None:
    assert room().hear(toll(title, figure, qualifier=qualifier)).alerts == []


def test_a_toll_that_is_expected_to_rise_is_counted() -> None:
    assert room().hear(toll("Ferry sinks, 60 dead, toll expected to rise", 60)).alerts


def test_another_unit_is_not_watched() -> None:
    heard = room().hear(toll("Ferry sinks, 60 injured", 60, unit="injured"))
    assert (heard.alerts, heard.held) == ([], [])


def test_a_desk_that_watches_nothing_hears_nothing_of_it() -> None:
    heard = Newsroom().hear(toll("Ferry sinks, 60 dead", 60))
    assert (heard.alerts, heard.held) == ([], [])


def test_the_condition_of_the_desk_holds_for_figures_too() -> None:
    news = room(match=Match(words=("quake",)))
    heard = news.hear(toll("Ferry sinks, 60 dead", 60))
    assert (heard.alerts, reasons(heard)) == ([], ["not_matched"])
    assert news.hear(toll("Quake leaves 60 dead", 60, cluster="d")).alerts


def test_old_news_and_what_is_muted_ring_not() -> None:
    news = room()
    news.desks.handle(Tick(DAY + timedelta(days=3), "test"))
    assert reasons(news.hear(toll("Ferry sinks, 60 dead", 60))) == ["too_old"]
    news = room()
    news.desks.handle(Setting("mute/words/ferry", "always", "Ada", DAY))
    assert reasons(news.hear(toll("Ferry sinks, 60 dead", 60))) == ["muted"]


def test_after_a_restart_and_a_merge_it_is_told_no_second_time() -> None:
    news = room()
    change = news.ledger.handle(toll("Ferry sinks, 60 dead", 60))
    entries: dict[str, bytes | None] = {}
    for out in change.outputs:
        entries |= news.desks.handle(out.message).puts
    desk = DeskSettings("world", ("chat",), watch=(FIFTY,))
    news.desks = Desks((desk,), AlertSettings())
    news.desks.restore((key, value) for key, value in entries.items() if value is not None)
    news.hear(toll("Boat disaster: 5 dead", 5, cluster="older", source="Other"))
    assert isinstance(
        news.ledger.handle(Merge("older", "c", "one event", DAY)).outputs[-1].message, ClustersMerged
    )
    news.desks.handle(ClustersMerged("m", "older", "c", DAY))
    heard = news.hear(toll("60 die as ferry sinks", 60, cluster="older", source="Third", hours=1))
    assert (heard.alerts, reasons(heard)) == ([], ["already_told"])


def test_what_its_only_outlet_takes_back_counts_no_more_and_may_be_reached_again() -> None:
    news = room()
    told = toll("Ferry sinks, 60 dead", 60)
    news.hear(told)
    killed = replace(told, story=replace(told.story, version="2", withdrawn="killed"), figures=())
    (denied,) = news.hear(killed).alerts
    assert (denied.revision, denied.body.figure) == (2, None)
    assert denied.body.reason == "Denied: 60 deaths counts no more. Agency: killed"
    (again,) = news.hear(toll("Ferry sinks, 61 dead", 61, source="Other", hours=1)).alerts
    assert (again.id, again.revision) == (denied.id, 3)
