"""What desks would have been told under other rules, and how often they were right."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from streams.rules.desk_replay import Heard, differences, still_waiting, tell
from streams.rules.desk_replay import replay as replay_desks
from streams.rules.ledger_book import LedgerBook
from streams.rules.precision import shares
from tests.streams.rules.desk_stories import escalation
from tests.streams.rules.ledger_stories import story, when
from wirewatch.editorial import command
from wirewatch.messages import Act, Alert, ClusteredStory, Command, Detection
from wirewatch.settings import AlertSettings, DeskSettings

NIGHT = "2025-06-01"
DESK = DeskSettings("world", ("chat",))


def week() -> list[tuple[object, Heard]]:
    """What desks heard of three clusters of severity 1, 2 and 3, an hour apart."""
    ledger = LedgerBook()
    told: list[ClusteredStory] = [
        story(
            f"c{number}", when(NIGHT, 7 + number), title=f"Story {number}", escalations=(escalation(number),)
        )
        for number in (1, 2, 3)
    ]
    return [
        (message.story.at, out.message)
        for message in told
        for out in ledger.handle(message).outputs
        if isinstance(out.message, Detection)
    ]


def sent(desk: DeskSettings) -> list[Alert]:
    return replay_desks(week(), (desk,), AlertSettings())  # type: ignore[arg-type]


def test_the_same_rules_make_no_difference() -> None:
    assert differences(tell(sent(DESK)), tell(sent(DESK)), {}) == []


def test_what_rings_no_more_is_told_with_its_mark() -> None:
    found = differences(tell(sent(DESK)), tell(sent(replace(DESK, at_least="flash"))), {"c1": "wrong"})
    assert [(one.change, one.told.cluster, one.mark) for one in found] == [
        ("removed", "c1", "wrong"), ("removed", "c2", ""),
    ]  # fmt: skip


def test_a_digest_in_the_replay_leaves_in_its_time_and_counts_as_what_it_tells() -> None:
    digest = sent(replace(DESK, digest=(12 * 60,)))
    assert [(alert.at, len(alert.body.items)) for alert in digest] == [
        (when(NIGHT, 10), 0),
        (when(NIGHT, 12), 2),
    ]
    assert differences(tell(sent(DESK)), tell(digest), {}) == []


def test_what_waits_for_its_digest_under_both_rules_is_no_difference() -> None:
    later = tell(sent(replace(DESK, digest=(12 * 60,))))
    waits = {("world", "c1"), ("world", "c2")}
    assert still_waiting({}, later, waits, when(NIGHT, 10)) == waits
    assert still_waiting({}, tell(sent(DESK)), waits, when(NIGHT, 10)) == set(), "it would be told at once"
    assert still_waiting({}, later, set(), when(NIGHT, 10)) == set(), "today nothing waits there"


def mark(act: Act, cluster: str, hour: float = 20, **about: str) -> Command:
    return command(act, cluster, by="Ada", at=when(NIGHT, hour), **about)  # type: ignore[arg-type]


def test_precision_is_the_share_of_marked_alerts_that_were_right() -> None:
    acts = [mark("right", "c1"), mark("wrong", "c2"), mark("wrong", "c3"), mark("right", "c3", 21)]
    missed = mark("missing", "", desk="world", story="https://example.org/missed")
    (share,) = shares(sent(DESK), [*acts, missed], when(NIGHT))
    assert (share.desk, share.week, share.told) == ("world", "2025-W22", 3)
    assert (share.right, share.wrong, share.missing) == (2, 1, 1)
    assert share.precision == pytest.approx(2 / 3)


def test_without_marks_there_is_no_share() -> None:
    (share,) = shares(sent(DESK), [], when(NIGHT))
    assert share.precision is None


def test_what_was_told_before_is_not_counted() -> None:
    assert shares(sent(DESK), [mark("wrong", "c1")], when(NIGHT) + timedelta(days=7)) == []
