"""From the append to `stories` to the webhook's arrival, at a hundred stories a second, beside one produce and fetch.

Every tenth story rings: an escalation of its own in a country that does not exist. Printed are p50 and p99 of the
way through all five stages, and the time of a single hop (one produce, one fetch) on the same broker in the same run:
six hops are what no design with these topics can beat.
"""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import quantiles

from benchmarks.stages import CLOCK, running, stories, until_read
from wirewatch.codec import encode
from wirewatch.demo.receiver import WebhookReceiver
from wirewatch.demo.summary import body_of
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Story
from wirewatch.story_file import version_of
from wirewatch.topics import DEAD, STORIES, TICKS

PER_SECOND = 100
SECONDS = 20
WARM_UP = 3
HOPS = 6


def alarm(number: int) -> Story:
    """Return a story that rings: an air strike on a town of its own."""
    now = datetime.now(UTC)  # noqa: TID251 - the stages that run for real judge what is old by the real time
    syllables = ("ba", "do", "ki", "lu", "me", "no", "ra", "si", "tu", "ve")
    name = "".join(syllables[int(digit)] for digit in f"{number:04d}").capitalize()
    title = f"Army bombs the {name} garrison, {number + 3} soldiers killed"
    text = f"Warplanes bombed the garrison of {name} on Sunday, killing {number + 3} soldiers, the {name} governor said."
    return Story(
        id=f"alarm-{number}", version=version_of(title, "", text), feed=f"feed{number % 7}", source=f"Outlet {number % 7}",
        title=title, text=text, lang="en", url=f"https://bench.example/alarm/{number}", published=now, fetched=now,
    )  # fmt: skip


def mixed() -> Iterator[Story]:
    """Yield stories without end, every tenth of them one that rings."""
    quiet = stories(PER_SECOND * SECONDS * 2)
    number = 0
    for count, story in enumerate(quiet):
        if count % 10 == 0:
            yield alarm(number)
            number += 1
        else:
            yield story


async def measure(kafka: KafkaConnection, receiver: WebhookReceiver) -> list[float]:
    """Return the seconds from append to arrival of each story that rang."""
    producer = kafka.producer()
    await producer.start()
    sent: dict[str, float] = {}
    begun = CLOCK.monotonic()
    for count, story in zip(range(PER_SECOND * SECONDS), mixed(), strict=False):
        await CLOCK.sleep(begun + count / PER_SECOND - CLOCK.monotonic())
        await producer.send_and_wait(kafka.topic(STORIES), encode(story), key=story.feed.encode())
        if story.url is not None and "/alarm/" in story.url:
            sent[story.url] = CLOCK.monotonic()
    await CLOCK.sleep(3)
    await producer.stop()
    arrived = {body_of(webhook).url: webhook.at for webhook in receiver.received}
    late = [arrived[url] - at for url, at in sent.items() if url in arrived and at > begun + WARM_UP]
    print(f"  {len(sent)} stories should ring, {len([url for url in sent if url in arrived])} arrived")
    return late


async def one_hop(kafka: KafkaConnection) -> list[float]:
    """Return the seconds of single produces and fetches of a message of the same size."""
    producer, consumer = kafka.producer(), kafka.consumer(DEAD)
    await producer.start()
    await consumer.start()
    value, seconds = encode(alarm(1)), []
    await producer.send_and_wait(kafka.topic(DEAD), value)
    await consumer.getone()
    for _ in range(500):
        begun = CLOCK.monotonic()
        await producer.send_and_wait(kafka.topic(DEAD), value)
        await consumer.getone()
        seconds.append(CLOCK.monotonic() - begun)
        await CLOCK.sleep(0.005)
    await consumer.stop()
    await producer.stop()
    return seconds


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds."""
    cuts = quantiles(seconds, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


async def main() -> None:
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    receiver = WebhookReceiver(secret, CLOCK)
    await receiver.start()
    configuration = (
        '[http]\nallow_networks = ["127.0.0.0/8"]\n'
        f'[[endpoints]]\nid = "bench"\nkind = "standard"\nurl = "{receiver.url}"\nsecret = "{secret}"\n'
        '[[desks]]\nid = "world"\nendpoints = ["bench"]\n'
    )
    async with running(configuration, "analyse", "cluster", "ledger", "desks", "deliver") as kafka:
        await until_read(kafka, "desks", TICKS, 3)
        late = await measure(kafka, receiver)
        hops = await one_hop(kafka)
    await receiver.stop()
    p50, p99 = percentiles(late)
    hop50, hop99 = percentiles(hops)
    print(f"end to end at {PER_SECOND} stories/s: p50 {p50:.0f} ms, p99 {p99:.0f} ms over {len(late)} alerts")
    print(
        f"one hop beside it: p50 {hop50:.1f} ms, p99 {hop99:.1f} ms; ratio of the p50s, over {HOPS} hops: {p50 / (HOPS * hop50):.1f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
