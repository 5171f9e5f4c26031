"""Readiness and lag follow from what a process says of itself, second by second."""

from datetime import UTC, datetime, timedelta

import pytest

from wirewatch.operations.standing import NEW, Place, Standing, Verdict, judge

T0 = datetime(2025, 6, 1, 12, tzinfo=UTC)


def after(*moments: tuple[float, int, int], handled: float | None = None) -> Verdict:
    """Return the verdict after (second, end, committed) was seen one after another."""
    verdict = NEW
    for second, end, committed in moments:
        came = None if handled is None else T0 + timedelta(seconds=handled)
        place = Place("stories", 0, end, committed, came)
        verdict = judge(verdict, Standing(assigned=True, places=(place,)), T0 + timedelta(seconds=second))
    return verdict


@pytest.mark.parametrize(
    ("standing", "reasons"),
    [
        (None, ("starting",)),
        (Standing(assigned=False), ("not assigned",)),
        (Standing(assigned=True, recovered=False, rebalancing=True), ("not recovered", "rebalancing")),
        (Standing(assigned=True), ()),
    ],
)
def test_a_process_is_ready_when_nothing_speaks_against_it(
    standing: Standing | None, reasons: tuple[str, ...]
) -> None:
    assert judge(NEW, standing, T0).reasons == reasons


def test_offsets_that_do_not_move_while_there_is_something_to_read_make_it_unready() -> None:
    assert after((0, 5, 5), (1, 9, 5), (45, 9, 5)).reasons == ()
    assert after((0, 5, 5), (1, 9, 5), (46, 9, 5)).reasons == ("committed offsets of stories do not move",)


def test_what_was_idle_for_long_is_not_stalled_by_its_first_message() -> None:
    assert after((0, 5, 5), (600, 5, 5), (601, 6, 5)).reasons == ()


def test_offsets_that_move_slowly_are_a_lag_and_no_stall() -> None:
    verdict = after((0, 5, 5), (1, 99, 5), (40, 99, 6), (80, 99, 7))
    assert verdict.reasons == ()
    assert verdict.lags["stories"].messages == 92


def test_a_lag_in_seconds_is_counted_from_when_it_was_last_level() -> None:
    assert after((0, 5, 5), (100, 5, 5), (103, 9, 5)).lags["stories"].seconds == 3


def test_a_lag_from_before_the_start_is_as_old_as_what_is_being_handled() -> None:
    assert after((0, 900, 5), (1, 900, 50), handled=-3600).lags["stories"].seconds == 3601


def test_what_is_read_to_its_end_has_no_lag_whenever_it_was_written() -> None:
    lag = after((0, 5, 5), handled=-3600).lags["stories"]
    assert (lag.messages, lag.seconds) == (0, 0)
