"""A week of a poller's life: nobody is asked too soon, little is missed, and not late."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.week import Outlet, at_fixed, by_schedule, draw, percentile, share_missed, week


@pytest.fixture(scope="module")
def outlets() -> list[Outlet]:
    chance = random.Random(20250601)  # noqa: S311 - chance, not secrets
    return [draw(chance, 3) for _ in range(80)]


def test_breaks_no_demand_stays_above_the_floor_and_misses_next_to_nothing(outlets: list[Outlet]) -> None:
    readers = week(outlets, by_schedule, days=3, seed=1)
    assert sum(reader.log.broken for reader in readers) == 0
    assert sum(reader.log.hasty for reader in readers) == 0
    assert share_missed(readers) < 0.001


def test_is_earlier_than_a_fixed_poller_of_as_many_requests(outlets: list[Outlet]) -> None:
    ours = week(outlets, by_schedule, days=3, seed=1)
    requests = sum(reader.log.requests for reader in ours)
    fixed = week(outlets, at_fixed(len(outlets) * 3 * 86_400 / requests), days=3, seed=1)
    delays = [[delay for reader in readers for delay in reader.log.delays] for readers in (ours, fixed)]
    assert percentile(delays[0], 0.5) < 0.5 * percentile(delays[1], 0.5)
    assert share_missed(ours) < share_missed(fixed)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_whatever_the_habits_no_feed_is_given_up_or_asked_too_soon(seed: int) -> None:
    outlet = draw(random.Random(seed), 2)  # noqa: S311 - chance, not secrets
    reader = week([outlet], by_schedule, days=2, seed=seed)[0]
    assert (reader.log.broken, reader.log.hasty) == (0, 0)
    # Even after an outage it is asked some times a day.
    assert reader.log.requests >= 10
