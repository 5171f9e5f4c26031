"""What a figure does to the one that stands, with each qualifier."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.rules.ledger import Comparison, Told, compare, grain, may_be_one, near, recounts, scope_start
from tests.streams.rules.ledger_stories import when
from wirewatch.messages import Direction, Qualifier

figures = st.floats(min_value=0.01, max_value=1e9, allow_nan=False).map(lambda value: round(value, 2))
qualifiers = st.sampled_from(["exact", "at_least", "at_most", "about"])


@pytest.mark.parametrize(
    ("new", "qualifier", "old", "old_qualifier", "outcome"),
    [
        (472, "exact", 355, "exact", "beats"),
        (355, "exact", 355, "exact", "tie"),
        (354, "exact", 355, "exact", "below"),
        (400, "at_least", 450, "exact", "below"),
        (500, "at_least", 450, "exact", "beats"),
        (450, "at_least", 450, "exact", "tie"),
        (472, "about", 471, "exact", "tie"),
        (500, "about", 471, "exact", "beats"),
        (300, "about", 471, "exact", "below"),
        (600, "at_most", 471, "exact", "below"),
        (472, "exact", 400, "at_least", "beats"),
        (471, "exact", 472, "about", "tie"),
        (40.31, "exact", 40.3, "exact", "beats"),
    ],
)
def test_a_qualifier_decides_honestly(
    new: float, qualifier: Qualifier, old: float, old_qualifier: Qualifier, outcome: Comparison
) -> None:
    assert compare(Told(new, qualifier), Told(old, old_qualifier), "max") == outcome


@pytest.mark.parametrize(
    ("new", "qualifier", "old", "outcome"),
    [
        (7796, "exact", 7913, "beats"),
        (0.1, "exact", 0.25, "beats"),
        (-37.63, "exact", 10.0, "beats"),
        (34, "at_most", 38, "beats"),
        (40, "at_most", 38, "below"),
        (30, "at_least", 38, "below"),
        (38, "exact", 38, "tie"),
    ],
)
def test_where_less_is_the_record_the_smaller_figure_wins(
    new: float, qualifier: Qualifier, old: float, outcome: Comparison
) -> None:
    assert compare(Told(new, qualifier), Told(old), "min") == outcome


@given(figures, figures, st.sampled_from(["max", "min"]))
def test_of_two_exact_figures_one_at_most_beats_the_other(
    one: float, other: float, direction: Direction
) -> None:
    there, back = compare(Told(one), Told(other), direction), compare(Told(other), Told(one), direction)
    assert (there, back) in {("beats", "below"), ("below", "beats"), ("tie", "tie")}


@given(figures, qualifiers, figures, qualifiers)
def test_what_may_be_one_count_may_be_so_both_ways(
    one: float, qualifier: Qualifier, other: float, other_qualifier: Qualifier
) -> None:
    first, second = Told(one, qualifier), Told(other, other_qualifier)
    assert may_be_one(first, second) == may_be_one(second, first)
    assert near(first, second) == near(second, first)
    assert recounts(first, second) == recounts(second, first)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Told(400, "at_least"), Told(472), True),
        (Told(470, "at_least"), Told(472), True),
        (Told(400, "at_least"), Told(470, "at_least"), True),
        (Told(800, "at_least"), Told(805), True),
        (Told(400, "at_least"), Told(805), False),
        (Told(300, "at_least"), Told(472), False),
        (Told(500, "at_most"), Told(472), True),
        (Told(470, "about"), Told(472), True),
        (Told(472), Told(479), False),
        (Told(450, "between", 480), Told(472), True),
    ],
)
def test_rounder_and_more_exact_tellings_of_one_count_are_recognised(
    one: Told, other: Told, same: bool
) -> None:
    assert may_be_one(one, other) is same


@pytest.mark.parametrize(
    ("figure", "size"), [(400, 100), (470, 10), (472, 1), (40.3, 0.1), (0, 0), (25_000_000, 1e6)]
)
def test_the_grain_of_a_figure_is_its_last_digit_that_counts(figure: float, size: float) -> None:
    assert grain(figure) == pytest.approx(size)


@pytest.mark.parametrize(
    ("scope", "start"),
    [
        ("since 2022-02", date(2022, 2, 1)),
        ("since 2008", date(2009, 1, 1)),
        ("in 40 years", date(1985, 6, 1)),
        ("on record (1940)", date(1940, 1, 1)),
        ("ever", None),
        ("of the war", None),
        ("in 99999 years", None),
        ("since 0000", None),
    ],
)
def test_a_scope_says_how_far_back_a_record_reaches(scope: str, start: date | None) -> None:
    assert scope_start(scope, when("2025-06-01")) == start
