"""WebSub end to end: a hub, one callback, and two real pollers behind it that share the feeds through Kafka."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.connectors.hub import Hub
from tests.connectors.loopback import Loopback, Request, reply
from tests.connectors.test_poller_broker import Watcher, both_share, poll_process, until
from tests.connectors.test_websub import linked
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Story
from wirewatch.settings import KafkaSettings
from wirewatch.topic_admin import create_topics
from wirewatch.topics import STORIES

pytestmark = pytest.mark.broker
FEED_COUNT = 12


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def configuration(kafka: KafkaConnection, wire: Loopback, callback: int, listen: int) -> str:
    feeds = "".join(
        f'[[feeds]]\nurl = "{wire.url(f"/{n}")}"\nname = "Outlet {n}"\ninterval = "1s"\n'
        for n in range(FEED_COUNT)
    )
    return (
        f'[kafka]\nbootstrap_servers = "{kafka.bootstrap_servers}"\ntopic_prefix = "{kafka.prefix}"\n'
        f'[http]\nallow_networks = ["127.0.0.0/8"]\n'
        f'[websub]\ncallback = "http://127.0.0.1:{callback}/"\nlisten = "127.0.0.1:{listen}"\n'
        f'secret = "of both of our pollers"\n{feeds}'
    )


async def test_a_push_reaches_the_feeds_of_both_pollers_whichever_of_them_it_meets(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    """All that the hub asks and pushes meets the first; forged pushes tell nothing; what is not pushed is polled."""
    connection = KafkaConnection(kafka, KafkaSettings(topic_prefix=topic_prefix))
    await create_topics(connection)
    shown = [1]

    async def answer(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(linked(hub.url, *shown)))

    ports = [free_port(), free_port()]
    async with (
        Hub() as hub,
        Loopback(answer) as wire,
        Watcher(connection, STORIES) as stories,
    ):
        processes = []
        try:
            for port in ports:
                file = tmp_path / f"{port}.toml"
                file.write_text(configuration(connection, wire, ports[0], port))
                processes.append(await poll_process(file))
                # The first one listens before the second one has the hub ask back.
                await until(lambda: len({form["hub.callback"] for form in hub.forms}) == FEED_COUNT)
            await both_share(connection)

            # What the hub asks of the second poller's feeds meets the first, which answers for it.
            await until(lambda: len(hub.answers) == len(hub.forms))
            assert {status for status, _ in hub.answers[-FEED_COUNT:]} == {200}
            newest = {form["hub.callback"]: form for form in hub.forms}
            # Its own feeds are taken and not listened to; of others' it knows nothing without a signature. What it
            # got when the second one came it knows as soon as it has asked the hub for it anew.
            async with asyncio.timeout(20):
                forged: set[int] = set()
                while forged != {202, 410}:
                    forged = {
                        await hub.push(linked(hub.url, 66), secret="guessed", form=form)
                        for form in newest.values()
                    }
            asked = len(wire.requests)
            shown.insert(0, 2)
            assert {await hub.push(linked(hub.url, 2, 1), form=form) for form in newest.values()} == {202}

            def told(number: int, found: list[object]) -> bool:
                title = f"Story number {number}"
                return sum(isinstance(one, Story) and one.title == title for one in found) == FEED_COUNT

            await stories.until(lambda found: told(2, found), 6)
            # Those of the second poller were told of through Kafka, and asked.
            assert len({request.path for request in wire.requests[asked:]}) > 0

            shown.insert(0, 3)
            await stories.until(lambda found: told(3, found), 12)
        finally:
            for process in processes:
                process.kill()
                await process.wait()
    told_of = [one for one in stories.messages if isinstance(one, Story) and one.source.startswith("Outlet")]
    titles = [one.title for one in told_of]
    assert sorted(set(titles)) == ["Story number 1", "Story number 2", "Story number 3"]
    assert len(titles) == 3 * FEED_COUNT
