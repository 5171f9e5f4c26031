"""How many signed webhooks a second one worker delivers, and whether bad endpoints slow the good ones.

    python -m benchmarks.delivery [--seconds 10] [--endpoints 200] [--rate 1000] [--skip-kafka]

A receiver in a process of its own, on the same cores, answers 204 on one path an endpoint. In one run:

    plain httpx     the client that one would write: one AsyncClient, as many requests under way as endpoints
    lanes           what a delivery worker does with each alert, Kafka left away
    ... with bad    the same with five endpoints that hang and five that answer 429 beside
    worker          the whole way, from `alerts` on a real Kafka to the answer, again without and with the bad ones

Each is driven as fast as it goes for the rate, then at a steady rate for the latencies (from the alert's arrival to the
answer).
"""

import argparse
import asyncio
import itertools
import logging
import multiprocessing
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final

import httpx
from aiohttp import web
from msgspec import Struct

from alerts.delivery import Outgoing
from alerts.exchange import Wire
from alerts.journal import Item
from alerts.lane import Lane
from alerts.schedule import Answer, Reason, Verdict
from alerts.webhooks import KINDS
from alerts.webhooks.standard import compose
from alerts.worker import run_deliveries
from wirewatch.clock import SystemClock
from wirewatch.codec import encode
from wirewatch.endpoint_switch import Off
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert, AlertBody, AlertFigure, Beaten
from wirewatch.network import Guard, open_client
from wirewatch.settings import EndpointSettings, HttpSettings, KafkaSettings, Secret, Settings
from wirewatch.topic_admin import create_topics
from wirewatch.topics import ALERTS

LOOPBACK: Final = (IPv4Network("127.0.0.0/8"),)
SECRET: Final = Secret("whsec_" + b64encode(b"a secret of benchmarks only").decode())
CLOCK: Final = SystemClock()
BAD: Final = 5
FIRST_STEADY: Final = 10**6


class Result(Struct, frozen=True):
    """What one contender did."""

    name: str
    rate: float
    p50: float
    p99: float
    # Of this process for one delivery, when it goes as fast as it can: what a busy machine does not change.
    cpu: float

    def __str__(self) -> str:
        """Return a line of the table."""
        return f"{self.name:<34}{self.rate:>10,.0f}/s{self.p50 * 1000:>10.1f} ms{self.p99 * 1000:>10.1f} ms{self.cpu * 1000:>10.2f} ms"


def an_alert(number: int, endpoint: str) -> Alert:
    body = AlertBody(
        alert=f"{number}", revision=1, desk="world", priority="urgent", kind="record",
        headline="Russia launches 472 drones at Ukraine, the most of the war",
        sentence="The air force counted 472 drones overnight, the largest number since the invasion began.",
        said_by="Ukraine's air force", figure=472.0, unit="drones", qualifier="exact",
        beats=Beaten(355.0, "2025-05-26", "Kyiv Post"),
        figures=(AlertFigure(472.0, "exact", 31), AlertFigure(400.0, "at_least", 7)),
        outlets=40, cluster="c", url="https://news.example/472", reason="record_broken", source="Agency",
    )  # fmt: skip
    return Alert(f"{number}", 1, endpoint, f"msg-{number}", "story", None, CLOCK.now(), body)


# --- the receiver ----------------------------------------------------------------------------------------------------


def receive(ready: Any) -> None:
    """Answer 204, hang on /hang, and 429 on /busy; say on which port."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        if request.path.startswith("/hang"):
            await asyncio.Event().wait()
        if request.path.startswith("/busy"):
            return web.Response(status=429, headers={"Retry-After": "1"})
        return web.Response(status=204)

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


def endpoints_at(address: str, count: int, *, bad: bool) -> list[EndpointSettings]:
    paths = [f"good-{number}" for number in range(count)]
    if bad:
        paths += [f"{kind}-{number}" for kind in ("hang", "busy") for number in range(BAD)]
    return [EndpointSettings(path, "standard", Secret(f"{address}/{path}"), SECRET) for path in paths]


# --- what is measured ------------------------------------------------------------------------------------------------


class Meter:
    """When each alert came and when it was answered."""

    def __init__(self) -> None:
        self._came: dict[int, float] = {}
        self.took: list[float] = []
        self.last = 0.0

    def came(self, number: int) -> None:
        """Enter that an alert came."""
        self._came[number] = CLOCK.monotonic()

    def answered(self, number: int) -> None:
        """Enter that it was answered."""
        self.last = CLOCK.monotonic()
        self.took.append(self.last - self._came.pop(number))


class Books:
    """Writes nothing down, and tells the meter."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._kept: dict[int, Item] = {}
        self._offsets = itertools.count()

    async def keep(self, item: Item, _due: datetime, _why: str) -> int:
        """Keep it in memory."""
        item.stored = True
        offset = next(self._offsets)
        self._kept[offset] = item
        return offset

    async def load(self, offset: int) -> Item | None:
        """Give it back."""
        return self._kept.pop(offset)

    async def strike(self, _alert: Alert) -> None:
        """Forget it."""

    async def note(self, item: Item, _answer: Answer, verdict: Verdict) -> None:
        """Tell the meter."""
        if verdict.outcome == "delivered":
            self._meter.answered(int(item.alert.id))

    async def bury(self, item: Item, reason: Reason, _answer: Answer) -> None:
        """Fail: none may die here."""
        raise RuntimeError(f"{item.alert.id} died: {reason}")

    async def disable(self, endpoint: str, why: Off) -> None:
        """Take what says that an endpoint is gone."""

    async def failing(self, endpoint: str, since: datetime | None) -> None:
        """Take since when an endpoint fails."""

    async def posted(self, alert: Alert, receipt: str) -> None:
        """Take how a service names a message."""

    async def write(self, alert: Alert) -> None:
        """Fail: no endpoint here has a fallback."""
        raise RuntimeError(f"{alert.id} was to go elsewhere")


Feed = Callable[[Alert], None]


async def steady(
    feed: Feed, endpoints: list[EndpointSettings], meter: Meter, rate: float, seconds: float
) -> None:
    """Give `rate` alerts a second; one in fifty goes to each bad endpoint, where there are any."""
    good = [each for each in endpoints if each.id.startswith("good")]
    bad = [each for each in endpoints if not each.id.startswith("good")]
    began = CLOCK.monotonic()
    given = 0
    while (passed := CLOCK.monotonic() - began) < seconds:
        while given < passed * rate:
            # What was told under an id before is not told again.
            number = FIRST_STEADY + given
            given += 1
            meter.came(number)
            feed(an_alert(number, good[number % len(good)].id))
            if bad and number % 50 == 0:
                feed(an_alert(10**9 + number, bad[(number // 50) % len(bad)].id))
        await CLOCK.sleep(0.002)


async def drained(meter: Meter, count: Callable[[], int], patience: float = 30.0) -> None:
    deadline = CLOCK.monotonic() + patience
    while len(meter.took) < count() and CLOCK.monotonic() < deadline:
        await CLOCK.sleep(0.01)


def summed(name: str, rate: float, meter: Meter, cpu: float) -> Result:
    cuts = statistics.quantiles(meter.took, n=100)
    return Result(name, rate, cuts[49], cuts[98], cpu)


async def plain_httpx(endpoints: list[EndpointSettings], seconds: float, rate: float) -> Result:
    """One AsyncClient of httpx as it comes."""
    limits = httpx.Limits(max_connections=len(endpoints), max_keepalive_connections=len(endpoints))
    async with httpx.AsyncClient(limits=limits, timeout=15) as client:

        async def post(number: int, meter: Meter) -> None:
            endpoint = endpoints[number % len(endpoints)]
            signed = compose(endpoint, Outgoing(an_alert(number, endpoint.id), CLOCK.now()))
            response = await client.post(endpoint.url.reveal(), content=signed.body, headers=signed.headers)
            response.raise_for_status()
            meter.answered(number)

        return await contest("plain httpx", post, len(endpoints), seconds, rate)


async def contest(
    name: str, post: Callable[[int, Meter], Awaitable[None]], width: int, seconds: float, rate: float
) -> Result:
    """Send as fast as `width` senders can, then at a steady rate."""
    fast, slow = Meter(), Meter()
    numbers = itertools.count()
    began, spent = CLOCK.monotonic(), time.process_time()

    async def sender() -> None:
        while CLOCK.monotonic() - began < seconds:
            number = next(numbers)
            fast.came(number)
            await post(number, fast)

    await asyncio.gather(*(sender() for _ in range(width)))
    reached = len(fast.took) / (CLOCK.monotonic() - began)
    cpu = (time.process_time() - spent) / len(fast.took)
    began = CLOCK.monotonic()
    tasks = []
    steady_rate = min(rate, reached * 0.8)
    for number in range(int(steady_rate * seconds)):
        await CLOCK.sleep(began + number / steady_rate - CLOCK.monotonic())
        slow.came(number)
        tasks.append(asyncio.create_task(as_coroutine(post(number, slow))))
    await asyncio.gather(*tasks)
    return summed(f"{name} (at {steady_rate:,.0f}/s)", reached, slow, cpu)


async def as_coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable


@asynccontextmanager
async def lanes(endpoints: list[EndpointSettings], meter: Meter) -> AsyncIterator[dict[str, Lane]]:
    tasks: set[asyncio.Task[None]] = set()

    def spawn(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    async with open_client(
        Guard(LOOPBACK), user_agent="bench", limits=httpx.Limits(max_connections=None, keepalive_expiry=30)
    ) as client:
        wire = Wire(client, CLOCK)
        books = Books(meter)
        made = {
            each.id: Lane(each, KINDS["standard"], books, wire, settle=lambda _offset: None, spawn=spawn)
            for each in endpoints
        }
        for lane in made.values():
            lane.start()
        try:
            yield made
        finally:
            await asyncio.gather(*(lane.close(0.1) for lane in made.values()))
            await asyncio.gather(*tasks, return_exceptions=True)


async def through_lanes(name: str, endpoints: list[EndpointSettings], seconds: float, rate: float) -> Result:
    """What a worker does, without Kafka."""
    good = [each for each in endpoints if each.id.startswith("good")]
    fast, slow = Meter(), Meter()
    async with lanes(endpoints, fast) as made:
        began, spent = CLOCK.monotonic(), time.process_time()
        given = 0
        while CLOCK.monotonic() - began < seconds:
            # A few ahead for each endpoint, so that none is ever idle.
            while given - len(fast.took) < 2 * len(good):
                fast.came(given)
                endpoint = good[given % len(good)].id
                made[endpoint].offer(Item(an_alert(given, endpoint), since=CLOCK.now(), offset=given))
                given += 1
            await CLOCK.sleep(0)
        await drained(fast, lambda: given)
        reached = given / (fast.last - began)
        cpu = (time.process_time() - spent) / given
    steady_rate = min(rate, reached * 0.8)
    async with lanes(endpoints, slow) as made:
        given = 0

        def feed(alert: Alert) -> None:
            nonlocal given
            given += alert.endpoint.startswith("good")
            made[alert.endpoint].offer(Item(alert, since=CLOCK.now(), offset=given))

        await steady(feed, endpoints, slow, steady_rate, seconds)
        await drained(slow, lambda: given)
    return summed(f"{name} (at {steady_rate:,.0f}/s)", reached, slow, cpu)


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


async def run(arguments: argparse.Namespace, address: str) -> None:
    seconds, rate = arguments.seconds, arguments.rate
    good = endpoints_at(address, arguments.endpoints, bad=False)
    mixed = endpoints_at(address, arguments.endpoints, bad=True)
    print(f"{arguments.endpoints} endpoints on loopback, receiver on the same cores, {CLOCK.now():%Y-%m-%d}")
    print(f"{'':<34}{'at most':>12}{'p50':>13}{'p99':>13}{'CPU each':>13}")
    print(await plain_httpx(good, seconds, rate), flush=True)
    print(await through_lanes("lanes", good, seconds, rate), flush=True)
    print(await through_lanes("lanes with 5 hung, 5 busy", mixed, seconds, rate), flush=True)
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
