"""How many signed webhooks a second one worker delivers, and whether bad endpoints slow the good ones.

    python -m benchmarks.delivery [--seconds 10] [--endpoints 200] [--rate 1000] [--skip-kafka]

A receiver in a process of its own, on the same cores, answers 204 on one path an endpoint. In one run:

    plain httpx     the client that one would write: one AsyncClient, as many requests under way as endpoints
    Apprise         what one would take: the same alert as JSON, unsigned
    lanes           what a delivery worker does with each alert, Kafka left away
    ... with bad    the same with five endpoints that hang and five that answer 429 beside
    alternating     the same two at a quarter of the rate, in turns: what weighs on one weighs on the other
    worker          the whole way, from `alerts` on a real Kafka to the answer, again without and with the bad ones

Each is driven as fast as it goes for the rate, then at a steady rate for the latencies (from the alert's arrival to the
answer).
"""

import argparse
import asyncio
import logging
import multiprocessing
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.deliveries.lanes import side_by_side, through_lanes
from benchmarks.deliveries.others import plain_apprise, plain_httpx
from benchmarks.deliveries.receiver import CLOCK, endpoints_at, receive
from benchmarks.deliveries.worker import through_kafka
from wirewatch.kafka import KafkaConnection
from wirewatch.settings import KafkaSettings


async def run(arguments: argparse.Namespace, address: str) -> None:
    seconds, rate = arguments.seconds, arguments.rate
    good = endpoints_at(address, arguments.endpoints, bad=False)
    mixed = endpoints_at(address, arguments.endpoints, bad=True)
    print(f"{arguments.endpoints} endpoints on loopback, receiver on the same cores, {CLOCK.now():%Y-%m-%d}")
    print(f"{'':<34}{'at most':>12}{'p50':>13}{'p99':>13}{'CPU each':>13}")
    print(await plain_httpx(good, seconds, rate), flush=True)
    print(await plain_apprise(good, seconds, rate), flush=True)
    print(await through_lanes("lanes", good, seconds, rate), flush=True)
    print(await through_lanes("lanes with 5 hung, 5 busy", mixed, seconds, rate), flush=True)
    both = await side_by_side(good, mixed, rounds=arguments.rounds, seconds=seconds / 4, rate=rate / 4)
    print(*both, sep="\n", flush=True)
    print(f"p99 beside bad endpoints: {both[1].p99 / both[0].p99:.2f} times that without", flush=True)
    if arguments.skip_kafka:
        return
    async with kafkas(arguments.servers) as servers:
        for name, endpoints in (("worker", good), ("worker with 5 hung, 5 busy", mixed)):
            prefix = f"bench{CLOCK.monotonic():.0f}{len(endpoints)}."
            kafka = KafkaConnection(servers, KafkaSettings(topic_prefix=prefix))
            print(await through_kafka(name, kafka, endpoints, seconds, rate), flush=True)


@asynccontextmanager
async def kafkas(servers: str | None) -> AsyncIterator[str]:
    if servers:
        yield servers
        return
    from wirewatch.broker import EmbeddedBroker

    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedBroker(Path(folder), clock=CLOCK, progress=print) as broker:
            yield await broker.start()


def main(given: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--endpoints", type=int, default=200)
    parser.add_argument("--rate", type=float, default=1000.0, help="alerts a second for the latencies")
    parser.add_argument("--rounds", type=int, default=6, help="of the comparison with bad endpoints beside")
    parser.add_argument("--servers", help="a running Kafka; without it, an embedded one is started")
    parser.add_argument("--skip-kafka", action="store_true")
    arguments = parser.parse_args(None if given is None else list(given))
    # Each failed attempt is a warning; here they are wanted.
    logging.disable(logging.WARNING)
    ours, theirs = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,), daemon=True)
    receiver.start()
    try:
        asyncio.run(run(arguments, f"http://127.0.0.1:{ours.recv()}"))
    finally:
        receiver.terminate()


if __name__ == "__main__":
    main()
