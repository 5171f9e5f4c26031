"""Finds what a story says about records: "the biggest number of drones — 472 — since the full-scale invasion"."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from streams.rules.claim_admission import is_claim
from streams.rules.claim_cues import Cue, Line, find_cues, line
from streams.rules.claim_figure import Candidate, Choice, choose, place
from streams.rules.claim_scope import Scope, nearest, scopes
from streams.rules.claim_status import Setting, decide, looks_back
from streams.rules.claim_subject import subject_of
from streams.rules.claim_words import ClaimWords, claim_words
from streams.rules.figures import NO_QUANTITY, figure_words, supported
from streams.rules.reading import Reading, Sentence
from wirewatch.messages import ClaimStatus, Figure, RecordClaim

# Sentences of the body that still belong to the lead.
LEAD: Final = 3
_WORD: Final = re.compile(r"n't|[^\W\d_]+")
_RANK: Final = {"claimed": 0, "denied": 1, "hypothetical": 2, "near_miss": 3, "historic": 4, "unclaimed": 5}


class _Found(Struct, frozen=True):
    """A cue with all that its sentence says of it."""

    index: int
    cue: Cue
    scope: Scope | None
    status: ClaimStatus
    figure: Figure | None


def find_record_claims(reading: Reading, figures: Sequence[Figure]) -> tuple[RecordClaim, ...]:
    """Return the record claims of a story, each once. A language without a lexicon yields nothing."""
    lang = supported(reading.story.lang)
    if lang is None:
        return ()
    words = claim_words(lang)
    function = figure_words(lang).units.function
    today = reading.story.at.date()
    read = [sentence for sentence in reading.sentences if _may_claim(sentence, words)]
    if not read:
        return ()
    head = [
        sentence for sentence in reading.sentences if sentence.field != "text" or sentence.position < LEAD
    ]
    lines = [line(sentence) for sentence in head]
    found: list[_Found] = []
    for sentence in read:
        index = head.index(sentence) if sentence in head else len(lines)
        around = lines if index < len(lines) else [*lines, line(sentence)]
        found.extend(_in_sentence(around, index, figures, words, function, today))
    return _merged(found, lines, reading)


def _may_claim(sentence: Sentence, words: ClaimWords) -> bool:
    return not words.triggers.isdisjoint(_WORD.findall(sentence.text.lower().replace("’", "'")))


def _in_sentence(
    lines: Sequence[Line], index: int, figures: Sequence[Figure], words: ClaimWords, function: frozenset[str], today: date
) -> list[_Found]:
    text = lines[index]
    cues = find_cues(text, words, function)
    if not cues:
        return []
    spans = scopes(text, words, today)
    candidates = place(figures, lines)
    numbered = any(each.line == index and each.figure.unit not in NO_QUANTITY for each in candidates)
    setting = Setting(today, lines[index + 1].norm if index + 1 < len(lines) else "", looks_back(lines, words))
    found: list[_Found] = []
    taken: set[int] = set()
    for cue in cues:
        scope = nearest(spans, cue)
        if not taken.isdisjoint(range(cue.start, cue.stop)) or not is_claim(text, cue, scope, words, numbered=numbered):
            continue
        taken.update(range(cue.start, cue.stop))
        status = decide(text, cue, scope, words, setting)
        figure = choose(candidates, Choice(lines, index, cue, scope, words))
        found.append(_Found(index, cue, scope, status, figure))
    return found


def _merged(found: list[_Found], lines: Sequence[Line], reading: Reading) -> tuple[RecordClaim, ...]:
    claims: list[RecordClaim] = []
    sentences = reading.sentences
    for each in sorted(found, key=lambda f: _RANK[f.status]):
        text = lines[each.index] if each.index < len(lines) else None
        if text is None:
            continue
        claim = _claim(each, text, reading)
        if not any(_same(claim, other) for other in claims):
            claims.append(claim)
    _ = sentences
    return tuple(claims)


def _same(claim: RecordClaim, other: RecordClaim) -> bool:
    if claim.figure is not None and other.figure is not None and claim.figure != other.figure:
        return False
    if claim.status != other.status:
        return claim.figure == other.figure and claim.status != "claimed"
    return claim.direction == other.direction or "first" in (claim.direction, other.direction)


def _claim(each: _Found, text: Line, reading: Reading) -> RecordClaim:
    cue, figure, scope = each.cue, each.figure, each.scope
    cues = [text.span(cue.start, cue.stop)]
    if scope is not None and not (scope.start < cue.stop and scope.stop > cue.start):
        cues.append(text.span(scope.start, scope.stop))
    return RecordClaim(
        status=each.status,
        comparator=cue.comparator,
        direction=direction_of(text, cue, figure),
        sentence=text.sentence.span(),
        cues=tuple(cues),
        subject=subject_of(text, cue, figure),
        figure=plain(figure) if figure else None,
        unit=figure.unit if figure else None,
        qualifier=figure.qualifier if figure else "exact",
        scope=scope.name if scope else "unstated",
    )


def direction_of(text: Line, cue: Cue, figure: Figure | None):  # type: ignore[no-untyped-def]
    """Return which way the figure counts: a fastest time is a minimum, a fastest growth a maximum."""
    noun = text.tokens.low[cue.stop : cue.noun_stop]
    growth = {"growth", "pace", "rate", "rise", "growing", "selling", "speed", "increase", "inflation"}
    if cue.comparator == "fastest" and (
        growth & set(noun)
        or (figure is not None and figure.unit not in ("seconds", "minutes", "hours", "days", None))
    ):
        return "max"
    if cue.kind == "record" and figure is not None and figure.unit == "seconds":
        return "min"
    return cue.direction


def plain(figure: Figure) -> float:
    """Return a figure as a record keeps it: a fraction told in words with three decimals, "two-thirds" as 0.667."""
    if abs(figure.value) < 1 and any(letter.isalpha() for letter in figure.text):
        return round(figure.value, 3)
    return figure.value
