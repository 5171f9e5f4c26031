"""When a story is one of a series, and which nights are then not its own."""

import pytest

from streams.rules.series import NOT_ITS_NIGHT, Told, against_nights

HOUR = 3600.0
DAY = 24 * HOUR
NOW = 1_000 * DAY + 6 * HOUR


def nights(*hours_before: float, likeness: float = 9.0) -> list[Told]:
    return [Told(NOW - hours * HOUR, likeness) for hours in hours_before]


def test_what_reports_of_several_days_at_these_hours_are_like_is_of_none_of_their_nights() -> None:
    assert against_nights(NOW, 0.9, nights(24, 47, 73)) == [NOT_ITS_NIGHT] * 3


def test_a_story_of_a_series_may_be_of_the_night_that_was_told_this_morning() -> None:
    assert against_nights(NOW, 0.9, nights(2, 24, 48)) == [0, NOT_ITS_NIGHT, NOT_ITS_NIGHT]


@pytest.mark.parametrize(
    ("told", "length"),
    [
        (nights(24), 0.9),
        (nights(24, 25, 26), 0.9),
        (nights(24 + 9, 48 + 9, 72 + 9), 0.9),
        (nights(24, 48, 72, likeness=1.0), 0.9),
        (nights(24, 48, 72), 1.4),
    ],
    ids=["one night", "one night thrice", "other hours", "other words", "told at length"],
)
def test_no_series_is_made_of(told: list[Told], length: float) -> None:
    assert not any(against_nights(NOW, length, told))


def test_an_outlet_that_tells_a_night_hours_after_the_first_tells_one_of_the_series() -> None:
    assert any(against_nights(NOW + 6 * HOUR, 0.9, nights(24, 48)))
