"""Which story an item is, over changed guids, addresses and texts."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.identity import KEPT_FOR, Known, canonical, recognise, remember, version_of
from connectors.items import Item
from tests.connectors.feeds import DAY
from wirewatch.messages import SeenItem

FEED = "feed-1"
LINK = "https://wire.example/2025/06/01/472-drones-overnight"


def item(**changes: Any) -> Item:
    base = Item(title="472 drones", guid="g-1", link=LINK, summary="s", published=DAY)
    return replace(base, **changes)


def polls(*documents: list[Item], seen: dict[str, SeenItem] | None = None) -> list[list[Known]]:
    """Recognise documents that follow one another by ten minutes."""
    kept = seen or {}
    found = []
    for number, document in enumerate(documents):
        known = recognise(FEED, document, kept)
        kept = remember(kept, known, DAY + timedelta(minutes=10 * number))
        found.append(known)
    return found


@pytest.mark.parametrize(
    ("changed", "by"),
    [
        ({}, "link"),
        ({"link": "https://wire.example/2025/06/01/the-new-slug-of-it"}, "guid"),
        ({"guid": "another"}, "link"),
        ({"guid": None}, "link"),
        ({"guid": "another", "link": LINK.replace("https", "http")}, "link"),
        ({"guid": "another", "link": LINK + "?utm_source=rss&utm_medium=feed#top"}, "link"),
        ({"guid": "another", "link": LINK.replace("wire", "www.wire") + "/"}, "link"),
    ],
)
def test_an_item_is_the_same_story_over_changes_of_guid_and_address(changed: dict[str, Any], by: str) -> None:
    first, second = polls([item()], [item(**changed)])
    assert second[0].story == first[0].story
    assert (second[0].by, second[0].change) == (by, "none")


@pytest.mark.parametrize("changed", [{"title": "474 drones"}, {"summary": "more"}, {"text": "now in full"}])
def test_a_changed_text_is_a_new_version_of_the_same_story_and_says_what_changed(
    changed: dict[str, Any],
) -> None:
    first, second = polls([item()], [item(**changed)])
    assert second[0].story == first[0].story
    assert second[0].version != first[0].version
    assert second[0].change == "changed"
    assert second[0].changed == tuple(changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"published": DAY + timedelta(hours=3)},
        {"updated": DAY + timedelta(hours=3)},
        {"published": None},
        {"summary": " s "},
    ],
)
def test_an_item_with_another_date_alone_is_nothing_new(changed: dict[str, Any]) -> None:
    assert polls([item()], [item(**changed)])[1][0].change == "none"


def test_a_page_that_shows_one_piece_after_another_brings_new_stories() -> None:
    today = item(guid="day-1", link="https://wire.example/the-morning-briefing")
    tomorrow = item(
        guid="day-2",
        link="https://wire.example/the-morning-briefing",
        title="Another day",
        published=DAY + timedelta(days=1),
    )
    first, second = polls([today], [tomorrow])
    assert second[0].change == "new"
    assert second[0].story != first[0].story


TALKS = {
    "title": "Istanbul talks end without a ceasefire",
    "summary": "Negotiators leave the palace in silence.",
}
DRONES = {"title": "Russia fires 472 drones at Ukraine", "summary": "The largest attack of the war hit Kyiv."}


@pytest.mark.parametrize(
    "changed",
    [
        {"published": DAY + timedelta(hours=1)},
        {"link": "https://wire.example/2025/06/02/istanbul-talks-end"},
        {"link": "https://wire.example/2025/06/02/istanbul-talks-end", "published": None},
    ],
)
def test_a_guid_that_becomes_another_event_is_a_new_story(changed: dict[str, Any]) -> None:
    first, second = polls([item(**DRONES)], [item(**TALKS, **changed)])
    assert second[0].change == "new"
    assert second[0].story != first[0].story


def test_what_a_guid_became_stays_what_it_became() -> None:
    later = item(**TALKS, published=DAY + timedelta(hours=1))
    _, second, third = polls([item(**DRONES)], [later], [later])
    assert third[0].change == "none"
    assert third[0].story == second[0].story


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "At least 5 dead after 472 drones hit Ukraine overnight"},
        {"title": "Ukraine war live: 472 drones, five dead", "link": f"{LINK}-five-dead"},
        {"title": "What we know", "summary": "Kyiv counts the largest attack so far, by Russia, in the war."},
    ],
)
def test_a_report_that_is_rewritten_stays_the_same_story(changed: dict[str, Any]) -> None:
    first, second = polls(
        [item(**DRONES)], [item(**{**DRONES, **changed}, published=DAY + timedelta(hours=1))]
    )
    assert second[0].story == first[0].story
    assert second[0].change == "changed"


def test_an_item_without_guid_that_is_dated_anew_is_nothing_new() -> None:
    _, second = polls([item(guid=None)], [item(guid=None, published=DAY + timedelta(hours=3))])
    assert second[0].change == "none"


def test_items_that_share_a_link_are_stories_of_their_own() -> None:
    document = [item(guid=f"g-{n}", title=f"Entry {n}") for n in range(3)]
    assert len({known.story for known in polls(document)[0]}) == 3


def test_items_that_share_a_guid_are_stories_of_their_own() -> None:
    document = [item(guid="same", title=f"Entry {n}", link=None) for n in range(3)]
    first, second = polls(document, document)
    assert len({known.story for known in first}) == 3
    assert [known.change for known in second] == ["none"] * 3


def test_an_item_that_stands_twice_is_one_story() -> None:
    first, second = polls([item()], [item(), item()])
    assert len(second) == 1
    assert second[0].change == "none"
    assert second[0].story == first[0].story


def test_an_item_with_neither_guid_nor_link_is_known_by_its_words() -> None:
    plain = item(guid=None, link=None)
    first, second = polls([plain], [item(guid=None, link=None, summary="changed")])
    assert second[0].story == first[0].story
    assert (second[0].by, second[0].change) == ("words", "changed")


def test_an_item_that_says_the_same_under_a_new_guid_and_address_is_the_same_story() -> None:
    moved = item(guid="n-1", link="https://new.example/a/472-drones-overnight-again")
    whole = {"title": "Air defence shoots down 472 drones", "summary": "Most of them over the capital."}
    first, second = polls([item(**whole)], [replace(moved, **whole)])
    assert (second[0].story, second[0].change) == (first[0].story, "none")
    assert (second[0].by, second[0].identity) == ("content", "content")


def test_the_same_words_at_a_later_time_are_another_story() -> None:
    quake = {"title": "Quake of magnitude 5.0 off the coast", "summary": "No damage was reported."}
    again = item(guid="q-2", link=LINK + "-2", published=DAY + timedelta(hours=5), **quake)
    first, second = polls([item(**quake)], [again])
    assert second[0].change == "new"
    assert second[0].story != first[0].story


@pytest.mark.parametrize(
    ("changed", "identity"),
    [
        ({}, "link"),
        ({"link": None}, "guid"),
        ({"link": "https://wire.example/world"}, "guid"),
        ({"guid": None, "link": None}, "content"),
    ],
)
def test_a_new_story_says_what_its_id_is_made_of(changed: dict[str, Any], identity: str) -> None:
    ((known,),) = polls([item(**changed)])
    assert known.identity == identity


def test_items_of_one_title_are_told_apart_by_what_they_say() -> None:
    document = [item(guid=None, link=None, summary=said) for said in ("north", "south", "south")]
    first, second = polls(document, document)
    assert len(first) == 2
    assert [known.change for known in second] == ["none", "none"]


def test_a_section_page_is_no_name_for_a_story() -> None:
    document = [item(guid=None, link="https://wire.example/world", title="One")]
    later = [item(guid=None, link="https://wire.example/world", title="Two")]
    assert polls(document, later)[1][0].change == "new"


def test_a_known_link_goes_before_a_known_guid() -> None:
    """Where guids are places on a page, each new story moves all that stand below it."""
    old = [item(guid="1", link=f"{LINK}-a"), item(guid="2", link=f"{LINK}-b", title="B")]
    new = item(
        guid="1", link=f"{LINK}-c", title="A bridge is opened", summary="", text="By the king, at noon."
    )
    first, second = polls([*old], [new, item(guid="2", link=f"{LINK}-a")])
    assert second[1].story == first[0].story
    assert second[0].story not in {known.story for known in first}


def test_the_same_work_twice_gives_the_same_ids() -> None:
    document = [item(), item(guid="2", link=f"{LINK}-2", title="Two")]
    assert polls(document) == polls(document)


def test_two_feeds_have_stories_of_their_own() -> None:
    assert recognise("one", [item()], {})[0].story != recognise("two", [item()], {})[0].story


def test_remembers_what_is_shown_and_some_of_what_was() -> None:
    first, _ = polls([item()], [])
    kept = remember({}, first, DAY)
    assert remember(kept, [], DAY + timedelta(days=1)) == kept
    assert remember(kept, [], DAY + KEPT_FOR) == {}


def test_what_is_remembered_is_bounded() -> None:
    kept: dict[str, SeenItem] = {}
    for number in range(40):
        document = [item(guid=f"{number}-{n}", link=None) for n in range(100)]
        kept = remember(kept, recognise(FEED, document, kept), DAY + timedelta(hours=number))
    assert len(kept) <= 100 + 1_100
    assert len(remember(kept, [], DAY + timedelta(days=2), most=50)) == 50


@pytest.mark.parametrize(
    ("link", "same"),
    [
        ("https://www.wire.example/a/?utm_source=x", "http://wire.example/a"),
        ("https://m.wire.example/a/amp", "https://wire.example/a"),
        ("https://wire.example/a?id=1&fbclid=2", "https://wire.example/a?id=1"),
        ("https://wire.example/a?b=2&a=1", "https://wire.example/a?a=1&b=2"),
        ("https://WIRE.example/a#part", "https://wire.example/a"),
    ],
)
def test_addresses_that_mean_the_same_are_the_same(link: str, same: str) -> None:
    assert canonical(link) == canonical(same)


def test_addresses_that_mean_another_are_others() -> None:
    assert canonical("https://wire.example/a?id=1") != canonical("https://wire.example/a?id=2")


_items = st.builds(
    Item,
    title=st.sampled_from(["A", "B", "C"]),
    guid=st.sampled_from([None, "1", "2", "3", "https://wire.example/1"]),
    link=st.sampled_from([None, "https://wire.example/", LINK, f"{LINK}-2", f"{LINK}-3"]),
    summary=st.sampled_from(["", "x", "y"]),
    published=st.sampled_from([None, DAY, DAY + timedelta(days=1)]),
)


@settings(deadline=None)
@given(st.lists(st.lists(_items, max_size=6), max_size=5))
def test_no_document_has_a_story_twice_and_none_is_new_twice(documents: list[list[Item]]) -> None:
    seen: dict[str, SeenItem] = {}
    now = DAY + timedelta(days=1)
    for document in documents:
        known = recognise(FEED, document, seen)
        stories = [one.story for one in known]
        assert len(stories) == len(set(stories))
        before = {entry.story for entry in seen.values()}
        assert not [one for one in known if one.change == "new" and one.story in before]
        seen = remember(seen, known, now)
        # The same document again brings nothing.
        assert {one.change for one in recognise(FEED, document, seen)} <= {"none"}
        now += timedelta(minutes=10)


@settings(deadline=None)
@given(_items, _items)
def test_versions_differ_where_the_texts_do(one: Item, other: Item) -> None:
    same = (one.title, one.summary, one.text) == (other.title, other.summary, other.text)
    assert (version_of(one) == version_of(other)) == same
