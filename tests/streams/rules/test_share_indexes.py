"""What the bare figure of a market report counts."""

import pytest

from streams.rules.metrics import unit_meaning
from streams.rules.share_indexes import index_points
from tests.streams.rules.record_stories import claimed


@pytest.mark.parametrize(
    ("before", "figure", "after", "unit"),
    [
        ("Tokyo's Nikkei 225 ended at ", 50512.32, ", a record", "Nikkei points"),
        ("The S&P 500 rose while the FTSE closed at ", 9021.0, "", "FTSE 100 points"),
        ("At ", 25003.0, " the Hang Seng stood higher than ever", "Hang Seng points"),
        ("The Dow gained ", 45.0, " by noon", None),
        ("Its daxophone sold for ", 9021.0, "", None),
    ],
)
def test_a_bare_figure_counts_the_points_of_the_index_named_beside_it(
    before: str, figure: float, after: str, unit: str | None
) -> None:
    assert index_points(f"{before}{figure:,}{after}", len(before), figure) == unit


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Nikkei closes above 50,000 for first time", "It ended the day at 50,512.32, an all-time high."),
        ("Tokyo's Nikkei ends at record 50,512", "Chip makers led the gains."),
    ],
)
def test_a_record_close_is_claimed_in_the_points_of_its_index(title: str, summary: str) -> None:
    units = {(claim.unit, claim.subject.unit) for claim in claimed(title, summary) if claim.figure}
    assert units == {("Nikkei points", "Nikkei points")}


def test_an_index_with_a_joint_in_its_name_is_one_unit() -> None:
    assert unit_meaning("S&P/ASX 200 points") == {"s&p/asx 200 points"}
    assert unit_meaning("drones & missiles") == {"aerial-weapons"}
