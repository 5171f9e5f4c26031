"""Which desk hears of what: conditions, their nesting, the order of desks and the tree that they make."""

from datetime import UTC, datetime

import pytest

from tests.streams.rules.desk_stories import Newsroom, escalation
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.config_file import parse_settings
from wirewatch.desk_settings import Window
from wirewatch.errors import SettingsError
from wirewatch.local_time import next_digest, quiet_until
from wirewatch.messages import ClusteredStory
from wirewatch.settings import DeskSettings

NIGHT = "2025-06-01"
ENDPOINTS = '[[endpoints]]\nid = "chat"\nkind = "slack"\nurl = "https://hooks.slack.com/services/T/B/x"\n'


def desks(*entries: str) -> tuple[DeskSettings, ...]:
    """Return desks as a configuration gives them, one endpoint each."""
    names = [f"e{number}" for number in range(len(entries))]
    points = "".join(ENDPOINTS.replace('"chat"', f'"{name}"') for name in names)
    blocks = [
        f'[[desks]]\nid = "d{number}"\nendpoints = ["{names[number]}"]\n{entry}\n'
        for number, entry in enumerate(entries)
    ]
    return parse_settings(points + "".join(blocks)).desks


def drones() -> ClusteredStory:
    attack = escalation(2, actor="russia", target="ukraine")
    title = "Russia launches 472 drones at Ukraine"
    return story("c", when(NIGHT), claim(472), source="Kyiv Post", title=title, escalations=(attack,))


def hearing(message: ClusteredStory, *entries: str) -> list[str]:
    heard = Newsroom(*desks(*entries)).hear(message)
    return [alert.body.desk for alert in heard.alerts]


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ('kind = "record"', True),
        ('kind = ["escalation"]', False),
        ('polarity = "escalation"', True),
        ('polarity = "de-escalation"', False),
        ("severity = 2", True),
        ("severity = 3", False),
        ('metric = "*drones*"', True),
        ('metric = "missiles*"', False),
        ('actors = ["Kremlin"]', True),
        ('actors = ["Iran"]', False),
        ('places = ["Ukraine"]', True),
        ('places = ["Gaza"]', False),
        ('words = ["472 Drones"]', True),
        ('words = ["drone"]', False),
        ('outlets = ["kyiv post"]', True),
        ('outlets = ["Reuters"]', False),
        ("tier = 2", True),
        ("tier = 1", False),
        ("min_outlets = 1", True),
        ("min_outlets = 2", False),
        ('priority = "urgent"', True),
        ('any = [{ words = ["drone"] }, { actors = ["Russia"] }]', True),
        ('all = [{ words = ["drones"] }, { actors = ["Iran"] }]', False),
        ('not = { words = ["drones"] }', False),
        ('not = { all = [{ words = ["drones"] }, { places = ["Gaza"] }] }', True),
        ('words = ["drones"], not = [{ words = ["ceasefire"] }, { tier = 1 }]', True),
    ],
)
def test_a_condition_holds_or_not(match: str, fits: bool) -> None:
    assert hearing(drones(), f"match = {{ {match} }}") == (["d0"] if fits else [])


def test_a_desk_that_is_not_meant_says_which_condition_fails() -> None:
    heard = Newsroom(*desks("match = { any = [{ actors = ['Iran'] }, { tier = 1 }] }")).hear(drones())
    (held,) = heard.held
    assert held.reason == "not_matched"
    assert held.detail == "none of: actors are russia, ukraine; the best outlet is of tier 2"


def test_without_continue_the_first_desk_that_takes_it_has_it_alone() -> None:
    ukraine = 'match = { places = ["Ukraine"] }'
    assert hearing(drones(), f"{ukraine}\ncontinue = false", ukraine, "") == ["d0"]
    assert hearing(drones(), ukraine, ukraine) == ["d0", "d1"]
    assert hearing(drones(), "match = { tier = 1 }\ncontinue = false", ukraine) == ["d1"]


def test_the_default_desk_hears_of_what_nobody_else_takes() -> None:
    assert hearing(drones(), "default = true", 'match = { places = ["Gaza"] }') == ["d0"]
    assert hearing(drones(), "default = true", 'match = { places = ["Ukraine"] }') == ["d1"]


def test_a_desk_under_another_chooses_from_what_that_one_would_hear() -> None:
    ukraine = 'match = { places = ["Ukraine"] }'
    record = 'under = "d0"\nmatch = { kind = "record" }'
    assert hearing(drones(), ukraine, record) == ["d0", "d1"]
    assert hearing(drones(), ukraine, f"{record}\ncontinue = false") == ["d1"]
    assert hearing(drones(), 'match = { places = ["Gaza"] }', record) == []


def test_a_desk_that_was_told_hears_of_revisions_though_its_condition_holds_no_more() -> None:
    room = Newsroom(*desks('match = { words = ["drones"] }'))
    (first,) = room.hear(drones()).alerts
    later = story("c", when(NIGHT, 8), claim(480), source="B", title="The night's toll", escalations=())
    (second,) = room.hear(later, story("c", when(NIGHT, 9), claim(480), source="C", title="The toll")).alerts
    assert (second.id, second.revision) == (first.id, 2)


@pytest.mark.parametrize(("share", "revised"), [("1%", True), ("5%", False)])
def test_a_figure_that_changes_by_less_than_the_desk_asks_makes_no_revision(
    share: str, revised: bool
) -> None:
    room = Newsroom(*desks(f'figure_change = "{share}"'))
    room.hear(drones())
    heard = [room.hear(story("c", when(NIGHT, 8), claim(480), source=name)) for name in "BC"]
    assert bool([alert for each in heard for alert in each.alerts]) is revised
    reasons = [held.reason for each in heard for held in each.held]
    assert ("small_change" in reasons) is not revised


def test_the_first_outlet_of_the_first_tier_is_a_revision_where_the_desk_asks_for_it() -> None:
    room = Newsroom(*desks("first_tier_1 = true", ""))
    assert len(room.hear(drones()).alerts) == 2
    (alert,) = room.hear(story("c", when(NIGHT, 8), claim(472), source="Agency", tier=1)).alerts
    assert (alert.body.desk, alert.body.reason) == ("d0", "First tier-1 outlet: Agency (act 2)")
    assert room.hear(story("c", when(NIGHT, 9), claim(472), source="Other", tier=1)).alerts == []


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("match = { word = ['a'] }", "did you mean 'words'?"),
        ("match = {}", "is no condition"),
        ("match = { any = [] }", "any is empty"),
        ("match = { severity = 4 }", "severity: 4 is no whole number from 1 to 3"),
        ("quiet_hours = '22-7'", "is no time of the day"),
        ("quiet_hours = 'someday 22:00-07:00'", "'som' is none of mon"),
        ("digest = 'weekly'", 'none of "hourly", "daily"'),
        ("timezone = 'Europe/Kyev'", "is no time zone"),
        ("figure_change = '5'", "is no share"),
        ("under = 'nobody'", "is no desk before this one"),
        ("escalate_to = 'nobody'", "is no endpoint"),
        ("escalate_to = 'e0'", "one of the desk's own endpoints"),
        ("default = true\nmatch = { tier = 1 }", "neither match nor under"),
    ],
)
def test_a_mistake_in_a_desk_is_told_with_its_line(entry: str, mistake: str) -> None:
    with pytest.raises(SettingsError, match=r"line \d+: desks\.") as caught:
        desks(entry)
    assert mistake in str(caught.value)


def test_a_condition_that_is_nested_without_end_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="nested deeper"):
        desks("match = " + "{ not = " * 30 + "{ tier = 1 }" + " }" * 30)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-06-01T20:59", None),
        ("2025-06-01T21:00", "2025-06-02T04:00"),
        ("2025-06-02T03:59", "2025-06-02T04:00"),
        ("2025-06-02T04:00", None),
        # The clock goes forward and back in these nights.
        ("2025-03-30T01:30", "2025-03-30T05:00"),
        ("2025-10-26T01:30", "2025-10-26T06:00"),
    ],
)
def test_quiet_hours_over_midnight_are_those_of_the_zone(now: str, until: str | None) -> None:
    zone = "Europe/Berlin" if now.startswith("2025-06") else "Europe/Helsinki"
    windows = (Window(23 * 60, 6 * 60),) if zone == "Europe/Berlin" else (Window(23 * 60, 8 * 60),)
    assert quiet_until(windows, zone, moment(now)) == (moment(until) if until else None)


def test_quiet_times_that_touch_are_one() -> None:
    weekend = (Window(22 * 60, 7 * 60), Window(0, 24 * 60, (5, 6)))
    assert quiet_until(weekend, "UTC", moment("2025-06-06T23:00")) == moment("2025-06-09T07:00")


def test_the_next_digest_is_after_the_moment_and_not_at_it() -> None:
    times = (7 * 60, 18 * 60)
    assert next_digest(times, "UTC", moment("2025-06-01T07:00")) == moment("2025-06-01T18:00")
    assert next_digest(times, "UTC", moment("2025-06-01T18:00")) == moment("2025-06-02T07:00")
