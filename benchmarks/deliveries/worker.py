"""The whole way of a delivery worker, from `alerts` on a real Kafka to the answer."""

import asyncio
import time
from typing import Any

from alerts.delivery import Outgoing
from alerts.exchange import Wire
from alerts.schedule import Answer
from alerts.webhooks import KINDS
from alerts.worker import run_deliveries
from benchmarks.deliveries.meter import Meter, Result, drained, steady, summed
from benchmarks.deliveries.receiver import CLOCK, LOOPBACK, an_alert
from wirewatch.codec import encode
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert
from wirewatch.settings import EndpointSettings, HttpSettings, Settings
from wirewatch.topic_admin import create_topics
from wirewatch.topics import ALERTS


async def through_kafka(
    name: str, kafka: KafkaConnection, endpoints: list[EndpointSettings], seconds: float, rate: float
) -> Result:
    """The whole worker: `alerts` holds what it is to deliver before it starts; then alerts come at a steady rate."""
    settings = Settings(http=HttpSettings(allow_networks=LOOPBACK), endpoints=tuple(endpoints))
    good = [each for each in endpoints if each.id.startswith("good")]
    meter = Meter()
    watched = observe(KINDS["standard"], meter)
    await create_topics(kafka)
    producer = kafka.producer(linger_ms=2)
    await producer.start()
    backlog = int(rate * seconds)
    for number in range(backlog):
        meter.came(number)
        endpoint = good[number % len(good)].id
        await producer.send(kafka.topic(ALERTS), encode(an_alert(number, endpoint)), endpoint.encode())
    await producer.flush()
    stop = asyncio.Event()
    with watched:
        worker = asyncio.create_task(run_deliveries(settings, kafka, CLOCK, stop))
        while not meter.took:
            await CLOCK.sleep(0.01)
        began, spent = CLOCK.monotonic(), time.process_time()
        await drained(meter, lambda: backlog, 120)
        reached = backlog / (meter.last - began)
        cpu = (time.process_time() - spent) / backlog
        meter.took.clear()
        sends: set[asyncio.Task[Any]] = set()
        given = 0

        def feed(alert: Alert) -> None:
            nonlocal given
            given += alert.endpoint.startswith("good")
            sends.add(
                asyncio.create_task(
                    producer.send(kafka.topic(ALERTS), encode(alert), alert.endpoint.encode())
                )
            )

        steady_rate = min(rate, reached * 0.7)
        await steady(feed, endpoints, meter, steady_rate, seconds)
        await asyncio.gather(*sends)
        await drained(meter, lambda: given)
        stop.set()
        await worker
    await producer.stop()
    return summed(f"{name} (at {steady_rate:,.0f}/s)", reached, meter, cpu)


class observe:  # noqa: N801 - reads as a verb
    """Tells the meter of each answer that a kind gets, while it is entered."""

    def __init__(self, kind: Any, meter: Meter) -> None:
        self._kind = kind
        self._meter = meter

    def __enter__(self) -> None:
        """Take the kind's place."""
        KINDS["standard"] = self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        KINDS["standard"] = self._kind

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """Send as the kind does, and tell the meter."""
        answer: Answer = await self._kind.send(endpoint, outgoing, wire)
        if answer.reason == "accepted":
            self._meter.answered(int(outgoing.alert.id))
        return answer

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Check as the kind does."""
        found: list[str] = self._kind.check(endpoint)
        return found
