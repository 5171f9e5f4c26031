"""Says what a record counts, in normalised words; where it happens and who does it is read by `claim_context`."""

from typing import Final

from streams.rules.claim_choice import Choice
from streams.rules.claim_cues import Cue, Line
from streams.rules.figures import NO_QUANTITY
from streams.rules.units import UnitWords, match
from wirewatch.messages import Figure, Subject

MAX_TERMS: Final = 8


def subject_of(choice: Choice, figure: Figure | None, units: UnitWords) -> Subject:
    """Return the unit and the words that narrow it: the noun phrase after the cue, and right before a "record"."""
    text, cue, sets = choice.own(), choice.cue, choice.words.sets
    tokens = text.tokens
    terms = [
        low for low in tokens.low[cue.stop : cue.noun_stop] if low.isalpha() and low not in units.function
    ]
    if cue.kind in ("record", "high"):
        before = tokens.low[max(0, cue.start - 3) : cue.start]
        terms = [low for low in before if low in sets["kinds"] or low in sets["wants"]] + terms
    unit = figure.unit if figure is not None and figure.unit not in NO_QUANTITY else None
    if unit is None:
        unit = _noun(text, cue, units)
    return Subject(unit=unit, terms=tuple(dict.fromkeys(terms))[:MAX_TERMS])


def _noun(text: Line, cue: Cue, units: UnitWords) -> str | None:
    """Return the counted noun that the cue's phrase names: "drones" for "the largest drone assault"."""
    for at in range(cue.stop, cue.noun_stop):
        found = match(units.nouns, text.tokens, at)
        if found is not None:
            return found.name
    return None
