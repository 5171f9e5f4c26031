"""Reports of a series: every night the same words, other figures, at the same hours.

What tells a series is not one pair of stories but many: a story is like the reports of several days before it, all of
them of its own hours. Of such a story it is known that last night's report, however like it, is of another night.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

_HOUR: Final = 3600.0
_DAY: Final = 86_400.0
# So many days before this one, each told at these hours, make a series.
_NIGHTS: Final = 2
# Log-odds that likeness of words must add for a report to be of the same kind.
_ALIKE: Final = 4.0
# A night is told from so long before the hour of the one before to so long after it: outlets have their own hours.
_SOONER: Final = 4 * _HOUR
_LATER: Final = 8 * _HOUR
# What began so many seconds before is another night's.
_ANOTHER: Final = 17 * _HOUR
# ... and is no longer than this, as the shelf counts: what is told at length fills no form.
_BRIEF: Final = 1.1
# Log-odds that a story of a series loses to a night that is not its own.
NOT_ITS_NIGHT: Final = 20.0


class Told(Struct, frozen=True):
    """When a cluster began, and how much the likeness of a story's words to its nearest member adds."""

    first: float
    likeness: float


def against_nights(at: float, length: float, others: Sequence[Told]) -> list[float]:
    """Return the log-odds that speak against each cluster, for a story of a time, by its being of another night."""
    alike = [_night(at, told.first) for told in others if told.likeness >= _ALIKE]
    if length > _BRIEF or len({night for night in alike if night}) < _NIGHTS:
        return [0.0] * len(others)
    return [NOT_ITS_NIGHT if abs(at - told.first) > _ANOTHER else 0.0 for told in others]


def _night(at: float, first: float) -> int:
    """Return how many days before, at the same hours, a cluster began; zero for the same day and for other hours."""
    days = round((at - first) / _DAY)
    return days if -_SOONER <= at - first - days * _DAY <= _LATER else 0
