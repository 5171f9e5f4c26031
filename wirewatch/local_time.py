"""When it is night, and when a digest or the line of a shift is due, in a desk's own zone: over midnight, and over changes of the clock."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from wirewatch.desk_settings import Window

_MINUTES: Final = 24 * 60
_DAY: Final = timedelta(days=1)


def quiet_until(windows: Sequence[Window], zone: str, now: datetime) -> datetime | None:
    """Return when the quiet time that it is ends; None where it is none. Times that touch are one."""
    until = None
    for _ in range(2 * len(windows) + 1):
        ends = [end for window in windows if (end := _end(window, zone, until or now)) is not None]
        if not ends or (until is not None and max(ends) <= until):
            break
        until = max(ends)
    return until


def next_digest(times: Sequence[int], zone: str, since: datetime) -> datetime:
    """Return the first of the times of the day after a moment."""
    local = since.astimezone(ZoneInfo(zone))
    due = (_at(local.date() + _DAY * ahead, minute, zone) for ahead in (0, 1, 2) for minute in sorted(times))
    return min(moment for moment in due if moment > since)


def last_time(times: Sequence[int], zone: str, until: datetime) -> datetime:
    """Return the newest of the times of the day that is not after a moment."""
    local = until.astimezone(ZoneInfo(zone))
    gone = (_at(local.date() - _DAY * back, minute, zone) for back in (0, 1, 2) for minute in times)
    return max(moment for moment in gone if moment <= until)


def say_local(moment: datetime, zone: str) -> str:
    """Return a moment as "07:30 Europe/Kyiv"."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M} {zone}"


def _end(window: Window, zone: str, now: datetime) -> datetime | None:
    local = now.astimezone(ZoneInfo(zone))
    # Yesterday's may last into today.
    for day in (local.date() - _DAY, local.date()):
        if day.weekday() not in window.days:
            continue
        length = (window.end - window.start) % _MINUTES or _MINUTES
        begins, ends = _at(day, window.start, zone), _at(day, window.start + length, zone)
        if begins <= now < ends:
            return ends
    return None


def _at(day: date, minute: int, zone: str) -> datetime:
    """Return a minute of a day (one of the next beyond the last) in UTC; an hour that the clock skips is the one after."""
    day, minute = day + _DAY * (minute // _MINUTES), minute % _MINUTES
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
