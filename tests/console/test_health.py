"""What the console saw of Kafka, as pages tell it."""

from datetime import datetime, timedelta
from pathlib import Path

from console.health import KEPT, MOST_CANARIES, Health
from tests.console.app import Scene
from tests.console.wires import AT
from wirewatch.operations.illness import StageView, Survey


def survey(members: int = 1, behind: int = 0, *, seconds: float = 0.0, canary: float | None = None) -> Survey:
    oldest = AT - timedelta(seconds=seconds) if behind else None
    canaries: dict[datetime, datetime | None] = {} if canary is None else {AT: AT + timedelta(seconds=canary)}
    return Survey(
        AT, "kafka:9092", {}, {"desks": StageView(members, behind, 9, oldest)}, {}, (), canaries=canaries
    )


async def test_the_page_tells_how_far_behind_a_stage_is_and_that_nobody_works_as_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.console.health.note(survey(0, 7, seconds=90, canary=0.4))
    told = (await scene.client.get("/api/system")).json()["health"]
    (stage,) = told["stages"]
    assert (stage["members"], stage["behind"], stage["behind_seconds"]) == (0, 7, 90.0)
    assert [ill["kind"] for ill in told["ills"]] == ["stage", "lag"]
    assert told["canary_seconds"] == [0.4]
    page = (await scene.client.get("/system")).text
    assert "nobody works as it" in page
    # Also where somebody only reads the wire.
    assert "2 ill" in (await scene.client.get("/")).text


async def test_a_kafka_that_does_not_answer_is_told_and_is_over_when_it_does(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.console.health.lost("kafka:9092", "Kafka on kafka:9092 does not answer", AT)
    assert "does not answer" in (await scene.client.get("/system")).text
    scene.console.health.note(survey())
    assert "All is well" in (await scene.client.get("/system")).text


def test_no_more_than_an_hour_is_kept() -> None:
    health = Health()
    for number in range(KEPT + 5):
        seen = survey(1, number)
        sent = AT + timedelta(minutes=number)
        health.note(Survey(seen.at, "", {}, seen.stages, {}, (), canaries={sent: sent}))
    assert len(health.looks) == KEPT
    assert len(health.canaries) == MOST_CANARIES
