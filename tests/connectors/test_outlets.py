"""Feeds in the manner of real outlets, with their quirks: every item is found, with its title, link and date.

The words are ours; what stands around them is as content systems, papers, agencies and video sites send it.
`expected.json` says what is to be found in each, in the feed's order.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.answer import Fetched
from connectors.check import judge
from connectors.unpack import sink_for
from wirewatch.settings import FeedSettings

OUTLETS = Path(__file__).parent / "fixtures" / "outlets"
EXPECTED = json.loads((OUTLETS / "expected.json").read_text("utf-8"))
ADDRESS = "https://base.example/feed/x.xml"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_item_is_found_with_title_link_and_date(name: str) -> None:
    sink = sink_for("", 1_000_000)
    sink.take((OUTLETS / name).read_bytes())
    fetched = Fetched("fetched", body=sink.body(), address=ADDRESS)
    checked = judge(FeedSettings(ADDRESS, name), fetched, datetime(2025, 6, 3, 12, tzinfo=UTC))
    found = [
        [story.title, story.url, story.published.isoformat() if story.published else None]
        for story in checked.stories
    ]
    assert found == EXPECTED[name]


HURTS = [b"", b"<", b"&", b"&#x0;", b"\x00", b"\xff\xfe", b"<![CDATA[", b"]]>", b"</item>", b"<link>http://[</link>",
         b"<guid>http://[::</guid>", b"<links>x</links>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b" xml:base='http://['"]  # fmt: skip


@settings(deadline=None)
@given(
    st.sampled_from(sorted(EXPECTED)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(HURTS)), max_size=8),
)
def test_whatever_happens_to_a_document_on_its_way_it_is_read_or_said_to_be_none(
    name: str, hurts: list[tuple[float, int, bytes]]
) -> None:
    body = (OUTLETS / name).read_bytes()
    for place, cut, put in hurts:
        at = int(place * len(body))
        body = body[:at] + put + body[at + cut :]
    fetched = Fetched("fetched", body=body, address=ADDRESS)
    checked = judge(FeedSettings(ADDRESS, name), fetched, datetime(2025, 6, 3, 12, tzinfo=UTC))
    assert checked.is_readable or checked.problems


def test_every_example_is_expected_to_hold_something() -> None:
    assert sorted(EXPECTED) == sorted(file.name for file in OUTLETS.iterdir() if file.name != "expected.json")
