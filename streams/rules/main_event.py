"""The main act of a story in PLOVER's sense: conflict or cooperation, in words or in deeds, violent or not."""

from collections.abc import Iterator, Sequence
from typing import Final

from streams.rules.escalation_context import lure
from streams.rules.grammar import EventKind, Grammar
from streams.rules.reading import Reading
from streams.rules.scan import scan
from streams.rules.tagging import Tagged
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
        kind = _first(scanned.grammar, sentence, peaceful=False)
        if kind is not None and kind.violent and not escalations:
            figurative = lure(scanned.grammar, headline, below)
            if figurative is not None and figurative.domain in _BLOODLESS:
                kind = _first(scanned.grammar, sentence, peaceful=True)
        if kind is not None:
            return Event(kind.polarity, kind.form, kind.violent)
    return Event()


def _first(grammar: Grammar, sentence: Tagged, *, peaceful: bool) -> EventKind | None:
    """Return the first act of the main clause; of those that begin at one word the longest.

    Where the first is a protest, and blood is shed in the same clause, that is the act.
    """
    behind = _background(grammar, sentence.tags)
    armed = _stands_in(sentence.tags, grammar.tags("bloody"))
    told = (
        ((behind[start], start, -end, not kind.violent), kind)
        for start, end, kind in _matches(grammar, sentence.tags)
        if not (kind.violent and (peaceful or (kind.needs == "armed" and not armed)))
    )
    found = sorted(told, key=lambda each: each[0])
    if not found:
        return None
    (background, *_), chosen = found[0]
    if chosen.yields:
        bloody = [kind for (behind_too, *_), kind in found if kind.violent and behind_too == background]
        return bloody[0] if bloody else chosen
    return chosen


def _stands_in(tags: str, wanted: frozenset[str]) -> bool:
    return any(tag in wanted for tag in tags)


def _matches(grammar: Grammar, tags: str) -> Iterator[tuple[int, int, EventKind]]:
    for tag in set(tags):
        for regex, kind in grammar.events.get(tag, ()):
            for match in regex.finditer(tags):
                yield match.start(1), match.end(1), kind


def _background(grammar: Grammar, tags: str) -> list[bool]:
    """Say of each token whether it stands in a clause that describes, or tells what went before."""
    opens = grammar.tags("relative") | grammar.tags("gap-break")
    closes = grammar.tags("stop") | grammar.tags("comma")
    behind: list[bool] = []
    inside = False
    for tag in tags:
        inside = tag in opens or (inside and tag not in closes)
        behind.append(inside)
    return behind
