"""An alert in words."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.webhooks.wording import amount, carriers, cut, day, inert, lateness, number
from tests.alerts.examples import a_body
from wirewatch.messages import Qualifier


@pytest.mark.parametrize(
    ("figure", "written"),
    [
        (472.0, "472"),
        (1234567.0, "1,234,567"),
        (3.5, "3.5"),
        (0.25, "0.25"),
        (2.999, "3"),
        (-4.0, "-4"),
        (0.0, "0"),
    ],
)
def test_a_figure_is_written_as_editors_write_it(figure: float, written: str) -> None:
    assert number(figure) == written


@pytest.mark.parametrize(
    ("figure", "unit", "qualifier", "written"),
    [
        (472.0, "drones", "exact", "472 drones"),
        (400.0, "drones", "at_least", "at least 400 drones"),
        (25.0, "percent", "about", "about 25%"),
        (91.0, None, None, "91"),
        (12.0, "euros", "at_most", "at most 12 euros"),
    ],
)
def test_an_amount_has_its_bound_and_unit(
    figure: float, unit: str | None, qualifier: Qualifier | None, written: str
) -> None:
    assert amount(figure, unit, qualifier) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(None, ""), (0.0, ""), (20.0, "late by 20 s"), (125.0, "late by 2 min"), (7800.0, "late by 2 h 10 min"),
     (3 * 86400.0, "late by 3 days")],
)  # fmt: skip
def test_lateness_is_said_as_exactly_as_it_matters(seconds: float | None, written: str) -> None:
    assert lateness(seconds) == written


@pytest.mark.parametrize(
    ("outlets", "written"),
    [(1, "Example Agency, no other outlet yet"), (2, "Example Agency and 1 more outlet"),
     (1200, "Example Agency and 1,199 more outlets")],
)  # fmt: skip
def test_the_first_outlet_is_named_and_the_others_counted(outlets: int, written: str) -> None:
    assert carriers(a_body(outlets=outlets)) == written


def test_a_date_is_written_out_and_what_is_none_left() -> None:
    assert day("2025-05-26") == "26 May 2025"
    assert day("spring 2025") == "spring 2025"


def test_a_cut_is_between_words_and_shows() -> None:
    assert cut("the largest attack of the war", 20) == "the largest attack…"


@given(st.text(max_size=300), st.integers(5, 100))
def test_a_cut_is_never_longer_than_allowed(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit


@given(st.text(max_size=300))
@example("://")
@example("@here")
def test_what_is_inert_is_one_line_and_stays_inert(text: str) -> None:
    assert inert(inert(text)) == inert(text)
    assert "\n" not in inert(text)


def test_scripts_that_need_joiners_keep_them() -> None:
    assert inert("می\u200cخواهم") == "می\u200cخواهم"
