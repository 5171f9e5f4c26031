"""The newsroom's own page beside the others, and how two parties stand."""

from datetime import timedelta
from pathlib import Path

from console.filling import fill
from console.incoming import Incoming
from console.ours import ours
from console.pairs import pair, pair_of, pairs
from console.schema import open_store
from console.tables import wire_now
from tests.console.wires import AT, cluster, clustered, incoming, record_story, story
from wirewatch.messages import Detection, FigureReport, Tick
from wirewatch.settings import DeskSettings, FeedSettings, Settings
from wirewatch.topics import DETECTIONS, TICKS

OWN = FeedSettings("https://our.example/feed", "Our Page", own=True)
SETTINGS = Settings(feeds=(OWN, FeedSettings("https://other.example/feed", "Other")))
NOW = AT + timedelta(hours=2)


def known(name: str, outlets: int, *, by_us: bool) -> list[Incoming]:
    mine = {"feed": OWN.id, "source": OWN.name} if by_us else {}
    told = story(abs(hash(name)) % 1000 + 10, name, id=f"s-{name}", **mine)
    return [cluster(name, f"Story {name}", outlets=outlets), clustered(name, told)]


def test_what_others_have_and_we_do_not_is_told_with_for_how_long(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(
        store,
        [
            *known("c-ours", 9, by_us=True),
            *known("c-theirs", 5, by_us=False),
            *known("c-few", 2, by_us=False),
        ],
    )
    found = ours(store, SETTINGS, NOW)
    assert found["own"] == ["Our Page"]
    assert [(each["id"], each["lacked_seconds"]) for each in found["lacking"]] == [("c-theirs", 7200.0)]


def test_a_desk_says_how_many_outlets_make_a_lack(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, known("c-theirs", 5, by_us=False))
    desk = DeskSettings("world", (), own_page=True, own_outlets=6)
    assert ours(store, Settings(feeds=(OWN,), desks=(desk,)), NOW)["lacking"] == []


def test_where_most_outlets_tell_another_figure_both_are_told(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    figures = (
        FigureReport(472.0, "exact", 6, "drones", ("A", "B")),
        FigureReport(400.0, "at_least", 1, "drones", ("Our Page",)),
    )
    found = Detection("d", "c-ours", "found", story(1, "t"), "new", 7, figures=figures)
    fill(store, [*known("c-ours", 7, by_us=True), incoming(DETECTIONS, found, "c-ours")])
    (differs,) = ours(store, SETTINGS, NOW)["differing"]
    assert (differs["ours"], differs["theirs"], differs["tellers"]) == (
        "at least 400 drones",
        "472 drones",
        6,
    )


def test_where_we_tell_what_most_tell_nothing_differs(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    figures = (
        FigureReport(472.0, "exact", 6, "drones", ("A", "Our Page")),
        FigureReport(400.0, "at_least", 1, "drones", ("B",)),
    )
    found = Detection("d", "c-ours", "found", story(1, "t"), "new", 7, figures=figures)
    fill(store, [*known("c-ours", 7, by_us=True), incoming(DETECTIONS, found, "c-ours")])
    assert ours(store, SETTINGS, NOW)["differing"] == []


def test_without_a_feed_of_our_own_nothing_is_held_against_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, known("c-theirs", 5, by_us=False))
    assert ours(store, Settings(), NOW) == {"own": [], "least": 3, "lacking": [], "differing": []}


def test_a_pair_is_known_by_who_acts_in_a_story(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, record_story())
    found = pair_of(store, "Ukraine", "Russia")
    assert found is not None
    assert found == pair(store, "russia/ukraine") == pairs(store)[0]
    assert (found["title"], found["days"][0]["worst"]) == ("Russia and Ukraine", 0)
    assert pair_of(store, None, "Russia") is None


def test_the_wire_s_time_is_the_ticks_where_these_are_of_another_summer(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    assert wire_now(store, NOW) == NOW
    fill(store, [incoming(TICKS, Tick(AT, "demo"), at=AT + timedelta(seconds=1))])
    assert wire_now(store, NOW) == NOW
    fill(store, [incoming(TICKS, Tick(AT, "demo"), at=AT + timedelta(days=1))])
    assert wire_now(store, NOW) == NOW - timedelta(days=1)
