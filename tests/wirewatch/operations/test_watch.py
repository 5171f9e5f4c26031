"""The watch restarts what stalls, tells what is ill once and when it is over, and keeps the heartbeat while all is well."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.clock import ManualClock
from wirewatch.errors import BrokerError
from wirewatch.messages import Alert
from wirewatch.operations.illness import StageView, Survey
from wirewatch.operations.watch import Watch
from wirewatch.operations.watchdog import Pace, watch

T0 = datetime(2025, 6, 1, 12, tzinfo=UTC)
WELL = StageView(1, 0, 9)
DOWN = StageView(0, 0, 9)


def stalls(*looks: tuple[float, int, int]) -> list[tuple[float, str]]:
    """Return when "cluster" was seen to stand still, given (second, behind, committed) one after another."""
    paces: dict[str, Pace] = {}
    found = []
    for second, behind, committed in looks:
        stages = {"cluster": StageView(1, behind, committed)}
        paces, stalled = watch(paces, stages, T0 + timedelta(seconds=second))
        found += [(second, name) for name in stalled]
    return found


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        # Nothing to read is no stall, however long.
        ([(t, 0, 9) for t in range(0, 600, 10)], []),
        # A consumer that moves, however slowly, is none.
        ([(t, 50, t // 30) for t in range(0, 600, 10)], []),
        # One that stands still is noticed within a minute, and given time when it is started again.
        ([(t, 50, 9) for t in range(0, 130, 10)], [(40, "cluster")]),
        ([(t, 50, 9) for t in range(0, 190, 10)], [(40, "cluster"), (170, "cluster")]),
        # What was idle for long does not stall by its first message.
        ([(0, 0, 9), (590, 0, 9), (600, 1, 9), (620, 1, 9)], []),
    ],
)
def test_a_consumer_stalls_that_reads_nothing_while_there_is_something(
    looks: list[tuple[float, int, int]], expected: list[tuple[float, str]]
) -> None:
    assert stalls(*looks) == expected


class Bench:
    """A watch over stages that a test sets, with all that it does."""

    def __init__(self) -> None:
        self.clock = ManualClock(T0)
        self.stage: StageView | None = WELL
        self.hears = True
        self.told: list[str] = []
        self.beats = 0
        self.restarted: list[str] = []
        self.watch = Watch(
            self._look,
            self.clock,
            servers="k:9092",
            tell=self._tell,
            beat=self._beat,
            restart=self.restarted.append,
        )

    async def turn(self, stage: StageView | None, *, times: int = 1) -> None:
        self.stage = stage
        for _ in range(times):
            await self.watch.turn()
            self.clock.advance(10)

    async def _look(self, _whole: bool) -> Survey:
        if self.stage is None:
            raise BrokerError("Kafka does not answer")
        return Survey(self.clock.now(), "k:9092", {}, {"ledger": self.stage}, {}, ())

    async def _tell(self, alert: Alert) -> bool:
        if self.hears:
            self.told.append(alert.body.headline)
        return self.hears

    async def _beat(self) -> bool:
        self.beats += 1
        return True


async def test_an_illness_is_told_once_and_when_it_is_over() -> None:
    bench = Bench()
    await bench.turn(DOWN, times=9)
    assert bench.told == ["Ill: stage ledger: nobody works as it"]
    await bench.turn(WELL, times=2)
    assert bench.told[1:] == ["Well again: stage ledger"]


async def test_the_illness_of_a_moment_is_told_nobody() -> None:
    bench = Bench()
    await bench.turn(DOWN, times=2)
    await bench.turn(WELL, times=5)
    assert bench.told == []


async def test_a_kafka_that_does_not_answer_is_told_without_it() -> None:
    bench = Bench()
    await bench.turn(None, times=5)
    assert bench.told == ["Ill: kafka k:9092: Kafka does not answer"]


async def test_what_was_not_heard_is_told_again() -> None:
    bench = Bench()
    bench.hears = False
    await bench.turn(DOWN, times=6)
    bench.hears = True
    await bench.turn(DOWN, times=2)
    assert len(bench.told) == 1


async def test_the_heartbeat_beats_each_minute_while_all_is_well_and_stops_with_it() -> None:
    bench = Bench()
    await bench.turn(WELL, times=13)
    assert bench.beats == 3
    await bench.turn(DOWN, times=13)
    assert bench.beats == 3


async def test_a_stage_that_stands_still_is_restarted_within_a_minute() -> None:
    bench = Bench()
    await bench.turn(StageView(1, 5, 9, T0), times=6)
    assert bench.restarted == ["ledger"]
