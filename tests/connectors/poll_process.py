"""A poller as a process of its own, to be killed: `python -m tests.connectors.poll_process SERVERS PREFIX URL`."""

import asyncio
import sys
from ipaddress import ip_network

from connectors.service import run_poller
from wirewatch.clock import SystemClock
from wirewatch.kafka import KafkaConnection
from wirewatch.settings import FeedSettings, HttpSettings, KafkaSettings, OperationsSettings, Settings


def main(servers: str, prefix: str, url: str) -> None:
    feed = FeedSettings(url, "The Test Wire", interval=0.02)
    settings = Settings(
        http=HttpSettings(allow_networks=(ip_network("127.0.0.0/8"),)),
        operations=OperationsSettings(canary=None),
        feeds=(feed,),
    )
    kafka = KafkaConnection(servers, KafkaSettings(topic_prefix=prefix))
    asyncio.run(run_poller(settings, kafka, SystemClock(), asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])
