"""The console as it runs: served, on a real Kafka, from what stands on the topics to what an editor does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from console.incoming import Incoming
from console.serving import serve_console
from tests.console.wires import alert, cluster, delivery, record_story
from wirewatch.clock import SystemClock
from wirewatch.codec import decode
from wirewatch.console_settings import ConsoleSettings
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Command
from wirewatch.operations.vitals import Vitals
from wirewatch.settings import FeedSettings, KafkaSettings, Settings
from wirewatch.tail import read_topics
from wirewatch.topic_admin import create_topics
from wirewatch.topics import COMMANDS, FEEDS

pytestmark = pytest.mark.broker
FEED = FeedSettings("https://outlet.example/feed", "Outlet")
CLOCK = SystemClock()


@pytest.fixture
async def connection(kafka: str, topic_prefix: str) -> KafkaConnection:
    connection = KafkaConnection(kafka, KafkaSettings(topic_prefix=topic_prefix))
    await create_topics(connection)
    return connection


@pytest.fixture
async def client(connection: KafkaConnection, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        state_folder=tmp_path, console=ConsoleSettings(listen="127.0.0.1:0"), feeds=(FEED,)
    )  # fmt: skip
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve_console(settings, connection, CLOCK, stop, Vitals("console", CLOCK), ready=address.set_result)
    )
    async with httpx.AsyncClient(base_url=await address, timeout=10) as client:
        yield client
    stop.set()
    await serving


async def put(connection: KafkaConnection, messages: list[Incoming]) -> None:
    producer = connection.producer()
    await producer.start()
    for each in messages:
        await producer.send_and_wait(connection.topic(each.topic), each.value, key=each.key)
    await producer.stop()


async def until(client: httpx.AsyncClient, path: str, enough: Callable[[str], bool]) -> str:
    """Return the page as soon as it says so."""
    async with asyncio.timeout(8):
        while True:
            page = (await client.get(path)).text
            if enough(page):
                return page
            await CLOCK.sleep(0.05)


async def test_an_acknowledgement_stands_on_the_topic_that_desks_read_and_comes_back_to_the_page(
    connection: KafkaConnection, client: httpx.AsyncClient
) -> None:
    await put(connection, record_story())
    await client.post("/login", data={"name": "Ada"})
    page = await until(client, "/story/c-record", lambda text: "Who was told" in text)
    csrf = page.split('<meta name="csrf" content="', 1)[1].split('"', 1)[0]
    await client.post("/story/c-record/act", data={"act": "acknowledge", "csrf": csrf})
    await until(client, "/story/c-record", lambda text: "<b>acknowledge</b>" in text)
    await client.post(f"/feeds/{FEED.id}/poll", data={"csrf": csrf})
    found = [
        (topic, decode(topic, each.value)) async for topic, each in read_topics(connection, (COMMANDS, FEEDS))
    ]
    acts = [told for topic, told in found if topic is COMMANDS]
    assert [(act.act, act.cluster, act.by) for act in acts if isinstance(act, Command)] == [
        ("acknowledge", "c-record", "Ada")
    ]
    assert [(told.feed, told.by) for topic, told in found if topic is FEEDS] == [(FEED.id, "Ada")]


async def test_an_alert_is_told_to_an_open_page_within_a_second_of_its_delivery(
    connection: KafkaConnection, client: httpx.AsyncClient
) -> None:
    async with client.stream("GET", "/api/stream?kind=alerts&html=1") as stream:
        lines = stream.aiter_lines()
        await put(connection, [cluster("c-record", "Over 400 drones sent"), alert("c-record"), delivery()])
        began = CLOCK.monotonic()
        async with asyncio.timeout(8):
            async for line in lines:
                if line.startswith("data:") and "Over 400 drones sent" in line and "flash" in line:
                    break
        assert CLOCK.monotonic() - began < 1.0
