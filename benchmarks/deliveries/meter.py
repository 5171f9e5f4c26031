"""What is measured: when each alert came and when it was answered, as fast as it goes and at a steady rate."""

import statistics
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from benchmarks.deliveries.receiver import CLOCK, an_alert
from wirewatch.messages import Alert
from wirewatch.settings import EndpointSettings

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
