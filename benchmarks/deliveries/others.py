"""What one would write, or take, instead: httpx as it comes, and Apprise."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable

import apprise
import httpx

from alerts.delivery import Outgoing
from alerts.webhooks.standard import compose
from benchmarks.deliveries.meter import Meter, Result, summed
from benchmarks.deliveries.receiver import CLOCK, an_alert
from wirewatch.settings import EndpointSettings


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


async def plain_apprise(endpoints: list[EndpointSettings], seconds: float, rate: float) -> Result:
    """Apprise, an object for each endpoint: the same alert as JSON, but unsigned, as it signs nothing."""
    senders = []
    for endpoint in endpoints:
        sender = apprise.Apprise()
        sender.add(endpoint.url.reveal().replace("http://", "json://"))
        senders.append((endpoint.id, sender))

    async def post(number: int, meter: Meter) -> None:
        name, sender = senders[number % len(senders)]
        body = an_alert(number, name).body
        if not await sender.async_notify(title=body.headline, body=body.sentence):
            raise RuntimeError("Apprise did not deliver, and does not say why")
        meter.answered(number)

    return await contest("Apprise", post, len(endpoints), seconds, rate)
