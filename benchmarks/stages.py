"""What the benchmarks share: a Kafka of their own, the stages as processes, and stories to send."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from aiokafka import TopicPartition

from wirewatch.broker import EmbeddedBroker
from wirewatch.cli.up import stages_of
from wirewatch.clock import SystemClock
from wirewatch.config_file import load_settings
from wirewatch.demo.script import load_script
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Story
from wirewatch.story_file import version_of
from wirewatch.supervisor import Supervisor
from wirewatch.topic_admin import create_topics
from wirewatch.topics import ANALYSED, CLUSTERED, DETECTIONS, STORIES, Topic

READS = {"analyse": STORIES, "cluster": ANALYSED, "ledger": CLUSTERED, "desks": DETECTIONS}
CLOCK = SystemClock()


@asynccontextmanager
async def broker_alone() -> AsyncIterator[tuple[KafkaConnection, Path]]:
    """A broker in a temporary folder, and its topics."""
    with TemporaryDirectory(prefix="wirewatch-bench-") as name:
        folder = Path(name)
        async with EmbeddedBroker(folder, clock=CLOCK, progress=lambda _: None) as broker:
            kafka = KafkaConnection(await broker.start())
            await create_topics(kafka)
            yield kafka, folder


@asynccontextmanager
async def staged(folder: Path, written: str, *stages: str) -> AsyncIterator[Supervisor]:
    """These stages with this configuration, beside the broker of this folder."""
    file = folder / "wirewatch.toml"
    file.write_text(f'{written}\n[state]\nfolder = "{folder}"\n', encoding="utf-8")
    settings = load_settings(file)
    chosen = tuple(stage for stage in stages_of(file, settings.state_folder) if stage.name in stages)
    supervisor = Supervisor(chosen, folder / "logs", CLOCK, say=print)
    supervisor.start()
    try:
        yield supervisor
    finally:
        await supervisor.stop()


@asynccontextmanager
async def running(written: str, *stages: str) -> AsyncIterator[KafkaConnection]:
    """A broker in a temporary folder, its topics, and these stages with this configuration."""
    async with broker_alone() as (kafka, folder), staged(folder, written, *stages):
        yield kafka


def stories(count: int) -> Iterator[Story]:
    """Yield distinct stories: the demo's, told again of other towns, all of this hour."""
    script = load_script()
    originals = [story for story in script.stories if story.copy_of is None]
    now = datetime.now(UTC)  # noqa: TID251 - stages that run for real judge what is old by the real time
    for number in range(count):
        original, turn = originals[number % len(originals)], number // len(originals)
        title = f"{original.title} (Ward {turn})" if turn else original.title
        text = (
            original.text.replace("Ukraine", f"Ward{turn}").replace("Kyiv", f"Town{turn}")
            if turn
            else original.text
        )
        yield Story(
            id=f"bench-{number}", version=version_of(title, original.summary, text), feed=original.feed,
            source=original.feed, title=title, summary=original.summary, text=text, lang="en",
            url=f"https://bench.example/{number}", published=now, fetched=now + timedelta(milliseconds=number),
        )  # fmt: skip


async def committed(kafka: KafkaConnection, step: str, topic: Topic) -> int:
    """Return how many messages of a topic a step has acknowledged."""
    admin = kafka.admin()
    await admin.start()
    try:
        places = [TopicPartition(kafka.topic(topic), partition) for partition in range(topic.partitions)]
        found = await admin.list_consumer_group_offsets(kafka.group(step), partitions=places)
    finally:
        await admin.close()
    return sum(max(0, place.offset) for place in found.values())


async def until_read(kafka: KafkaConnection, step: str, topic: Topic, count: int) -> None:
    """Return when a step has acknowledged `count` messages of a topic."""
    while await committed(kafka, step, topic) < count:
        await CLOCK.sleep(0.05)
