"""What is seen on Kafka decides what is ill, and the reason says which."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from wirewatch.messages import Alert, AnalysedStory, FeedHealth, FeedState, PendingDelivery
from wirewatch.operations.canary import canary_story, handed_on
from wirewatch.operations.illness import StageView, Survey, ills

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
WELL = Survey(NOW, "k:9092", {}, {"cluster": StageView(1, 0, 9)}, {}, ())


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def feeds(*healths: FeedHealth) -> dict[str, FeedState]:
    return {
        str(n): FeedState(str(n), "https://example.org", NOW, "", health=health)
        for n, health in enumerate(healths)
    }


def waiting(seconds: float, attempts: int) -> PendingDelivery:
    message: Any = AnalysedStory(canary_story(NOW))
    while not isinstance(message, Alert):
        found = handed_on(message)
        assert found is not None
        message = found[2]
    return PendingDelivery(replace(message, endpoint="desk"), attempts, NOW, ago(seconds), 0, "server_error")


def said(survey: Survey) -> list[tuple[str, str]]:
    return [(ill.kind, ill.what) for ill in ills(survey)]


def test_nothing_is_ill_where_all_is_well() -> None:
    assert ills(WELL) == ()


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (StageView(0, 0, 9), [("stage", "cluster")]),
        (StageView(1, 500, 9, ago(20)), []),
        (StageView(1, 500, 9, ago(61)), [("lag", "cluster")]),
        (StageView(0, 500, 9, ago(61)), [("stage", "cluster"), ("lag", "cluster")]),
    ],
)
def test_a_stage_is_ill_without_workers_or_when_it_is_a_minute_behind(
    stage: StageView, expected: list[tuple[str, str]]
) -> None:
    assert said(replace(WELL, stages={"cluster": stage})) == expected


@pytest.mark.parametrize(
    ("healths", "ill"),
    [
        (("ok",) * 11 + ("failing",), False),
        (("ok",) * 9 + ("failing",), True),
        (("quiet", "gap", "moved", "new"), False),
        (("gone",), True),
    ],
)
def test_feeds_are_ill_from_a_tenth_on(healths: tuple[FeedHealth, ...], ill: bool) -> None:
    assert said(replace(WELL, feeds=feeds(*healths))) == ([("feeds", "feeds")] if ill else [])


@pytest.mark.parametrize(("seconds", "attempts", "ill"), [(61, 1, True), (61, 0, False), (30, 4, False)])
def test_an_endpoint_is_ill_that_does_not_take_an_alert_for_a_minute(
    seconds: float, attempts: int, ill: bool
) -> None:
    survey = replace(WELL, pending=(waiting(seconds, attempts),))
    assert said(survey) == ([("endpoint", "desk")] if ill else [])


@pytest.mark.parametrize(
    ("canaries", "ill"),
    [
        ({}, False),
        ({ago(30): None}, False),
        ({ago(70): None}, True),
        ({ago(130): ago(129), ago(70): None}, True),
        # One lost before, and the next came through: well again.
        ({ago(130): None, ago(70): ago(69)}, False),
    ],
)
def test_a_canary_that_does_not_come_through_is_an_illness(
    canaries: dict[datetime, datetime | None], ill: bool
) -> None:
    assert said(replace(WELL, canaries=canaries)) == ([("canary", "canary")] if ill else [])


def test_what_died_lately_is_told() -> None:
    assert said(replace(WELL, dead_lately=2)) == [("dead", "dead")]
