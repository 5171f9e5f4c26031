"""A desk that asks for it hears before a deadline falls due, and when it has passed, once each."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from streams.rules.desks import Desks
from streams.rules.step import Change
from tests.streams.rules.ledger_stories import when
from wirewatch.desk_settings import Window
from wirewatch.messages import Alert, DeadlineNotice, HeldBack, Setting, Tick
from wirewatch.settings import AlertSettings, DeskSettings

UNTIL = when("2025-06-11", 23)
NOTICE = DeadlineNotice(
    "d1", "c", "ultimatum", "2025-06-11", UNTIL, "two-week deadline", "Trump gives Putin two-week deadline.",
    "Two-week deadline for Putin", "Agency", "s", when("2025-05-28"), "Trump", "https://agency.example/1",
)  # fmt: skip


def room(deadlines: float | None = 86_400.0, **asked: Any) -> Desks:
    return Desks((DeskSettings("world", ("slack",), deadlines=deadlines, **asked),), AlertSettings())


def alerts(change: Change) -> list[Alert]:
    return [out.message for out in change.outputs if isinstance(out.message, Alert)]


def held(desks: Desks, moment: datetime) -> list[HeldBack]:
    outputs = desks.handle(Tick(moment, "test")).outputs
    return [
        out.message for out in outputs if isinstance(out.message, HeldBack) and out.topic == "alerts.held"
    ]


def at(desks: Desks, moment: datetime) -> list[Alert]:
    return alerts(desks.handle(Tick(moment, "test")))


def test_it_rings_a_day_before_and_when_it_has_passed_and_never_again() -> None:
    desks = room()
    desks.handle(NOTICE)
    assert at(desks, UNTIL - timedelta(hours=25)) == []
    (near,) = at(desks, UNTIL - timedelta(hours=24))
    assert (near.body.kind, near.revision) == ("deadline", 1)
    assert near.body.reason == (
        "Deadline near: the ultimatum ends on 11 June 2025, in 24 hours, set by Trump; told on 28 May 2025"
    )
    assert at(desks, UNTIL - timedelta(hours=23)) == []
    (passed,) = at(desks, UNTIL)
    assert (passed.id, passed.revision) == (near.id, 2)
    assert passed.body.reason.startswith("Deadline passed: ")
    assert at(desks, UNTIL + timedelta(hours=1)) == []


def test_what_passed_before_it_was_told_is_told_once() -> None:
    desks = room(60.0)
    desks.handle(NOTICE)
    (passed,) = at(desks, UNTIL + timedelta(minutes=5))
    assert passed.revision == 1


def test_what_passed_long_ago_is_told_no_more() -> None:
    desks = room()
    desks.handle(NOTICE)
    assert at(desks, UNTIL + timedelta(days=2)) == []


def test_a_desk_that_does_not_ask_hears_nothing() -> None:
    desks = room(None)
    assert desks.handle(NOTICE).puts == {}
    assert at(desks, UNTIL) == []


def test_after_a_restart_nothing_is_told_twice() -> None:
    desks = room()
    stored = {**desks.handle(NOTICE).puts}
    stored |= desks.handle(Tick(UNTIL - timedelta(hours=2), "test")).puts
    again = room()
    again.restore((key, value) for key, value in stored.items() if value is not None)
    assert at(again, UNTIL - timedelta(hours=1)) == []
    assert len(at(again, UNTIL)) == 1
    assert msgspec.json.decode(stored["deadline/d1"] or b"{}")["told"] == {"slack": 1}


@pytest.mark.parametrize("what", ["words/two-week", "cluster/c"])
def test_a_mute_holds_it_back_until_it_is_lifted(what: str) -> None:
    desks = room()
    desks.handle(NOTICE)
    desks.handle(Setting(f"mute/{what}", "always", "Ada", when("2025-06-01")))
    assert at(desks, UNTIL - timedelta(hours=3)) == []
    desks.handle(Setting(f"mute/{what}", "", "Ada", when("2025-06-01")))
    assert len(at(desks, UNTIL - timedelta(hours=2))) == 1


def test_quiet_hours_hold_it_back_until_they_end() -> None:
    desks = room(quiet_hours=(Window(0, 6 * 60),))
    desks.handle(NOTICE)
    assert len(at(desks, UNTIL - timedelta(hours=2))) == 1
    assert at(desks, UNTIL + timedelta(hours=2)) == []
    (passed,) = at(desks, UNTIL + timedelta(hours=7, minutes=1))
    assert (passed.revision, passed.body.reason[:15]) == (2, "Deadline passed")


def test_the_cap_of_an_hour_holds_it_back_and_it_counts_towards_it() -> None:
    desks = room(cap=1)
    desks.handle(NOTICE)
    desks.handle(replace(NOTICE, id="d2", cluster="d"))
    assert len(at(desks, UNTIL - timedelta(hours=3))) == 1
    assert at(desks, UNTIL - timedelta(hours=2, minutes=30)) == []
    assert len(at(desks, UNTIL - timedelta(hours=1, minutes=59))) == 1


def test_a_digest_desk_hears_at_the_hour_of_its_digest() -> None:
    desks = room(digest=(8 * 60,))
    desks.handle(NOTICE)
    assert at(desks, UNTIL - timedelta(hours=20)) == []
    assert len(at(desks, when("2025-06-11", 8))) == 1


def test_of_two_desks_at_one_endpoint_the_one_that_does_not_wait_is_enough() -> None:
    quiet = DeskSettings("night", ("slack",), deadlines=86_400.0, quiet_hours=(Window(0, 23 * 60 + 59),))
    desks = Desks((quiet, DeskSettings("world", ("slack",), deadlines=86_400.0)), AlertSettings())
    desks.handle(NOTICE)
    assert len(at(desks, UNTIL - timedelta(hours=3))) == 1


def test_why_a_desk_waits_is_said_once_a_word() -> None:
    desks = room(quiet_hours=(Window(0, 23 * 60 + 59),))
    desks.handle(NOTICE)
    (near,) = held(desks, UNTIL - timedelta(hours=20))
    assert (near.desk, near.reason, near.cluster, near.title) == ("world", "quiet_hours", "c", NOTICE.title)
    assert near.detail.startswith("deadline of 11 June 2025 near; ")
    assert held(desks, UNTIL - timedelta(hours=19)) == []
    (passed,) = held(desks, UNTIL)
    assert passed.detail.startswith("deadline of 11 June 2025 passed; ")
    assert passed.id != near.id


def test_a_mute_says_who_set_it_and_that_lasts_over_a_restart() -> None:
    desks = room()
    stored = {**desks.handle(NOTICE).puts}
    stored |= desks.handle(Setting("mute/cluster/c", "always", "Ada", when("2025-06-01"))).puts
    change = desks.handle(Tick(UNTIL - timedelta(hours=3), "test"))
    (said,) = [out.message for out in change.outputs if isinstance(out.message, HeldBack)]
    assert (said.reason, said.detail) == ("muted", "deadline of 11 June 2025 near; cluster c, by Ada")
    again = room()
    again.restore((key, value) for key, value in (stored | change.puts).items() if value is not None)
    assert held(again, UNTIL - timedelta(hours=2)) == []


def test_nothing_is_said_to_be_held_back_where_one_desk_of_the_endpoint_hears_it() -> None:
    quiet = DeskSettings("night", ("slack",), deadlines=86_400.0, quiet_hours=(Window(0, 23 * 60 + 59),))
    desks = Desks((quiet, DeskSettings("world", ("slack",), deadlines=86_400.0)), AlertSettings())
    desks.handle(NOTICE)
    assert held(desks, UNTIL - timedelta(hours=3)) == []
