"""Reads what stands under `[[desks]]`: conditions, times of the day, zones, shares."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wirewatch.config_values import (
    MistakeError,
    choice,
    language,
    seconds,
    span,
    suggest,
    switch,
    text,
    texts,
    whole,
)
from wirewatch.desk_settings import DAYS, FigureWatch, Match, Window
from wirewatch.settings import DeskSettings

Reader = Callable[[object], Any]
_CLOCK: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_DAY: Final = 24 * 60
# Deeper, nobody can tell any more what a condition means.
_DEEPEST: Final = 8
_MOST_WATCHES: Final = 20
_MOST: Final = 1e15


def some(one: Reader) -> Reader:
    """Return a reader of one value, or of a list of them."""
    return lambda value: tuple(one(each) for each in (texts(value) if isinstance(value, list) else (value,)))


def condition(value: object, depth: int = 0) -> Match:
    """Return a condition: a table of what must hold."""
    if not isinstance(value, dict) or not value:
        raise MistakeError(f'{value!r} is no condition; write for example {{ words = ["ceasefire"] }}')
    if depth > _DEEPEST:
        raise MistakeError(f"is nested deeper than {_DEEPEST}")
    given: dict[str, Any] = {}
    for key, each in value.items():
        if key in ("all", "any", "not"):
            given["none_of" if key == "not" else key] = _several(key, each, depth)
        elif key in _CONDITION:
            try:
                given[key] = _CONDITION[key](each)
            except MistakeError as mistake:
                raise MistakeError(f"{key}: {mistake}") from mistake
        else:
            raise MistakeError(f"{key} is not known{suggest(key, (*_CONDITION, 'all', 'any', 'not'))}")
    return Match(**given)


def _several(key: str, value: object, depth: int) -> tuple[Match, ...]:
    entries = value if isinstance(value, list) else [value]
    if not entries:
        raise MistakeError(f"{key} is empty")
    return tuple(condition(entry, depth + 1) for entry in entries)


def clock(value: object) -> int:
    """Return "07:30" in minutes of the day."""
    found = _CLOCK.fullmatch(text(value))
    minutes = int(found[1]) * 60 + int(found[2]) if found else _DAY + 1
    if minutes > _DAY:
        raise MistakeError(f'{value!r} is no time of the day; write for example "07:30"')
    return minutes


def times_of_day(value: object) -> tuple[int, ...]:
    """Return when digests go out or shifts end: "hourly", "daily" (at 08:00), a time of the day, or some."""
    if value == "hourly":
        return tuple(range(0, _DAY, 60))
    if value == "daily":
        return (8 * 60,)
    times = _listed(value)
    try:
        return tuple(sorted({clock(each) % _DAY for each in times}))
    except MistakeError as mistake:
        raise MistakeError(
            f'{value!r} is none of "hourly", "daily", "07:30", ["07:30", "18:00"]'
        ) from mistake


def windows(value: object) -> tuple[Window, ...]:
    """Return quiet hours: "22:00-07:00", "sat,sun 00:00-24:00", or a list of them."""
    return tuple(_window(each) for each in _listed(value))


def _listed(value: object) -> tuple[str, ...]:
    if value == []:
        return ()
    return texts(value) if isinstance(value, list) else (text(value),)


def _window(given: str) -> Window:
    days, _, hours = given.lower().rpartition(" ")
    start, dash, end = hours.partition("-")
    if not dash:
        raise MistakeError(f'{given!r} is no time; write for example "22:00-07:00" or "sat,sun 00:00-24:00"')
    begins, ends = clock(start), clock(end)
    if begins == ends:
        raise MistakeError(f"{given!r} is no time at all")
    if not days:
        return Window(begins, ends)
    names = [name.strip()[:3] for name in days.split(",")]
    for name in names:
        if name not in DAYS:
            raise MistakeError(f"{given!r}: {name!r} is none of {', '.join(DAYS)}")
    return Window(begins, ends, tuple(sorted({DAYS.index(name) for name in names})))


def zone(value: object) -> str:
    """Return the name of a time zone that is known: "Europe/Kyiv"."""
    name = text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MistakeError(f'{name!r} is no time zone; write for example "Europe/Kyiv" or "UTC"') from error
    return name


def share(value: object) -> float:
    """Return "5%" or 0.05 as 0.05."""
    given = value.strip().removesuffix("%") if isinstance(value, str) else value
    try:
        number = float(given) / (100 if isinstance(value, str) else 1)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise MistakeError(f'{value!r} is no share; write for example "5%"') from error
    if isinstance(value, bool) or not 0 <= number < 100 or (isinstance(value, str) and "%" not in value):
        raise MistakeError(f'{value!r} is no share; write for example "5%"')
    return number


def watches(value: object) -> tuple[FigureWatch, ...]:
    """Return the figures that a desk watches: tables with a unit, and from when on it hears of it."""
    entries = value if isinstance(value, list) else [value]
    if len(entries) > _MOST_WATCHES:
        raise MistakeError(f"names {len(entries)} figures; a desk watches up to {_MOST_WATCHES}")
    return tuple(_watch(entry) for entry in entries)


def _watch(value: object) -> FigureWatch:
    if not isinstance(value, dict):
        raise MistakeError(f'{value!r} is no figure; write for example {{ unit = "deaths", at_least = 50 }}')
    given: dict[str, Any] = {}
    for key, each in value.items():
        if key not in _WATCH:
            raise MistakeError(f"{key} is not known{suggest(key, _WATCH)}")
        try:
            given[key] = _WATCH[key](each)
        except MistakeError as mistake:
            raise MistakeError(f"{key}: {mistake}") from mistake
    if "unit" not in given:
        raise MistakeError('names no unit; write for example unit = "deaths"')
    if "at_least" not in given and "times" not in given:
        raise MistakeError("says neither at_least nor times: from when on does the desk hear of it?")
    return FigureWatch(**given)


def _number(least: float) -> Reader:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < _MOST:
            raise MistakeError(f"{value!r} is no number from {least:g} on")
        return float(value)

    return read


_WATCH: Final[dict[str, Reader]] = {
    "unit": text,
    "at_least": _number(0),
    "times": _number(1.1),
    "change": share,
}
_PRIORITY: Final = choice("flash", "urgent", "bulletin")
_KIND: Final = choice("record", "escalation")
_CONDITION: Final[dict[str, Reader]] = {
    "kind": some(_KIND),
    "polarity": some(choice("escalation", "de-escalation")),
    "severity": whole(1, 3),
    "priority": _PRIORITY,
    "metric": some(text),
    "actors": some(text),
    "places": some(text),
    "words": some(text),
    "language": some(language),
    "outlets": some(text),
    "tier": whole(1, 3),
    "min_outlets": whole(1, 1000),
}
DESK: Final[dict[str, Reader]] = {
    "id": text,
    "endpoints": texts,
    "kinds": lambda value: tuple(_KIND(kind) for kind in texts(value)),
    "at_least": _PRIORITY,
    "match": condition,
    "under": text,
    "continue": switch,
    "default": switch,
    "corroborate": whole(1, 100),
    "group_wait": seconds,
    "at_once": _PRIORITY,
    "digest": times_of_day,
    "shifts": times_of_day,
    "timezone": zone,
    "quiet_hours": windows,
    "cap": whole(1, 10_000),
    "inhibit": span,
    "figure_change": share,
    "first_tier_1": switch,
    "escalate_to": text,
    "escalate_after": span,
    "escalate_from": _PRIORITY,
    "own_page": switch,
    "own_after": span,
    "own_outlets": whole(1, 1000),
    "deadlines": span,
    "watch": watches,
}


def desk_of(read: dict[str, Any]) -> DeskSettings:
    """Return a desk of what was read under its keys."""
    return DeskSettings(**{"passes_on" if key == "continue" else key: value for key, value in read.items()})


def desk_mistakes(
    desks: Sequence[tuple[int, Mapping[str, Any]]], endpoints: Iterable[str]
) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong with desks together: the place of the desk, the key, and what."""
    known = set(endpoints)
    above: list[str] = []
    for place, desk in desks:
        under, other = desk.get("under"), desk.get("escalate_to")
        names = desk.get("endpoints", ())
        for name in names:
            if name not in known:
                yield place, "endpoints", f"{name!r} is no endpoint{suggest(name, known)}"
        if len(set(names)) < len(names):
            yield place, "endpoints", "names an endpoint twice"
        if under is not None and under not in above:
            yield place, "under", f"{under!r} is no desk before this one{suggest(under, above)}"
        if other is not None and other not in known:
            yield place, "escalate_to", f"{other!r} is no endpoint{suggest(other, known)}"
        elif other in names:
            yield place, "escalate_to", f"{other!r} is one of the desk's own endpoints; name another"
        if desk.get("default") and ("match" in desk or under is not None):
            yield place, "default", "hears of what no other desk takes; it has neither match nor under"
        above.append(desk.get("id", ""))
