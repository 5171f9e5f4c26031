"""What the one writer of clusters decides and says."""

import pytest

from streams.rules.clusters import Clusters
from tests.streams.rules.clustering import (
    bcubed,
    cluster_all,
    clustered,
    labelled,
    merges,
    night,
    standing,
    told,
)
from wirewatch.ids import identify
from wirewatch.messages import Cluster, Merge, Tick

FERRY = (
    "A commuter ferry hit a concrete pier in fog while docking at Port Lunden on Sunday, injuring 14 people, the "
    "coast guard said. The Island Maid had come from Hestrey with 86 passengers. Divers examined the hull."
)
REWRITE = (
    "Fourteen commuters were hurt when the Island Maid, out of Hestrey with 86 aboard, struck the pier at Port "
    "Lunden in Sunday's fog. The hull was being looked at by divers, according to the coast guard."
)
CRASH = (
    "A bus carrying pilgrims plunged into a ravine near Huaraquil in the highlands of Cordera on Sunday, killing 24 "
    "people, the transport ministry said. Another 17 were taken to hospitals. The bus of the company Expreso Andino had "
    "left the coast in the evening. Rain had fallen for hours, and the road has no barrier at the bend."
)
QUAKE = (
    "A magnitude 5.8 earthquake shook Sarvan province, killing two people in Kelat, civil protection said."
)


def test_a_first_story_founds_a_cluster_named_after_it() -> None:
    story = told("Ferry hits pier at Port Lunden, 14 hurt", FERRY)
    found = clustered(Clusters().handle(story))
    assert found.verdict == "new"
    assert found.reason == "first story"
    assert found.cluster == identify("cluster", story.story.id)


def test_the_body_stays_behind() -> None:
    assert clustered(Clusters().handle(told("Ferry hits pier", FERRY))).story.text == ""


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Fourteen injured as Hestrey ferry rams quay", FERRY),
        ("Morning boat slams into Lunden pier", REWRITE),
        ("Ferry strikes pier at Port Lunden, 14 hurt", ""),
    ],
    ids=["copy", "rewrite", "headline alone"],
)
def test_the_same_event_otherwise_told_is_a_duplicate_and_says_why(title: str, text: str) -> None:
    clusters = Clusters()
    first = told("Ferry hits pier at Port Lunden, 14 hurt", FERRY)
    home = clustered(clusters.handle(first))
    clusters.handle(told("Two dead in Sarvan quake", QUAKE, hours=1))
    found = clustered(clusters.handle(told(title, text, hours=2, source="gazette")))
    assert (found.cluster, found.verdict, found.reason) == (home.cluster, "duplicate", "no new facts")
    assert found.outlets == found.stories == 2
    assert found.evidence[0].against == first.story.id


def test_a_truce_is_another_event_than_the_war_that_it_ends() -> None:
    clusters = Clusters()
    war = clustered(clusters.handle(told("Tarrow and Sarvan exchange fire", hours=0, turn=2)))
    clusters.handle(told("Tarrow and Sarvan exchange fire on border", hours=1, source="gazette", turn=2))
    truce = clustered(clusters.handle(told("Tarrow and Sarvan cease fire", hours=96, source="post", turn=-3)))
    assert truce.cluster != war.cluster


def test_two_wars_that_count_the_same_in_the_same_words_are_two_events() -> None:
    clusters = Clusters()
    homes: list[str] = []
    for hours, one, other, ministry in (
        (0, "Russia", "Ukraine", "the air force in Kyiv"),
        (2, "Pakistan", "India", "the defence ministry in New Delhi"),
    ):
        title = f"{one} launches 472 drones at {other}, the most of the war"
        text = f"{one} launched 472 drones at {other} overnight, {ministry} said on Sunday, the largest number in one night."
        again = f"{other} counts 472 drones of {one} overnight, a record"
        for number, (headline, body) in enumerate([(title, text), (again, f"{other} counted 472 drones.")]):
            story = told(
                headline, body, hours=hours + number / 2, source=f"{one} {number}", figures=[("drones", 472)]
            )
            homes.append(clustered(clusters.handle(story)).cluster)
    first, again, other, other_again = map(clusters.current, homes)
    assert first == again
    assert other == other_again
    assert first != other


def test_the_next_event_of_its_kind_weeks_later_is_another() -> None:
    clusters = Clusters()
    title = "Tarrow and Sarvan exchange prisoners in Kelat"
    talks = clustered(clusters.handle(told(title, "The exchange took place on the bridge.", turn=-2)))
    swap = told(title, "Buses crossed the border before noon.", hours=20 * 24, source="post", turn=-2)
    assert clustered(clusters.handle(swap)).cluster != talks.cluster


def test_a_cluster_of_forty_outlets_hides_no_other_from_a_retelling() -> None:
    clusters = Clusters()
    other = (
        "Lorries carried the drones to four bases in Olenya and Belaya, the service said, and bombers burnt."
    )
    base = clustered(clusters.handle(told("Bombers burn at four bases", other)))
    for number in range(60):
        clusters.handle(night(472, 1 + number / 60, "Sunday", source=f"outlet-{number}"))
    found = clustered(
        clusters.handle(told("Drones from lorries burn bombers in Olenya", other, hours=3, source="post"))
    )
    assert found.cluster == base.cluster


def test_a_toll_that_grows_overnight_is_an_update() -> None:
    clusters = Clusters()
    first = told("Bus falls into ravine in Cordera, 24 dead", CRASH, figures=[("deaths", 24)])
    home = clustered(clusters.handle(first)).cluster
    later = told(
        "Death toll in Cordera bus crash rises to 27",
        "Three pilgrims who were hurt when their bus fell into a ravine near Huaraquil have died, the health ministry "
        "of Cordera said on Monday. The licence of the company Expreso Andino has been suspended.",
        hours=26,
        source="gazette",
        figures=[("deaths", 27)],
    )
    found = clustered(clusters.handle(later))
    assert (found.cluster, found.verdict) == (home, "update")
    assert found.new_facts == ("deaths: 24 -> 27",)


def test_a_figure_that_changes_is_an_update_that_says_from_what_to_what() -> None:
    clusters = Clusters()
    clusters.handle(told("Ferry hits pier, 14 injured", FERRY, figures=[("injured", 14)]))
    later = told("Ferry crash: 19 injured", REWRITE, hours=5, source="gazette", figures=[("injured", 19)])
    found = clustered(clusters.handle(later))
    assert (found.verdict, found.new_facts) == ("update", ("injured: 14 -> 19",))


def test_a_figure_made_exact_is_an_update_and_the_rounder_one_after_it_is_none() -> None:
    clusters = Clusters()
    clusters.handle(
        told("Over 400 hurt at Lunden pier", FERRY, figures=[("people", 400)], qualifier="at_least")
    )
    exact = told("472 hurt at Lunden pier", FERRY, hours=1, source="b", figures=[("people", 472)])
    rounder = told(
        "More than 470 hurt at Lunden pier",
        FERRY,
        hours=2,
        source="c",
        figures=[("people", 470)],
        qualifier="at_least",
    )
    assert clustered(clusters.handle(exact)).new_facts == ("people: over 400 -> 472",)
    assert clustered(clusters.handle(rounder)).verdict == "duplicate"


def test_a_headline_s_new_place_is_an_update_once() -> None:
    clusters = Clusters()
    text = (
        "A storm with winds of 160 kilometres an hour moved over the Baltic Sea, tore roofs off houses and cut the power "
        "of thousands of homes, the weather service said. Ferries stayed in port and schools were closed."
    )
    clusters.handle(told("Storm Odalys tears roofs off houses in Lithuania", text, source="a"))
    reached = told("Storm Odalys reaches Latvia, roofs torn off houses", text, hours=2, source="b")
    assert clustered(clusters.handle(reached)).new_facts == ("a new place: latvia",)
    again = told("Storm Odalys in Latvia: roofs off houses, ferries in port", text, hours=3, source="c")
    assert clustered(clusters.handle(again)).verdict == "duplicate"


def test_a_denial_and_the_first_major_outlet_are_news_once() -> None:
    clusters = Clusters()
    clusters.handle(told("Ferry hits pier", FERRY))
    major = told("Ferry hits pier at Lunden", FERRY, hours=1, source="world", tier=1, denied=True)
    again = told("Ferry hit pier at Lunden", FERRY, hours=2, source="globe", tier=1, denied=True)
    assert clustered(clusters.handle(major)).new_facts == (
        "a denial",
        "first report of a major outlet: world",
    )
    assert clustered(clusters.handle(again)).verdict == "duplicate"


def test_a_story_seen_before_changes_nothing() -> None:
    clusters = Clusters()
    story = told("Ferry hits pier", FERRY)
    clusters.handle(story)
    again = clusters.handle(story)
    assert (again.outputs, again.puts) == ((), {})


def test_an_edited_story_stays_in_its_cluster_and_is_counted_once() -> None:
    clusters = Clusters()
    home = clustered(clusters.handle(told("Ferry hits pier", FERRY, name="a", figures=[("injured", 14)])))
    edited = told("Sarvan quake kills two", QUAKE, hours=1, name="a", version="2", figures=[("injured", 19)])
    found = clustered(clusters.handle(edited))
    assert (found.cluster, found.reason) == (home.cluster, "edited, new facts")
    assert found.new_facts == ("injured: 14 -> 19",)
    assert found.stories == 1


def test_a_cluster_counts_the_outlets_of_each_figure() -> None:
    clusters = Clusters()
    clusters.handle(told("Ferry hits pier, 14 hurt", FERRY, figures=[("injured", 14)]))
    change = clusters.handle(told("Ferry rams pier", FERRY, hours=1, source="b", figures=[("injured", 14)]))
    (figure,) = standing(change).figures
    assert (figure.figure, figure.unit, figure.outlets, figure.sources) == (14, "injured", 2, ("agency", "b"))


def test_clusters_that_turn_out_to_be_one_are_merged_into_the_older() -> None:
    clusters, began, found = Clusters(), dict[str, int](), list[Merge]()
    for place, row in enumerate(labelled("clusters-unseen.jsonl")):
        change = clusters.handle(
            told(row["title"], row["text"], hours=place, source=row["source"], name=row["id"])
        )
        cluster = clustered(change).cluster
        began.setdefault(cluster, place)
        found += merges(change)
    assert found
    for merge in found:
        assert began[merge.kept] < began[merge.absorbed]
        assert clusters.current(merge.absorbed) == clusters.current(merge.kept)


def test_a_cluster_that_was_absorbed_says_into_which() -> None:
    clusters = Clusters()
    for place, row in enumerate(labelled("clusters-unseen.jsonl")):
        change = clusters.handle(
            told(row["title"], row["text"], hours=place, source=row["source"], name=row["id"])
        )
        if found := merges(change):
            last = change.outputs[-1].message
            assert isinstance(last, Cluster)
            assert (last.id, last.merged_into) == (found[-1].absorbed, found[-1].kept)
            return
    pytest.fail("no merge")


def test_what_is_no_story_changes_nothing() -> None:
    story = told("Ferry hits pier").story
    assert Clusters().handle(Tick(story.at, "demo")).outputs == ()


@pytest.mark.parametrize(
    ("file", "precision", "f1"),
    [
        ("clusters-hard.jsonl", 0.95, 0.95),
        ("clusters-own.jsonl", 0.95, 0.94),
        ("clusters-elsewhere.jsonl", 0.92, 0.93),
        ("clusters-unseen.jsonl", 0.96, 0.96),
        ("clusters-rewrites.jsonl", 0.99, 0.97),
        ("clusters-articles.jsonl", 0.88, 0.88),
        ("clusters-nightly.jsonl", 1.0, 0.96),
    ],
)
def test_labelled_stories_are_clustered_no_worse_than(file: str, precision: float, f1: float) -> None:
    rows = labelled(file)
    scores = bcubed([row["event"] for row in rows], cluster_all(rows))
    assert scores[0] >= precision
    assert scores[2] >= f1
