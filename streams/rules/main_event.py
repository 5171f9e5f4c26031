"""The main act of a story in PLOVER's sense: conflict or cooperation, in words or in deeds, violent or not."""

from collections.abc import Sequence
from typing import Final

from streams.rules.escalation_context import lure
from streams.rules.events import first_event
from streams.rules.reading import Reading
from streams.rules.scan import scan
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
            if figurative is not None and figurative.domain in _BLOODLESS:
                told = first_event(scanned.grammar, sentence, peaceful=True)
        if told is not None:
            return Event(told.kind.polarity, told.kind.form, told.kind.violent)
    return Event()
