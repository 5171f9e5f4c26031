"""A worker that stood still writes nothing any more."""

import pytest

from alerts.lease import LOST_AFTER, Lease
from tests.clock import ManualClock
from wirewatch.errors import BrokerError


def test_a_worker_that_goes_on_may_write() -> None:
    clock = ManualClock()
    lease = Lease(clock)
    clock.advance(LOST_AFTER - 0.1)
    lease.check()


def test_a_worker_that_stood_still_may_not() -> None:
    clock = ManualClock()
    lease = Lease(clock)
    clock.advance(LOST_AFTER + 0.1)
    with pytest.raises(BrokerError, match="stood still for 8 s"):
        lease.check()


async def test_what_is_lost_is_not_renewed() -> None:
    clock = ManualClock()
    lease = Lease(clock)
    clock.advance(LOST_AFTER + 0.1)
    with pytest.raises(BrokerError):
        await lease.keep()
    with pytest.raises(BrokerError):
        lease.check()
