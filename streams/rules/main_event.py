"""The main act of a story in PLOVER's sense: conflict or cooperation, in words or in deeds, violent or not."""

from collections.abc import Sequence
from typing import Final

from streams.rules.bloodshed import read_again
from streams.rules.escalation_context import lure
from streams.rules.events import first_event
from streams.rules.grammar import EventKind, Grammar
from streams.rules.reading import Reading
from streams.rules.scan import scan
from streams.rules.second_reading import LEARNED
from streams.rules.tagging import Tagged
from streams.rules.vectors import HeadlineVectors
from wirewatch.messages import Escalation, Event

# What disasters, games and markets call attacks and battles sheds no blood between people.
_BLOODLESS: Final = frozenset({"nature", "sport", "business", "fiction", "labour", "relics", "space"})


def main_event(
    reading: Reading, escalations: Sequence[Escalation], vectors: HeadlineVectors | None = None
) -> Event:
    """Return the story's main act; "none" where nothing is done to anybody, or the language is unknown.

    With `vectors` the headline is read again by what was learned.
    """
    scanned = scan(reading)
    if scanned is None:
        return Event()
    known, headline, below = scanned.grammar, scanned.headline(), scanned.below()
    for number, sentence in enumerate([*headline, *below]):
        told = first_event(known, sentence)
        bloodless = _is_bloodless(known, sentence, headline, below) if not escalations else False
        if told is not None and told.kind.violent and bloodless:
            told = first_event(known, sentence, peaceful=True)
        kind = None if told is None else told.kind
        if vectors is not None and reading.lang and headline and not (bloodless or number):
            kind = read_again(known, headline, told, vectors, reading.lang)
        if kind is not None:
            return _event_of(kind, escalations)
    return Event()


def _is_bloodless(
    known: Grammar, sentence: Tagged, headline: Sequence[Tagged], below: Sequence[Tagged]
) -> bool:
    """Whether an item's words of blood are those of a domain that sheds none, and nobody fights in the sentence."""
    fighting = known.tags("fighters") | known.tags("brawl")
    if not fighting.isdisjoint(sentence.present):
        return False
    figurative = lure(known, headline, below)
    return figurative is not None and figurative.domain in _BLOODLESS


def _event_of(kind: EventKind, escalations: Sequence[Escalation]) -> Event:
    """Return the event of an act; a threat that contradicts it is it: an ultimatum that is given is no gift."""
    turn = next(iter(escalations), None)
    if turn is None or turn.polarity != "escalation" or turn.severity > 1 or kind.polarity == "conflict":
        return Event(kind.polarity, kind.form, kind.violent)
    return Event(kind.polarity, kind.form) if LEARNED in turn.parts[0] else Event("conflict", "verbal")
