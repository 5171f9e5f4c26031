"""What a claim counts, and how much: its subject completed from the story, and what is counted together added up.

"477 drones and 60 missiles in the largest combined attack" is a record of 537, not of 477 drones.
"""

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.claim_context import completed, measures_beside
from streams.rules.gazetteer import NAMED_IN
from streams.rules.languages import language_of
from streams.rules.metrics import Meaning, fits, is_time, is_unit, meaning_of, unit_meaning
from streams.rules.reading import Sentence
from wirewatch.messages import ClusteredStory, Figure, RecordClaim

_TOGETHER: Final = "combined"
_PLUS: Final = re.compile(r"\b(?:and|plus|with|as well as)\b|[+&]")
# "537 Russian drones and missiles": words, the first noun, the second.
_BOTH: Final = re.compile(
    r"(?:[^\W\d_][^\s.,;:!?\d]*\s+){0,3}?([^\W\d_]+) and (?:[^\W\d_][^\s.,;:!?\d]* ){0,2}?([^\W\d_]+)"
)
# Two figures further apart than this are not told in one breath.
GAP: Final = 40
CLOSE: Final = 20


class Counted(Struct, frozen=True):
    """A claim as it is meant, and what it counts."""

    claim: RecordClaim
    meaning: Meaning


def counted(claim: RecordClaim, message: ClusteredStory) -> Counted:
    """Return what a claim counts."""
    full = replace(
        claim, subject=completed(claim, message.story, language_of(message.story).read or NAMED_IN)
    )
    figure = _figure_of(claim, message.figures)
    if figure is not None:
        full, figure = _led(full, figure, message.figures)
        full = _with_unit(full, _named_together(full, figure), full.figure)
    of_time = claim.direction == "first" and is_time(full.unit)
    if of_time or not fits(full.comparator, full.unit) or measures_beside(full):
        full = replace(full, figure=None)
    meaning = meaning_of(full.subject, claim.comparator, claim.scope)
    if _TOGETHER in meaning.narrow and len(meaning.units) == 1 and full.figure is not None:
        full = _added_up(full, figure or _anywhere(full, message.figures), message.figures)
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
    return _both_units(claim.sentence.text[max(0, figure.end - claim.sentence.start) :], figure)


def told_with_another(sentence: Sentence, figure: Figure) -> bool:
    """Whether a bare figure counts two things at once: "537 Russian drones and missiles"."""
    return _both_units(sentence.text[max(0, figure.end - sentence.start) :], figure) is not None


def _both_units(after: str, figure: Figure) -> str | None:
    found = _BOTH.match(after[:80].casefold().lstrip(" -"))
    if found is None:
        return None
    first, second = found.groups()
    alike = figure.unit is None or unit_meaning(first) == unit_meaning(figure.unit)
    if not alike or not is_unit(first) or not is_unit(second):
        return None
    return f"{first} and {second}" if unit_meaning(first) != unit_meaning(second) else None


def _led(claim: RecordClaim, figure: Figure, figures: tuple[Figure, ...]) -> tuple[RecordClaim, Figure]:
    """Return the claim with the figure that leads: of "298 drones and 69 missiles" the first, unless it names the other."""
    named = {unit for term in claim.subject.terms for unit in unit_meaning(term)}
    if named & unit_meaning(figure.unit):
        return claim, figure
    for one in figures:
        leads = one.field == figure.field and one.end <= figure.start and one.value > figure.value
        if leads and _in_one_breath(claim, one, figure):
            subject = replace(claim.subject, unit=one.unit)
            return replace(
                claim, figure=one.value, qualifier=one.qualifier, unit=one.unit, subject=subject
            ), one
    return claim, figure


def _anywhere(claim: RecordClaim, figures: tuple[Figure, ...]) -> Figure | None:
    """Return the claim's figure where another sentence tells it."""
    return next((one for one in figures if one.value == claim.figure and one.unit is not None), None)


def _added_up(claim: RecordClaim, figure: Figure | None, figures: tuple[Figure, ...]) -> RecordClaim:
    """Return a claim about what is counted together with the sum of two figures told in one breath.

    Where the other one is missing, the figure is no figure of this record.
    """
    for one in figures:
        if figure is not None and one.field == figure.field and _in_one_breath(claim, figure, one):
            unit = f"{figure.unit} and {one.unit}"
            qualifier = figure.qualifier if figure.qualifier == one.qualifier else "about"
            return _with_unit(replace(claim, qualifier=qualifier), unit, figure.value + one.value)
    return replace(claim, figure=None)


def _in_one_breath(claim: RecordClaim, one: Figure, other: Figure) -> bool:
    if other.unit is None or one.unit is None or unit_meaning(one.unit) == unit_meaning(other.unit):
        return False
    first, second = sorted((one, other), key=lambda figure: figure.start)
    if not 0 < second.start - first.end <= GAP:
        return False
    span = claim.sentence
    if first.field != span.field or not span.start <= first.start < second.end <= span.end:
        # Another sentence, of which only the figures are known: closer, then.
        return second.start - first.end <= CLOSE
    return bool(_PLUS.search(span.text[first.end - span.start : second.start - span.start].casefold()))
