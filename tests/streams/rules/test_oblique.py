"""Records and turns that are told without the usual words: "no night of the war has seen more", "never lower"."""

from datetime import UTC, datetime
from typing import Any

from streams.rules.analysis import analyse_story
from tests.streams.rules.escalation_stories import rows
from wirewatch.messages import AnalysedStory, Story

AT = datetime(2025, 7, 15, 8, tzinfo=UTC)


def analysed(row: dict[str, Any]) -> AnalysedStory:
    title = row["title"]
    return analyse_story(
        Story(title, "1", "f", "Agency", title, AT, summary=row["summary"], lang="en", published=AT), None
    )


def test_nearly_all_records_that_are_told_obliquely_are_heard_and_hardly_another() -> None:
    heard = {
        row["title"]: any(one.status == "claimed" for one in analysed(row).claims) for row in rows("oblique")
    }
    told = [row["title"] for row in rows("oblique") if row["claimed"]]
    plain = [row["title"] for row in rows("oblique") if not row["claimed"]]
    assert len(told) > 80
    assert sum(not heard[title] for title in told) <= 0.1 * len(told)
    assert [title for title in plain if heard[title]] == [
        # A standing epithet, and a manner of speaking.
        "Sinner, youngest champion here since 1985, to meet Zverev",
        "Minister has worst week",
    ]


def test_the_figure_of_an_oblique_record_is_nearly_always_right() -> None:
    wrong = []
    for row in rows("oblique"):
        figures = [one.figure for one in analysed(row).claims if one.status == "claimed"]
        if "figure" in row and figures and row["figure"] not in figures:
            wrong.append(row["title"])
    assert len(wrong) <= 5, wrong


def test_most_turns_are_told_apart() -> None:
    right = sum(
        next((one.polarity for one in analysed(row).escalations), "none") == row["escalation"]
        for row in rows("oblique")
    )
    assert right >= 0.93 * len(rows("oblique"))
