"""A week of polling in seconds: what the schedule asks, what it misses, and how late it is.

    python -m benchmarks.week [--feeds 1000] [--days 7] [--seed 1]

Feeds with publishing habits and headers drawn at random (from two items a week to forty an hour, by day or round the
clock, in bursts or evenly; documents of 10 to 50 items; some with max-age, ttl, limits or outages, some undated) are
polled on a clock that jumps, by the same rules as the poller's. Beside it, pollers at a fixed interval: every 15
minutes, every 5, and at an interval that makes as many requests as the schedule did.
"""

import argparse
import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from connectors.answer import Demand
from connectors.schedule import (
    Due,
    Habit,
    Wishes,
    due_after_answer,
    due_after_failure,
    due_after_limit,
    learned,
    observe,
)
from wirewatch.messages import FeedHints

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
BEGIN: Final = datetime(2025, 6, 2, tzinfo=UTC)
# What the feed had published before the week began.
BEFORE: Final = 14 * DAY
FLOOR: Final = 60.0


class Outlet(Struct):
    """A feed's habit and manners; times are seconds since the week began."""

    items: list[float]
    shown: int
    rate: float
    dated: bool = True
    max_age: float | None = None
    ttl: float | None = None
    # Answers 429 to what comes sooner than so after the last.
    spacing: float | None = None
    says_when: bool = False
    outage: tuple[float, float] = (math.inf, math.inf)

    @property
    def demanding(self) -> bool:
        """Whether the outlet itself keeps a poller away."""
        return self.max_age is not None or self.spacing is not None or self.outage[0] < math.inf

    @property
    def kind(self) -> str:
        """The class of feed that its results are counted in."""
        return (
            "20 an hour and more" if self.rate >= 20 else "1 an hour and more" if self.rate >= 1 else "fewer"
        )


class Log(Struct):
    """What happened to one feed in the week."""

    requests: int = 0
    broken: int = 0
    hasty: int = 0
    published: int = 0
    # Items that nobody could see who asks no more often than the floor are not counted.
    missed: int = 0
    delays: list[float] = []


def draw(chance: random.Random, days: float) -> Outlet:
    """Return a feed whose habit and headers are drawn at random."""
    rate = math.exp(chance.uniform(math.log(2 / 168), math.log(40)))
    by_day, batch = chance.random() < 0.5, chance.choice([1, 1, 1, 2, 4])
    items: list[float] = []
    at = -BEFORE
    while at < days * DAY:
        at += chance.expovariate(rate / batch / HOUR)
        if by_day and (at % DAY) < 7 * HOUR:
            continue
        items += [at + n * 5.0 for n in range(chance.randint(1, 2 * batch - 1))]
    manners = chance.random()
    outage = chance.uniform(0, days * DAY)
    return Outlet(
        items=sorted(items),
        shown=chance.choice([10, 15, 20, 30, 50]),
        rate=rate,
        dated=chance.random() > 0.05,
        max_age=chance.choice([60.0, 300.0, 900.0, 1800.0]) if manners < 0.2 else None,
        ttl=chance.choice([300.0, 1800.0, 3600.0]) if 0.2 <= manners < 0.4 else None,
        spacing=chance.choice([120.0, 600.0]) if 0.4 <= manners < 0.45 else None,
        says_when=chance.random() < 0.5,
        outage=(outage, outage + chance.uniform(60, 6 * HOUR))
        if 0.45 <= manners < 0.55
        else (math.inf, math.inf),
    )


class Reader:
    """Asks one outlet through the week, and keeps what it saw and whether it was polite."""

    def __init__(self, outlet: Outlet, end: float) -> None:
        self.outlet = outlet
        self.end = end
        self.log = Log(published=bisect_left(outlet.items, end) - bisect_left(outlet.items, 0), delays=[])
        self.fresh = 0
        self._read_to: float | None = None
        self._asked = -math.inf
        self._not_before = -math.inf

    def ask(self, at: float) -> Literal["answer", "limited", "failing"]:
        """Ask at a moment; `fresh` says afterwards how many items were new."""
        outlet, log = self.outlet, self.log
        log.requests += 1
        log.broken += at < self._not_before - 0.001
        log.hasty += at < self._asked + FLOOR - 0.001
        soon = outlet.spacing is not None and at < self._asked + outlet.spacing
        self._asked = at
        if outlet.outage[0] <= at < outlet.outage[1]:
            return "failing"
        if soon:
            if outlet.says_when:
                self._not_before = at + (outlet.spacing or 0)
            return "limited"
        if outlet.max_age is not None:
            self._not_before = at + outlet.max_age
        self._read(at)
        return "answer"

    def demand(self, answer: str) -> Demand | None:
        """Return what the last answer demanded."""
        if answer == "limited" and self.outlet.says_when and self.outlet.spacing:
            return Demand(self.outlet.spacing, "Retry-After")
        return Demand(self.outlet.max_age, "max-age") if answer == "answer" and self.outlet.max_age else None

    def dates(self, at: float) -> list[datetime]:
        """Return the dates that the document shows at a moment."""
        if not self.outlet.dated:
            return []
        stop = bisect_right(self.outlet.items, at)
        return [
            BEGIN + timedelta(seconds=item)
            for item in self.outlet.items[max(0, stop - self.outlet.shown) : stop]
        ]

    def _read(self, at: float) -> None:
        items = self.outlet.items
        stop = bisect_right(items, at)
        start = stop - self.outlet.shown
        known = 0 if self._read_to is None else bisect_right(items, self._read_to)
        first = known if self._read_to is not None else max(0, start)
        seen_from = max(first, start, 0)
        if self._read_to is not None:
            self.log.missed += sum(
                items[n + self.outlet.shown] - items[n] >= 1.1 * FLOOR
                for n in range(known, max(known, start))
            )
            self.log.delays += [at - item for item in items[seen_from:stop]]
        self.fresh = stop - seen_from
        self._read_to = at


def by_schedule(reader: Reader, chance: random.Random) -> None:
    """Poll the outlet through the week as the poller would."""
    at, failures, spacing, habit = chance.uniform(0, FLOOR), 0, 0.0, Habit()
    while at < reader.end:
        answer = reader.ask(at)
        now = BEGIN + timedelta(seconds=at)
        demand, jitter = reader.demand(answer), chance.random()
        due: Due
        if answer == "answer":
            failures, spacing = 0, learned(spacing)
            habit = observe(habit, reader.dates(at), reader.outlet.shown, reader.fresh, now)
            wishes = Wishes(hints=FeedHints(reader.outlet.ttl), habit=habit, spacing=spacing)
            due = due_after_answer(wishes, demand, now=now, jitter=jitter)
        elif answer == "limited":
            due = due_after_limit(Wishes(habit=habit, spacing=spacing), demand, now=now, jitter=jitter)
            spacing = due.interval
        else:
            failures += 1
            wishes = Wishes(habit=habit, spacing=spacing)
            due = due_after_failure("server error", failures, wishes, demand, now=now, jitter=jitter)
        at = (due.at - BEGIN).total_seconds()


def at_fixed(interval: float) -> Callable[[Reader, random.Random], None]:
    """Return a poller that asks at a fixed interval, whatever it is answered."""

    def run(reader: Reader, chance: random.Random) -> None:
        at = chance.uniform(0, interval)
        while at < reader.end:
            reader.ask(at)
            at += interval

    return run


def week(
    outlets: Iterable[Outlet], run: Callable[[Reader, random.Random], None], *, days: float, seed: int
) -> list[Reader]:
    """Return the readers of all outlets after the week."""
    chance = random.Random(seed)  # noqa: S311 - chance, not secrets
    readers = [Reader(outlet, days * DAY) for outlet in outlets]
    for reader in readers:
        run(reader, chance)
    return readers


def share_missed(readers: Iterable[Reader]) -> float:
    """Return the share of items never seen, of feeds that keep no poller away."""
    free = [reader for reader in readers if not reader.outlet.demanding]
    return sum(reader.log.missed for reader in free) / max(1, sum(reader.log.published for reader in free))


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else math.nan


def say(name: str, readers: list[Reader]) -> None:
    """Print one poller's row, and its delays by kind of feed, of those that keep no poller away."""
    requests = sum(reader.log.requests for reader in readers)
    broken = sum(reader.log.broken for reader in readers)
    hasty = sum(reader.log.hasty for reader in readers)
    print(
        f"{name:<22}{requests:>11,} requests   {broken:>8,} demands broken   {hasty:>4,} under the floor   "
        f"missed {share_missed(readers):.3%} where the outlet allows all",
        flush=True,
    )
    for kind in ("20 an hour and more", "1 an hour and more", "fewer"):
        delays = [
            delay
            for reader in readers
            if reader.outlet.kind == kind and not reader.outlet.demanding
            for delay in reader.log.delays
        ]
        print(
            f"    {kind:<22}late by {percentile(delays, 0.5):>6.0f} s (median), {percentile(delays, 0.95):>6.0f} s (p95)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - chance, not secrets
    outlets = [draw(chance, options.days) for _ in range(options.feeds)]
    ours = week(outlets, by_schedule, days=options.days, seed=options.seed)
    say("the schedule", ours)
    requests = sum(reader.log.requests for reader in ours)
    same = options.feeds * options.days * DAY / requests
    for name, interval in (
        ("every 15 min", 900.0),
        ("every 5 min", 300.0),
        (f"every {same / 60:.1f} min", same),
    ):
        say(name, week(outlets, at_fixed(interval), days=options.days, seed=options.seed))


if __name__ == "__main__":
    main()
