"""Which headline stands over a story, and whose record it shows. Pure."""

from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct

from wirewatch.messages import ClusteredStory, Detection

_MADE: Final = frozenset({"broken", "first_known"})


class Heading(Struct, frozen=True):
    """The figure that a cluster stands at, and what it counts."""

    figure: float | None
    unit: str | None


def headline_of(first: str, heading: Heading, told: Sequence[ClusteredStory]) -> str:
    """Return the headline to show: the first report's, unless the figure has moved on from it.

    Then it is the earliest one that gives the figure as it stands, in the language of the first; where none does, or
    the first one gives it too, the first stays. `told` is in the order in which the stories were told.
    """
    giving = [each for each in told if not each.story.withdrawn and _gives(each, heading)]
    if any(each.story.title == first for each in giving):
        return first
    lang = next((each.story.lang for each in told if each.story.title == first), None)
    return next((each.story.title for each in giving if each.story.lang == lang), first)


def is_own_record(found: Detection, names: Collection[str]) -> bool:
    """Whether what was found has a record of this very cluster, known by `names`, and not one that it tells again."""
    if found.record is None:
        return False
    made = any(each.word.outcome in _MADE and each.word.metric == found.metric for each in found.records)
    return made or found.record.cluster is None or found.record.cluster in names


def _gives(told: ClusteredStory, heading: Heading) -> bool:
    return heading.figure is not None and any(
        each.field == "title" and each.value == heading.figure and _counts(each.unit, heading.unit)
        for each in told.figures
    )


def _counts(unit: str | None, wanted: str | None) -> bool:
    return unit is None or wanted is None or unit == wanted
