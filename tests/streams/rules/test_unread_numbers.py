import pytest

from streams.rules.analysis import analyse_story
from streams.rules.figures import SHOWN, read_numbers
from tests.streams.rules.record_stories import a_reading, claimed, figures_of

NINES = "9" * 200


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Russia fires 10^400 drones at Ukraine", "10^400", "too_large"),
        ("Russia fires 10⁴⁰⁰ drones at Ukraine", "10⁴⁰⁰", "too_large"),
        ("Russia fires 1e400 drones at Ukraine", "1e400", "too_large"),
        ("Russia fires 10**400 drones at Ukraine", "10**400", "too_large"),
        ("Russia fires 1234567890123456789012345 drones", "1234567890123456789012345", "too_many_digits"),
        ("Storm leaves -3 dead", "-3", "below_zero"),
        ("Russia fires −472 drones", "−472", "below_zero"),
    ],
)  # fmt: skip
def test_a_number_that_counts_nothing_is_left_out_with_its_reason(title: str, text: str, reason: str) -> None:
    numbers = read_numbers(a_reading(title))
    assert numbers.figures == ()
    assert [(one.text, one.reason) for one in numbers.unread] == [(text, reason)]
    assert title[numbers.unread[0].start : numbers.unread[0].end] == text


def test_of_a_number_of_two_hundred_digits_the_place_is_whole_and_the_text_is_cut() -> None:
    title = f"Russia fires {NINES} drones"
    (one,) = read_numbers(a_reading(title)).unread
    assert title[one.start : one.end] == NINES
    assert (len(one.text), one.reason) == (SHOWN, "too_many_digits")


@pytest.mark.parametrize("number", ["10^400", NINES, "-472", "1e400"])
def test_such_a_number_is_no_records_figure_and_makes_no_attack_a_mass_attack(number: str) -> None:
    title = f"Russia launches {number} drones at Ukraine in largest attack of war"
    assert [claim.figure for claim in claimed(title)] == [None]
    (found,) = analyse_story(a_reading(title).story, None).escalations
    assert not any(part.startswith("scale") for part in found.parts)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Index closes at 1.234.567,89", 1_234_567.89, None),
        ("Russia fires ٤٧٢ drones", 472, "drones"),
        ("Russia fires ١٬٢٣٤ drones", 1234, "drones"),
        ("Seen by ١٬٢٣٤٫٥ people", 1234.5, "people"),
        ("Some 3 × 10⁵ shells were fired", 300_000, "shells"),
        ("A night at -12.5C", -12.5, "degrees Celsius"),
        ("Payrolls: -22,000 jobs", 22_000, "jobs"),
        ("Costs rise to 12² in all", 12, None),
    ],
)
def test_a_number_in_another_hand_is_read(text: str, value: float, unit: str | None) -> None:
    assert [(figure.value, figure.unit) for figure in figures_of(text)] == [(value, unit)]


def test_a_story_carries_what_was_left_out_of_its_figures() -> None:
    story = a_reading("Storm leaves -3 dead").story
    assert [one.reason for one in analyse_story(story, None).unread] == ["below_zero"]
