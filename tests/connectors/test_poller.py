"""The loop, with a clock of its own: nothing waits, nothing is sent."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_network
from itertools import pairwise

import pytest

from connectors.fetch import Fetcher, FetchLimits
from connectors.poller import Poller
from tests.clock import ManualClock
from tests.connectors.feeds import DAY, news, rss
from tests.connectors.loopback import Loopback, Request, answers, reply
from wirewatch.clock import SystemClock
from wirewatch.errors import BrokerError
from wirewatch.messages import FeedState, Story
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings, Secret


class UnhurriedClock(ManualClock):
    """Lets real servers answer before it moves on."""

    async def sleep(self, seconds: float) -> None:
        await SystemClock().sleep(0.01)
        await super().sleep(seconds)


class Memory:
    """Keeps what it is handed, and ends the run when it has enough; fails when told to."""

    def __init__(self, polls: int, stop: asyncio.Event, fail_at: int | None = None) -> None:
        self.stories: list[Story] = []
        self.states: list[FeedState] = []
        self.polls = 0
        self._enough = polls
        self._stop = stop
        self._fail_at = fail_at

    async def hand_over(self, stories: Iterable[Story], state: FeedState | None) -> None:
        self.polls += 1
        self.stories += stories
        if self.polls == self._fail_at:
            raise BrokerError("Kafka does not take stories")
        if state is not None:
            self.states.append(state)
        if self.polls >= self._enough:
            self._stop.set()


async def run(
    feeds: list[FeedSettings],
    polls: int,
    *,
    states: dict[str, FeedState] | None = None,
    fail_at: int | None = None,
) -> Memory:
    """Poll until so many polls were handed over."""
    stop = asyncio.Event()
    memory = Memory(polls, stop, fail_at)
    clock = UnhurriedClock()
    async with open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client:
        poller = Poller(feeds, Fetcher(client, FetchLimits(seconds=5), clock), memory, clock, lambda: 0.0)
        poller.take(states or {})
        async with asyncio.timeout(20):
            await poller.run(stop)
    return memory


async def test_polls_all_feeds_at_once_at_the_start_and_each_again_when_it_is_due() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        feeds = [FeedSettings(wire.url(f"/{n}"), f"Outlet {n}", interval=60) for n in range(40)]
        memory = await run(feeds, 120)
    assert {story.source for story in memory.stories} == {feed.name for feed in feeds}
    assert len(memory.stories) == 40
    times = [state.last_attempt for state in memory.states if state.feed == feeds[0].id]
    gaps = [(b - a).total_seconds() for a, b in pairwise(times) if a and b]
    assert gaps
    assert min(gaps) >= 60


async def test_an_embargo_is_kept_to_the_second_without_asking_the_outlet_again() -> None:
    until = DAY + timedelta(minutes=7, seconds=13)
    wire = f'[{{"uri": "tag:1", "headline": "The budget", "embargoed": "{until.isoformat()}"}}]'
    fresh = {"Cache-Control": "max-age=7200", "ETag": '"1"'}
    async with Loopback(answers(reply(wire.encode(), headers=fresh))) as outlet:
        memory = await run([FeedSettings(outlet.url(), "Agency")], 2)
        assert len(outlet.requests) == 1
    (story,) = memory.stories
    assert story.published == until
    assert timedelta() <= story.fetched - until < timedelta(seconds=1)
    assert memory.states[-1].held == ()


async def test_an_item_whose_guid_is_no_address_brings_nobody_down() -> None:
    async with Loopback(answers(reply(rss([news(1, guid="http://[::1"), news(2)])))) as wire:
        memory = await run([FeedSettings(wire.url(), "Outlet", interval=60)], 1)
    assert sorted(story.title for story in memory.stories) == ["Story number 1", "Story number 2"]


async def test_the_same_body_again_is_not_read_again() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        memory = await run([FeedSettings(wire.url(), "Outlet", interval=60)], 3)
    assert len(memory.stories) == 1
    assert len({state.digest for state in memory.states}) == 1


async def test_goes_on_from_a_state_that_was_kept() -> None:
    async with Loopback(answers(reply(rss([news(1)])), reply(rss([news(2), news(1)])))) as wire:
        feed = FeedSettings(wire.url(), "Outlet", interval=60)
        before = await run([feed], 1)
        after = await run([feed], 1, states={feed.id: before.states[-1]})
    assert [(story.title, story.first_poll) for story in after.stories] == [("Story number 2", False)]


async def test_what_was_not_handed_over_is_sent_again_with_the_same_id() -> None:
    async with Loopback(answers(reply(rss([news(2), news(1)])))) as wire:
        feed = FeedSettings(wire.url(), "Outlet", interval=60)
        with pytest.raises(BrokerError, match="does not take"):
            await run([feed], 5, fail_at=1)
        first, second = await run([feed], 1), await run([feed], 1)
    assert [(story.id, story.version) for story in first.stories] == [
        (story.id, story.version) for story in second.stories
    ]


async def test_a_feed_that_was_released_is_asked_no_more() -> None:
    asked = asyncio.Event()

    async def hold(_request: Request, _writer: asyncio.StreamWriter) -> None:
        asked.set()

    stop = asyncio.Event()
    memory = Memory(1, stop)
    clock = UnhurriedClock()
    async with (
        Loopback(hold) as wire,
        open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client,
    ):
        feed = FeedSettings(wire.url(), "Outlet", interval=60)
        poller = Poller([feed], Fetcher(client, FetchLimits(seconds=5), clock), memory, clock)
        poller.take({})
        running = asyncio.create_task(poller.run(stop))
        await asked.wait()
        await poller.release([feed.id])
        assert not poller.states
        clock.advance(1_000)
        stop.set()
        await running
        assert len(wire.requests) == 1
    assert memory.polls == 0


async def test_ends_at_once_when_told_to_stop_in_the_middle_of_a_request() -> None:
    stop = asyncio.Event()

    async def hold(_request: Request, _writer: asyncio.StreamWriter) -> None:
        stop.set()

    async with (
        Loopback(hold) as wire,
        open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client,
    ):
        clock = UnhurriedClock()
        feed = FeedSettings(wire.url(), "Outlet", interval=60)
        poller = Poller([feed], Fetcher(client, FetchLimits(seconds=60), clock), Memory(1, stop), clock)
        poller.take({})
        async with asyncio.timeout(5):
            await poller.run(stop)


async def test_quick_feeds_do_not_write_their_state_each_second() -> None:
    async with Loopback(
        answers(reply(rss([news(1)]), headers={"ETag": '"1"'}), reply(status="304 Not Modified"))
    ) as wire:
        memory = await run([FeedSettings(wire.url(), "Outlet", interval=1)], 100)
    assert 2 <= len(memory.states) <= 8


async def test_a_failing_feed_delays_no_other() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        good = FeedSettings(wire.url(), "Good", interval=60)
        bad = FeedSettings("http://127.0.0.1:1/", "Away", interval=60)
        forbidden = FeedSettings("http://10.0.0.1/", "Forbidden", interval=60)
        memory = await run([bad, good, forbidden], 12)
    errors = {state.feed: state.last_error for state in memory.states if state.last_error}
    assert [story.source for story in memory.stories] == ["Good"]
    assert (errors[bad.id] or "").startswith("unreachable: ")
    assert (errors[forbidden.id] or "").startswith("address not allowed: 10.0.0.1 is refused")
    assert good.id not in errors


async def test_a_host_that_limits_two_of_its_feeds_is_not_asked_for_the_third() -> None:
    limited = reply(status="429 Too Many Requests", headers={"Retry-After": "3600"})
    async with Loopback(answers(limited)) as wire:
        feeds = [
            FeedSettings(wire.url(f"/{number}"), f"Outlet {number}", interval=60) for number in range(12)
        ]
        memory = await run(feeds, 3)
        # Three are on their way before the host has answered twice; after its hour it is asked again.
        assert len(wire.requests) <= 5
    assert max(state.last_attempt for state in memory.states if state.last_attempt) >= DAY + timedelta(
        hours=1
    )
    assert {state.health for state in memory.states} == {"limited"}


@pytest.mark.parametrize("status", ["500 Oops", "429 Slow Down", "301 Moved", "200 OK", "404 Not Found"])
async def test_a_secret_address_stands_in_no_log_state_or_story(
    status: str, caplog: pytest.LogCaptureFixture
) -> None:
    items = rss([news(1, link="/story-number-one-of-it"), news(2, link="?id=2025")])
    headers = {"Location": "/elsewhere?key=hunter2"} if status.startswith("301") else {}
    async with Loopback(answers(reply(items, status=status, headers=headers))) as wire:
        secret = Secret(wire.url("/hunter2/feed?key=hunter2").replace("http://", "http://hunter2:hunter2@"))
        with caplog.at_level(logging.DEBUG):
            memory = await run([FeedSettings(secret, "Paid Wire", interval=60)], 2)
    assert "hunter2" not in caplog.text
    assert "hunter2" not in repr(memory.states)
    assert "hunter2" not in repr(memory.stories)
