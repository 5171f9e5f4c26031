"""Messages are JSON with CloudEvents headers, and what is none of them is told apart."""

from datetime import UTC, datetime

import pytest

from wirewatch.codec import dead_headers, decode, encode, header, headers
from wirewatch.errors import MessageError
from wirewatch.ids import identify
from wirewatch.messages import ClusteredStory, Merge, Story
from wirewatch.topics import BY_NAME, CLUSTERED, STORIES, TOPICS

AT = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
STORY = Story(id="s", version="v", feed="f", source="Outlet", title="472 drones", fetched=AT)


def test_a_message_comes_back_as_it_was() -> None:
    assert decode(STORIES, encode(STORY)) == STORY


def test_a_topic_of_two_types_tells_them_apart() -> None:
    merge = Merge("kept", "absorbed", "same_record", AT)
    clustered = ClusteredStory("c", "new", "first", STORY, 1, 1)
    assert decode(CLUSTERED, encode(merge)) == merge
    assert decode(CLUSTERED, encode(clustered)) == clustered


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b'{"id": 1}', b"\xff\xfe", None, b"[" * 100_000])
def test_what_is_no_message_is_an_error_that_names_the_topic(value: bytes | None) -> None:
    with pytest.raises(MessageError, match="stories"):
        decode(STORIES, value)


def test_a_message_carries_the_headers_of_cloudevents() -> None:
    found = headers(STORY, id="x", source="poll", time=AT)
    assert header(found, "ce_specversion") == "1.0"
    assert header(found, "ce_type") == "wirewatch.Story.v1"
    assert header(found, "content-type") == "application/json"


def test_a_dead_letter_says_where_it_came_from_and_why() -> None:
    found = dead_headers("wirewatch.stories", partition=3, offset=7, cause=MessageError("no JSON"), at=AT)
    assert header(found, "dead_topic") == "wirewatch.stories"
    assert header(found, "dead_reason") == "no JSON"


def test_the_same_work_yields_the_same_id() -> None:
    assert identify("story", "feed", "guid") == identify("story", "feed", "guid")
    assert identify("story", "ab", "c") != identify("story", "a", "bc")


def test_every_topic_is_known_by_its_name_once() -> None:
    assert len(BY_NAME) == len(TOPICS)


def test_what_feeds_a_single_writer_has_one_partition() -> None:
    single = {"cluster", "ledger", "desks"}
    assert [topic.name for topic in TOPICS if single & set(topic.readers) and topic.partitions != 1] == []


def test_dead_letters_may_be_larger_than_what_they_come_from() -> None:
    assert all(
        topic.max_message_bytes < BY_NAME["dead"].max_message_bytes
        for topic in TOPICS
        if topic.name != "dead"
    )
