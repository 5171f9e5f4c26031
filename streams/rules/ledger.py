"""Is that figure a record, and which one did it beat?

A figure is what its qualifier makes of it: "over 400" does not beat 450, "at least 500" does, "about 472" against 471
is a tie. Two figures told of one event ("over 400", "more than 470", 472) are one record. All pure: dates and figures
in, a named comparison out.
"""

import math
import re
from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct

from wirewatch.messages import Direction, Qualifier

Comparison = Literal["beats", "tie", "below"]

# How much of an "about" is left open where its last digit says less.
ABOUT: Final = 0.01
# A round figure leaves open what follows its last digit that is not 0, but no more than this share of itself.
ROUND_SHARE: Final = 0.35
# Exact figures of one event differ by counting, not by more than this.
ONE_EVENT: Final = 0.25
# No record is so many times the one before.
JUMP: Final = 2.5
# An exact figure is told shorter by no more than this.
SHORTENED: Final = 0.005
# A recount changes an exact figure by so much.
RECOUNT: Final = 0.03
_SINCE: Final = re.compile(r"\bsince (\d{4})(?:-(\d{2}))?")
_IN_YEARS: Final = re.compile(r"\bin (?:over |nearly |almost |about )?(\d{1,4}) years?\b")
_ON_RECORD_FROM: Final = re.compile(r"\((\d{4})\)")
_EXACTNESS: Final[dict[Qualifier, int]] = {"exact": 3, "between": 2, "about": 2, "at_least": 1, "at_most": 1}


class Told(Struct, frozen=True):
    """A figure as somebody tells it."""

    figure: float
    qualifier: Qualifier = "exact"
    high: float | None = None


def grain(figure: float) -> float:
    """Return the size of the last digit that is not 0: 100 for 400, 10 for 470, 0.1 for 40.3."""
    if figure == 0 or not math.isfinite(figure):
        return 0.0
    digits = f"{abs(figure):.6f}".rstrip("0").rstrip(".")
    if "." in digits:
        return float(10.0 ** -len(digits.rsplit(".", 1)[1]))
    return float(10.0 ** (len(digits) - len(digits.rstrip("0"))))


def _slack(figure: float) -> float:
    """Return how far an "about" may be off: half its last digit, at least a hundredth, at most a twentieth."""
    size = abs(figure)
    return max(size * ABOUT, min(grain(figure) / 2, size * 0.05))


def reach(told: Told) -> tuple[float, float]:
    """Return the lowest and the highest value that a figure leaves possible."""
    value = told.figure
    match told.qualifier:
        case "exact":
            return value, value
        case "at_least":
            return value, math.inf
        case "at_most":
            return -math.inf, value
        case "about":
            return value - _slack(value), value + _slack(value)
        case "between":
            return value, value if told.high is None else max(value, told.high)


def compare(told: Told, standing: Told, direction: Direction) -> Comparison:
    """Say what a figure does to the one that stands; where the direction is "min", the smaller one wins.

    What stands counts as it was told: against "over 400", 450 beats. What is new must beat it by all that it leaves
    possible.
    """
    low, high = reach(told)
    old_low, old_high = reach(standing)
    value, old = told.figure, standing.figure
    if direction == "min":
        low, high, old_low, old_high, value, old = -high, -low, -old_high, -old_low, -value, -old
    ceiling = old_high if standing.qualifier in ("about", "between") else old
    if low > ceiling and not math.isclose(low, ceiling, rel_tol=1e-9):
        return "beats"
    if math.isclose(value, old, rel_tol=1e-9, abs_tol=1e-12):
        return "tie"
    rough = told.qualifier in ("about", "between") or standing.qualifier in ("about", "between")
    return "tie" if rough and high >= old_low and low <= ceiling else "below"


def may_be_one(one: Told, other: Told) -> bool:
    """Whether two tellings can be one count told with more and less care: "over 400" and 472, 472 and 472.

    Two exact figures that differ are two counts, unless one only leaves out the other's last digits.
    """
    if one.qualifier == "exact" and other.qualifier == "exact":
        return _shortened(one.figure, other.figure)
    low, high = _room(one)
    other_low, other_high = _room(other)
    return low <= other_high and other_low <= high


def _shortened(one: float, other: float) -> bool:
    """Whether one exact figure is the other, or the other with its last digits left out: $325.2bn and $325bn."""
    if math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12):
        return True
    finer, rounder = sorted((one, other), key=grain)
    size = grain(rounder)
    return (
        grain(finer) < size <= abs(rounder) * SHORTENED
        and abs(one - other) <= size / 2
        and math.isclose(round(finer / size) * size, rounder, rel_tol=1e-9)
    )


def _room(told: Told) -> tuple[float, float]:
    """Return what a telling means in practice: nobody says "over 400" of 805."""
    value = told.figure
    room = max(min(grain(value), abs(value) * ROUND_SHARE), abs(value) * 0.05)
    match told.qualifier:
        case "at_least":
            return value, value + room
        case "at_most":
            return value - room, value
        case _:
            return reach(told)


def recounts(one: Told, other: Told) -> bool:
    """Whether two figures differ by no more than counting does: 805 and 810."""
    if may_be_one(one, other):
        return True
    small, large = sorted((abs(one.figure), abs(other.figure)))
    exact = one.qualifier == "exact" == other.qualifier
    return exact and one.figure * other.figure > 0 and large <= small * (1 + RECOUNT)


def is_step(figure: float, older: float) -> bool:
    """Whether a record can follow another one; a jump beyond is a slip, another unit or another period."""
    small, large = sorted((abs(figure), abs(older)))
    return figure * older <= 0 or large <= small * JUMP


def near(one: Told, other: Told) -> bool:
    """Whether two figures of what is known to be one event can be two counts of the same thing: 805 and 810."""
    if may_be_one(one, other):
        return True
    small, large = sorted((abs(one.figure), abs(other.figure)))
    if one.figure * other.figure < 0:
        return False
    provisional = "at_least" in (one.qualifier, other.qualifier)
    return large <= small * (2.0 if provisional else 1 + ONE_EVENT)


def exactness(qualifier: Qualifier) -> int:
    """Return how much a qualifier pins down."""
    return _EXACTNESS[qualifier]


def scope_start(scope: str, at: datetime) -> date | None:
    """Return the day that a scope reaches back to ("since 2008", "in 40 years"), or None where it has no such end.

    Records before that day do not count against the claim.
    """
    since = _SINCE.search(scope) or _ON_RECORD_FROM.search(scope)
    if since:
        month = int(since.group(2) or 1) if since.re is _SINCE else 1
        year = int(since.group(1))
        # "Since 2008" leaves 2008's own record standing, and beats all that came after that year.
        if not 1 <= year < 9999:
            return None
        return date(year, month, 1) if since.re is not _SINCE or since.group(2) else date(year + 1, 1, 1)
    years = _IN_YEARS.search(scope)
    if years and int(years.group(1)) < at.year:
        return at.date().replace(year=at.year - int(years.group(1)), day=min(at.day, 28))
    return None
