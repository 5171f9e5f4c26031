"""When a feed is due again, and why. Pure: the clock, the chance and the settings are parameters.

What an outlet demands is always kept (Retry-After, max-age, its "too many requests"). Below that the user's own
interval counts; without one the feed's habit, then what it suggests. A feed that fails is asked ever more rarely and
never given up; only one that says it is gone is left alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from connectors.answer import DAY, Demand, Outcome
from wirewatch.messages import FeedHints

Reason = Literal[
    "never polled",
    "your interval",
    "habit",
    "hint",
    "no habit yet",
    "gap",
    "skip hours",
    "Retry-After",
    "max-age",
    "Expires",
    "limited",
    "failing",
    "forbidden",
    "gone",
    "asked",
]
DEMANDS: Final = frozenset[str](["Retry-After", "max-age", "Expires", "limited", "gone"])
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
# Nobody is asked more often, except on networks of one's own.
FLOOR: Final = 60.0
HOUR: Final = 3600.0
_UNKNOWN: Final = 900.0
_RAREST: Final = HOUR / 2
_RAREST_HINT: Final = 6 * HOUR
# So many requests for each item that is expected; and how slowly a feed's silence makes it rarer.
_ASKED_AN_ITEM: Final = 3.0
_SILENCE: Final = 24.0
# A feed is read before so much of its document is new.
_FULL: Final = 0.4
_FIRST_RETRY: Final = 300.0
_RAREST_FAILING: Final = 4 * HOUR
_LIMITED_AT_LEAST: Final = 300.0
# What was learned from "too many" is forgotten this much with each answer.
_FORGET: Final = 0.97
_SAMPLE: Final = 20
_FEWEST: Final = 3
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Due(Struct, frozen=True):
    """When, and for which reason in words; `interval` is in seconds."""

    at: datetime
    reason: Reason
    interval: float
    detail: str = ""

    @property
    def why(self) -> str:
        """Return the reason as an operator reads it."""
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


class Habit(Struct, frozen=True):
    """How a feed publishes: the mean seconds between items, when the newest came, and how many it shows."""

    pace: float | None = None
    last_news: datetime | None = None
    shown: int = 0


class Wishes(Struct, frozen=True):
    """What bears on the interval besides the answer: the user's wish, the outlet's hints, what was learned."""

    interval: float | None = None
    hints: FeedHints = FeedHints()
    habit: Habit = Habit()
    # The least seconds that answers of "too many" taught.
    spacing: float = 0.0
    gap: bool = False

    @property
    def floor(self) -> float:
        """Return the least seconds between two requests; the settings allow a smaller wish on own networks alone."""
        return FLOOR if self.interval is None else min(FLOOR, self.interval)


def observe(habit: Habit, dates: Sequence[datetime], shown: int, fresh: int, now: datetime) -> Habit:
    """Return the habit after a poll that showed so many items, some with dates, `fresh` never seen before."""
    newest = sorted((date for date in dates if date <= now), reverse=True)[:_SAMPLE]
    last = max([newest[0]] if newest else [], default=habit.last_news)
    if habit.last_news is not None and last is not None:
        last = max(last, habit.last_news)
    if len(newest) >= _FEWEST:
        span = (newest[0] - newest[-1]).total_seconds()
        return Habit(span / (len(newest) - 1), last, shown)
    if not fresh:
        return Habit(habit.pace, last, shown)
    # No dates to go by: what counts is how many came since the last ones did.
    if habit.last_news is None:
        return Habit(habit.pace, last or now, shown)
    sample = (now - habit.last_news).total_seconds() / fresh
    pace = sample if habit.pace is None else 0.7 * habit.pace + 0.3 * sample
    return Habit(pace, last if newest else now, shown)


def due_after_answer(wishes: Wishes, demand: Demand | None, *, now: datetime, jitter: float) -> Due:
    """Return when a feed that answered is due again. `jitter` is between 0 and 1 and only ever adds."""
    reason, interval, detail = _interval(wishes, now)
    if wishes.gap and wishes.interval is None and interval > wishes.floor:
        reason, interval, detail = (
            "gap",
            max(wishes.floor, interval / 2),
            "items were missed between two polls",
        )
    if wishes.spacing > interval:
        reason, interval, detail = (
            "limited",
            wishes.spacing,
            "as rarely as its answers of too many requests taught",
        )
    if demand is not None and demand.seconds > interval:
        reason, interval, detail = demand.header, demand.seconds, f"the outlet says {_span(demand.seconds)}"
    at = now + timedelta(seconds=interval + _spread(interval, jitter))
    if reason not in DEMANDS and wishes.interval is None:
        open_at = _after_skipped(at, wishes.hints, wishes.habit)
        if open_at != at:
            return Due(
                open_at, "skip hours", (open_at - now).total_seconds(), "the outlet asks not to come before"
            )
    return Due(at, reason, interval, detail)


def due_after_limit(wishes: Wishes, demand: Demand | None, *, now: datetime, jitter: float) -> Due:
    """Return when a feed that answered "too many requests" is due again; its interval is the spacing learned."""
    _, interval, _ = _interval(wishes, now)
    spacing = min(DAY, max(2 * max(interval, wishes.spacing), min(_LIMITED_AT_LEAST, 60 * wishes.floor)))
    wait = max(demand.seconds if demand else 0.0, spacing)
    at = now + timedelta(seconds=wait + _spread(wait, jitter))
    if demand and demand.seconds >= spacing:
        return Due(at, "Retry-After", spacing, f"too many requests; the outlet says {_span(demand.seconds)}")
    return Due(at, "limited", spacing, "too many requests; asked half as often from now on")


def due_after_failure(
    outcome: Outcome | Literal["unreadable"],
    failures: int,
    wishes: Wishes,
    demand: Demand | None,
    *,
    now: datetime,
    jitter: float,
) -> Due:
    """Return when a feed is due again that failed `failures` times in a row, this time included."""
    if outcome == "gone":
        return Due(NEVER, "gone", 0.0, "the outlet says that this feed is no more")
    _, interval, _ = _interval(wishes, now)
    lasting = outcome in {"forbidden", "not found", "unreadable", "insecure redirect", "address not allowed"}
    first = max(wishes.floor, min(interval, _FIRST_RETRY))
    wait = min(first * 2.0 ** min(failures - 1, 30), DAY if lasting else _RAREST_FAILING)
    if demand is not None:
        wait = max(demand.seconds, wishes.floor)
        return Due(
            now + timedelta(seconds=wait + _spread(wait, jitter)),
            "Retry-After",
            interval,
            f"the outlet says {_span(demand.seconds)}",
        )
    at = now + timedelta(seconds=wait + _spread(wait, jitter))
    return Due(
        at,
        "forbidden" if outcome == "forbidden" else "failing",
        interval,
        f"failed {failures} times in a row" if failures > 1 else "failed once",
    )


def due_at_start(
    due: datetime, why: str, wishes: Wishes, last_attempt: datetime | None, now: datetime
) -> tuple[datetime, str]:
    """Return when a feed is due whose state was read again: a shorter wish counts at once, a demand goes on."""
    reason = why.split(":", 1)[0]
    if (
        wishes.interval is None
        or reason in DEMANDS
        or reason in {"failing", "forbidden"}
        or last_attempt is None
    ):
        return due, why
    wished = last_attempt + timedelta(seconds=max(wishes.interval, wishes.floor, wishes.spacing))
    return (max(wished, now), "your interval") if wished < due else (due, why)


def due_when_asked(
    due: datetime, why: str, wishes: Wishes, last_attempt: datetime | None, *, now: datetime, by: str
) -> tuple[datetime, str]:
    """Return when a feed is due that somebody asks for: now, but never more often than anybody may be asked."""
    reason = why.split(":", 1)[0]
    if reason in {"Retry-After", "limited"}:
        # Who says that it is too much is heard, whoever asks. How long an answer keeps is a hint to programs.
        return due, why
    rest = timedelta(seconds=max(wishes.floor, wishes.spacing))
    at = now if last_attempt is None else max(now, last_attempt + rest)
    return (at, f"asked: by {by}") if at < due else (due, why)


def learned(spacing: float) -> float:
    """Return the spacing after an answer that was not "too many": forgotten slowly, then wholly."""
    left = spacing * _FORGET
    return left if left > FLOOR / 2 else 0.0


def is_quiet(habit: Habit, now: datetime) -> bool:
    """Whether nothing has come for far longer than the feed's habit."""
    if habit.pace is None or habit.last_news is None:
        return False
    return (now - habit.last_news).total_seconds() > max(30 * habit.pace, DAY)


def _interval(wishes: Wishes, now: datetime) -> tuple[Reason, float, str]:
    if wishes.interval is not None:
        return "your interval", max(wishes.interval, wishes.floor), ""
    habit = wishes.habit
    if habit.pace is not None:
        silence = (now - habit.last_news).total_seconds() if habit.last_news else 0.0
        wait = max(habit.pace, silence / _SILENCE) / _ASKED_AN_ITEM
        # However long it was silent: once it goes on, nothing may scroll off unread.
        wait = min(wait, habit.pace * habit.shown * _FULL if habit.shown else wait)
        interval = min(max(wait, FLOOR), _RAREST)
        return "habit", interval, f"an item in {_span(habit.pace)}"
    if wishes.hints.every is not None:
        return (
            "hint",
            min(max(wishes.hints.every, FLOOR), _RAREST_HINT),
            f"it suggests {_span(wishes.hints.every)}",
        )
    return "no habit yet", _UNKNOWN, ""


def _after_skipped(at: datetime, hints: FeedHints, habit: Habit) -> datetime:
    """Return the first moment outside the hours and days that the outlet asks to skip, within a day.

    One that publishes by the hour is read anyway: it skips nothing itself.
    """
    if not (hints.skip_hours or hints.skip_days) or (habit.pace is not None and habit.pace < HOUR):
        return at
    for hours in range(25):
        moment = at if hours == 0 else at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
        if moment.hour not in hints.skip_hours and _DAYS[moment.weekday()] not in hints.skip_days:
            return moment
    return at + timedelta(seconds=DAY)


def _spread(interval: float, jitter: float) -> float:
    return min(interval * 0.1, FLOOR) * jitter


def _span(seconds: float) -> str:
    """Return seconds as a person says them."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * DAY:
        return f"{seconds / HOUR:.0f} h"
    return f"{seconds / DAY:.0f} days"
