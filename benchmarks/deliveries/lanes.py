"""What a delivery worker does with each alert, Kafka left away."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import httpx

from alerts.exchange import Wire
from alerts.journal import Item
from alerts.lane import Lane
from alerts.schedule import Answer, Reason, Verdict
from alerts.webhooks import KINDS
from benchmarks.deliveries.meter import Meter, Result, drained, steady, summed
from benchmarks.deliveries.receiver import CLOCK, LOOPBACK, an_alert
from wirewatch.endpoint_switch import Off
from wirewatch.messages import Alert
from wirewatch.network import Guard, open_client
from wirewatch.settings import EndpointSettings

# Seconds of each round that are not counted.
WARM: Final = 1.0


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

    async def expired(self, alert: Alert) -> None:
        """Fail: none is old here."""
        raise RuntimeError(f"{alert.id} came too late")

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


async def side_by_side(
    good: list[EndpointSettings], mixed: list[EndpointSettings], *, rounds: int, seconds: float, rate: float
) -> tuple[Result, Result]:
    """Alternate between good endpoints alone and with bad ones beside, so that other work weighs on both alike."""
    alone, beside = Meter(), Meter()
    for _ in range(rounds):
        for endpoints, meter in ((good, alone), (mixed, beside)):
            await _round(endpoints, meter, seconds, rate)
    return (
        summed(f"alternating, at {rate:,.0f}/s: alone", rate, alone, 0.0),
        summed("  and with 5 hung, 5 busy", rate, beside, 0.0),
    )


async def _round(endpoints: list[EndpointSettings], meter: Meter, seconds: float, rate: float) -> None:
    own = Meter()
    given = 0
    async with lanes(endpoints, own) as made:

        def feed(alert: Alert) -> None:
            nonlocal given
            given += alert.endpoint.startswith("good")
            made[alert.endpoint].offer(Item(alert, since=CLOCK.now(), offset=given))

        await steady(feed, endpoints, own, rate, seconds + WARM)
        await drained(own, lambda: given)
    # What connects first is no measure of what goes on.
    meter.took += own.took[int(rate * WARM) :]
