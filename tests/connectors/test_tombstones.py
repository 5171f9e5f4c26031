"""Entries that an Atom feed has deleted."""

import time

import pytest

from connectors.answer import Fetched
from connectors.outcome import Poll, absorb, new_state
from connectors.tombstones import deleted_entries
from tests.connectors.feeds import DAY
from tests.connectors.test_parse import read
from wirewatch.settings import FeedSettings

FEED = FeedSettings("https://outlet.example/atom", "Outlet")
ENTRY = (
    "<entry><title>Mayor resigns</title><id>tag:outlet.example,2025:1</id>"
    '<link href="https://outlet.example/2025/mayor-resigns-today"/><updated>2025-06-01T06:00:00Z</updated></entry>'
)
TOMBSTONE = '<at:deleted-entry ref="tag:outlet.example,2025:1" when="2025-06-01T08:00:00Z"{}>'


def atom(inside: str) -> bytes:
    spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    return f"<feed {spaces}><title>Outlet</title><id>urn:o</id>{inside}</feed>".encode()


def poll(body: bytes, digest: str) -> Poll:
    return Poll(Fetched("fetched"), feed=read(body), digest=digest)


@pytest.mark.parametrize(
    ("tombstone", "why"),
    [
        (TOMBSTONE.format("/"), "killed"),
        (
            TOMBSTONE.format("") + "<at:comment>He did not resign</at:comment></at:deleted-entry>",
            "killed: He did not resign",
        ),
    ],
)
def test_a_deleted_entry_takes_back_what_was_said(tombstone: str, why: str) -> None:
    first = absorb(FEED, new_state(FEED, DAY), poll(atom(ENTRY), "1"), now=DAY, jitter=0)
    second = absorb(FEED, first.state, poll(atom(tombstone), "2"), now=DAY, jitter=0)
    (told,), (taken_back,) = first.stories, second.stories
    assert taken_back.id == told.id
    assert taken_back.withdrawn == why
    again = absorb(FEED, second.state, poll(atom(tombstone), "3"), now=DAY, jitter=0)
    assert again.stories == ()


def test_an_entry_that_was_deleted_before_anybody_was_told_is_told_to_nobody() -> None:
    result = absorb(FEED, new_state(FEED, DAY), poll(atom(TOMBSTONE.format("/")), "1"), now=DAY, jitter=0)
    assert result.stories == ()


def test_a_document_that_is_made_to_take_long_does_not() -> None:
    started = time.perf_counter()
    deleted_entries("<a:deleted-entry ref='x' " * 50_000)
    deleted_entries("<a:deleted-entry ref='x'>" + "<a:comment " * 50_000)
    assert time.perf_counter() - started < 2
