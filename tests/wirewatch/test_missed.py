"""Why a story did not ring."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from connectors.outcome import new_state
from connectors.roll import Listed
from wirewatch.cli.missed import Trace, judged, needle_of, same_outlet
from wirewatch.messages import Alert, AlertBody, Cluster, ClusteredStory, HeldBack, Novelty, Story
from wirewatch.settings import FeedSettings

AT = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
URL = "https://www.outlet.example/2025/06/01/drones"
FEED = FeedSettings("https://feeds.outlet.example/world.xml", "Outlet")
STORY = Story("s", "v", FEED.id, "Outlet", "472 drones", AT + timedelta(minutes=2), url=URL, published=AT)


def clustered(verdict: Novelty) -> ClusteredStory:
    return ClusteredStory("c", verdict, "same_event", STORY, 2, 2)


def alert(story: str) -> Alert:
    body = AlertBody("a", 1, "Wars", "bulletin", "record", "Record", "It is.", None, 472.0, "drones", "exact", None, (), 1,
                     "c", URL, "record", "Outlet")  # fmt: skip
    return Alert("a", 1, "desk", "w", story, URL, AT + timedelta(minutes=5), body)


def state(**changes: object) -> Listed:
    return Listed(FEED, replace(new_state(FEED, AT), **changes))


HELD = HeldBack("h", "c", "s", "Wars", "tie", "it equals 472", AT)
OLD = HeldBack("h", "c", "s", "Wars", "too_old", "told 2 h ago", AT)
LATE = replace(STORY, fetched=AT + timedelta(hours=2))
CLUSTERS = {"c": Cluster("c", "Russia fires 472 drones", AT, AT, 2, 2)}


@pytest.mark.parametrize(
    ("trace", "reason", "said"),
    [
        (Trace(), "not covered", "outlet.example"),
        (Trace(feeds=(state(last_gap=AT, gaps=1),)), "gap", "2025-06-01 06:00"),
        (
            Trace(feeds=(state(last_gap=AT, last_attempt=AT + timedelta(days=8), gaps=1),)),
            "not in the feed",
            "",
        ),
        (Trace(feeds=(state(failures=3, last_error="timeout: no answer"),)), "feed in trouble", "timeout"),
        (Trace(feeds=(Listed(FEED),)), "feed in trouble", "never polled"),
        (Trace(feeds=(state(known=True, health="ok"),)), "not in the feed", "Outlet"),
        (Trace((replace(STORY, first_poll=True),)), "first poll", "first read"),
        (Trace((replace(STORY, fetched=AT + timedelta(hours=2)),)), "late", "120 min"),
        (
            Trace((LATE,), (clustered("new"),), held=(OLD,)),
            "late",
            "read 120 min after it was published: told 2 h ago",
        ),
        (Trace((LATE,), (clustered("new"),)), "nothing found", "it was read 120 min after"),
        (Trace((LATE,), (clustered("duplicate"),), CLUSTERS), "merged", "it was read 120 min after"),
        (Trace((STORY,)), "not clustered", "status"),
        (Trace((STORY,), (clustered("duplicate"),), CLUSTERS), "merged", "Russia fires 472 drones"),
        (
            Trace((STORY,), (clustered("update"),), CLUSTERS, (alert("first"),)),
            "merged",
            "update of “Record”, which rang at 2025-06-01 06:05:00",
        ),
        (
            Trace((STORY,), (clustered("new"),), CLUSTERS, (alert("s"),)),
            "rang",
            "Record, at 2025-06-01 06:05:00",
        ),
        (Trace((STORY,), (clustered("new"),)), "nothing found", "no record"),
        (Trace((STORY,), (clustered("new"),), held=(HELD,)), "held back", "tie: it equals 472"),
    ],
)
def test_each_cause_has_its_reason(trace: Trace, reason: str, said: str) -> None:
    found = judged(URL, trace)
    assert found["reason"] == reason
    assert said in found["detail"]


def test_an_outlet_is_known_by_its_domain() -> None:
    other = Listed(FeedSettings("https://feeds.other.example/", "Other"))
    assert same_outlet(URL, [state(), other]) == (state(),)


@pytest.mark.parametrize(
    ("url", "needle"),
    [
        (URL, b"drones"),
        (URL + "/amp", b"drones"),
        (URL + "/?utm_source=x#top", b"drones"),
        ("https://outlet.example/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8", b""),
        ("https://outlet.example/?p=5", b"outlet.example"),
    ],
)
def test_a_story_is_looked_for_by_what_surely_stands_in_its_message(url: str, needle: bytes) -> None:
    assert needle_of(url) == needle
