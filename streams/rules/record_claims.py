"""Finds what a story says about records: "the biggest number of drones — 472 — since the full-scale invasion"."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from streams.rules.claim_cues import Cue, Line, find_cues, line
from streams.rules.claim_figure import Candidate, choose, place
from streams.rules.claim_scope import Scope, nearest, scopes
from streams.rules.claim_status import decide
from streams.rules.claim_subject import subject_of
from streams.rules.claim_words import ClaimWords, claim_words
from streams.rules.figures import figure_words, supported
from streams.rules.reading import Reading, Sentence
from wirewatch.messages import ClaimStatus, Figure, RecordClaim

# Sentences of the body that still belong to the lead.
LEAD: Final = 3
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
    return next(words.prefilter.iter(sentence.text.lower()), None) is not None


def _in_sentence(
    lines: Sequence[Line],
    index: int,
    figures: Sequence[Figure],
    words: ClaimWords,
    function: frozenset[str],
    today: date,
) -> list[_Found]:
    text = lines[index]
    cues = find_cues(text, words, function)
    if not cues:
        return []
    spans = scopes(text, words, today)
    candidates: list[Candidate] | None = None
    found: list[_Found] = []
    follow = lines[index + 1].norm if index + 1 < len(lines) else ""
    for cue in cues:
        scope = nearest(spans, cue)
        if not is_claim(text, cue, scope, words):
            continue
        status = decide(text, cue, scope, words, today, follow)
        if candidates is None:
            candidates = place(figures, lines)
        found.append(_Found(index, cue, scope, status, choose(candidates, lines, index, cue, scope, words)))
    return found


def is_claim(text: Line, cue: Cue, scope: Scope | None, words: ClaimWords) -> bool:
    """Whether the cue claims anything, and is no standing superlative or figure of speech."""
    if cue.kind == "superlative":
        return _superlative_claims(text, cue, scope, words)
    if cue.need == "scope":
        return scope is not None and scope.kind not in ("ever weak",)
    if cue.need == "strict":
        return scope is not None or "before" in text.between(cue.stop, cue.stop + 8).split()
    if cue.need == "become":
        return any(
            word in text.between(cue.start - 4, cue.start).split()
            for word in ("becomes", "became", "become", "becoming", "the")
        )
    return True


def _superlative_claims(text: Line, cue: Cue, scope: Scope | None, words: ClaimWords) -> bool:
    tokens = text.tokens
    noun = tokens.low[cue.stop : cue.noun_stop]
    before = text.between(cue.start - 5, cue.start)
    becomes = any(f" {word} " in before for word in words.sets["become"])
    entity = (
        bool(noun) and not words.sets["entities"].isdisjoint(noun) and words.sets["events"].isdisjoint(noun)
    )
    if scope is not None and scope.kind not in ("world",):
        return not entity or becomes or scope.kind in ("years", "since", "to date")
    if entity:
        return any(f" {word} " in before for word in ("becomes", "became", "become", "now", "crowned"))
    event = not words.sets["events"].isdisjoint(noun)
    possessive = tokens.word(cue.start - 1) in ("its", "their", "his", "her", "'s", "our")
    headline = text.sentence.field == "title" and tokens.word(cue.start - 1) not in (
        "the",
        "a",
        "this",
        "that",
    )
    if event and (possessive or headline):
        return True
    return any(f" {word} " in before for word in ("becomes", "became", "now", "new")) or (
        event and scope is not None
    )


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
        figure=figure.value if figure else None,
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
