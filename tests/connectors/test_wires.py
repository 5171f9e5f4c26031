"""The agencies' formats, and news sitemaps."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from connectors.items import Feed, FeedError, Item
from tests.connectors.test_parse import FIXTURES, read

WIRES = [("newsml_g2.xml", "newsml-g2"), ("ninjs.json", "ninjs")]


def feed(name: str) -> Feed:
    return read((FIXTURES / name).read_bytes())


def by_title(name: str) -> dict[str, Item]:
    return {item.title: item for item in feed(name).items}


@pytest.mark.parametrize(("name", "kind"), WIRES)
def test_reads_the_texts_of_a_wire_newest_version_each(name: str, kind: str) -> None:
    found = feed(name)
    assert found.format == kind
    assert [item.title for item in found.items] == [
        "472 drones & missiles overnight", "The budget", "Mayor resigns", "Two dead in a fire",
    ]  # fmt: skip
    first = found.items[0]
    assert first.guid == "urn:newsml:wire.example:20250601:drones"
    assert first.summary == "Ukraine’s air force counts 472."
    assert first.text == "The attack began at dusk.\nIt ended at dawn."
    assert first.published == datetime(2025, 6, 1, 5, 30, tzinfo=UTC)
    assert first.lang == "en"
    assert first.problems == ()
    assert "1 picture left out" in found.problems


@pytest.mark.parametrize(("name", "_kind"), WIRES)
def test_an_embargo_that_lies_ahead_is_read_to_the_minute(name: str, _kind: str) -> None:
    budget = by_title(name)["The budget"]
    assert budget.embargoed == datetime(2025, 6, 1, 16, 0, tzinfo=UTC)
    assert budget.published is None
    assert budget.text == "It grows by 3 percent."


def test_an_embargo_that_is_over_is_when_it_was_published() -> None:
    body = (FIXTURES / "ninjs.json").read_text().replace("2025-06-01T16:00:00Z", "2025-06-01T09:00:00Z")
    budget = next(item for item in read(body).items if item.title == "The budget")
    assert budget.embargoed is None
    assert budget.published == datetime(2025, 6, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("name", "_kind"), WIRES)
def test_a_killed_item_says_why_and_has_no_text(name: str, _kind: str) -> None:
    mayor = by_title(name)["Mayor resigns"]
    assert mayor.withdrawn == "killed: The mayor did not resign."
    assert (mayor.summary, mayor.text) == ("", "")


@pytest.mark.parametrize(("name", "_kind"), WIRES)
def test_a_correction_says_what_it_corrects(name: str, _kind: str) -> None:
    fire = by_title(name)["Two dead in a fire"]
    assert fire.correction == "corrected: CORRECTS number of dead"
    assert fire.withdrawn is None


def test_a_withheld_item_is_taken_back() -> None:
    body = (FIXTURES / "newsml_g2.xml").read_text().replace("stat:canceled", "stat:withheld")
    assert {item.withdrawn for item in read(body).items} == {None, "withheld: The mayor did not resign."}


def test_reads_a_single_item_of_ninjs() -> None:
    body = '{"uri": "tag:1", "headline": "One", "versioncreated": "2025-06-01T05:00:00Z", "body_text": "a < b\\nc"}'
    (item,) = read(body).items
    assert (item.guid, item.title, item.text) == ("tag:1", "One", "a < b\nc")


def test_reads_a_list_whose_items_are_wrapped() -> None:
    inner = '{"altids": {"itemid": "1"}, "uri": "https://api.example/1", "type": "text", "headline": "One"}'
    (item,) = read(f'{{"data": {{"items": [{{"meta": {{}}, "item": {inner}}}]}}}}').items
    assert item.title == "One"


def test_reads_a_single_item_of_newsml() -> None:
    body = (
        '<nar:newsItem xmlns:nar="http://iptc.org/std/nar/2006-10-01/" guid="g"><nar:contentMeta>'
        "<nar:headline>Caf&eacute; &amp; more</nar:headline></nar:contentMeta></nar:newsItem>"
    )
    (item,) = read(body).items
    assert (item.guid, item.title, item.problems) == ("g", "Café & more", ("no date",))


def test_reads_a_wire_that_breaks_off_as_far_as_it_goes() -> None:
    whole = (FIXTURES / "newsml_g2.xml").read_bytes()
    found = read(whole[: whole.index(b"20250531:fire")])
    assert [item.title for item in found.items][-1] == "Mayor resigns"
    assert found.problems[0].startswith("malformed: ")


def test_reads_a_news_sitemap() -> None:
    found = feed("news_sitemap.xml")
    assert found.format == "news sitemap"
    first, second = found.items
    assert first.title == "472 drones & missiles overnight"
    assert first.link == "https://wire.example/2025/06/01/472-drones?a=1&b=2"
    assert first.published == datetime(2025, 6, 1, 5, 30, tzinfo=UTC)
    assert first.lang == "en"
    assert second.published == datetime(2025, 6, 1, tzinfo=UTC)


def test_a_list_of_sitemaps_is_an_error_that_names_the_one_with_news() -> None:
    body = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://wire.example/a.xml'
        "</loc></sitemap><sitemap><loc>https://wire.example/news.xml</loc></sitemap></sitemapindex>"
    )
    with pytest.raises(FeedError, match=r"for example https://wire\.example/news\.xml"):
        read(body)


@pytest.mark.parametrize("body", ["[" * 900 + "]" * 900, '{"items": ' * 900 + "1" + "}" * 900])
def test_a_nest_of_lists_is_one_clear_error(body: str) -> None:
    with pytest.raises(FeedError):
        read(body)


def test_a_wire_made_to_harm_takes_no_time() -> None:
    started = time.perf_counter()
    read("<newsMessage><itemSet>" + "<newsItem guid='1'><contentMeta>" * 200 + "&a;" * 20_000)
    assert time.perf_counter() - started < 3


@settings(deadline=None, max_examples=50)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["uri", "headline", "headlines", "bodies", "items", "data", "item", "pubstatus", "signals", "value", "version"]), inner, max_size=5), max_leaves=12))  # fmt: skip
def test_any_json_is_a_feed_or_one_clear_error(document: object) -> None:
    try:
        assert read(json.encode({"items": document, "uri": "x"})).format
    except FeedError as error:
        assert str(error)  # noqa: PT017 - either is right
