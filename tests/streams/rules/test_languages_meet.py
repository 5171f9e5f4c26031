"""One event in two languages: the ledger knows it as one record, and no desk hears it twice."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.rules.replay import Replay, StoryOutcome
from wirewatch.messages import Story
from wirewatch.settings import AlertSettings, DeskSettings

AT = datetime(2025, 7, 19, 15, tzinfo=UTC)
DESKS = (DeskSettings("world", endpoints=("hook",), kinds=("record", "escalation")),)
HEAT = (
    ("en", "Britain sweats: hottest day since records began as mercury hits 40.7C"),
    ("de", "Hitzerekord in Großbritannien: 40,7 Grad Celsius gemessen"),
)
DRONES = (
    ("de", "Rekordangriff auf die Ukraine: Russland setzt 912 Drohnen ein, so viele wie nie"),
    ("en", "Russia attacks Ukraine with 912 drones, the most of the war"),
)


def outcomes(*told: tuple[str, str]) -> list[StoryOutcome]:
    replay = Replay(DESKS, AlertSettings(), None)
    found = []
    for number, (lang, title) in enumerate(told):
        at = AT + timedelta(minutes=20 * number, days=20 * (number > 1))
        found.append(
            replay.handle(
                Story(f"s{number}", "1", f"f{number}", f"Outlet {number}", title, at, lang=lang, published=at)
            )
        )
    return found


@pytest.mark.parametrize("told", [HEAT, DRONES, HEAT[::-1], DRONES[::-1]])
def test_a_record_told_in_a_second_language_is_the_same_and_rings_once(
    told: tuple[tuple[str, str], ...],
) -> None:
    first, second = outcomes(*told)
    assert second.detection is not None
    assert [one.word.outcome for one in second.detection.records] == ["same"]
    assert (len(first.alerts), len(second.alerts)) == (1, 0)


def test_a_higher_figure_in_the_other_language_beats_the_one_before() -> None:
    higher = ("de", "Russland setzt 950 Drohnen gegen die Ukraine ein, mehr als jemals zuvor in diesem Krieg")
    *_, last = outcomes(*DRONES, higher)
    assert last.detection is not None
    assert [
        (one.word.outcome, one.word.beats and one.word.beats.figure) for one in last.detection.records
    ] == [("broken", 912.0)]
