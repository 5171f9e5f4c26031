"""Stories a second through analyse, cluster, ledger and desks, beside a bare Faust agent in the same run.

The bare agent has one table and one awaited output, and nothing to think about. Both read messages of the same size
from the same broker, on the machine that the broker runs on too, and both are warm before they are measured. The
ratio counts, not the numbers. Under it stands where the time goes: processor time a message, of each process.
The bare agent is Faust as it comes: acks of all replicas, no linger, its own consumer.
"""

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.stages import CLOCK, READS, broker_alone, staged, stories
from wirewatch.codec import encode
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Story
from wirewatch.topics import STORIES

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
STEPS = ("analyse", "cluster", "ledger", "desks")
WARM_UP = 500
COUNT = 4000
ROUNDS = 2
LOOK = 0.1


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


class Watch:
    """Sends messages and sees how far the readers are, over connections that stay open."""

    def __init__(self, kafka: KafkaConnection) -> None:
        self._kafka = kafka
        self.admin: AIOKafkaAdminClient = kafka.admin()
        self._consumer: AIOKafkaConsumer = kafka.consumer()
        self._producer = kafka.producer(linger_ms=5)

    async def start(self) -> None:
        """Connect."""
        for client in (self.admin, self._consumer, self._producer):
            await client.start()

    async def stop(self) -> None:
        """Disconnect."""
        for client in (self._producer, self._consumer):
            await client.stop()
        await self.admin.close()

    async def send(self, topic: str, messages: Sequence[tuple[bytes, bytes]]) -> None:
        """Append these messages, by key and value."""
        for key, value in messages:
            await self._producer.send(topic, value, key=key)
        await self._producer.flush()

    async def end(self, topic: str, partitions: int = 1) -> int:
        """Return how many messages stand on a topic."""
        places = [TopicPartition(topic, number) for number in range(partitions)]
        return sum((await self._consumer.end_offsets(places)).values())

    async def handled(self, steps: Iterable[str]) -> None:
        """Return when these steps have acknowledged all that stands before them, which is asked of one after another.

        Each question costs the broker as much as several stories do: only the step that is waited for is asked about.
        """
        for step in steps:
            topic = READS[step]
            name = self._kafka.topic(topic)
            places = [TopicPartition(name, number) for number in range(topic.partitions)]
            while True:
                found = await self.admin.list_consumer_group_offsets(
                    self._kafka.group(step), partitions=places
                )
                read = sum(max(0, place.offset) for place in found.values())
                if read >= await self.end(name, topic.partitions):
                    break
                await CLOCK.sleep(LOOK)


async def measure_bare(
    watch: Watch, servers: str, rounds: Sequence[Sequence[Story]], broker: Mapping[str, int]
) -> list[float]:
    """Return the bare agent's events a second in each round, over as many messages of the same size."""
    await watch.admin.create_topics([NewTopic("bare-input", 1, 1), NewTopic("bare-output", 1, 1)])
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.throughput", "bare", servers, stdout=asyncio.subprocess.DEVNULL
    )
    spent = Spent({**broker, "agent": worker.pid})
    rates = []
    done = 0
    for turn, batch in enumerate(rounds):
        messages = [(story.id.encode(), encode(story)) for story in batch]
        spent.begin(counted=turn > 0)
        begun = CLOCK.monotonic()
        await watch.send("bare-input", messages)
        done += len(batch)
        while await watch.end("bare-output") < done:
            await CLOCK.sleep(LOOK)
        rates.append(len(batch) / (CLOCK.monotonic() - begun))
        if turn:
            print(f"  bare agent, round {turn}: {rates[-1]:,.0f} events/s", flush=True)
        spent.end(len(batch))
    print(f"  processor time an event in ms: {spent}", flush=True)
    worker.terminate()
    await worker.wait()
    return rates[1:]


async def measure_ours(
    watch: Watch, kafka: KafkaConnection, rounds: Sequence[Sequence[Story]], processes: Mapping[str, int]
) -> list[float]:
    """Return our stories a second in each round, from the first that is sent until nothing is unread."""
    rates = []
    spent = Spent(processes)
    for turn, batch in enumerate(rounds):
        messages = [(story.feed.encode(), encode(story)) for story in batch]
        spent.begin(counted=turn > 0)
        begun = CLOCK.monotonic()
        await watch.send(kafka.topic(STORIES), messages)
        await watch.handled(STEPS)
        rates.append(len(batch) / (CLOCK.monotonic() - begun))
        if turn:
            print(f"  wirewatch, round {turn}: {rates[-1]:,.0f} stories/s", flush=True)
        spent.end(len(batch))
    print(f"  processor time a story in ms: {spent}", flush=True)
    return rates[1:]


class Spent:
    """The processor time of some processes, a message."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = processes
        self._counted = False
        self._before: dict[str, float] = {}
        self._seconds = dict.fromkeys(processes, 0.0)
        self._messages = 0

    def begin(self, *, counted: bool) -> None:
        """Begin a round."""
        self._counted = counted
        self._before = {name: processor_seconds(process) for name, process in self._processes.items()}

    def end(self, messages: int) -> None:
        """End a round of so many messages."""
        if self._counted:
            self._messages += messages
            for name, process in self._processes.items():
                self._seconds[name] += processor_seconds(process) - self._before[name]

    def __str__(self) -> str:
        """Return each process and its milliseconds, and all together."""
        shares = {name: 1000 * seconds / self._messages for name, seconds in self._seconds.items()}
        return ", ".join(
            f"{name} {share:.2f}" for name, share in (*shares.items(), ("all", sum(shares.values())))
        )


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used; 0 where the system does not tell."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    used = stat.read_text(encoding="ascii").rsplit(") ", 1)[1].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def broker_process() -> dict[str, int]:
    """Return the broker that this process's guard started; nothing where the system does not tell."""
    for guard in children(os.getpid()):
        if b"kafka.Kafka" in Path(f"/proc/{guard}/cmdline").read_bytes():
            return dict(zip(("broker",), children(guard), strict=False))
    return {}


def children(process: int) -> list[int]:
    """Return the processes that a process started, where the system tells."""
    file = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in file.read_text(encoding="ascii").split()] if file.exists() else []


def batches() -> list[list[Story]]:
    """Return the stories of the warm-up and of each round."""
    told = stories(WARM_UP + ROUNDS * COUNT)
    return [[next(told) for _ in range(size)] for size in (WARM_UP, *(ROUNDS * [COUNT]))]


async def main() -> None:
    rounds = batches()
    async with AsyncExitStack() as stack:
        kafka, folder = await stack.enter_async_context(broker_alone())
        broker = broker_process()
        watch = Watch(kafka)
        await watch.start()
        stack.push_async_callback(watch.stop)
        async with staged(folder, CONFIGURATION, *STEPS) as supervisor:
            while any(state.pid is None for state in supervisor.states.values()):
                await CLOCK.sleep(LOOK)
            processes = broker | {name: state.pid or 0 for name, state in supervisor.states.items()}
            ours = await measure_ours(watch, kafka, rounds, processes)
        bare = await measure_bare(watch, kafka.bootstrap_servers, rounds, broker)
    ratio = median(ours) / median(bare)
    print(
        f"throughput: {median(ours):,.0f} stories/s through four steps, {median(bare):,.0f} events/s bare: ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "bare":
        bare_agent(sys.argv[2])
    else:
        asyncio.run(main())
