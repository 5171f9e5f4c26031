"""Whether an endpoint is left alone for a while: one that fails again and again gets one attempt at a time.

Pure. Times are seconds since the epoch. A closed breaker lets everything through; after `TRIPS_AFTER` failures in a
row, or when the endpoint itself asks for rest, it is held until a moment, then lets a single attempt probe.
"""

from typing import Final

from msgspec import Struct

from alerts.schedule import LONGEST_WAIT, SHORTEST_WAIT, Answer, Reason

TRIPS_AFTER: Final = 5
# However long an endpoint that works asks to be left alone for.
LONGEST_PAUSE: Final = 300.0
# How long it is held, by how often in a row it was. No longer than a flash would wait.
REST: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
# These speak of the endpoint; the other reasons speak of one alert.
_FAULTS: Final = frozenset[Reason](
    ["request_timeout", "server_error", "no_answer", "connection_broken", "no_connection"]
)


class Breaker(Struct, frozen=True):
    """How an endpoint does: failures in a row, how often in a row it was held, and until when."""

    failures: int = 0
    holds: int = 0
    until: float = 0.0

    @property
    def tripped(self) -> bool:
        """Whether the next attempt is a probe that nothing else may go beside."""
        return self.holds > 0

    def wait(self, now: float) -> float:
        """Return for how many seconds nothing may be sent; 0 where it may be."""
        return max(0.0, self.until - now)


def after(breaker: Breaker, answer: Answer, now: float) -> Breaker:
    """Return how the endpoint does after an attempt that ended `now`."""
    if answer.reason == "rate_limited" or (answer.reason in _FAULTS and answer.retry_after is not None):
        return _hold(breaker, now, answer.retry_after)
    if answer.reason not in _FAULTS:
        # What it took was the last that its limit allows for now: nothing failed, and the next one waits.
        asked = answer.retry_after
        return Breaker() if asked is None else Breaker(until=now + min(asked, LONGEST_PAUSE))
    if breaker.tripped or breaker.failures + 1 >= TRIPS_AFTER:
        return _hold(breaker, now, None)
    return Breaker(failures=breaker.failures + 1)


def _hold(breaker: Breaker, now: float, asked: float | None) -> Breaker:
    rest = REST[min(breaker.holds, len(REST) - 1)]
    if asked is not None:
        rest = min(max(asked, SHORTEST_WAIT), LONGEST_WAIT)
    return Breaker(breaker.failures + 1, breaker.holds + 1, now + rest)
