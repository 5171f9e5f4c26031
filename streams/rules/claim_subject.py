"""Says what a record counts, in normalised words, for the ledger to find its metric by."""

from streams.rules.claim_cues import Cue, Line
from wirewatch.messages import Figure, Subject


def subject_of(text: Line, cue: Cue, figure: Figure | None) -> Subject:
    """Return unit, action, actor and place of a claim."""
    noun = text.tokens.low[cue.stop : cue.noun_stop]
    unit = figure.unit if figure is not None else None
    return Subject(unit=unit, terms=tuple(word for word in noun if word.isalpha())[:6])
