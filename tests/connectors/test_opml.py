"""Lists of feeds, in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.opml import read_opml, write_opml
from tests.connectors.feeds import DAY
from wirewatch.errors import InputError
from wirewatch.settings import FeedSettings

LIST = b"""<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>
<outline text="World"><outline title="Asia &amp; Pacific"><outline type="rss" text="One" xmlUrl="https://one.example/rss"/>
</outline><outline text="Two" xmlurl="https://two.example/atom" category="/wires/agency,africa"/></outline>
<outline text="Again"><outline text="One again" xmlUrl="https://one.example/rss"/></outline>
<outline xmlUrl="https://three.example/"/><outline text="A folder"/><outline text="No" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_folders_are_tags_and_each_address_stands_once() -> None:
    assert [(feed.name, feed.address, feed.tags) for feed in read_opml(LIST)] == [
        ("One", "https://one.example/rss", ("World", "Asia & Pacific", "Again")),
        ("Two", "https://two.example/atom", ("World", "agency", "africa")),
        ("three.example", "https://three.example/", ()),
    ]


@pytest.mark.parametrize(
    "body",
    [b"", b"no xml", b"<rss/>", LIST[:200], b"<opml>" + b"<outline>" * 3_000, b"\x00\xff", b"<opml/><opml/>"],
)
def test_what_is_no_list_is_one_error(body: bytes) -> None:
    with pytest.raises(InputError, match="This is no"):
        read_opml(body)


WORDS = (
    st.text(min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text.isprintable() and "," not in text and "/" not in text and text != "")
)
FEEDS = st.lists(
    st.builds(
        lambda number, name, tags: FeedSettings(
            f"https://outlet.example/{number}?a=1&b=2", name, tags=tuple(tags)
        ),
        st.integers(0, 10_000),
        WORDS,
        st.lists(WORDS, max_size=3, unique=True),
    ),
    max_size=8,
    unique_by=lambda feed: feed.address,
)


@given(FEEDS)
def test_what_is_written_is_read_again(feeds: list[FeedSettings]) -> None:
    again = {feed.address: feed for feed in read_opml(write_opml(feeds, DAY).encode())}
    assert again == {feed.address: feed for feed in feeds}
