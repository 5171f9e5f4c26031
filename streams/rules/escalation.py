"""Which way a conflict turned, how far, and by which words. The headline decides, then the lead; no background."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Final

from msgspec.structs import replace

from streams.rules.actors import parties
from streams.rules.acts import Found, find_acts, unless_of
from streams.rules.escalation_context import (
    adversaries,
    at_odds,
    lure,
    of_another_domain,
    of_prices,
    only_tells,
)
from streams.rules.events import first_event
from streams.rules.grammar import Grammar, State
from streams.rules.reading import Reading, Sentence
from streams.rules.scan import Scan, scan
from streams.rules.second_reading import LEARNED, second_reader
from streams.rules.severity import severity
from streams.rules.tagging import Tagged
from streams.rules.vectors import HeadlineVectors
from wirewatch.messages import Escalation, Figure, Polarity, Span

POLARITY: Final[dict[State, Polarity]] = {
    "attack": "escalation",
    "hostile": "escalation",
    "threat": "escalation",
    "peace": "de-escalation",
    "offer": "de-escalation",
}
# What was learned says which way an item turns, and not how far: the middle is never far off.
_LEARNED_DEGREE: Final = 2
# Where nobody is at war or at odds it takes so much for something to turn, and more for peace to be made.
_AMONG_FRIENDS: Final[dict[Polarity, float]] = {"escalation": 0.8, "de-escalation": 0.93}
# So sure, it overrules a turn that the rules found by words that are not of war.
_OVERRULES: Final = 0.6
# So sure that nothing turns, an idiom means nothing between parties that nobody knows to be at odds.
_UNLIKELY: Final = 0.5
# A denial stands so many words before what it denies.
_DENIED: Final = 3


def find_escalations(
    reading: Reading, figures: Sequence[Figure], vectors: HeadlineVectors | None = None
) -> tuple[Escalation, ...]:
    """Return the item's escalation or de-escalation, if that is its main news; nothing for a language unknown.

    With `vectors` what the rules leave open is read again by what was learned.
    """
    scanned = scan(reading)
    if scanned is None:
        return ()
    known, headline, below = scanned.grammar, scanned.headline(), scanned.below()
    if headline and (only_tells(known, headline[0]) or of_prices(known, headline[0])):
        return ()
    year = reading.story.at.year
    foes = cache(partial(adversaries, known, [*headline, *below]))
    likely = cache(lambda: foes() or _likely_at_odds(reading, scanned, vectors))
    sentences = [*scanned.title, *scanned.lead]
    # What the headline's own words make another thing of is that below it, too.
    other_things: set[str] = set()
    for number, (sentence, tagged) in enumerate(sentences):
        told = find_acts(known, tagged, year, foes, likely if sentence.field == "title" else foes)
        acts = [act for act in told if act.act.sense not in other_things]
        main = main_act(acts)
        if main is not None:
            far_fetched = is_far_fetched(reading, scanned, vectors, POLARITY[main.state]) and not foes()
            if far_fetched or lure(known, headline, below):
                return ()
            rest = [other for _, other in sentences[number + 1 : number + 3]]
            piece = [tagged, *rest]
            return (_escalation(known, main, acts=acts, sentence=sentence, tagged=piece, figures=figures),)
        if sentence.field == "title":
            if _settles(known, tagged, acts):
                return ()
            other_things.update(act.sense for _, act, _ in unless_of(known, tagged.tags))
    turns = (_turn(known, sentence, tagged) for sentence, tagged in scanned.title)
    turn = next((found for found in turns if found), None)
    if (turn is None and vectors is None) or lure(known, headline, below):
        return ()
    if vectors is not None and not other_things:
        turn = _read_again(reading, scanned, vectors, turn)
    return () if turn is None else (turn,)


def is_far_fetched(
    reading: Reading, scanned: Scan, vectors: HeadlineVectors | None, polarity: Polarity
) -> bool:
    """Whether an act is only words, by what was learned: "hail bombards Madrid"."""
    reader = None if vectors is None or reading.lang is None else second_reader(reading.lang)
    if reader is None or vectors is None:
        return False
    return reader.doubts(polarity, scanned.headline(), scanned.below(), vectors)


def _likely_at_odds(reading: Reading, scanned: Scan, vectors: HeadlineVectors | None) -> bool:
    """Whether a headline names a party, and a turn is likely enough by what was learned for an idiom to mean one."""
    known, headline, below = scanned.grammar, scanned.headline(), scanned.below()
    reader = None if vectors is None or reading.lang is None else second_reader(reading.lang)
    party = known.tags("party")
    if reader is None or vectors is None or all(party.isdisjoint(tagged.present) for tagged in headline):
        return False
    answer, sure = reader.answer(headline, below, vectors)
    return answer is not None or sure < _UNLIKELY


def _read_again(
    reading: Reading, scanned: Scan, vectors: HeadlineVectors, turn: Escalation | None
) -> Escalation | None:
    """Return what headline and lead mean together, where they name a party and the rules find no word of war.

    A turn by words that are not of war stands unless the second reader is sure of another, or of none.
    """
    known, headline, below = scanned.grammar, scanned.headline(), scanned.below()
    party = known.tags("party")
    reader = None if reading.lang is None else second_reader(reading.lang)
    # Without a headline there is nothing that the lead could add to.
    if reader is None or not headline:
        return turn
    if all(party.isdisjoint(sentence.present) for sentence in [*headline, *below]):
        return turn
    if _opens_aside(known, headline[0]) or of_another_domain(known, headline):
        return turn
    if turn is not None:
        answer, sure = reader.answer(headline, below, vectors)
        if answer == turn.polarity or sure < _OVERRULES:
            return turn
    verdict = reader.read(headline, below, vectors)
    if verdict is None:
        return None
    if verdict.sure < _AMONG_FRIENDS[verdict.polarity] and not adversaries(known, [*headline, *below]):
        return turn
    sentence, tagged = scanned.title[0]
    words = [sentence.text[start - sentence.start : end - sentence.start] for start, end in verdict.words]
    cues = tuple(
        Span(sentence.field, start, end, word)
        for (start, end), word in zip(verdict.words, words, strict=True)
    )
    at = next((n for n in range(len(tagged.words)) if cues and tagged.span(n, n + 1)[1] > cues[0].start), 0)
    who = parties(known, at, at + 1, tagged)
    return Escalation(
        polarity=verdict.polarity,
        severity=_LEARNED_DEGREE,
        cues=cues,
        sentence=sentence.span(),
        actor=who.actor,
        target=who.target,
        place=who.place,
        parts=(
            f"act {_LEARNED_DEGREE}: {LEARNED}, {verdict.sure:.0%} sure, by {', '.join(words) or 'the whole'}",
        ),
    )


def _turn(known: Grammar, sentence: Sentence, headline: Tagged) -> Escalation | None:
    """Return what a headline tells without any word of war, between parties that are at odds."""
    told = first_event(known, headline) if at_odds(known, headline) else None
    if told is None or told.kind.turn is None or told.background:
        return None
    if told.start == 0 and _opens_aside(known, headline):
        return None
    war = known.tags("war")
    if told.kind.violent and all(tag in war for tag in headline.tags[told.start : told.end]):
        # That there is a war is no turn of it: "the largest exodus outside war".
        return None
    denied = known.tags("op-deny")
    if any(tag in denied for tag in headline.tags[max(0, told.start - _DENIED) : told.start]):
        return None
    polarity, degree = told.kind.turn
    who = parties(known, told.start, told.end, headline)
    return Escalation(
        polarity=polarity,
        severity=degree,
        cues=(_span(sentence, headline, told.start, told.end),),
        sentence=sentence.span(),
        actor=who.actor,
        target=who.target,
        place=who.place,
        parts=(f"act {degree}: {told.kind.form} {told.kind.polarity} between parties at odds",),
    )


def _opens_aside(known: Grammar, headline: Tagged) -> bool:
    """Whether the news comes after the comma: "Freed from prison in Belarus, he meets his wife"."""
    return headline.words[0].split()[0].endswith(known.past) and "," in headline.words


def _settles(known: Grammar, headline: Tagged, acts: Sequence[Found]) -> bool:
    """Whether a headline without an act of its own says enough: a denial, an appeal, a count of losses."""
    tally = known.tags("headline-tally") | known.tags("denies")
    told = any(found.state in ("void", "appeal") for found in acts)
    return told or not tally.isdisjoint(headline.present)


def main_act(acts: Sequence[Found]) -> Found | None:
    """Return the act that a sentence reports: an act on the ground before words, the main clause before the rest."""
    told = [found for found in acts if found.state in POLARITY]
    front = [found for found in told if not found.background]
    if not front:
        if any(not found.background and found.state in ("void", "appeal") for found in acts):
            return None
        front = told
    if not front:
        return None
    attacks = [found for found in front if found.state == "attack"]
    if attacks:
        return max(attacks, key=lambda found: found.severity)
    main = front[0]
    if main.state == "peace":
        return _concluded(main, acts)
    behind = [found for found in told if found.background and found.state == "attack"]
    if main.state in ("offer", "threat") and behind:
        return behind[0]
    return main


def _concluded(main: Found, acts: Sequence[Found]) -> Found:
    """Return the furthest step of a clause that tells of peace; a truce in it was concluded by the words around it."""
    made = [found for found in acts if not found.background and found.state == "peace"]
    named = [
        replace(found, state="peace") for found in acts if found.state == "truce" and not found.background
    ]
    return max([main, *named, *made], key=lambda found: found.severity)


def _escalation(
    known: Grammar,
    main: Found,
    *,
    acts: Sequence[Found],
    sentence: Sentence,
    tagged: Sequence[Tagged],
    figures: Sequence[Figure],
) -> Escalation:
    degree, parts = severity(known, main, tagged, figures)
    polarity = POLARITY[main.state]
    if any(POLARITY.get(other.state, polarity) != polarity for other in acts):
        parts = (*parts, "mixed: the same sentence turns the other way too")
    who = parties(known, main.start, main.end, tagged[0])
    return Escalation(
        polarity=polarity,
        severity=degree,
        cues=_cues(main, sentence, tagged[0]),
        sentence=sentence.span(),
        actor=who.actor,
        target=who.target,
        place=who.place,
        parts=parts,
    )


def _cues(main: Found, sentence: Sentence, tagged: Tagged) -> tuple[Span, ...]:
    """Return the act's words and those of the operators, in the order of the text."""
    pieces = [(at, at + 1) for _, at in main.operators] + [(main.start, main.end)]
    return tuple(_span(sentence, tagged, start, end) for start, end in sorted(set(pieces)))


def _span(sentence: Sentence, tagged: Tagged, start: int, end: int) -> Span:
    begin, stop = tagged.span(start, end)
    return Span(sentence.field, begin, stop, sentence.text[begin - sentence.start : stop - sentence.start])
