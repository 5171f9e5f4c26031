"""A delivery worker as a process of its own, for tests that kill it: SERVERS PREFIX INSTANCE ENDPOINT URL ..."""

import asyncio
import sys

from alerts.worker import run_deliveries
from tests.alerts.examples import an_endpoint
from tests.alerts.running import settings_for
from wirewatch.clock import SystemClock
from wirewatch.kafka import KafkaConnection
from wirewatch.settings import KafkaSettings


async def main(servers: str, prefix: str, instance: str, *endpoints: str) -> None:
    pairs = zip(endpoints[::2], endpoints[1::2], strict=True)
    settings = settings_for(an_endpoint(url, name) for name, url in pairs)
    kafka = KafkaConnection(servers, KafkaSettings(topic_prefix=prefix), instance=instance or None)
    await run_deliveries(settings, kafka, SystemClock(), asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
