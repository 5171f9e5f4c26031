"""Every error of a feed comes with what a person can do about it, and the documentation says the same."""

from pathlib import Path
from typing import get_args

import pytest

from connectors.advice import ADVICE, advice_on
from connectors.answer import Outcome

WELL = {"fetched", "not modified"}
PAGE = Path(__file__).parents[2] / "docs" / "connectors.md"


@pytest.mark.parametrize("outcome", sorted({*get_args(Outcome), "unreadable"} - WELL))
def test_each_outcome_that_fails_says_what_to_do(outcome: str) -> None:
    advice = advice_on(f"{outcome}: outlet.example answers so")
    assert advice
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if f"`{outcome}:`" in line]
    assert [row.endswith(f" | {advice} |") for row in rows] == [True]


def test_a_feed_that_is_well_needs_nothing_done() -> None:
    assert advice_on(None) is None


def test_there_is_no_advice_on_what_never_happens() -> None:
    assert set(ADVICE) == {*get_args(Outcome), "unreadable"} - WELL


def test_an_error_that_says_itself_what_to_do_needs_no_advice() -> None:
    assert advice_on("unreadable: This is OPML: `wirewatch feeds import` takes what it names") is None
