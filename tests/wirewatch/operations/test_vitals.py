"""A process answers for its health, its readiness and its metrics on a port of its own."""

from collections.abc import Iterator

import httpx
import pytest

from tests.clock import ManualClock
from wirewatch.operations.standing import Place, Standing
from wirewatch.operations.vitals import DEAD_AFTER, Vitals
from wirewatch.settings import OperationsSettings

ANYWHERE = OperationsSettings(metrics="127.0.0.1:0")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def vitals(clock: ManualClock) -> Iterator[Vitals]:
    vitals = Vitals("cluster", clock)
    yield vitals
    vitals.close()


def test_it_answers_for_metrics_health_and_readiness_and_nothing_else(vitals: Vitals) -> None:
    address = vitals.serve(ANYWHERE)
    vitals.probe = lambda: Standing(assigned=True, places=(Place("stories", 0, 9, 4),))
    vitals.look()
    ready = httpx.get(f"{address}/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.json()["lag"]) == (200, True, {"stories": 5})
    assert httpx.get(f"{address}/healthz").json() == {"alive": True, "stage": "cluster", "reasons": []}
    metrics = httpx.get(f"{address}/metrics").text
    assert 'wirewatch_consumer_lag_messages{stage="cluster",topic="stories"} 5.0' in metrics
    assert httpx.get(f"{address}/../etc/passwd").status_code == 404
    assert httpx.post(f"{address}/metrics").status_code == 501


def test_a_process_that_begins_is_alive_and_not_ready(vitals: Vitals) -> None:
    assert vitals.healthz()[0]
    assert vitals.readyz() == (
        False,
        {"ready": False, "stage": "cluster", "reasons": ["starting"], "lag": {}},
    )


def test_a_loop_that_does_not_turn_is_neither_alive_nor_ready(vitals: Vitals, clock: ManualClock) -> None:
    vitals.probe = lambda: Standing(assigned=True)
    vitals.look()
    clock.advance(DEAD_AFTER + 1)
    assert not vitals.healthz()[0]
    assert vitals.readyz()[1]["reasons"] == ["nothing moved for 31 s"]


def test_a_port_that_is_taken_makes_the_system_choose_another(vitals: Vitals, clock: ManualClock) -> None:
    second = Vitals("up", clock)
    taken = vitals.serve(ANYWHERE)
    assert taken is not None
    other = second.serve(OperationsSettings(metrics=taken.removeprefix("http://")))
    assert other is not None
    assert other != taken
    assert httpx.get(f"{other}/healthz").json()["stage"] == "up"
    second.close()


def test_nothing_is_served_where_it_is_turned_off(vitals: Vitals) -> None:
    assert vitals.serve(OperationsSettings(metrics=None)) is None
