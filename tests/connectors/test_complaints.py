"""What users of feed readers complain of, year after year, each as a test. The numbers are those of their issues."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from connectors.answer import Fetched, demand_of
from connectors.hosts import HostLimits
from connectors.outcome import Absorbed, Poll, absorb, new_state, validators_for
from connectors.reading import read_answer
from tests.connectors.feeds import DAY, News, news, rss
from wirewatch.settings import FeedSettings

FEED = FeedSettings("https://wire.example/feed", "The Test Wire")
PAGE = "https://wire.example/news/articles/c1-poland-votes-again"


def polled(documents: Sequence[bytes | Fetched], *, minutes: float = 15) -> list[Absorbed]:
    """Poll again and again, at even times."""
    state, results = new_state(FEED, DAY), []
    for number, document in enumerate(documents):
        now = DAY + timedelta(minutes=minutes * number)
        fetched = document if isinstance(document, Fetched) else Fetched("fetched", body=document)
        results.append(absorb(FEED, state, read_answer(FEED, state, fetched, now), now=now, jitter=0))
        state = results[-1].state
    return results


def told(results: Sequence[Absorbed]) -> list[str]:
    return [story.title for result in results for story in result.stories]


def refused(status: int, wait: str | None, now: datetime) -> Fetched:
    demand = demand_of(status, {"retry-after": wait} if wait else {}, now)
    return Fetched("limited" if status == 429 else "unavailable", status=status, demand=demand)


def test_a_bbc_item_whose_guid_counts_up_is_told_once_netnewswire_4808() -> None:
    """The same page three times over a day, with guids that end in #0, #1, #2 and later dates."""
    documents = [
        rss(
            [News("Poland votes", f"{PAGE}#{n}", f"{PAGE}?at_medium=RSS", "Again.", DAY + timedelta(hours=n))]
        )
        for n in range(3)
    ]
    assert told(polled(documents, minutes=60)) == ["Poland votes"]


def test_one_document_that_shows_an_item_twice_tells_it_once_netnewswire_4808() -> None:
    twice = [News("Poland votes", f"{PAGE}#{n}", PAGE, "Again.") for n in range(2)]
    assert told(polled([rss(twice)])) == ["Poland votes"]


def test_a_feed_without_dates_is_told_all_the_same_monitorss_258() -> None:
    results = polled(
        [rss([news(1, published=None)]), rss([news(2, published=None), news(1, published=None)])]
    )
    assert told(results) == ["Story number 1", "Story number 2"]
    (fresh,) = results[1].stories
    assert fresh.published is None
    assert fresh.problems == ("no date",)


def test_an_item_that_was_deleted_and_let_older_ones_come_back_tells_none_of_them_again() -> None:
    """NodeRSSBot: what slides back into the feed is no news."""
    whole = [news(number) for number in (5, 4, 3, 2, 1)]
    results = polled([rss(whole), rss(whole[:3]), rss([*whole[:2], *whole[3:]])])
    assert len(told(results)) == 5
    assert [len(result.stories) for result in results] == [5, 0, 0]


def test_no_feed_is_given_up_after_three_failures_or_thirty_miniflux() -> None:
    results = polled([rss([news(1)]), *[Fetched("server error", status=502)] * 30])
    dues = [(result.state.due - (result.state.last_attempt or DAY)).total_seconds() for result in results[1:]]
    assert max(dues) <= 4 * 3600 + 60
    assert results[-1].state.why_due.startswith("failing")


def test_feeds_that_failed_together_do_not_all_come_back_at_the_same_second_miniflux() -> None:
    failed = Poll(Fetched("unavailable", status=503))
    dues = {
        absorb(FEED, new_state(FEED, DAY), failed, now=DAY, jitter=part / 10).state.due for part in range(10)
    }
    assert len(dues) == 10


def test_too_many_requests_is_waited_out_and_counts_as_no_error_freshrss() -> None:
    first, second = polled([rss([news(1)]), refused(429, "7200", DAY)])
    assert second.state.due - (second.state.last_attempt or DAY) >= timedelta(hours=2)
    assert second.state.failures == first.state.failures == 0
    assert second.state.health == "limited"


def test_a_server_error_of_one_feed_holds_no_other_feed_of_its_domain_freshrss() -> None:
    hosts, after = HostLimits(), new_state(FEED, DAY)
    hosts.heard(Fetched("server error", status=502), "a.hub.example", after, DAY)
    hosts.heard(refused(503, "3600", DAY), "a.hub.example", replace(after, feed="other"), DAY)
    assert hosts.held("b.hub.example", DAY) is None


def test_an_edited_item_is_a_version_and_no_second_story() -> None:
    edited = news(1, summary="What happened in story 1, with a typo set right.")
    results = polled(
        [rss([news(1)]), rss([edited]), rss([edited._replace(published=DAY + timedelta(hours=3))])]
    )
    (first,), (second,), third = (result.stories for result in results)
    assert (second.id, second.changed) == (first.id, ("summary",))
    assert third == ()


def test_what_scrolled_off_between_two_polls_is_counted_and_the_next_poll_comes_sooner() -> None:
    before = [news(number) for number in range(10, 0, -1)]
    after = [news(number) for number in range(40, 30, -1)]
    usual, gap = polled([rss(before), rss(after)])
    assert gap.state.gaps == 1
    assert gap.state.health == "gap"
    assert gap.state.interval <= usual.state.interval


@pytest.mark.parametrize(
    "written", ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "soon", "0000-00-00"]
)
def test_a_date_that_cannot_be_is_never_now(written: str) -> None:
    body = rss([news(1, published=None)]).replace(b"</item>", f"<pubDate>{written}</pubDate></item>".encode())
    (story,) = polled([body])[0].stories
    assert story.published is None
    assert story.problems != ()


def test_an_etag_that_never_changes_does_not_hide_news_for_ever() -> None:
    """Once a day the whole feed is asked for, whatever its validators say."""
    (result,) = polled([Fetched("fetched", body=rss([news(1)]))])
    state = replace(result.state, etag='"stuck"')
    asked = [validators_for(state, DAY + timedelta(hours=hours)).etag for hours in (1, 12, 25)]
    assert asked == ['"stuck"', '"stuck"', None]


def test_a_quick_feed_is_asked_often_and_a_slow_one_rarely() -> None:
    quick = [news(number, published=DAY - timedelta(minutes=3 * number)) for number in range(20)]
    slow = [news(number, published=DAY - timedelta(days=3 * number)) for number in range(20)]
    intervals = [polled([rss(documents)])[0].state.interval for documents in (quick, slow)]
    assert intervals[0] <= 120
    assert intervals[1] == 1800
