"""Watched figures keep to the times and caps of their desks, and say what type of alert they are."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from tests.streams.rules.desk_stories import Newsroom
from tests.streams.rules.test_desk_scenarios import play, restarted
from tests.streams.rules.test_watched_figures import DAY, reasons, room, toll
from wirewatch.desk_settings import FigureWatch, Window
from wirewatch.messages import Tick
from wirewatch.settings import DeskSettings

FIFTY = FigureWatch("deaths", at_least=50)


def watching(**asks: object) -> Newsroom:
    """Return a newsroom whose desk watches deaths, and asks for more."""
    found = room(FIFTY)
    desk = replace(DeskSettings("world", ("chat",), watch=(FIFTY,)), **asks)
    return replace_desk(found, desk)


def replace_desk(found: Newsroom, desk: DeskSettings) -> Newsroom:
    made = Newsroom(desk)
    made.ledger = found.ledger
    return made


def hour(count: float) -> datetime:
    return DAY + timedelta(hours=count)


def test_at_night_a_watched_figure_waits_for_the_morning_and_the_newest_is_told() -> None:
    start = DAY.hour * 60
    news = watching(quiet_hours=(Window(start, (start + 120) % 1440),))
    news.tick(DAY)
    held = news.hear(toll("Ferry sinks, 60 dead", 60))
    assert (held.alerts, reasons(held)) == ([], ["quiet_hours"])
    assert news.hear(toll("Ferry toll rises to 90", 90, source="Other", hours=1)).alerts == []
    assert news.tick(hour(1.9)) == []
    (alert,) = news.tick(hour(2))
    assert (alert.body.figure, alert.revision, alert.body.kind) == (90, 1, "figure")
    assert news.tick(hour(3)) == []


def test_a_figure_that_is_taken_back_while_it_waits_is_told_nobody() -> None:
    start = DAY.hour * 60
    news = watching(quiet_hours=(Window(start, (start + 120) % 1440),))
    news.tick(DAY)
    news.hear(toll("Ferry sinks, 60 dead", 60))
    killed = toll("Ferry sinks, 60 dead", 60, hours=0.5)
    news.hear(replace(killed, story=replace(killed.story, version="2", withdrawn="killed"), figures=()))
    assert news.tick(hour(2)) == []


def test_a_digest_has_a_line_for_a_watched_figure() -> None:
    news = watching(digest=((DAY.hour * 60 + 60) % 1440,))
    news.tick(DAY)
    news.hear(toll("Ferry sinks, 60 dead", 60), toll("Mine fire, 70 dead", 70, cluster="d"))
    (alert,) = news.tick(hour(1))
    assert [item.headline for item in alert.body.items] == ["Ferry sinks, 60 dead", "Mine fire, 70 dead"]


def test_a_watched_figure_counts_for_the_cap_and_is_held_back_by_it() -> None:
    news = watching(cap=1)
    news.tick(DAY)
    assert len(news.hear(toll("Ferry sinks, 60 dead", 60)).alerts) == 1
    held = news.hear(toll("Mine fire, 70 dead", 70, cluster="d"))
    assert (held.alerts, reasons(held)) == ([], ["capped"])
    (alert,) = news.tick(hour(1))
    assert alert.body.headline == "Held back by the hour's cap: 1 story"


def test_what_waits_survives_a_restart() -> None:
    desk = replace(DeskSettings("world", ("chat",), watch=(FIFTY,)), digest=((DAY.hour * 60 + 60) % 1440,))
    news, stored = replace_desk(room(FIFTY), desk), {}
    stored.update(news.desks.handle(Tick(DAY, "test")).puts)
    assert play(news, stored, toll("Ferry sinks, 60 dead", 60)) == []
    (alert,) = restarted(news, stored, desk).tick(hour(1))
    assert alert.body.figure == 60
