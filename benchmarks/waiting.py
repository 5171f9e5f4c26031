"""How much memory alerts take that wait for a retry, and how quickly they are entered and taken.

python -m benchmarks.waiting [1000000]
"""

import resource
import sys

from alerts.pending import Pending
from wirewatch.clock import SystemClock

ENDPOINTS = 200
URGENT = 1


def main(count: int) -> None:
    clock = SystemClock()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = clock.monotonic()
    endpoints = [Pending() for _ in range(ENDPOINTS)]
    for number in range(count):
        due = 1.0 + number % 9973
        endpoints[number % ENDPOINTS].wait(f"alert-{number}", 1, URGENT, due=due, offset=number)
    entered = clock.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    began = clock.monotonic()
    taken = 0
    for endpoint in endpoints:
        while endpoint.take(URGENT, 10_000.0) is not None:
            taken += 1
    print(
        f"{count:,} alerts wait: {grown / 1e6:,.0f} MB, {grown / count:,.0f} bytes each; "
        f"entered in {entered:.1f} s, {taken:,} taken in {clock.monotonic() - began:.1f} s"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
