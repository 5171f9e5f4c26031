"""When a feed is due again, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.answer import DAY, Demand, Outcome
from connectors.schedule import (
    FLOOR,
    HOUR,
    NEVER,
    Habit,
    Wishes,
    due_after_answer,
    due_after_failure,
    due_after_limit,
    due_at_start,
    due_when_asked,
    is_quiet,
    learned,
    observe,
)
from wirewatch.messages import FeedHints

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)  # a Monday


def habit(pace: float, silent_for: float = 0.0) -> Habit:
    return Habit(pace, NOW - timedelta(seconds=silent_for))


@pytest.mark.parametrize(
    ("wishes", "demand", "seconds", "reason"),
    [
        (Wishes(), None, 900, "no habit yet"),
        (Wishes(300), None, 300, "your interval"),
        (Wishes(30), None, 30, "your interval"),
        (Wishes(1), None, 1, "your interval"),
        (Wishes(300, FeedHints(3600), habit(10_000)), None, 300, "your interval"),
        (Wishes(hints=FeedHints(1800)), None, 1800, "hint"),
        (Wishes(hints=FeedHints(1)), None, 60, "hint"),
        (Wishes(hints=FeedHints(10_000_000)), None, 6 * HOUR, "hint"),
        (Wishes(hints=FeedHints(3600), habit=habit(180)), None, 60, "habit"),
        (Wishes(habit=habit(1800)), None, 600, "habit"),
        (Wishes(habit=habit(1)), None, 60, "habit"),
        (Wishes(habit=habit(3.5 * DAY)), None, HOUR / 2, "habit"),
        (Wishes(habit=habit(180, silent_for=4 * HOUR)), None, 200, "habit"),
        # However long it was silent: ten items that come as usual fill a document of ten in 30 minutes.
        (Wishes(habit=Habit(180, NOW - timedelta(days=1), 10)), None, 720, "habit"),
        (Wishes(habit=habit(1800), gap=True), None, 300, "gap"),
        (Wishes(60), Demand(600, "max-age"), 600, "max-age"),
        (Wishes(1), Demand(600, "Expires"), 600, "Expires"),
        (Wishes(600), Demand(60, "max-age"), 600, "your interval"),
        (Wishes(habit=habit(180)), Demand(300, "max-age"), 300, "max-age"),
        (Wishes(60, spacing=500), None, 500, "limited"),
    ],
)
def test_due_after_an_answer(wishes: Wishes, demand: Demand | None, seconds: float, reason: str) -> None:
    due = due_after_answer(wishes, demand, now=NOW, jitter=0)
    assert (due.at - NOW).total_seconds() == pytest.approx(seconds)
    assert due.reason == reason
    assert due.why.startswith(reason)


@pytest.mark.parametrize(
    ("hints", "pace", "at"),
    [
        (FeedHints(3600, skip_hours=(13, 14)), None, datetime(2025, 6, 2, 15, 0, tzinfo=UTC)),
        (FeedHints(3600, skip_hours=(14,)), None, datetime(2025, 6, 2, 13, 0, tzinfo=UTC)),
        (FeedHints(12 * HOUR, skip_days=("monday",)), None, datetime(2025, 6, 3, 0, 0, tzinfo=UTC)),
        # One that publishes by the minute in its "skipped" hours is read in them.
        (FeedHints(3600, skip_hours=tuple(range(24))), 120.0, datetime(2025, 6, 2, 12, 1, tzinfo=UTC)),
        # Not all hours can be skipped: in a day it is asked anyway.
        (FeedHints(3600, skip_hours=tuple(range(24))), None, datetime(2025, 6, 3, 13, 0, tzinfo=UTC)),
    ],
)
def test_hours_and_days_to_skip_are_kept_unless_the_feed_itself_does_not(
    hints: FeedHints, pace: float | None, at: datetime
) -> None:
    wishes = Wishes(hints=hints, habit=Habit(pace, NOW if pace else None))
    assert due_after_answer(wishes, None, now=NOW, jitter=0).at == at


def test_a_users_interval_goes_before_hours_to_skip() -> None:
    wishes = Wishes(3600, FeedHints(skip_hours=(13,)))
    assert due_after_answer(wishes, None, now=NOW, jitter=0).reason == "your interval"


@pytest.mark.parametrize(
    ("wishes", "demand", "seconds", "reason"),
    [
        (Wishes(), None, 1800, "limited"),
        (Wishes(60), None, 300, "limited"),
        (Wishes(60, spacing=300), None, 600, "limited"),
        (Wishes(60), Demand(3600, "Retry-After"), 3600, "Retry-After"),
        (Wishes(60), Demand(10, "Retry-After"), 300, "limited"),
        (Wishes(60, spacing=DAY), None, DAY, "limited"),
        (Wishes(1), None, 60, "limited"),
    ],
)
def test_due_after_too_many_requests(
    wishes: Wishes, demand: Demand | None, seconds: float, reason: str
) -> None:
    due = due_after_limit(wishes, demand, now=NOW, jitter=0)
    assert (due.at - NOW).total_seconds() == seconds
    assert due.reason == reason


def test_what_was_learned_from_too_many_requests_is_forgotten_slowly() -> None:
    spacing, answers = 600.0, 0
    while spacing:
        spacing, answers = learned(spacing), answers + 1
    assert 50 < answers < 200


@pytest.mark.parametrize(
    ("outcome", "failures", "wishes", "seconds"),
    [
        ("server error", 1, Wishes(60), 60),
        ("server error", 2, Wishes(60), 120),
        ("server error", 4, Wishes(60), 480),
        ("timeout", 1, Wishes(3600), 300),
        ("unreachable", 99, Wishes(60), 4 * HOUR),
        ("forbidden", 99, Wishes(60), DAY),
        ("unreadable", 99, Wishes(60), DAY),
        ("unreachable", 3, Wishes(1), 4),
    ],
)
def test_failures_back_off(outcome: Outcome, failures: int, wishes: Wishes, seconds: float) -> None:
    due = due_after_failure(outcome, failures, wishes, None, now=NOW, jitter=0)
    assert (due.at - NOW).total_seconds() == seconds


def test_an_unavailable_outlet_says_itself_when_to_come() -> None:
    due = due_after_failure("unavailable", 9, Wishes(60), Demand(120, "Retry-After"), now=NOW, jitter=0)
    assert (due.reason, due.at) == ("Retry-After", NOW + timedelta(seconds=120))


def test_a_feed_that_is_gone_is_left_alone() -> None:
    due = due_after_failure("gone", 1, Wishes(60), None, now=NOW, jitter=0.9)
    assert (due.at, due.reason) == (NEVER, "gone")


wishes_drawn = st.builds(
    Wishes,
    interval=st.none() | st.floats(60, 1e6),
    hints=st.builds(
        FeedHints,
        every=st.none() | st.floats(0, 1e9),
        skip_hours=st.lists(st.integers(0, 23), max_size=24).map(tuple),
        skip_days=st.lists(st.sampled_from(["monday", "friday", "someday"])).map(tuple),
    ),
    habit=st.builds(
        Habit,
        pace=st.none() | st.floats(0, 1e9),
        last_news=st.none() | st.floats(0, 1e8).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    ),
    spacing=st.floats(0, DAY),
    gap=st.booleans(),
)
demands_drawn = st.none() | st.builds(
    Demand, seconds=st.floats(0.1, DAY), header=st.sampled_from(["max-age", "Expires", "Retry-After"])
)
jitters = st.floats(0, 1)


@settings(deadline=None)
@given(wishes_drawn, demands_drawn, jitters)
def test_no_answer_makes_it_come_before_the_floor_or_a_demand_or_never(
    wishes: Wishes, demand: Demand | None, jitter: float
) -> None:
    wait = (due_after_answer(wishes, demand, now=NOW, jitter=jitter).at - NOW).total_seconds()
    assert wait >= FLOOR
    assert demand is None or wait >= demand.seconds - 0.001
    assert wishes.interval is None or wait >= wishes.interval - 0.001
    assert wait >= wishes.spacing - 0.001
    assert wait <= max(2 * DAY + 120, wishes.interval or 0, demand.seconds if demand else 0) + 120


@settings(deadline=None)
@given(
    st.sampled_from(
        ["server error", "timeout", "forbidden", "unavailable", "tls", "unreadable", "too large"]
    ),
    st.integers(1, 10_000),
    wishes_drawn,
    demands_drawn,
    jitters,
)
def test_no_failure_makes_it_come_before_the_floor_or_a_demand_or_never(
    outcome: Outcome, failures: int, wishes: Wishes, demand: Demand | None, jitter: float
) -> None:
    wait = (
        due_after_failure(outcome, failures, wishes, demand, now=NOW, jitter=jitter).at - NOW
    ).total_seconds()
    assert FLOOR <= wait <= DAY + 120
    assert demand is None or wait >= demand.seconds - 0.001


@settings(deadline=None)
@given(wishes_drawn, demands_drawn, jitters)
def test_too_many_requests_always_slows_it_down(wishes: Wishes, demand: Demand | None, jitter: float) -> None:
    due = due_after_limit(wishes, demand, now=NOW, jitter=jitter)
    wait = (due.at - NOW).total_seconds()
    assert wait + 0.001 >= due.interval >= min(DAY, 2 * wishes.spacing)
    assert demand is None or wait >= demand.seconds - 0.001
    assert wait <= DAY + 120


def test_learns_the_pace_from_the_dates_of_the_newest_items() -> None:
    dates = [NOW - timedelta(minutes=10 * n) for n in range(60)]
    assert observe(Habit(), dates, 60, 60, NOW) == Habit(600.0, NOW, 60)


def test_dates_of_long_ago_do_not_hide_that_a_feed_became_quick() -> None:
    dates = [NOW - timedelta(minutes=n) for n in range(30)] + [NOW - timedelta(days=n) for n in range(1, 300)]
    assert observe(Habit(), dates, 300, 300, NOW).pace == 60.0


def test_learns_the_pace_of_a_feed_without_dates_from_what_arrives() -> None:
    known = observe(Habit(), [], 10, 10, NOW)
    later = NOW + timedelta(minutes=20)
    assert observe(known, [], 10, 2, later) == Habit(600.0, later, 10)
    assert observe(observe(known, [], 10, 2, later), [], 10, 0, later) == Habit(600.0, later, 10)


def test_quiet_is_far_longer_than_the_habit() -> None:
    assert not is_quiet(Habit(3600, NOW - timedelta(hours=20)), NOW)
    assert is_quiet(Habit(3600, NOW - timedelta(hours=31)), NOW)
    assert not is_quiet(Habit(None, NOW), NOW)


@pytest.mark.parametrize(
    ("why", "interval", "due_in"),
    [
        ("habit: an item in 2 h", None, 3600),
        ("habit: an item in 2 h", 60, 0),
        ("habit: an item in 2 h", 600, 300),
        ("max-age: the outlet says 1 h", 60, 3600),
        ("Retry-After: too many requests", 60, 3600),
        ("failing: failed 3 times in a row", 60, 3600),
        ("your interval", 7200, 3600),
    ],
)
def test_after_a_restart_a_shorter_wish_counts_and_a_demand_goes_on(
    why: str, interval: float | None, due_in: float
) -> None:
    due, _ = due_at_start(NOW + timedelta(hours=1), why, Wishes(interval), NOW - timedelta(seconds=300), NOW)
    assert (due - NOW).total_seconds() == due_in


@pytest.mark.parametrize(
    ("why", "last", "wishes", "due_in"),
    [
        ("habit", 600, Wishes(), 0),
        ("failing: 3 times", 600, Wishes(), 0),
        ("gone", 600, Wishes(), 0),
        ("max-age", 600, Wishes(), 0),
        ("new", None, Wishes(), 0),
        # Nobody is asked twice within a minute, or within what its answers taught.
        ("habit", 20, Wishes(), 40),
        ("habit", 600, Wishes(spacing=900), 300),
        ("your interval", 1, Wishes(2), 1),
        ("limited", 600, Wishes(), 3600),
        ("Retry-After: 2 h", 600, Wishes(), 3600),
    ],
)  # fmt: skip
def test_who_asks_for_a_feed_gets_it_at_once_where_the_outlet_is_not_hurt(
    why: str, last: float | None, wishes: Wishes, due_in: float
) -> None:
    before = None if last is None else NOW - timedelta(seconds=last)
    due, said = due_when_asked(NOW + timedelta(hours=1), why, wishes, before, now=NOW, by="Ada")
    assert (due - NOW).total_seconds() == due_in
    assert said == (why if due_in == 3600 else "asked: by Ada")
