"""The main act of a story in PLOVER's sense: conflict or cooperation, in words or in deeds, violent or not."""

from collections.abc import Sequence
from typing import Final

from streams.rules.escalation_context import lure
from streams.rules.events import first_event
from streams.rules.grammar import EventKind
from streams.rules.reading import Reading
from streams.rules.scan import scan
from streams.rules.second_reading import LEARNED
from wirewatch.messages import Escalation, Event

# What disasters, games and markets call attacks and battles sheds no blood between people.
_BLOODLESS: Final = frozenset({"nature", "sport", "business", "fiction", "labour"})


def main_event(reading: Reading, escalations: Sequence[Escalation]) -> Event:
    """Return the story's main act; "none" where nothing is done to anybody, or the language is unknown."""
    scanned = scan(reading)
    if scanned is None:
        return Event()
    headline, below = scanned.headline(), scanned.below()
    for sentence in [*headline, *below]:
        told = first_event(scanned.grammar, sentence)
        if told is not None and told.kind.violent and not escalations:
            figurative = lure(scanned.grammar, headline, below)
            fighting = scanned.grammar.tags("fighters") | scanned.grammar.tags("brawl")
            fought = not fighting.isdisjoint(sentence.present)
            if figurative is not None and figurative.domain in _BLOODLESS and not fought:
                told = first_event(scanned.grammar, sentence, peaceful=True)
        if told is not None:
            return _event_of(told.kind, escalations)
    return Event()


def _event_of(kind: EventKind, escalations: Sequence[Escalation]) -> Event:
    """Return the event of an act; a threat that contradicts it is it: an ultimatum that is given is no gift."""
    turn = next(iter(escalations), None)
    if turn is None or turn.polarity != "escalation" or turn.severity > 1 or kind.polarity == "conflict":
        return Event(kind.polarity, kind.form, kind.violent)
    return Event(kind.polarity, kind.form) if LEARNED in turn.parts[0] else Event("conflict", "verbal")
