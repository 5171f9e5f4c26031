"""The sentence that is ready to file, and what metrics and parties are called."""

import pytest

from console.filing import ready, spoken_scope
from console.naming import metric_title, pair_title
from tests.console.wires import NEW, OLD, SENTENCE, story
from wirewatch.messages import Detection, JudgedClaim, LedgerWord, RecordClaim, RecordStep, Span, Subject


def told(claim: RecordClaim, record: RecordStep = NEW, beats: RecordStep | None = OLD) -> Detection:
    word = LedgerWord("broken", "472 beats 355", "m", beats, record)
    return Detection(
        "d", "c", "found", story(1, "t"), "new", 2, records=(JudgedClaim(claim, word),), record=record, beats=beats
    )  # fmt: skip


def claim(scope: str = "unstated", **more: object) -> RecordClaim:
    given = {
        "subject": Subject("drones", terms=("night",)),
        "figure": 472.0,
        "unit": "drones",
        "said_by": "Kyiv",
    } | more
    return RecordClaim("claimed", "most", "max", Span("text", 0, 9, SENTENCE), (), scope=scope, **given)  # type: ignore[arg-type]


def test_it_tells_how_far_the_claim_reaches_what_stood_and_who_says_so() -> None:
    assert ready([told(claim("since 2022-02"))]) == (
        "472 drones on 1 June 2025, the most in a night since February 2022; "
        "the standing record was 355 on 26 May 2025 (Meridian Wire), said Kyiv."
    )


def test_without_scope_or_speaker_it_claims_no_more_than_is_known() -> None:
    plainly = claim(subject=Subject("drones"), said_by=None)
    assert ready([told(plainly, RecordStep(472.0, None, "Meridian Wire"), None)]) == (
        "472 drones, the most on record, said Meridian Wire."
    )


def test_a_metric_s_unit_stands_in_where_no_claim_has_one() -> None:
    assert (ready([told(claim(unit=None))], "drones") or "").startswith("472 drones on")


def test_the_scope_is_of_who_tells_this_very_figure() -> None:
    other = claim("of the decade", figure=400.0)
    found = ready([told(other), told(claim("of the war"))])
    assert "of the war" in (found or "")


def test_what_broke_nothing_makes_no_sentence() -> None:
    assert ready([Detection("d", "c", "found", story(1, "t"), "new", 2)]) is None


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("since 2022-02", "since February 2022"),
        ("since 2022-02-24", "since 24 February 2022"),
        ("since 1931", "since 1931"),
        ("of the war", "of the war"),
        ("since 2022-99", "since 2022-99"),
    ],
)  # fmt: skip
def test_a_scope_is_said_as_people_say_it(scope: str, said: str) -> None:
    assert spoken_scope(scope) == said


@pytest.mark.parametrize(
    ("metric", "subject", "direction", "title"),
    [
        ("x", Subject("drones", "attack", "russia", "ukraine"), "max", "Drones in one attack on Ukraine"),
        ("x", Subject("missiles", "attack", "russia"), "max", "Missiles in one attack by Russia"),
        ("x", Subject("degrees celsius", "temperature", place="britain"), "max", "Temperature in Britain"),
        ("x", Subject("degrees celsius", "temperature", place="world"), "min", "Temperature in the world, lowest"),
        ("x", Subject("people", "crossing", place="english channel"), "max", "People crossing in English Channel"),
        ("x", Subject("dollars", "sell", terms=("painting",)), "max", "Dollars (sell): painting"),
        ("x", Subject("cranes", terms=("marsh", "tessel")), "max", "Cranes: marsh, tessel"),
        ("x", Subject(None, "attack", "russia", "ukraine"), "max", "Attack on Ukraine"),
        ("cranes-marsh-max", Subject(), "max", "Cranes marsh"),
        ("", Subject(), "max", ""),
    ],
)  # fmt: skip
def test_a_metric_has_a_title_for_people(metric: str, subject: Subject, direction: str, title: str) -> None:
    assert metric_title(metric, subject, direction) == title  # type: ignore[arg-type]


def test_parties_are_named_as_they_are_written() -> None:
    assert pair_title(("united states", "uk")) == "United States and UK"
