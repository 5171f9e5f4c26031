"""Each format reads back as what it was written from."""

from datetime import UTC, datetime
from typing import Any

import feedparser
import msgspec
import pytest

from wirewatch.demo.formats import identity, render
from wirewatch.demo.script import DemoFeed, DemoStory, FeedFormat

STORY = DemoStory(
    id="ipe-journal/a-b",
    feed="ipe-journal",
    slug="a-b",
    title='R&D <b>"up"</b> — João’s',
    summary="One & two < three.",
    text="First paragraph & more.\n\nSecond <paragraph>.",
    published=datetime(2025, 6, 1, 7, 33, tzinfo=UTC),
    event="none",
    about="hostile to careless escaping",
)
BASE = "http://127.0.0.1:1"


def feed_in(form: FeedFormat) -> DemoFeed:
    return DemoFeed(slug="ipe-journal", name="Ipê & Journal", format=form, tier=2, country="BR")


@pytest.mark.parametrize("form", ["rss", "atom", "rdf"])
def test_an_xml_feed_gives_back_what_it_was_made_from(form: FeedFormat) -> None:
    parsed: Any = feedparser.parse(render(feed_in(form), [STORY], BASE))

    assert not parsed.bozo
    assert parsed.feed.title == "Ipê & Journal"
    assert parsed.feed.language == "en"
    (entry,) = parsed.entries
    assert entry.link == f"{BASE}/articles/ipe-journal/a-b"
    assert entry.id == (entry.link if form == "rdf" else identity(STORY))
    when = entry.get("published_parsed") or entry.updated_parsed
    assert tuple(when)[:5] == (2025, 6, 1, 7, 33)
    assert [content.value for content in entry.content] == [
        "<p>First paragraph &amp; more.</p><p>Second &lt;paragraph&gt;.</p>"
    ]
    assert "João’s" in entry.title


def test_a_json_feed_gives_back_what_it_was_made_from() -> None:
    document = msgspec.json.decode(render(feed_in("json"), [STORY], BASE))

    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["language"] == "en"
    (item,) = document["items"]
    assert item["id"] == identity(STORY)
    assert item["url"] == f"{BASE}/articles/ipe-journal/a-b"
    assert item["title"] == STORY.title
    assert item["summary"] == STORY.summary
    assert item["date_published"] == "2025-06-01T07:33:00Z"


@pytest.mark.parametrize("form", ["rss", "atom", "rdf"])
def test_a_feed_without_items_is_still_a_feed(form: FeedFormat) -> None:
    parsed: Any = feedparser.parse(render(feed_in(form), [], BASE))

    assert not parsed.bozo
    assert parsed.entries == []
