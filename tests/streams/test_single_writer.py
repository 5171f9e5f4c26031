"""A single writer on a real Kafka: killed amid its work, fed what it cannot read, and started again."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer

from tests.streams.counting_worker import POISON
from wirewatch.clock import SystemClock
from wirewatch.codec import decode, encode, header
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Tick
from wirewatch.settings import KafkaSettings
from wirewatch.topic_admin import create_topics
from wirewatch.topics import ALERTS_HELD, COMMANDS, DEAD, TICKS, Topic

pytestmark = [pytest.mark.broker, pytest.mark.asyncio(loop_scope="session")]
CLOCK = SystemClock()
PATIENCE = 60.0


class Bench:
    """A Kafka with a prefix of its own, what goes in, and what comes out."""

    def __init__(self, connection: KafkaConnection, folder: Path) -> None:
        self.kafka = connection
        self._folder = folder

    async def send(self, *values: bytes) -> None:
        producer = self.kafka.producer(linger_ms=5)
        await producer.start()
        for value in values:
            await producer.send(self.kafka.topic(TICKS), value)
        await producer.stop()

    async def worker(self, *options: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.streams.counting_worker",
            self.kafka.bootstrap_servers, self.kafka.prefix, str(self._folder), *options,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    @asynccontextmanager
    async def reading(self, topic: Topic) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = self.kafka.consumer(topic)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


@pytest.fixture
async def bench(kafka: str, topic_prefix: str, tmp_path: Path) -> Bench:
    connection = KafkaConnection(kafka, KafkaSettings(topic_prefix=topic_prefix))
    await create_topics(connection)
    return Bench(connection, tmp_path)


async def read(consumer: AIOKafkaConsumer, count: int) -> list[Any]:
    """Return so many distinct messages' values and headers; fails where they do not come."""
    found: dict[bytes, Any] = {}
    give_up = CLOCK.monotonic() + PATIENCE
    while len(found) < count:
        assert CLOCK.monotonic() < give_up, f"{len(found)} of {count} messages came"
        for messages in (await consumer.getmany(timeout_ms=200)).values():
            found |= {message.value: message for message in messages}
    return list(found.values())


def tick(number: int, clock: str = "a") -> bytes:
    return encode(Tick(CLOCK.now(), clock if number >= 0 else POISON))


async def test_a_worker_killed_amid_its_work_counts_every_message_once(bench: Bench) -> None:
    count = 4000
    await bench.send(*(tick(number) for number in range(count)))
    async with bench.reading(ALERTS_HELD) as outputs:
        worker = await bench.worker()
        await read(outputs, count // 4)
        worker.kill()
        await worker.wait()
        successor = await bench.worker()
        outputs.seek(*next((place, 0) for place in outputs.assignment()))
        found = await read(outputs, count)
        successor.terminate()
        await successor.wait()
    numbers = sorted(int(decode(ALERTS_HELD, message.value).id.split()[1]) for message in found)
    assert numbers == list(range(1, count + 1))


async def test_what_comes_on_another_topic_during_a_take_over_displaces_no_event(bench: Bench) -> None:
    """A worker died before its first commit; its successor has read its state back when a message comes elsewhere."""
    count = 600
    await bench.send(*(tick(number) for number in range(count)))
    async with bench.reading(ALERTS_HELD) as outputs:
        worker = await bench.worker("uncommitted")
        await read(outputs, 1)
        worker.kill()
        await worker.wait()
        successor = await bench.worker("uncommitted")
        assert successor.stdout is not None
        assert (await successor.stdout.readline()).endswith(b"recovered\n")
        producer = bench.kafka.producer()
        await producer.start()
        await producer.send_and_wait(bench.kafka.topic(COMMANDS), b"anything")
        await producer.stop()
        outputs.seek(*next((place, 0) for place in outputs.assignment()))
        found = await read(outputs, count)
        successor.terminate()
        await successor.wait()
    assert len({decode(ALERTS_HELD, message.value).id for message in found}) == count


async def test_what_is_no_message_is_dead_and_the_rest_goes_on(bench: Bench) -> None:
    await bench.send(tick(1), b"{no json", tick(2))
    async with bench.reading(ALERTS_HELD) as outputs, bench.reading(DEAD) as dead:
        worker = await bench.worker()
        [letter] = await read(dead, 1)
        await read(outputs, 2)
        worker.terminate()
        await worker.wait()
    assert letter.value == b"{no json"
    assert header(letter.headers, "dead_topic") == bench.kafka.topic(TICKS)
    assert header(letter.headers, "dead_offset") == "1"
    assert "No valid message" in (header(letter.headers, "dead_reason") or "")


async def test_a_message_that_a_rule_cannot_take_is_set_aside_with_the_state_unharmed(bench: Bench) -> None:
    await bench.send(tick(1), tick(-1), tick(2))
    async with bench.reading(ALERTS_HELD) as outputs, bench.reading(DEAD) as dead:
        worker = await bench.worker()
        [letter] = await read(dead, 1)
        found = await read(outputs, 2)
        worker.terminate()
        await worker.wait()
    assert header(letter.headers, "dead_reason") == "This rule cannot count poison"
    assert sorted(decode(ALERTS_HELD, message.value).id for message in found) == ["a 1", "a 2"]


async def test_a_successor_takes_over_within_seconds(bench: Bench) -> None:
    await bench.send(tick(1))
    async with bench.reading(ALERTS_HELD) as outputs:
        worker = await bench.worker()
        await read(outputs, 1)
        worker.kill()
        await worker.wait()
        begun = CLOCK.monotonic()
        successor = await bench.worker()
        await bench.send(tick(2))
        await read(outputs, 1)
        took = CLOCK.monotonic() - begun
        successor.terminate()
        await successor.wait()
    assert took < 9, "it waited for the dead one's session to time out"


def of_another_kafka(file: Path) -> None:
    raw = file.read_bytes()
    length = int.from_bytes(raw[:4], "little")
    header = msgspec.json.decode(raw[8 : 8 + length])
    piece = msgspec.json.encode(header | {"cluster": "another"})
    head = len(piece).to_bytes(4, "little") + crc32(piece).to_bytes(4, "little")
    file.write_bytes(head + piece + raw[8 + length :])


def untouched(_: Path) -> None:
    pass


async def test_a_state_kept_in_a_file_comes_back_and_one_that_cannot_be_used_is_made_anew(
    bench: Bench, tmp_path: Path
) -> None:
    count, file = 2500, tmp_path / "desks.snapshot"
    async with bench.reading(ALERTS_HELD) as outputs:
        await bench.send(*(tick(number, f"clock-{number}") for number in range(count)))
        worker = await bench.worker()
        await read(outputs, count)
        for turn, harm in enumerate((untouched, of_another_kafka)):
            give_up = CLOCK.monotonic() + PATIENCE
            while turn == 0 and not file.exists():
                assert CLOCK.monotonic() < give_up
                await bench.send(tick(0, "once more"))
                await CLOCK.sleep(0.2)
            worker.kill()
            await worker.wait()
            harm(file)
            await bench.send(tick(0, "clock-7"))
            worker = await bench.worker()
            ids: set[str] = set()
            while f"clock-7 {turn + 2}" not in ids:
                assert CLOCK.monotonic() < give_up
                for messages in (await outputs.getmany(timeout_ms=200)).values():
                    ids |= {decode(ALERTS_HELD, message.value).id for message in messages}
        worker.terminate()
        await worker.wait()
