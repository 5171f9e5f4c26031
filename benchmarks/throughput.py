"""Stories a second through analyse, cluster, ledger and desks, beside a bare Faust agent in the same run.

The bare agent has one table and one awaited output, and nothing to think about. Both read what stands on their topic
already, on the same broker, on the machine that the broker runs on too. The ratio counts, not the numbers.
"""

import asyncio
import sys
from statistics import median

import faust
from aiokafka import TopicPartition
from aiokafka.admin import NewTopic

from benchmarks.stages import CLOCK, committed, running, stories, until_read
from wirewatch.codec import encode
from wirewatch.kafka import KafkaConnection
from wirewatch.topics import CLUSTERED, STORIES, TICKS

CONFIGURATION = """
[[endpoints]]
id = "nobody"
kind = "standard"
url = "https://hooks.example.org/"
secret = "whsec_c2VjcmV0IG9mIGEgYmVuY2htYXJrIHRoYXQgbm9ib2R5IGhlYXJz"
[[desks]]
id = "world"
endpoints = ["nobody"]
"""
COUNT = 3000
ROUNDS = 2


def bare_agent(servers: str) -> None:
    """Run the agent that ours is compared with: a table write and an awaited output an event."""
    app = faust.App(
        "bare", broker=f"kafka://{servers}", value_serializer="raw", key_serializer="raw", web_enabled=False
    )
    table = app.Table("seen", partitions=1, key_type=bytes, value_type=bytes)
    output = app.topic("bare-output", partitions=1, value_serializer="raw")

    @app.agent(
        app.topic("bare-input", partitions=1, key_type=bytes, value_type=bytes, value_serializer="raw")
    )
    async def count(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            table[event.key] = event.value
            await (await output.send(key=event.key, value=event.value))

    faust.Worker(app, loglevel="CRITICAL", redirect_stdouts=False, quiet=True).execute_from_commandline()


async def measure_bare(kafka: KafkaConnection, turn: int) -> float:
    """Return the bare agent's events a second over as many messages of the same size."""
    admin = kafka.admin()
    await admin.start()
    if turn == 0:
        await admin.create_topics([NewTopic("bare-input", 1, 1), NewTopic("bare-output", 1, 1)])
    await admin.close()
    producer = kafka.producer(linger_ms=5)
    await producer.start()
    for number, story in enumerate(stories(COUNT)):
        await producer.send("bare-input", encode(story), key=f"{turn}-{number}".encode())
    await producer.flush()
    await producer.stop()
    consumer = kafka.consumer()
    await consumer.start()
    place = TopicPartition("bare-output", 0)
    consumer.assign([place])
    start = (await consumer.end_offsets([place]))[place]
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.throughput", "bare", kafka.bootstrap_servers
    )
    while (await consumer.end_offsets([place]))[place] < start + 50:
        await CLOCK.sleep(0.02)
    begun, at = CLOCK.monotonic(), (await consumer.end_offsets([place]))[place]
    while (await consumer.end_offsets([place]))[place] < start + COUNT:
        await CLOCK.sleep(0.02)
    rate: float = (start + COUNT - at) / (CLOCK.monotonic() - begun)
    worker.terminate()
    await worker.wait()
    await consumer.stop()
    return rate


async def measure_ours(kafka: KafkaConnection, turn: int) -> float:
    """Return our stories a second, from the first that `ledger` acknowledged to the last."""
    producer = kafka.producer(linger_ms=5)
    await producer.start()
    before = await committed(kafka, "ledger", CLUSTERED)
    begun = CLOCK.monotonic()
    batch = list(stories(COUNT * (turn + 1)))[COUNT * turn :]
    for story in batch:
        await producer.send(kafka.topic(STORIES), encode(story), key=story.feed.encode())
    await producer.flush()
    await until_read(kafka, "ledger", CLUSTERED, before + COUNT)
    rate: float = COUNT / (CLOCK.monotonic() - begun)
    await producer.stop()
    return rate


async def main() -> None:
    ours = []
    async with running(CONFIGURATION, "analyse", "cluster", "ledger", "desks") as kafka:
        await until_read(kafka, "desks", TICKS, 3)
        for turn in range(ROUNDS):
            ours.append(await measure_ours(kafka, turn))
            print(f"  wirewatch, round {turn + 1}: {ours[-1]:,.0f} stories/s", flush=True)
    bare = []
    async with running(CONFIGURATION) as kafka:
        for turn in range(ROUNDS):
            bare.append(await measure_bare(kafka, turn))
            print(f"  bare agent, round {turn + 1}: {bare[-1]:,.0f} events/s", flush=True)
    ratio = median(ours) / median(bare)
    print(
        f"throughput: {median(ours):,.0f} stories/s through four steps, {median(bare):,.0f} events/s bare: ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "bare":
        bare_agent(sys.argv[2])
    else:
        asyncio.run(main())
