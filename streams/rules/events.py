"""The main act that a sentence tells, of any kind: the first of its main clause."""

from collections.abc import Iterator

from msgspec import Struct

from streams.rules.grammar import EventKind, Grammar
from streams.rules.tagging import Tagged


class ToldEvent(Struct, frozen=True):
    """An event, the tokens that tell it, and whether it only stands in the background."""

    kind: EventKind
    start: int
    end: int
    background: bool


def first_event(grammar: Grammar, sentence: Tagged, *, peaceful: bool = False) -> ToldEvent | None:
    """Return the first act of the main clause; of those that begin at one word the longest.

    Where the first is a protest, and blood is shed in the same clause, that is the act. In a peaceful sentence no
    blood is shed, whatever its words.
    """
    behind = _background(grammar, sentence.tags)
    armed = _stands_in(sentence.tags, grammar.tags("bloody"))
    told = (
        ToldEvent(kind, start, end, behind[start])
        for start, end, kind in _matches(grammar, sentence.tags)
        if not (kind.violent and (peaceful or (kind.needs == "armed" and not armed)))
    )
    found = sorted(told, key=lambda each: (each.background, each.start, -each.end, not each.kind.violent))
    if not found:
        return None
    chosen = found[0]
    if chosen.kind.yields:
        bloody = [each for each in found if each.kind.violent and each.background == chosen.background]
        return bloody[0] if bloody else chosen
    return chosen


def _stands_in(tags: str, wanted: frozenset[str]) -> bool:
    return any(tag in wanted for tag in tags)


def _matches(grammar: Grammar, tags: str) -> Iterator[tuple[int, int, EventKind]]:
    for tag in dict.fromkeys(tags):
        for regex, also, kind in grammar.events.get(tag, ()):
            if also.isdisjoint(tags):
                continue
            for match in regex.finditer(tags):
                yield match.start(1), match.end(1), kind


def _background(grammar: Grammar, tags: str) -> list[bool]:
    """Say of each token whether it stands in a clause that describes, or tells what went before."""
    opens = grammar.tags("relative") | grammar.tags("gap-break")
    closes = grammar.tags("stop") | grammar.tags("comma")
    if opens.isdisjoint(tags):
        return [False] * len(tags)
    behind: list[bool] = []
    inside = False
    for tag in tags:
        inside = tag in opens or (inside and tag not in closes)
        behind.append(inside)
    return behind
