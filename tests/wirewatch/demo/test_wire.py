"""What the demo wire serves, and when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from tests.clock import ManualClock
from wirewatch.demo.script import DemoFeed, DemoStory, Scene, Script
from wirewatch.demo.wire import SECONDS_AFTER_LEAD, DemoWire, pace
from wirewatch.errors import StalledError

MORNING = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
FEEDS = (
    DemoFeed(slug="one", name="One", format="rss", tier=1, country="GB"),
    DemoFeed(slug="two", name="Two", format="json", tier=2, country="GB"),
)


def story(feed: str, minute: int, *, days: int = 0, lead: bool = False) -> DemoStory:
    slug = f"d{days}m{minute}"
    return DemoStory(
        id=f"{feed}/{slug}",
        feed=feed,
        slug=slug,
        title=f"Story {slug}",
        summary=f"Summary {slug}.",
        text="",
        published=MORNING + timedelta(days=days, minutes=minute),
        event="event",
        about="",
        lead=lead,
    )


SCRIPT = Script(
    feeds=FEEDS,
    background=(story("one", 0, days=-3), story("two", 0, days=-3)),
    scenes=(
        Scene(label="first", stories=(story("one", 10, lead=True), story("two", 60), story("one", 90))),
        Scene(label="second", stories=(story("two", 5, days=9),)),
    ),
)


class Reader:
    """Polls every feed conditionally, as a poller does, and remembers validators."""

    def __init__(self, session: aiohttp.ClientSession, wire: DemoWire) -> None:
        self.session = session
        self.wire = wire
        self.etags: dict[str, str] = {}
        self.statuses: list[int] = []

    async def poll(self) -> None:
        for slug, url in self.wire.feeds.items():
            known = {"If-None-Match": self.etags[slug]} if slug in self.etags else {}
            async with self.session.get(url, headers=known) as answer:
                await answer.read()
                self.statuses.append(answer.status)
                if "ETag" in answer.headers:
                    self.etags[slug] = answer.headers["ETag"]

    async def poll_for_ever(self) -> None:
        while True:
            await self.poll()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def wire() -> AsyncIterator[DemoWire]:
    wire = DemoWire(SCRIPT, ManualClock())
    await wire.start()
    yield wire
    await wire.stop()


async def test_before_the_play_a_feed_shows_its_background_alone(
    wire: DemoWire, session: aiohttp.ClientSession
) -> None:
    async with session.get(wire.feeds["two"]) as answer:
        document = await answer.json(content_type="application/feed+json")

    assert [item["title"] for item in document["items"]] == ["Story d-3m0"]


async def test_a_validator_that_still_holds_is_answered_with_304(
    wire: DemoWire, session: aiohttp.ClientSession
) -> None:
    async with session.get(wire.feeds["one"]) as first:
        headers = first.headers
    for validator in (
        {"If-None-Match": headers["ETag"]},
        {"If-None-Match": f'"other", W/{headers["ETag"]}'},
        {"If-Modified-Since": headers["Last-Modified"]},
    ):
        async with session.get(wire.feeds["one"], headers=validator) as again:
            assert again.status == 304
            assert again.headers["ETag"] == headers["ETag"]


async def test_a_validator_of_old_is_answered_with_the_feed(
    wire: DemoWire, session: aiohttp.ClientSession
) -> None:
    for validator in (
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "Wed, 28 May 2025 06:00:00 GMT"},
        {"If-Modified-Since": "never"},
    ):
        async with session.get(wire.feeds["one"], headers=validator) as answer:
            assert answer.status == 200


async def test_a_page_stands_only_once_its_story_has_appeared(
    wire: DemoWire, session: aiohttp.ClientSession
) -> None:
    async with session.get(wire.base_url + SCRIPT.background[0].path) as shown:
        assert "Summary d-3m0." in await shown.text()
    async with session.get(wire.base_url + SCRIPT.scenes[1].stories[0].path) as not_yet:
        assert not_yet.status == 404


async def test_a_feed_that_is_broken_is_no_feed(session: aiohttp.ClientSession) -> None:
    wire = DemoWire(SCRIPT, ManualClock(), broken={"one": b"<h1>Bad gateway"})
    await wire.start()
    async with session.get(wire.feeds["one"]) as answer:
        assert (answer.content_type, await answer.read()) == ("text/html", b"<h1>Bad gateway")
    await wire.stop()


async def test_a_feed_counts_as_read_when_its_reader_comes_back_with_the_validator(
    wire: DemoWire, session: aiohttp.ClientSession
) -> None:
    reader = Reader(session, wire)
    waiting = asyncio.create_task(wire.every_feed_polled())

    await reader.poll()
    assert not waiting.done()
    await reader.poll()

    await asyncio.wait_for(waiting, 5)
    assert reader.statuses == [200, 200, 304, 304]


async def test_the_play_waits_for_the_reader_and_for_the_pipeline_before_each_scene(
    wire: DemoWire, session: aiohttp.ClientSession
) -> None:
    said: list[str] = []
    wire_times: list[datetime] = []

    async def drained() -> None:
        wire_times.append(wire.wire_time())

    reading = asyncio.create_task(Reader(session, wire).poll_for_ever())
    await asyncio.wait_for(wire.play(drained=drained, say=said.append), 20)
    reading.cancel()

    assert said == ["first: 3 stories of 2 outlets", "second: 1 stories of 1 outlets"]
    assert wire_times == [
        MORNING + timedelta(minutes=5),
        MORNING + timedelta(minutes=90),
        MORNING + timedelta(days=9, minutes=5),
    ]


async def test_items_appear_in_order_with_a_pause_after_a_first_report(
    wire: DemoWire, session: aiohttp.ClientSession
) -> None:
    async def drained() -> None:
        pass

    reading = asyncio.create_task(Reader(session, wire).poll_for_ever())
    await asyncio.wait_for(wire.play(drained=drained, say=lambda _: None), 20)
    reading.cancel()

    first, second, third = (wire.appeared[wire.base_url + each.path] for each in SCRIPT.scenes[0].stories)
    assert second - first > SECONDS_AFTER_LEAD > third - second > 0


def test_a_scene_of_many_stories_takes_seconds_and_one_of_few_half_of_one() -> None:
    few = pace(SCRIPT.scenes[1])
    many = pace(Scene(label="many", stories=tuple(story("one", minute) for minute in range(500))))

    assert few[-1].seconds == pytest.approx(0.5)
    assert many[-1].seconds == pytest.approx(4.0)


async def test_feeds_that_nobody_reads_end_the_play_and_are_named() -> None:
    wire = DemoWire(SCRIPT, ManualClock(), read_within=0.01)
    await wire.start()
    try:
        with pytest.raises(StalledError, match=r"2 of 2 feeds \(one, two\)"):
            await wire.play(drained=nothing, say=lambda _: None)
    finally:
        await wire.stop()


async def nothing() -> None:
    """Drain at once."""
