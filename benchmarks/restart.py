"""How soon the step `cluster` decides again: from its changelog alone, from its local state, and by a warm standby.

    python -m benchmarks.restart [--stories 200000]

Against a real broker and with the real commands. The changelog is filled with made-up stories as the step would have
stored them. Measured from the start of a process, or from the kill of the one before it, until a new story's verdict
stands on `stories.clustered`.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from aiokafka import AIOKafkaConsumer
from msgspec.structs import replace

from benchmarks.dedup import Entries, made_up_stories, signed
from benchmarks.stages import CLOCK, broker_alone
from streams.rules.signature import HeadlineVectors
from wirewatch.codec import encode
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import AnalysedStory
from wirewatch.topics import ANALYSED, CLUSTERED

CHANGELOG = "cluster-state-changelog"
PATIENCE = 300.0
LOOK_MS = 20


class Bench:
    """A broker, workers of the step with a state folder each, and stories to ask them."""

    def __init__(self, kafka: KafkaConnection, folder: Path, asked: Iterator[AnalysedStory]) -> None:
        self._kafka = kafka
        self._folder = folder
        self._asked = asked

    async def worker(self, name: str) -> asyncio.subprocess.Process:
        """Start a worker as on a machine of its own."""
        home = self._folder / name
        home.mkdir(exist_ok=True)
        file = home / "wirewatch.toml"
        file.write_text(
            f'[kafka]\nbootstrap_servers = "{self._kafka.bootstrap_servers}"\n[state]\nfolder = "{home}"\n',
            encoding="utf-8",
        )
        with (home / "log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "wirewatch", "stream", "cluster", "--config", str(file),
                stdout=log, stderr=log, env=os.environ | {"WIREWATCH_INSTANCE": name},
            )  # fmt: skip

    async def answered(self, consumer: AIOKafkaConsumer) -> float:
        """Ask about a new story, and return when its verdict is there."""
        story = next(self._asked)
        producer = self._kafka.producer()
        await producer.start()
        await producer.send_and_wait(
            self._kafka.topic(ANALYSED), encode(story), key=story.story.id.encode(), partition=0
        )
        await producer.stop()
        needle = story.story.id.encode()
        give_up = CLOCK.monotonic() + PATIENCE
        while CLOCK.monotonic() < give_up:
            found = await consumer.getmany(timeout_ms=LOOK_MS)
            if any(needle in (message.value or b"") for batch in found.values() for message in batch):
                return CLOCK.monotonic()
        raise TimeoutError(f"no verdict within {PATIENCE:.0f} s")

    async def fill(self, count: int) -> None:
        """Write the changelog."""
        topic = self._kafka.prefix + CHANGELOG
        producer = self._kafka.producer(linger_ms=20)
        await producer.start()
        for key, value in Entries(made_up_stories(seed=1), count):
            await producer.send(topic, value, key=key.encode(), partition=0)
        await producer.stop()

    def kept(self, name: str) -> Path:
        """Return where a worker keeps its state."""
        return self._folder / name / "faust" / "cluster.snapshot"


async def killed(worker: asyncio.subprocess.Process) -> float:
    """Kill a worker, and return when."""
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
    return CLOCK.monotonic()


async def main(count: int) -> None:
    vectors = HeadlineVectors()
    asked = (signed(replace(story, id=f"asked-{story.id}"), vectors) for _, story in made_up_stories(seed=2))
    async with broker_alone() as (kafka, folder):
        bench = Bench(kafka, folder, asked)
        consumer = kafka.consumer(CLUSTERED)
        await consumer.start()
        worker = await bench.worker("first")
        await bench.answered(consumer)
        await killed(worker)
        await bench.fill(count)

        begun = CLOCK.monotonic()
        worker = await bench.worker("elsewhere")
        print(
            f"{count:,} stories, from the changelog alone: {await bench.answered(consumer) - begun:5.1f} s",
            flush=True,
        )
        await bench.answered(consumer)
        while not bench.kept("elsewhere").exists():
            await CLOCK.sleep(0.2)
        await killed(worker)

        begun = CLOCK.monotonic()
        worker = await bench.worker("elsewhere")
        print(
            f"{count:,} stories, from its local state:     {await bench.answered(consumer) - begun:5.1f} s",
            flush=True,
        )

        standby = await bench.worker("standby")
        await CLOCK.sleep(max(20.0, count / 4_000))
        await bench.answered(consumer)
        begun = await killed(worker)
        print(
            f"{count:,} stories, by a warm standby:        {await bench.answered(consumer) - begun:5.1f} s",
            flush=True,
        )
        await killed(standby)
        await consumer.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stories", type=int, default=200_000, help="stories in the window")
    asyncio.run(main(parser.parse_args().stories))
