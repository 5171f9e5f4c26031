"""What came near to a turn and was none: acts that were cancelled and by what, and the nearest rule that did not fire."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Final

from msgspec import Struct

from streams.rules.acts import Found, find_acts, unless_of
from streams.rules.escalation import POLARITY, is_far_fetched
from streams.rules.escalation_context import adversaries, lure, of_prices, only_tells
from streams.rules.grammar import Grammar
from streams.rules.reading import Reading, Sentence
from streams.rules.scan import Scan, scan
from streams.rules.second_reading import second_reader
from streams.rules.tagging import Tagged
from streams.rules.vectors import HeadlineVectors

# So many are told, the nearest first.
_MOST: Final = 5
_FAR_FETCHED: Final = "nobody in it is at war or at odds, and by what was learned it is hardly one"
_WHY: Final = {
    "deny": "denied, or only feared or expected",
    "maybe": "only possible",
    "appeal": "only asked for",
    "memory": "remembered",
    "compound": "the words make another thing of it",
    "tally": "a count of what went on before",
    "reject": "rejected",
}


class Unheard(Struct, frozen=True):
    """An act that was not taken for a turn: which, in which words, and why."""

    rule: str
    words: str
    why: str


def unheard(reading: Reading, vectors: HeadlineVectors | None = None) -> tuple[Unheard, ...]:
    """Return what was cancelled in headline and lead, the nearest to a finding first."""
    scanned = scan(reading)
    if scanned is None:
        return ()
    known, headline, below = scanned.grammar, scanned.headline(), scanned.below()
    found: list[Unheard] = []
    if headline and only_tells(known, headline[0]):
        found.append(Unheard("any", headline[0].text, "the headline explains, asks or reviews"))
    if headline and of_prices(known, headline[0]):
        found.append(Unheard("any", headline[0].text, "the headline is of prices"))
    figurative = lure(known, headline, below)
    if figurative is not None:
        found.append(Unheard("any", ", ".join(figurative.words), f"the words are of {figurative.domain}"))
    year = reading.story.at.year
    foes = cache(partial(adversaries, known, [*headline, *below]))
    for sentence, tagged in (*scanned.title, *scanned.lead):
        acts = find_acts(known, tagged, year, foes)
        found += [_cancelled(act, sentence, tagged) for act in acts if act.state in ("void", "appeal")]
        if not foes():
            found += [
                Unheard(act.act.sense, _quoted(sentence, tagged, act.start, act.end), _FAR_FETCHED)
                for act in acts
                if act.state in POLARITY and is_far_fetched(reading, scanned, vectors, POLARITY[act.state])
            ]
        found += _excluded(known, sentence, tagged)
    return (*found[:_MOST], *_learned(reading, scanned, vectors))


def _cancelled(found: Found, sentence: Sentence, tagged: Tagged) -> Unheard:
    words = _quoted(sentence, tagged, found.start, found.end)
    if not found.operators:
        return Unheard(found.act.sense, words, "described, or of an earlier year")
    name, at = found.operators[-1]
    return Unheard(
        found.act.sense, words, f"{_WHY.get(name, name)}: “{_quoted(sentence, tagged, at, at + 1)}”"
    )


def _excluded(known: Grammar, sentence: Sentence, tagged: Tagged) -> Iterator[Unheard]:
    """Yield the rules that fit but for what cancels them in the same sentence."""
    for (start, end), act, (first, last) in unless_of(known, tagged.tags):
        words = _quoted(sentence, tagged, start, end)
        yield Unheard(act.sense, words, f"cancelled by “{_quoted(sentence, tagged, first, last)}”")


def _quoted(sentence: Sentence, tagged: Tagged, start: int, end: int) -> str:
    begin, stop = tagged.span(start, end)
    return sentence.text[begin - sentence.start : stop - sentence.start]


def _learned(reading: Reading, scanned: Scan, vectors: HeadlineVectors | None) -> Sequence[Unheard]:
    """Say how likely a turn is by what was learned."""
    reader = None if reading.lang is None else second_reader(reading.lang)
    if reader is None or vectors is None or not scanned.title:
        return ()
    polarity, sure = reader.likeliest(scanned.headline(), scanned.below(), vectors)
    return (
        Unheard(f"learned: {polarity}", scanned.title[0][0].text, f"{sure:.0%} likely by what was learned"),
    )
