"""Each format, and what is wrong with real ones."""

import contextlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.items import Feed, FeedError, Item
from connectors.parse import parse
from tests.connectors.feeds import news, rss

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"


def read(
    body: bytes | str, *, content_type: str = "application/xml", base: str = "https://wire.example/feed"
) -> Feed:
    whole = body.encode() if isinstance(body, str) else body
    return parse(whole, content_type=content_type, base=base, fetched=NOW)


def item(inside: str, *, channel: str = "") -> Item:
    """Return the one item of an RSS 2.0 feed."""
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    )
    return read(f'<rss version="2.0" {spaces}><channel>{channel}<item>{inside}</item></channel></rss>').items[
        0
    ]


FORMATS = [("rss20.xml", "rss20"), ("rss091.xml", "rss091u"), ("rdf.xml", "rss10"), ("atom.xml", "atom10")]


@pytest.mark.parametrize(("name", "kind"), [*FORMATS, ("feed.json", "json11")])
def test_reads_every_format_to_the_same_items(name: str, kind: str) -> None:
    feed = read((FIXTURES / name).read_bytes())
    assert feed.format == kind
    assert feed.title == "The Test Wire"
    assert feed.lang == "en"
    assert [one.title for one in feed.items] == ["472 drones & missiles overnight", "Talks in Istanbul"]
    first = feed.items[0]
    assert first.link == "https://wire.example/2025/06/01/472-drones"
    assert first.summary.startswith("Ukraine’s air force counts 472.")
    if name != "rss091.xml":
        assert first.guid is not None
        assert first.published == datetime(2025, 6, 1, 5, 30, tzinfo=UTC)
        assert first.text == "The attack began at dusk.\nIt ended at dawn."
        assert first.problems == ()


def test_summary_is_the_description_and_text_the_content_in_either_order() -> None:
    parts = [
        "<description>Short.</description>",
        "<content:encoded>&lt;p&gt;Long.&lt;/p&gt;</content:encoded>",
    ]
    for order in (parts, parts[::-1]):
        found = item("".join(order))
        assert (found.summary, found.text) == ("Short.", "Long.")


def test_a_content_alone_is_text_and_no_summary() -> None:
    found = item("<title>T</title><content:encoded>Long.</content:encoded>")
    assert (found.summary, found.text) == ("", "Long.")


def test_the_same_text_in_both_is_kept_once() -> None:
    found = item(
        "<description>Same.</description><content:encoded>&lt;p&gt;Same.&lt;/p&gt;</content:encoded>"
    )
    assert (found.summary, found.text) == ("Same.", "")


def test_a_caption_is_not_the_title_nor_the_description() -> None:
    found = item(
        "<title>Title</title><description>What happened.</description><media:content url='x'>"
        "<media:title>Photo</media:title><media:description>A caption</media:description></media:content>"
    )
    assert (found.title, found.summary) == ("Title", "What happened.")


def test_a_media_title_may_have_attributes() -> None:
    found = item(
        '<media:title type="plain">Film</media:title><media:description type="html">Shot.</media:description>'
    )
    assert (found.title, found.summary) == ("Film", "Shot.")


def test_a_caption_serves_where_there_is_nothing_else() -> None:
    found = item(
        "<media:group><media:title>Film</media:title><media:description>Shot.</media:description></media:group>"
    )
    assert (found.title, found.summary) == ("Film", "Shot.")


def test_an_item_without_title_takes_its_first_sentence_and_says_so() -> None:
    found = item("<description>Over 400 drones came at night. Kyiv counts them.</description>")
    assert found.title == "Over 400 drones came at night."
    assert "no title" in found.problems


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Sun, 01 Jun 2025 08:00:00 +0200", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
        ("Sun, 01 Jun 2025 08:00:00 CEST", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
        ("Sun, 01 Jun 2025 07:00:00 BST", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
        ("Sun, 1 Jun 2025 02:00:00 EDT", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
        ("2025-06-01T06:00:00Z", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
        ("2025-06-01 06:00:00", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
        ("dim., 01 juin 2025 08:00:00 +0200", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
        ("2025年6月1日 06:00", datetime(2025, 6, 1, 6, 0, tzinfo=UTC)),
    ],
)
def test_reads_dates_in_utc(written: str, published: datetime) -> None:
    found = item(f"<title>T</title><pubDate>{written}</pubDate>")
    assert found.published == published
    assert found.problems == ()


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("", "no date"),
        ("<pubDate>the day before</pubDate>", "date not understood: the day before"),
        ("<pubDate>Mon, 02 Jun 2025 06:00:00 GMT</pubDate>", "date in the future: 2025-06-02T06:00:00+00:00"),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", "date not believed: 1970-01-01T00:00:00+00:00"),
    ],
)
def test_a_date_that_is_missing_or_wrong_is_never_now(inside: str, problem: str) -> None:
    found = item(f"<title>T</title>{inside}")
    assert found.published is None
    assert found.problems == (problem,)


def test_a_clock_that_is_some_minutes_fast_is_set_right() -> None:
    found = item(f"<title>T</title><pubDate>{NOW + timedelta(minutes=5):%a, %d %b %Y %H:%M:%S GMT}</pubDate>")
    assert found.published == NOW
    assert found.problems == ()


@pytest.mark.parametrize(
    ("inside", "link"),
    [
        ("<link>/2025/story</link>", "https://wire.example/2025/story"),
        ("<link> https://other.example/x </link>", "https://other.example/x"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[bad</link>", None),
        ("<guid>https://wire.example/by-guid</guid>", "https://wire.example/by-guid"),
        ("<guid>4711</guid>", None),
        ("<link>www.wire.example/1</link>", "https://www.wire.example/1"),
        ("<link>https://wire.example/a b</link>", "https://wire.example/a%20b"),
        (
            "<link>https://feeds.example/~r/1</link><feedburner:origLink>https://wire.example/1</feedburner:origLink>",
            "https://wire.example/1",
        ),
    ],
)
def test_links_are_absolute_and_lead_to_the_web(inside: str, link: str | None) -> None:
    assert item(f"<title>T</title>{inside}").link == link


def test_a_relative_link_belongs_to_the_outlets_page_and_not_to_whoever_serves_the_feed() -> None:
    found = read(
        '<rss version="2.0"><channel><link>https://wire.example/</link><item><title>T</title><link>/1</link></item>'
        "</channel></rss>",
        base="https://feeds.example/wire",
    )
    assert found.items[0].link == "https://wire.example/1"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html><body>Moved house</body></html>", "web page"),
        ('<opml version="2.0"><head/><body><outline xmlUrl="https://a.example/"/></body></opml>', "OPML"),
        ("<urlset><url/></urlset>", "begins with <urlset>"),
        ("plain words", "text and no feed"),
        ("{}", "no JSON Feed"),
        ('{"items": ', "begins like JSON and is none"),
        ("   ", "empty"),
        ("", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no feed"),
    ],
)
def test_what_is_no_feed_is_one_clear_error(body: bytes | str, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        read(body)


def test_reads_a_feed_that_breaks_off_as_far_as_it_goes() -> None:
    whole = rss([news(1), news(2), news(3)])
    feed = read(whole[: whole.index(b"Story number 3")])
    assert [one.title for one in feed.items][:2] == ["Story number 1", "Story number 2"]
    assert feed.problems[0].startswith("malformed: ")


def test_reads_names_of_html_that_xml_does_not_know() -> None:
    assert item("<title>Caf&eacute; &amp; more</title>").title == "Café & more"


@pytest.mark.parametrize(
    "preamble",
    [
        '<!DOCTYPE rss [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY secret SYSTEM "http://127.0.0.1:9/">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_opens_neither_file_nor_address_for_an_entity(preamble: str) -> None:
    feed = read(
        f"{preamble}<rss version='2.0'><channel><item><title>a &secret; b</title></item></channel></rss>"
    )
    assert "root:" not in feed.items[0].title


def test_entities_that_grow_do_not() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{levels}]><rss version="2.0"><channel><item><title>&e9;</title></item></channel></rss>'
    assert len(read(body).items[0].title) < 1_000


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<a>" * 1_000 + "</a>" * 1_000, "nested"),
        ("<enclosure " + " ".join(f"a{n}='1'" for n in range(1_000)) + "/>", "attributes"),
    ],
)
def test_a_document_made_to_harm_is_one_clear_error(inside: str, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        item(inside)


@pytest.mark.parametrize(
    "piece", ["<!-- ", "<![CDATA[ ]]", "&a", "<", "</", '<a b="', "<!ENTITY a '", "<![if "]
)
def test_malformed_masses_take_no_more_than_their_share_of_time(piece: str) -> None:
    started = time.perf_counter()
    read(f"<rss version='2.0'><channel><item><title>t</title><description>{piece * (60_000 // len(piece))}")
    assert time.perf_counter() - started < 5


def test_what_no_message_may_hold_stands_in_no_item() -> None:
    from msgspec import json

    half = "&#xD800;&#0;&#1;&#xFFFF;"
    found = item(
        f"<title>a{half}</title><guid>g{half}</guid><link>https://wire.example/{half}</link>"
        f"<description>d{half}</description><pubDate>{half}</pubDate><dc:language>{half}</dc:language>"
    )
    assert json.decode(json.encode(found), type=Item) == found
    assert json.encode(item(f"<title>t</title><pubDate>when {half}</pubDate><link>/{half}</link>").problems)


def test_long_texts_are_cut_and_say_so() -> None:
    found = item(f"<title>{'t' * 3_000}</title><content:encoded>{'word ' * 60_000}</content:encoded>")
    assert len(found.title) == 1_000
    assert len(found.text) <= 200_000
    assert "title cut at 1000 characters of 3000" in found.problems


def test_reads_what_the_outlet_suggests() -> None:
    head = (
        "<ttl>30</ttl><skipHours><hour>0</hour><hour>1</hour><hour>24</hour></skipHours>"
        "<skipDays><day>Sunday</day></skipDays>"
    )
    hints = read(rss([news(1)], head=head)).hints
    assert (hints.every, hints.skip_hours, hints.skip_days) == (1800.0, (0, 1), ("sunday",))


def test_reads_the_period_of_syndication() -> None:
    head = (
        '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>'
        '<sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">4</sy:updateFrequency>'
    )
    assert read(rss([news(1)], head=head)).hints.every == 900.0


def test_an_empty_feed_is_a_feed() -> None:
    feed = read(rss([]))
    assert (feed.format, feed.items) == ("rss20", ())


def test_json_items_need_neither_strings_nor_all_fields() -> None:
    body = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 7, "content_text": "5 < 6 & so on"}, 3, {}]}'
    feed = read(body, content_type="application/feed+json")
    assert feed.format == "json10"
    assert [(one.guid, one.text) for one in feed.items] == [("7", "5 < 6 & so on"), (None, ""), (None, "")]
    assert feed.items[2].says_nothing


def test_language_of_an_item_goes_before_that_of_the_feed() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>T</title>'
        '<entry><title xml:lang="en-GB">One</title></entry><entry><title>Zwei</title></entry></feed>'
    )
    assert [one.lang for one in read(body).items] == ["en", "de"]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_one_clear_error(body: bytes) -> None:
    with contextlib.suppress(FeedError):
        read(body)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"<item>",
                b"</item>",
                b"<title>",
                b"</title>",
                b"<",
                b"]]>",
                b"<![CDATA[",
                b"&x;",
                b"<?",
                b"a",
                b"<pubDate>1</pubDate>",
                b"</rss>",
            ]
        ),
        max_size=40,
    )
)
def test_any_mixture_of_tags_is_read_without_an_error(pieces: list[bytes]) -> None:
    read(b"<rss version='2.0'><channel>" + b"".join(pieces))


@pytest.mark.parametrize("name", ["links", "content", "title_detail", "tags", "links_detail", "authors"])
def test_an_element_with_a_name_of_feedparsers_own_brings_nothing_down(name: str) -> None:
    inside = f"<{name}>x</{name}><title>One</title><link>https://a.example/1001</link>"
    body = f"<rss version='2.0'><channel><{name}>x</{name}><item>{inside}</item></channel></rss>"
    assert [item.title for item in read(body).items] == ["One"]
