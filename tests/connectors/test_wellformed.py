"""The quick reader gives what feedparser gives, or leaves the document to it."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.parse import by_feedparser, prepared
from connectors.wellformed import Found, read_wellformed
from tests.connectors.feeds import news, rss
from tests.connectors.quick import as_finished

FIXTURES = Path(__file__).parent / "fixtures"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def channel(*inside: str) -> str:
    return f'<rss version="2.0" {SPACES}><channel><title>An outlet</title>{"".join(inside)}</channel></rss>'


def both(text: str) -> tuple[Found | None, Found | None]:
    document = prepared(text).encode()
    return as_finished(read_wellformed(document)), as_finished(by_feedparser(document))


def test_a_usual_feed_is_read_without_feedparser() -> None:
    quick, slow = both(rss([news(number) for number in range(20)]).decode())
    assert quick is not None
    assert quick == slow


def test_an_example_with_all_that_outlets_put_into_items_is_read_without_feedparser() -> None:
    quick, slow = both((FIXTURES / "rss20.xml").read_text("utf-8"))
    assert quick is not None
    assert quick == slow


TEXTS = [
    "A headline",
    " spaces \n around ",
    "Fish &amp; chips",
    "&lt;p&gt;A paragraph&lt;/p&gt;",
    "<![CDATA[<p>In <b>bold</b></p>]]>",
    "<!-- nothing -->After a remark",
    "",
    "CafÃ© crème",
    "Zażółć gęślą jaźń",
    "ニュース",
    "a&#145;quote&#146;",
    "<b>an element</b>",
]
ADDRESSES = [
    "https://outlet.example/a/1",
    "/a/relative",
    "https://outlet.example/?a=1&amp;b=2",
    "12345",
    "",
    "tag:outlet.example,2025:1",
    "https://outlet.example/a?x=1&amp;amp;y=2",
]
DATES = ["Sun, 01 Jun 2025 08:00:00 GMT", "2025-06-01T08:00:00Z", "yesterday", "", "1 juin 2025"]


def _element(name: str, values: Sequence[str], attributes: Sequence[str] = ("",)) -> "st.SearchStrategy[str]":
    pairs = st.tuples(st.sampled_from(values), st.sampled_from(attributes))
    return pairs.map(lambda pair: f"<{name}{pair[1]}>{pair[0]}</{name}>")


CHILDREN = st.one_of(
    _element("title", TEXTS, ["", ' type="html"', ' xml:lang="fr"']),
    _element("description", TEXTS),
    _element("content:encoded", TEXTS),
    _element("link", ADDRESSES),
    _element("guid", ADDRESSES, ["", ' isPermaLink="false"', ' isPermaLink="true"', ' isPermaLink="FALSE"']),
    _element("pubDate", DATES),
    _element("dc:date", DATES),
    _element("dc:creator", TEXTS[:3]),
    _element("dc:language", ["de", "pt-BR"]),
    _element("category", TEXTS[:3], ["", ' domain="x"']),
    _element("media:title", TEXTS[:3]),
    _element("media:description", TEXTS[:3]),
    _element("source", TEXTS[:2], [' url="https://other.example/feed"']),
    _element("slash:comments", ["3"]),
    _element("feedburner:origLink", ADDRESSES),
    _element("image", ["<title>A picture</title>", ""]),
    _element("media:group", ['<media:content url="https://outlet.example/p.jpg"/>', "<title>Inner</title>"]),
    st.sampled_from(
        [
            '<atom:link href="https://outlet.example/b/2"/>',
            '<atom:link rel="self" href="https://outlet.example/feed"/>',
            '<atom:link rel="alternate" type="text/plain" href="https://outlet.example/b/3"/>',
            '<enclosure url="https://outlet.example/p.jpg" type="image/jpeg" length="3"/>',
            '<media:thumbnail url="https://outlet.example/p.jpg"/>',
            "<unknown><title>Inside</title></unknown>",
        ]
    ),
)


@given(st.lists(st.lists(CHILDREN, max_size=7), max_size=3), st.lists(CHILDREN, max_size=3))
def test_whatever_stands_in_an_item_it_is_read_as_feedparser_reads_it_or_left_to_it(
    items: list[list[str]], around: list[str]
) -> None:
    quick, slow = both(channel(*around, *(f"<item>{''.join(inside)}</item>" for inside in items)))
    assert quick is None or quick == slow


ATOM_CHILDREN = st.one_of(
    _element("title", TEXTS, ["", ' type="html"', ' type="text"', ' type="xhtml"', ' mode="base64"']),
    _element("summary", TEXTS, ["", ' type="html"']),
    _element("content", TEXTS, ["", ' type="html"', ' src="https://outlet.example/x"', ' type="image/png"']),
    _element("id", ADDRESSES),
    _element("updated", DATES),
    _element("published", DATES),
    _element("author", ["<name>Ann</name>", "Ann", "<title>Dr</title>"]),
    _element("category", [""], [' term="x"']),
    st.sampled_from(
        [
            '<link href="https://outlet.example/b/2"/>',
            '<link rel="alternate" type="text/html" href="/b/2"/>',
            '<link rel="edit" href="https://outlet.example/b/3"/>',
            '<link rel="alternate" hreflang="de" xml:base="https://x.example/" href="https://outlet.example/4"/>',
            "<link>https://outlet.example/5</link>",
            "<source><title>Another</title></source>",
        ]
    ),
)


@given(st.lists(st.lists(ATOM_CHILDREN, max_size=6), max_size=3), st.sampled_from(["", ' xml:lang="fr"']))
def test_an_atom_feed_is_read_as_feedparser_reads_it_or_left_to_it(items: list[list[str]], lang: str) -> None:
    entries = "".join(f"<entry>{''.join(inside)}</entry>" for inside in items)
    head = f'<feed xmlns="http://www.w3.org/2005/Atom"{lang}><title>An outlet</title>'
    quick, slow = both(f"{head}{entries}</feed>")
    assert quick is None or quick == slow


@pytest.mark.parametrize(
    "document",
    [
        "<rss version='2.0'><channel><item><title>Not closed</item></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel><title>&a;</title></channel></rss>",
        f"<rss version='2.0'><channel><title>{escape('x' * 1_100_000)}</title></channel></rss>",
        "<html><body>A page</body></html>",
        "no markup",
    ],
)
def test_what_is_not_usual_is_left_to_feedparser(document: str) -> None:
    assert read_wellformed(document.encode()) is None
