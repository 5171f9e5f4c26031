"""The poller end to end: a real server, a real Kafka."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from connectors.service import run_poller
from tests.connectors.feeds import news, rss
from tests.connectors.loopback import Loopback, Request, answers, reply
from wirewatch.clock import SystemClock
from wirewatch.codec import decode
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import FeedState, PollRequest, Story
from wirewatch.poll_request import partition_of, send_poll_request
from wirewatch.settings import FeedSettings, HttpSettings, KafkaSettings, OperationsSettings, Settings
from wirewatch.topic_admin import create_topics
from wirewatch.topics import FEEDS, STORIES, Topic

pytestmark = pytest.mark.broker


@pytest.fixture
async def connection(kafka: str, topic_prefix: str) -> KafkaConnection:
    connection = KafkaConnection(kafka, KafkaSettings(topic_prefix=topic_prefix))
    await create_topics(connection)
    return connection


def settings_for(*feeds: FeedSettings) -> Settings:
    return Settings(
        http=HttpSettings(allow_networks=(ip_network("127.0.0.0/8"),)),
        operations=OperationsSettings(canary=None),
        feeds=feeds,
    )


@asynccontextmanager
async def polling(settings: Settings, connection: KafkaConnection) -> AsyncIterator[None]:
    """Run a poller; what it fails with fails the test."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_poller(settings, connection, SystemClock(), stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


class Watcher:
    """Reads a topic from its start."""

    def __init__(self, connection: KafkaConnection, topic: Topic) -> None:
        self._topic = topic
        self._consumer = connection.consumer(topic)
        self.messages: list[object] = []

    async def until(self, enough: Callable[[list[object]], bool], seconds: float = 20) -> list[object]:
        async with asyncio.timeout(seconds):
            while not enough(self.messages):
                for found in (await self._consumer.getmany(timeout_ms=100)).values():
                    self.messages += [decode(self._topic, message.value) for message in found]
        return self.messages

    async def __aenter__(self) -> "Watcher":
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()


def count(number: int) -> Callable[[list[object]], bool]:
    return lambda messages: len(messages) >= number


async def test_brings_each_item_once_and_new_ones_as_news(connection: KafkaConnection) -> None:
    first, second = rss([news(2), news(1)]), rss([news(3), news(2), news(1)])
    served = [first]

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        tag = f'"{len(served[0])}"'
        same = request.headers.get("if-none-match") == tag
        answer = reply(status="304 Not Modified") if same else reply(served[0], headers={"ETag": tag})
        writer.write(answer)

    async with Loopback(handle) as wire, Watcher(connection, STORIES) as stories:
        feed = FeedSettings(wire.url("/feed"), "The Test Wire", interval=0.05)
        async with polling(settings_for(feed), connection):
            await stories.until(count(2))
            served[0] = second
            await stories.until(count(3))
    told = [story for story in stories.messages if isinstance(story, Story)]
    assert [story.title for story in told] == ["Story number 1", "Story number 2", "Story number 3"]
    assert [story.first_poll for story in told] == [True, True, False]


async def test_goes_on_after_a_restart_where_it_was(connection: KafkaConnection) -> None:
    served = [rss([news(1)])]

    async def handle(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(served[0], headers={"ETag": f'"{len(served[0])}"'}))

    async with (
        Loopback(handle) as wire,
        Watcher(connection, STORIES) as stories,
        Watcher(connection, FEEDS) as states,
    ):
        settings = settings_for(FeedSettings(wire.url("/feed"), "The Test Wire", interval=0.05))
        async with polling(settings, connection):
            await states.until(count(1))
        asked = len(wire.requests)
        served[0] = rss([news(2), news(1)])
        async with polling(settings, connection):
            await stories.until(count(2))
        assert wire.requests[asked].headers["if-none-match"] == f'"{len(rss([news(1)]))}"'
    assert [(story.title, story.first_poll) for story in stories.messages if isinstance(story, Story)] == [
        ("Story number 1", True),
        ("Story number 2", False),
    ]


async def test_a_feed_that_is_none_is_an_error_of_that_feed_and_the_others_go_on(
    connection: KafkaConnection,
) -> None:
    async with (
        Loopback(answers(reply(b"<html><body>Moved house</body></html>"))) as page,
        Loopback(answers(reply(rss([news(1)])))) as wire,
        Watcher(connection, STORIES) as stories,
        Watcher(connection, FEEDS) as states,
    ):
        broken = FeedSettings(page.url("/feed"), "Broken", interval=0.05)
        async with polling(
            settings_for(broken, FeedSettings(wire.url("/"), "Good", interval=0.05)), connection
        ):
            await stories.until(count(1))
            found = await states.until(
                lambda messages: any(isinstance(one, FeedState) and one.failures for one in messages)
            )
    failing = next(one for one in found if isinstance(one, FeedState) and one.failures)
    assert failing.feed == broken.id
    assert (
        failing.last_error
        == "unreadable: This is a web page and no feed; look on it for the feed's own address"
    )


async def test_a_feed_that_somebody_asks_for_is_polled_at_once(connection: KafkaConnection) -> None:
    async with (
        Loopback(answers(reply(b"", status="410 Gone"))) as wire,
        Watcher(connection, FEEDS) as states,
    ):
        # What is gone is asked for no more by itself.
        feed = FeedSettings(wire.url("/feed"), "Outlet", interval=0.05)
        async with polling(settings_for(feed), connection):
            await states.until(count(1))
            asked = len(wire.requests)
            await send_poll_request(connection, PollRequest(feed.id, "Ada", SystemClock().now()))
            await until(lambda: len(wire.requests) > asked)


async def test_pollers_share_the_feeds_and_take_over(connection: KafkaConnection) -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire, Watcher(connection, FEEDS) as states:
        feeds = [
            FeedSettings(wire.url(f"/{number}"), f"Outlet {number}", interval=0.05) for number in range(24)
        ]
        assert len({partition_of(feed.id) for feed in feeds}) > 4
        settings = settings_for(*feeds)
        async with polling(settings, connection):
            async with polling(settings, connection):
                await states.until(
                    lambda messages: len({one.feed for one in messages if isinstance(one, FeedState)}) == 24
                )
            before = len(wire.requests)
            await until(lambda: len({request.path for request in wire.requests[before:]}) == 24)


async def test_a_poller_that_is_killed_loses_no_story_and_changes_no_id(connection: KafkaConnection) -> None:
    shown = 0

    async def one_more(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal shown
        shown = min(150, shown + 1)
        writer.write(reply(rss([news(number) for number in range(shown, max(0, shown - 20), -1)])))

    async def start(url: str) -> asyncio.subprocess.Process:
        where = (connection.bootstrap_servers, connection.prefix, url)
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.connectors.poll_process", *where, cwd=Path(__file__).parents[2]
        )

    async with Loopback(one_more) as wire, Watcher(connection, STORIES) as stories:
        first = await start(wire.url("/feed"))
        try:
            await stories.until(count(40))
        finally:
            first.kill()
            await first.wait()
        second = await start(wire.url("/feed"))
        try:
            await stories.until(
                lambda found: len({one.id for one in found if isinstance(one, Story)}) == 150, 40
            )
        finally:
            second.kill()
            await second.wait()
    told = [story for story in stories.messages if isinstance(story, Story)]
    assert {story.title for story in told} == {f"Story number {number}" for number in range(1, 151)}
    # The killed poll may be told again, and no more than that.
    assert len(told) - len({(story.id, story.version) for story in told}) <= 20
    assert not [story for story in told if story.first_poll and story.title != "Story number 1"]


async def until(enough: Callable[[], bool]) -> None:
    async with asyncio.timeout(40):
        while not enough():
            await SystemClock().sleep(0.02)


async def test_one_poller_dies_and_another_takes_over_and_no_feed_is_asked_twice_at_once(
    connection: KafkaConnection, tmp_path: Path
) -> None:
    """Two real processes; one is killed without a word, the other ends within 5 s though an outlet hangs."""
    at_once: dict[str, int] = {}
    overlaps: list[str] = []
    hang = asyncio.Event()

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        at_once[request.path] = at_once.get(request.path, 0) + 1
        if at_once[request.path] > 1:
            overlaps.append(request.path)
        await SystemClock().sleep(3600 if hang.is_set() else 0.02)
        at_once[request.path] -= 1
        writer.write(reply(rss([news(1)])))

    async with Loopback(handle) as wire:
        feeds = [
            f'[[feeds]]\nurl = "{wire.url(f"/{n}")}"\nname = "Outlet {n}"\ninterval = "1s"\n'
            for n in range(16)
        ]
        file = tmp_path / "wirewatch.toml"
        kafka = f'bootstrap_servers = "{connection.bootstrap_servers}"\ntopic_prefix = "{connection.prefix}"'
        file.write_text(f'[kafka]\n{kafka}\n[http]\nallow_networks = ["127.0.0.0/8"]\n{"".join(feeds)}')
        first, second = [await poll_process(file) for _ in range(2)]
        try:
            await until(lambda: len({request.path for request in wire.requests}) == 16)
            await both_share(connection)
            first.kill()
            await first.wait()
            killed = len(wire.requests)
            await until(lambda: len({request.path for request in wire.requests[killed:]}) == 16)
            hang.set()
            asked = len(wire.requests)
            await until(lambda: len(wire.requests) > asked + 3)
            second.terminate()
            assert await asyncio.wait_for(second.wait(), 5) == 0
        finally:
            for process in (first, second):
                if process.returncode is None:
                    process.kill()
                    await process.wait()
    assert overlaps == []


async def both_share(connection: KafkaConnection) -> None:
    """Return when two pollers are in the group, each with partitions of its own."""
    admin = connection.admin()
    await admin.start()
    try:
        async with asyncio.timeout(20):
            shares: list[object] = []
            while len(shares) < 2:
                (answer,) = await admin.describe_consumer_groups([connection.group("poll")])
                # Of each member, its assignment stands last; one without partitions has a few bytes.
                shares = [member for member in answer.groups[0][5] if len(member[4]) > 20]
    finally:
        await admin.close()


async def poll_process(file: Path) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "wirewatch", "poll", "--config", str(file))
    return await asyncio.create_subprocess_exec(
        *command, cwd=Path(__file__).parents[2], stderr=asyncio.subprocess.DEVNULL
    )
