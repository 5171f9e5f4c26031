"""Feeds as tables that the configuration takes."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.feed_tables import write_tables
from wirewatch.config_file import parse_settings
from wirewatch.settings import FeedSettings

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda name: name.strip() == name
)
FEEDS = st.builds(
    FeedSettings,
    url=st.integers(0, 10**6).map(lambda number: f"https://outlet-{number}.example/feed?a=1&b=2"),
    name=NAMES,
    language=st.sampled_from([None, "en", "pt-BR"]),
    tier=st.sampled_from([1, 2, 3]),
    interval=st.sampled_from([None, 60.0, 90.0, 300.0, 7200.0, 86400.0]),
    redistribute=st.booleans(),
    own=st.booleans(),
    full_text=st.sampled_from([None, "always", "cut", "never"]),
    tags=st.lists(NAMES, max_size=2, unique=True).map(tuple),
)


@given(st.lists(FEEDS, max_size=4, unique_by=lambda feed: (feed.address, feed.name)))
def test_the_configuration_reads_back_the_same_feeds(feeds: list[FeedSettings]) -> None:
    assert list(parse_settings(write_tables(feeds)).feeds) == feeds


def test_what_is_as_usual_is_not_written() -> None:
    written = write_tables([FeedSettings("https://outlet.example/feed", "An “outlet”")])
    assert written == '[[feeds]]\nurl = "https://outlet.example/feed"\nname = "An “outlet”"\n'
