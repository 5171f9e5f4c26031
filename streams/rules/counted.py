"""What a claim counts, and how much: its subject completed from the story, and what is counted together added up.

"477 drones and 60 missiles in the largest combined attack" is a record of 537, not of 477 drones.
"""

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.claim_context import completed
from streams.rules.metrics import Meaning, is_unit, meaning_of, unit_meaning
from wirewatch.messages import ClusteredStory, Figure, RecordClaim

_TOGETHER: Final = "combined"
_PLUS: Final = re.compile(r"\b(?:and|plus|with|as well as)\b|[+&]")
# "537 Russian drones and missiles": words, the first noun, the second.
_BOTH: Final = re.compile(r"(?:[^\s.,;:!?]+\s+){0,3}?([^\W\d_]+) and (?:[^\s.,;:!?]+ ){0,2}?([^\W\d_]+)")
# Two figures further apart than this are not told in one breath.
GAP: Final = 40


class Counted(Struct, frozen=True):
    """A claim as it is meant, and what it counts."""

    claim: RecordClaim
    meaning: Meaning


def counted(claim: RecordClaim, message: ClusteredStory) -> Counted:
    """Return what a claim counts."""
    full = replace(claim, subject=completed(claim, message.story))
    figure = _figure_of(claim, message.figures)
    if figure is not None:
        full = _with_unit(full, _named_together(claim, figure), claim.figure)
    meaning = meaning_of(full.subject, claim.comparator, claim.scope)
    if _TOGETHER in meaning.narrow and len(meaning.units) == 1 and figure is not None:
        full = _added_up(full, figure, message.figures)
        meaning = meaning_of(full.subject, claim.comparator, claim.scope)
    return Counted(full, meaning)


def _with_unit(claim: RecordClaim, unit: str | None, figure: float | None) -> RecordClaim:
    if unit is None:
        return claim
    return replace(claim, figure=figure, unit=unit, subject=replace(claim.subject, unit=unit))


def _figure_of(claim: RecordClaim, figures: tuple[Figure, ...]) -> Figure | None:
    """Return the claim's figure where its own sentence tells it."""
    span = claim.sentence
    return next(
        (
            one
            for one in figures
            if one.value == claim.figure and one.field == span.field and span.start <= one.start < span.end
        ),
        None,
    )


def _named_together(claim: RecordClaim, figure: Figure) -> str | None:
    """Return the unit of a figure that counts two things at once."""
    after = claim.sentence.text[figure.end - claim.sentence.start :][:80].casefold()
    found = _BOTH.match(after.lstrip(" -"))
    if found is None:
        return None
    first, second = found.groups()
    alike = figure.unit is None or unit_meaning(first) == unit_meaning(figure.unit)
    if not alike or not is_unit(first) or not is_unit(second):
        return None
    return f"{first} and {second}" if unit_meaning(first) != unit_meaning(second) else None


def _added_up(claim: RecordClaim, figure: Figure, figures: tuple[Figure, ...]) -> RecordClaim:
    """Return a claim about what is counted together with the sum of two figures told in one breath.

    Where the other one is missing, the figure is no figure of this record.
    """
    for one in figures:
        if one.field == figure.field and _in_one_breath(claim, figure, one):
            unit = f"{figure.unit} and {one.unit}"
            qualifier = figure.qualifier if figure.qualifier == one.qualifier else "about"
            return _with_unit(replace(claim, qualifier=qualifier), unit, figure.value + one.value)
    return replace(claim, figure=None)


def _in_one_breath(claim: RecordClaim, one: Figure, other: Figure) -> bool:
    if other.unit is None or one.unit is None or unit_meaning(one.unit) == unit_meaning(other.unit):
        return False
    first, second = sorted((one, other), key=lambda figure: figure.start)
    start = claim.sentence.start
    between = claim.sentence.text[max(0, first.end - start) : max(0, second.start - start)]
    return 0 < len(between) <= GAP and bool(_PLUS.search(between.casefold()))
