"""What follows from a poll: the feed's next state and the stories."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.answer import Demand, Fetched, Outcome, Validators
from connectors.items import Feed, Item
from connectors.outcome import (
    Absorbed,
    Poll,
    absorb,
    address_of,
    base_of,
    new_state,
    shown_address,
    validators_for,
)
from connectors.schedule import NEVER
from tests.connectors.feeds import DAY
from wirewatch.messages import FeedState
from wirewatch.settings import FeedSettings, Secret

FEED = FeedSettings("https://wire.example/feed", "The Test Wire", language="en-GB", tier=1)
SECRET = FeedSettings(Secret("https://user:pass@wire.example/hunter2/feed?key=abc"), "Paid Wire")


def item(number: int, **changes: Any) -> Item:
    made = Item(
        title=f"Story {number}",
        guid=f"g-{number}",
        link=f"https://wire.example/2025/story-number-{number}",
        lang="de",
        published=DAY - timedelta(hours=number),
    )
    return replace(made, **changes)


def answer(*items: Item, **changes: Any) -> Poll:
    fetched = Fetched(
        "fetched", status=200, validators=Validators('"1"', "now"), address="https://wire.example/feed"
    )
    return Poll(replace(fetched, **changes), Feed("rss20", items), digest="d")


def failure(outcome: Outcome, **changes: Any) -> Poll:
    return Poll(Fetched(outcome, "wire.example answers so", **changes))


def after(*polls: Poll, feed: FeedSettings = FEED) -> Absorbed:
    """Return what follows from the last of these polls, ten minutes apart."""
    result = Absorbed(new_state(feed, DAY))
    for number, poll in enumerate(polls):
        result = absorb(feed, result.state, poll, now=DAY + timedelta(minutes=10 * number), jitter=0)
    return result


def test_the_first_poll_brings_old_news_and_makes_the_feed_known() -> None:
    result = after(answer(item(1), item(2)))
    assert [(story.title, story.first_poll) for story in result.stories] == [
        ("Story 2", True),
        ("Story 1", True),
    ]
    assert result.state.known
    assert (result.state.etag, result.state.last_modified, result.state.format) == ('"1"', "now", "rss20")


def test_a_story_says_where_it_comes_from() -> None:
    story = after(answer(item(1, problems=("no date",)))).stories[0]
    assert (story.feed, story.source, story.tier, story.lang) == (FEED.id, "The Test Wire", 1, "en")
    assert (story.url, story.fetched, story.published) == (item(1).link, DAY, DAY - timedelta(hours=1))
    assert story.problems == ("no date",)


def test_what_comes_later_is_news_and_what_was_there_is_not_sent_again() -> None:
    result = after(answer(item(1), item(2)), answer(item(0), item(1), item(2, summary="changed")))
    assert [(story.title, story.first_poll) for story in result.stories] == [
        ("Story 2", False),
        ("Story 0", False),
    ]
    assert result.state.stories == 4


def test_an_outage_swallows_nothing() -> None:
    result = after(
        answer(item(1)), failure("timeout"), failure("server error"), answer(item(0), item(1)), feed=FEED
    )
    assert [(story.title, story.first_poll) for story in result.stories] == [("Story 0", False)]
    assert (result.state.failures, result.state.last_error, result.state.health) == (0, None, "ok")


def test_failures_before_the_first_answer_do_not_make_old_news_new() -> None:
    assert after(failure("timeout"), answer(item(1))).stories[0].first_poll


def test_an_item_that_says_nothing_is_no_story() -> None:
    assert after(answer(item(1, title=""))).stories == ()


def test_not_modified_brings_nothing_and_keeps_what_is_known() -> None:
    result = after(answer(item(1)), failure("not modified"))
    assert result.stories == ()
    assert result.state.seen == after(answer(item(1))).state.seen
    assert result.state.etag == '"1"'


def test_not_modified_before_anything_was_read_is_a_failure() -> None:
    state = after(failure("not modified")).state
    assert (state.known, state.failures) == (False, 1)


@pytest.mark.parametrize(
    "outcome", ["timeout", "tls", "too large", "forbidden", "address not allowed", "encoding"]
)
def test_a_failure_is_counted_and_said(outcome: Outcome) -> None:
    state = after(answer(item(1)), failure(outcome)).state
    assert (state.failures, state.health) == (1, "failing")
    assert state.last_error == f"{outcome}: wire.example answers so"
    assert state.known


def test_what_cannot_be_read_keeps_the_old_validators() -> None:
    fetched = Fetched("fetched", validators=Validators('"2"'))
    state = after(answer(item(1)), Poll(fetched, unreadable="This is a web page and no feed")).state
    assert (state.etag, state.last_error) == ('"1"', "unreadable: This is a web page and no feed")


def test_too_many_requests_is_no_failure() -> None:
    state = after(answer(item(1)), failure("limited")).state
    assert (state.failures, state.health) == (0, "limited")
    assert state.spacing > 0


def test_a_feed_that_is_gone_is_left_alone_and_says_so() -> None:
    result = after(answer(item(1)), failure("gone"))
    assert (result.state.due, result.state.health) == (NEVER, "gone")
    assert result.notice is not None
    assert "is gone" in result.notice


def test_a_gap_between_two_polls_is_counted_and_dated() -> None:
    state = after(answer(item(1), item(2)), answer(item(10), item(11), item(12))).state
    assert (state.gaps, state.last_gap, state.health) == (1, DAY + timedelta(minutes=10), "gap")


def test_no_gap_where_one_item_is_left() -> None:
    assert after(answer(item(1), item(2)), answer(item(10), item(11), item(2))).state.gaps == 0


MOVED = "https://new.example/feed"


def test_an_address_that_moved_for_good_is_followed_after_three_polls() -> None:
    once = answer(item(1), moved=MOVED)
    assert address_of(FEED, after(once, once).state) == FEED.address
    moved = after(once, once, once)
    assert address_of(FEED, moved.state) == MOVED
    assert moved.state.health == "moved"
    assert moved.notice is not None
    assert "new.example" in moved.notice


def test_a_redirect_that_does_not_last_moves_nothing() -> None:
    once = answer(item(1), moved=MOVED)
    assert address_of(FEED, after(once, once, answer(item(1)), once).state) == FEED.address


def test_a_new_address_that_fails_is_given_back() -> None:
    once = answer(item(1), moved=MOVED)
    assert address_of(FEED, after(once, once, once, failure("not found")).state) == FEED.address


def test_a_secret_address_stands_in_no_state_story_or_notice() -> None:
    poll = answer(item(1), moved="https://new.example/hunter2?key=abc")
    for result in (after(poll, poll, poll, feed=SECRET), after(failure("timeout"), feed=SECRET)):
        shown = repr(result)
        assert not [secret for secret in ("hunter2", "abc", "pass") if secret in shown]
    state = after(poll, poll, poll, feed=SECRET).state
    assert state.url == "https://wire.example/…"
    assert address_of(SECRET, state) == SECRET.address
    assert state.problems == ("moved for good, to new.example: change its address in the configuration",)


def test_links_of_a_secret_feed_are_relative_to_its_host() -> None:
    assert base_of(SECRET, Fetched("fetched", address=SECRET.address)) == "https://wire.example/"


def test_a_password_in_an_open_address_is_not_shown() -> None:
    feed = FeedSettings("https://user:hunter2@wire.example/feed", "Half open")
    assert shown_address(feed) == "https://wire.example/feed"
    assert address_of(feed, new_state(feed, DAY)) == feed.address


def test_once_a_day_the_whole_feed_is_asked_for() -> None:
    state = after(answer(item(1))).state
    assert validators_for(state, DAY + timedelta(hours=23)) == Validators('"1"', "now")
    assert validators_for(state, DAY + timedelta(hours=25)) == Validators()


def test_the_whole_feed_that_came_unchanged_counts_as_asked_for() -> None:
    same = Poll(answer().fetched, digest="d")
    state = absorb(FEED, after(answer(item(1))).state, same, now=DAY + timedelta(hours=25), jitter=0).state
    assert validators_for(state, DAY + timedelta(hours=26)) == Validators('"1"', "now")


def test_an_operator_hears_of_a_change_and_not_of_each_failure() -> None:
    first, second = (
        after(answer(item(1)), failure("tls")),
        after(answer(item(1)), failure("tls"), failure("tls")),
    )
    assert first.notice is not None
    assert second.notice is None
    well = after(answer(item(1)), failure("tls"), answer(item(1)))
    assert well.notice is not None
    assert "is well again" in well.notice


def test_every_state_can_be_written_and_read() -> None:
    from wirewatch.codec import decode, encode
    from wirewatch.topics import FEEDS

    for result in (after(answer(item(1))), after(failure("gone")), after(failure("limited"))):
        assert decode(FEEDS, encode(result.state)) == result.state
        assert isinstance(result.state, FeedState)


_answers = st.lists(st.integers(0, 12), max_size=8, unique=True).map(
    lambda numbers: answer(*map(item, numbers))
)
_failed: list[Outcome] = [
    "not modified", "limited", "unavailable", "forbidden", "server error", "timeout", "tls", "too large", "redirects",
]  # fmt: skip
_failures = st.sampled_from(_failed).map(failure)
_demands = st.none() | st.builds(
    Demand, seconds=st.floats(1, 86_400), header=st.sampled_from(["Retry-After", "max-age"])
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.one_of(_answers, _failures), _demands), max_size=25),
    st.sampled_from([None, 60.0, 1.0]),
)
def test_no_order_of_answers_makes_it_come_early_lose_an_item_or_stop(
    polls: list[tuple[Poll, Demand | None]], interval: float | None
) -> None:
    feed = FeedSettings("https://wire.example/feed", "The Test Wire", interval=interval)
    state, now = new_state(feed, DAY), DAY
    shown: set[str] = set()
    told: list[str] = []
    for poll, demand in polls:
        asked = replace(poll, fetched=replace(poll.fetched, demand=demand))
        result = absorb(feed, state, asked, now=now, jitter=0.0)
        state = result.state
        shown |= {one.title for one in poll.feed.items} if poll.feed else set()
        told += [story.title for story in result.stories]
        wait = (state.due - now).total_seconds()
        assert wait >= (interval or 60.0) - 0.001
        assert demand is None or wait >= demand.seconds - 0.001
        assert wait <= 2 * 86_400 + 120
        now = state.due
    assert sorted(told) == sorted(shown)
