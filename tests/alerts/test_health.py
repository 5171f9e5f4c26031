"""How an endpoint does over days, and who hears of it."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.health import GIVEN_UP_AFTER, TOLD_EVERY, Health, Turn, after
from alerts.schedule import Answer, Reason
from alerts.switchboard import Switchboard
from tests.alerts.examples import AT, an_alert, an_endpoint
from tests.alerts.receiver import Say, receiving
from tests.alerts.running import Bench, bench
from tests.alerts.scene import PatientClock, Scene, scene
from tests.alerts.test_endpoint_switch import command
from wirewatch.clock import SystemClock
from wirewatch.endpoint_switch import disable, enable, failing
from wirewatch.messages import Delivery


def through(*steps: tuple[Reason, timedelta]) -> list[Turn | None]:
    health, turns = Health(), []
    for reason, later in steps:
        health, turn = after(health, Answer(reason, ""), AT + later)
        turns.append(turn)
    return turns


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_one_failure_is_none_and_two_in_a_row_are() -> None:
    assert through(("server_error", hours(0)), ("server_error", hours(0.01))) == [None, "failing"]
    assert (
        through(("server_error", hours(0)), ("accepted", hours(1)), ("server_error", hours(2))) == [None] * 3
    )


def test_it_is_told_once_and_that_it_is_well_again_once() -> None:
    steps: list[tuple[Reason, timedelta]] = [("no_answer", hours(each)) for each in range(5)]
    assert through(*steps, ("accepted", hours(6)), ("accepted", hours(7))) == [
        None, "failing", None, None, None, "well", None,
    ]  # fmt: skip


def test_what_no_waiting_mends_is_told_at_once() -> None:
    assert through(("redirected", hours(0))) == ["failing"]
    assert through(("gone", hours(0))) == ["gone"]


@pytest.mark.parametrize("reason", ["cannot_be_sent", "expired", "endpoint_disabled", "program_fault"])
def test_what_is_no_fault_of_the_endpoint_says_nothing_of_it(reason: Reason) -> None:
    assert through(*[(reason, hours(50 * each)) for each in range(5)]) == [None] * 5


def test_five_days_of_failures_alone_give_an_endpoint_up() -> None:
    steps: list[tuple[Reason, timedelta]] = [("server_error", hours(each * 24)) for each in range(5)]
    assert "given_up" not in through(*steps, ("server_error", GIVEN_UP_AFTER - hours(0.1)))
    assert through(*steps, ("server_error", GIVEN_UP_AFTER))[-1] == "given_up"


def test_one_success_within_five_days_keeps_it() -> None:
    steps: list[tuple[Reason, timedelta]] = [("server_error", hours(0)), ("accepted", hours(100))]
    assert through(*steps, ("server_error", hours(119)), ("server_error", hours(140)))[-1] == "failing"


async def test_the_operations_endpoint_hears_at_once_and_when_it_is_over() -> None:
    async with scene() as play:
        url = play.receiver.script("/in", [Say(500), Say(500), Say(200)])
        lane = play.lane(an_endpoint(url), operations="ops")
        lane.offer(play.item(an_alert(priority="urgent")))
        await play.until(lambda: len(play.books.written) == 2)
        await play.running.end(lane)
        ill, well = play.books.written
        assert {ill.endpoint, well.endpoint} == {"ops"}
        assert (ill.id, ill.revision, well.revision) == (well.id, 1, 2)
        assert ill.body.headline == "The endpoint desk-hook does not take alerts: server_error"
        assert well.body.headline == "The endpoint desk-hook takes alerts again"
        assert ill.body.kind == "notice"
        assert play.books.failings == [("desk-hook", AT), ("desk-hook", None)]


def delivered(play: Scene, count: int) -> Callable[[], bool]:
    return lambda: play.books.outcomes.count("delivered") == count


async def test_an_endpoint_that_comes_and_goes_is_told_of_every_ten_minutes_at_most() -> None:
    async with scene() as play:
        url = play.receiver.script("/in", [Say(500), Say(500), Say(200)] * 6 + [Say(200)])
        lane = play.lane(an_endpoint(url), operations="ops")
        for number in range(6):
            lane.offer(play.item(an_alert(name=f"{number}", priority="urgent")))
            await play.until(delivered(play, number + 1))
        await play.running.end(lane)
        told = [each for each in play.books.written if each.revision == 1]
        spans = [later.at - earlier.at for earlier, later in itertools.pairwise(told)]
        assert len(play.books.failings) == 12
        assert all(span >= TOLD_EVERY for span in spans)
        assert len(play.books.written) == 2 * len(told)


async def test_the_operations_endpoint_is_not_told_of_itself() -> None:
    async with scene() as play:
        lane = play.lane(
            an_endpoint(play.receiver.script("/in", [Say(500), Say(500), Say(200)])), operations="desk-hook"
        )
        lane.offer(play.item(an_alert(priority="urgent")))
        await play.until(lambda: "delivered" in play.books.outcomes)
        await play.running.end(lane)
        assert play.books.written == []


async def test_an_endpoint_that_took_nothing_for_five_days_is_disabled_and_that_is_told() -> None:
    async with scene() as play:
        board = Switchboard()
        # A worker before this one wrote it.
        board.take(failing("desk-hook", AT - timedelta(days=5), at=AT))
        lane = play.lane(
            an_endpoint(play.receiver.script("/in", [Say(503)])), operations="ops", switchboard=board
        )
        lane.offer(play.item(an_alert(priority="bulletin")))
        await play.until(lambda: "endpoint_disabled" in play.books.reasons)
        await play.running.end(lane)
        assert play.books.disabled == [("desk-hook", "failed")]
        assert play.books.written[0].body.headline == "The endpoint desk-hook is disabled: server_error"
        assert play.books.reasons[-1] == "endpoint_disabled"


async def test_what_is_enabled_gets_its_five_days_anew() -> None:
    clock = PatientClock(AT)
    async with scene(clock=clock) as play:
        board = Switchboard()
        board.take(failing("desk-hook", AT - timedelta(days=5), at=AT))
        board.take(disable("desk-hook", "failed", by="deliver", at=AT))
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(503)])), switchboard=board)
        board.listen(lambda _name: lane.enabled())
        board.take(enable("desk-hook", by="Ada", at=AT))
        lane.offer(play.item(an_alert(priority="bulletin")))
        await play.until(lambda: bool(play.books.notes))
        await play.running.end(lane)
        assert play.books.reasons == ["server_error"]
        assert play.books.disabled == []


@pytest.mark.parametrize("value", ["yesterday", "2025-06-01T06:00:00", "\x00"])
def test_a_time_that_nobody_can_read_is_none(value: str) -> None:
    board = Switchboard()
    board.take(failing("desk-hook", AT, at=AT))
    setting = failing("desk-hook", None, at=AT)
    board.take(type(setting)(setting.key, value, "somebody", AT))
    assert board.failing_since("desk-hook") is None


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_an_endpoint_is_disabled_and_enabled_while_the_worker_runs(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    async with bench(kafka, topic_prefix) as wire, receiving(SystemClock()) as receiver:
        url = receiver.script("/a", [Say(200)])
        async with wire.working([an_endpoint(url)]):
            await command(tmp_path, url, "disable", "desk-hook", "--by", "Ada", kafka=wire)
            await until_reason(wire, "endpoint_disabled")
            await command(tmp_path, url, "enable", "desk-hook", "--by", "Ada", kafka=wire)
            await until_reason(wire, "accepted")


def more_than(count: int) -> Callable[[Sequence[Delivery]], bool]:
    return lambda found: len(found) > count


async def until_reason(wire: Bench, reason: str) -> None:
    """Put alerts until one ends so: the worker hears of a setting a moment after it is written."""
    async with asyncio.timeout(10):
        for number in itertools.count():
            count = len(await wire.deliveries())
            await wire.put([an_alert(name=f"{reason} {number}")])
            found = await wire.until(more_than(count))
            if found[-1].reason == reason:
                return
