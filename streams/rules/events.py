"""The main act that a sentence tells, of any kind: the first of its main clause."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from streams.rules.grammar import EventKind, Grammar
from streams.rules.tagging import Tagged

# An act stands so many words after the "and" that joins it to another.
_BESIDE: Final = 2


class ToldEvent(Struct, frozen=True):
    """An event, the tokens that tell it, and whether it only stands in the background."""

    kind: EventKind
    start: int
    end: int
    background: bool


def first_event(grammar: Grammar, sentence: Tagged, *, peaceful: bool = False) -> ToldEvent | None:
    """Return the first act of the main clause; of those that begin at one word the longest.

    Where the first is a protest, and blood is shed in the same clause, that is the act. In a peaceful sentence no
    blood is shed, whatever its words; what may be a protest or an attack ("begin a strike") is an attack where there
    are arms, or it is aimed at something.
    """
    behind = _background(grammar, sentence)
    armed = not grammar.tags("bloody").isdisjoint(sentence.present)
    told = (
        ToldEvent(
            kind, start, end, behind[start] or (kind.violent and _is_named(grammar, sentence, start, end))
        )
        for start, end, kind in _matches(grammar, sentence)
        if not (kind.violent and (peaceful or (kind.needs == "armed" and not armed)))
    )
    aims = grammar.tags("ev-aimed")

    def aimed(each: ToldEvent) -> bool:
        return any(tag in aims for tag in sentence.tags[each.end : each.end + 1])

    found = sorted(
        told,
        key=lambda each: (
            each.background,
            each.start,
            -each.end,
            each.kind.violent != (armed or aimed(each)),
        ),
    )
    if not found:
        return None
    chosen = found[0]
    if chosen.kind.polarity == "conflict" and not chosen.kind.violent:
        joined = (each for each in found if each.kind.violent and _is_joined(sentence, chosen, each))
        chosen = next(joined, chosen)
    if chosen.kind.yields:
        told_as = (chosen.start, chosen.end)
        clause = (each for each in found if each.background == chosen.background)
        bloody = (each for each in clause if each.kind.violent and (each.start, each.end) != told_as)
        return next(bloody, chosen)
    return chosen


def _is_named(grammar: Grammar, sentence: Tagged, start: int, end: int) -> bool:
    """Whether blood is only what something else is of or about: "survivors of the massacre sued"."""
    of = grammar.tags("ev-of")
    if end - start > 1:
        return False
    # "Survivors of the massacre", "of the Srebrenica massacre".
    tags = sentence.tags
    named = start > _BESIDE and tags[start - 3] in of and tags[start - 2] in grammar.tags("ev-article")
    return named or any(tag in of for tag in tags[max(0, start - 2) : start])


def _is_joined(sentence: Tagged, first: ToldEvent, then: ToldEvent) -> bool:
    """Whether who did the first did the second too: "fired tear gas and beat mourners"."""
    beside = sentence.words[max(first.end, then.start - _BESIDE) : then.start]
    return then.start > first.start and then.background == first.background and "and" in beside


def _matches(grammar: Grammar, sentence: Tagged) -> Iterator[tuple[int, int, EventKind]]:
    tags, present, events = sentence.tags, sentence.present, grammar.events
    for tag in [tag for tag in dict.fromkeys(tags) if tag in events]:
        for regex, also, kind in events[tag]:
            if any(map(present.isdisjoint, also)):
                continue
            for match in regex.finditer(tags):
                yield match.start(1), match.end(1), kind


def _background(grammar: Grammar, sentence: Tagged) -> list[bool]:
    """Say of each token whether it stands in a clause that describes, or tells what went before."""
    opens = grammar.tags("relative") | grammar.tags("gap-break")
    closes = grammar.tags("stop") | grammar.tags("comma")
    tags = sentence.tags
    if opens.isdisjoint(sentence.present):
        return [False] * len(tags)
    behind: list[bool] = []
    inside = False
    for tag in tags:
        inside = tag in opens or (inside and tag not in closes)
        behind.append(inside)
    return behind
