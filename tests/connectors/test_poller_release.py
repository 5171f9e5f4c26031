"""A feed that goes to another poller, or is changed, while this one is at work on it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import cast

import pytest

from connectors.fetch import Fetcher, FetchLimits
from connectors.hubs import Hubs
from connectors.poller import Poller
from connectors.shares import Shares
from tests.connectors.feeds import DAY, news, rss
from tests.connectors.loopback import Loopback, Request, answers, reply
from tests.connectors.test_drop_folder import drop
from tests.connectors.test_poller import Memory, UnhurriedClock
from tests.connectors.test_websub import linked
from wirewatch.messages import FeedEntry, FeedState, Story
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings, WebSubSettings


class Slow(Memory):
    """Takes its time over what it is handed, until it is told that it is safe."""

    def __init__(self) -> None:
        super().__init__(1_000, asyncio.Event())
        self.taking = asyncio.Event()
        self.safe = asyncio.Event()

    async def hand_over(self, stories: Iterable[Story], state: FeedState | None) -> None:
        self.taking.set()
        await self.safe.wait()
        await super().hand_over(stories, state)


def waiting(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.xml"))


@asynccontextmanager
async def poller_of(
    feed: FeedSettings, outlet: Memory, *, hubs: bool = False
) -> AsyncIterator[tuple[Poller, asyncio.Event, "asyncio.Task[None]"]]:
    """Run a poller of one feed; it must end well."""
    clock, stop = UnhurriedClock(DAY), asyncio.Event()
    async with open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client:
        fetcher = Fetcher(client, FetchLimits(seconds=60), clock)
        calls = Hubs(fetcher, WebSubSettings("http://127.0.0.1:1/"), clock) if hubs else None
        poller = Poller([feed], fetcher, outlet, clock, lambda: 0.0, hubs=calls)
        poller.take({})
        running = asyncio.create_task(poller.run(stop))
        try:
            async with asyncio.timeout(10):
                yield poller, stop, running
                stop.set()
                await running
        finally:
            running.cancel()


@pytest.mark.parametrize("end", ["release", "stop"])
async def test_who_gives_a_folder_away_reads_no_further_file_of_it(tmp_path: Path, end: str) -> None:
    for number in range(3):
        drop(tmp_path, f"{number}.xml", rss([news(number)]), ago=300)
    feed, outlet = FeedSettings(f"folder:{tmp_path}", "Agency"), Slow()
    async with poller_of(feed, outlet) as (poller, stop, running):
        await outlet.taking.wait()
        if end == "stop":
            stop.set()
        ending = [running] if end == "stop" else [asyncio.create_task(poller.release([feed.id]))]
        await asyncio.wait(ending, timeout=0.05)
        outlet.safe.set()
        await asyncio.wait(ending, timeout=2)
        assert all(task.done() for task in ending)
        await asyncio.wait([running], timeout=0.05)
    assert len(outlet.stories) == 1
    assert waiting(tmp_path) == ["1.xml", "2.xml"]


async def test_a_push_that_is_handed_over_while_the_feed_goes_brings_nobody_down() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        feed, outlet = FeedSettings(wire.url(), "Outlet", interval=3600), Slow()
        outlet.safe.set()
        async with poller_of(feed, outlet) as (poller, _, _running):
            while not outlet.states:
                await UnhurriedClock().sleep(0)
            outlet.taking.clear()
            outlet.safe.clear()
            poller.push(feed.id, rss([news(2)]), "")
            poller.push(feed.id, rss([news(3)]), "")
            await outlet.taking.wait()
            going = asyncio.create_task(poller.release([feed.id]))
            await asyncio.wait([going], timeout=0.05)
            outlet.safe.set()
            await going
        assert [story.title for story in outlet.stories] == ["Story number 1", "Story number 2"]
        assert len(wire.requests) == 1


async def test_what_breaks_our_own_reading_of_a_push_is_that_feeds_trouble_alone() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        feed, outlet = FeedSettings(wire.url(), "Outlet", interval=3600), Memory(1_000, asyncio.Event())
        async with poller_of(feed, outlet) as (poller, _, _running):
            while not outlet.states:
                await UnhurriedClock().sleep(0)
            # No type at all stands for a mistake of ours that nobody has found yet.
            poller.push(feed.id, rss([news(2)]), cast(str, None))
            while len(outlet.states) < 2:
                await UnhurriedClock().sleep(0)
            poller.push(feed.id, rss([news(3)]), "")
            while len(outlet.stories) < 2:
                await UnhurriedClock().sleep(0)
        assert (outlet.states[1].health, outlet.states[1].last_error) == (
            "failing",
            "unreadable: This cannot be read: TypeError",
        )
        assert [story.title for story in outlet.stories] == ["Story number 1", "Story number 3"]


async def test_a_hub_that_does_not_answer_keeps_no_feed_from_its_next_poller() -> None:
    asked = asyncio.Event()

    async def hold(_request: Request, _writer: asyncio.StreamWriter) -> None:
        asked.set()

    async with Loopback(hold) as hub, Loopback(answers(reply(linked(hub.url(), 1)))) as wire:
        feed, outlet = FeedSettings(wire.url(), "Outlet", interval=60), Slow()
        async with poller_of(feed, outlet, hubs=True) as (poller, _, _running):
            await outlet.taking.wait()
            going = asyncio.create_task(poller.release([feed.id]))
            await asyncio.wait([going], timeout=0.05)
            outlet.safe.set()
            await asyncio.wait_for(going, 2)
            assert not asked.is_set()


async def test_a_feed_that_is_added_again_with_another_interval_goes_on_where_it_was() -> None:
    async with Loopback(answers(reply(rss([news(1)])), reply(rss([news(2), news(1)])))) as wire:
        feed, outlet = FeedSettings(wire.url(), "Outlet", interval=3600), Memory(1_000, asyncio.Event())
        async with poller_of(feed, outlet) as (poller, _, _running):
            shares = Shares([], poller)
            while not outlet.states:
                await UnhurriedClock().sleep(0)
            await shares.changed(feed.id, FeedEntry(feed.id, feed.address, feed.name, DAY, interval=60))
            while len(outlet.stories) < 2:
                await UnhurriedClock().sleep(0)
        assert [(story.title, story.first_poll) for story in outlet.stories] == [
            ("Story number 1", True),
            ("Story number 2", False),
        ]
