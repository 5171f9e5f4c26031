"""Finds what a story says about records: "the biggest number of drones — 472 — since the full-scale invasion".

Headline and lead decide what is claimed; further down a record is history unless the sentence reports what has just
happened. What headline and body both tell is one claim.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.claim_admission import is_claim
from streams.rules.claim_case import Case
from streams.rules.claim_choice import Candidate, Choice
from streams.rules.claim_context import completed
from streams.rules.claim_cues import Cue, Line, find_cues, is_trigger, line
from streams.rules.claim_figure import choose, place, previous_of
from streams.rules.claim_scope import nearest, scopes
from streams.rules.claim_status import Setting, decide, looks_back
from streams.rules.claim_subject import subject_of
from streams.rules.claim_unity import merged
from streams.rules.claim_voice import day_of, is_news, said_by
from streams.rules.claim_weights import wants
from streams.rules.claim_words import ClaimWords, claim_words, worth_trying
from streams.rules.figures import NO_QUANTITY, figure_words
from streams.rules.reading import Reading, Sentence
from streams.rules.share_indexes import index_points
from streams.rules.tokens import words_of
from streams.rules.units import UnitWords
from wirewatch.messages import ClaimStatus, Direction, Figure, RecordClaim, Story

# Sentences of the body that still belong to the lead.
LEAD: Final = 3
# So many sentences of a story, and so many cues of a sentence, are judged; a text with more is none.
MAX_CUED: Final = 60
MAX_CUES: Final = 8
# A sentence of the body has so many spaces at least; what is shorter is a heading or a button.
_WHOLE: Final = 5
# "Record for the fastest" is one cue.
_SAME_CUE: Final = 3
# Words that are remembered, so that a text of new ones each cannot fill the memory.
_REMEMBERED: Final = 50_000
# How a word promises a claim that may make one alone.
_ALONE: Final = 2
_DOLLARS: Final = frozenset(["dollars", "cents", "percent", "euros"])
_TIMES: Final = frozenset(["seconds", "minutes", "hours", "days", "weeks", "months"])


class _Head(Struct, frozen=True):
    """Headline and lead, with their figures, and what they are read with."""

    lines: Sequence[Line]
    candidates: Sequence[Candidate]
    words: ClaimWords
    units: UnitWords
    today: date
    looks_back: bool


def find_record_claims(reading: Reading, figures: Sequence[Figure]) -> tuple[RecordClaim, ...]:
    """Return the record claims of a story, each once. A language without a lexicon yields nothing."""
    lang = reading.lang
    if lang is None:
        return ()
    words = claim_words(lang)
    units = figure_words(lang).units
    cued = _cued(reading.sentences, words, units)
    if not cued:
        return ()
    end = _lead_end(reading.sentences)
    lines = [cued[at][0] if at in cued else line(reading.sentences[at], lang) for at in range(end)]
    today = reading.story.at.date()
    head = _Head(lines, place(figures, lines), words, units, today, looks_back(lines, words))
    found: list[RecordClaim] = []
    for at, (text, cues) in cued.items():
        if at < end:
            found.extend(_in_line(head, at, cues))
        else:
            found.extend(_in_body(head, text, cues, figures))
    claims, rounder = merged(found)
    whole = [_completed(claim, reading.story, lang) for claim in claims]
    # What a rounder figure counts is what the claim counts that it tells again.
    return (*whole, *(replace(telling.claim, subject=whole[telling.at].subject) for telling in rounder))


def _completed(claim: RecordClaim, story: Story, lang: str) -> RecordClaim:
    """Give a claim the place, the actor and the act that its clause leaves out; what is history needs none."""
    if claim.status in ("historic", "near_miss"):
        return claim
    return replace(claim, subject=completed(claim, story, lang))


def _cued(
    sentences: Sequence[Sentence], words: ClaimWords, units: UnitWords
) -> dict[int, tuple[Line, list[Cue]]]:
    """Return the sentences with cues, ready for patterns. Most have none, and must cost next to nothing."""
    found: dict[int, tuple[Line, list[Cue]]] = {}
    promising = _promising(words.language)
    for at, sentence in enumerate(sentences):
        present = words_of(sentence.text, words.language)
        promise = max(map(promising.__getitem__, present), default=0)
        if not promise:
            continue
        places = worth_trying(present, words)
        if places or promise == _ALONE:
            text = line(sentence, words.language)
            cues = find_cues(text, words, units.function, places)
            if cues:
                found[at] = (text, cues[:MAX_CUES])
                if len(found) == MAX_CUED:
                    break
    return found


class _Promising(dict[str, int]):
    """The words that were met, and whether such a word may make a claim: not at all, in a pattern, or alone."""

    def __init__(self, words: ClaimWords) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = _ALONE if is_trigger(word, self._words) else int(word in self._words.tried)
        self[word] = found
        return found


@cache
def _promising(lang: str) -> _Promising:
    return _Promising(claim_words(lang))


def _lead_end(sentences: Sequence[Sentence]) -> int:
    """Return where the lead ends: after the body's first whole sentences, headings and page furniture not counted."""
    whole = 0
    for at, sentence in enumerate(sentences):
        if sentence.field == "text":
            whole += sentence.text.count(" ") >= _WHOLE
            if whole > LEAD:
                return at
    return len(sentences)


def _in_body(head: _Head, text: Line, cues: Sequence[Cue], figures: Sequence[Figure]) -> list[RecordClaim]:
    """Return the claims of a sentence below the lead."""
    own = replace(head, lines=[*head.lines, text], candidates=place(figures, [text], offset=len(head.lines)))
    return _in_line(own, len(head.lines), cues, below=True)


def _in_line(head: _Head, index: int, cues: Sequence[Cue], *, below: bool = False) -> list[RecordClaim]:
    text = head.lines[index]
    spans = scopes(text, head.words, head.today)
    quantities = [each for each in head.candidates if each.figure.unit not in NO_QUANTITY]
    numbered = any(each.line == index for each in quantities)
    told = bool(quantities) or any(each.figure.unit == "rank" for each in head.candidates)
    follow = head.lines[index + 1].norm if index + 1 < len(head.lines) else ""
    setting = Setting(head.today, follow, head.looks_back)
    found: list[RecordClaim] = []
    taken: set[int] = set()
    line_wants = wants(text.tokens.low, head.words)
    for cue in cues:
        scope = nearest(spans, cue)
        if not taken.isdisjoint(range(cue.start, cue.stop)):
            continue
        case = Case(text, cue, scope, head.words, numbered, told)
        if not is_claim(case):
            continue
        taken.update(range(cue.start, cue.stop + _SAME_CUE if cue.kind == "record" else cue.stop))
        status = decide(case, setting)
        if below and status == "claimed" and not is_news(text, cue, head.today, head.words):
            status = "historic"
        nouns = wants(text.tokens.low[cue.stop : cue.noun_stop], head.words)
        choice = Choice(head.lines, index, cue, scope, head.words, nouns, line_wants, head.today.year)
        found.append(_claim(head, choice, status))
    return found


def _claim(head: _Head, choice: Choice, status: ClaimStatus) -> RecordClaim:
    text, cue, scope = choice.lines[choice.index], choice.cue, choice.scope
    figure = choose(head.candidates, choice)
    direction = direction_of(choice, figure)
    unit = figure.unit if figure and figure.unit not in NO_QUANTITY else None
    if figure is not None and figure.unit is None:
        unit = _points(head, figure)
    subject = subject_of(choice, figure, head.units)
    cues = [text.span(cue.start, cue.stop)]
    if scope is not None and not (scope.start < cue.stop and scope.stop > cue.start):
        cues.append(text.span(scope.start, scope.stop))
    return RecordClaim(
        status=status,
        comparator=cue.comparator,
        direction=direction,
        sentence=text.sentence.span(),
        cues=tuple(cues),
        subject=subject if subject.unit else replace(subject, unit=unit),
        figure=plain(figure) if figure else None,
        unit=unit,
        qualifier=figure.qualifier if figure else "exact",
        scope=scope.name if scope else "unstated",
        said_by=said_by(text, head.words, choice.cue),
        date=day_of(text, scope, head.today, head.words),
        previous=previous_of(head.candidates, choice, figure, direction) if figure else None,
    )


def _points(head: _Head, figure: Figure) -> str | None:
    """Return the points of a share index that a bare figure counts, by its own sentence, else by the headline."""
    for text in head.lines:
        sentence = text.sentence
        if sentence.field == figure.field and sentence.start <= figure.start < sentence.end:
            own = index_points(sentence.text, figure.start - sentence.start, figure.value)
            title = head.lines[0].sentence.text
            return own or index_points(title, len(title), figure.value)
    return None


def direction_of(choice: Choice, figure: Figure | None) -> Direction:
    """Return which way the figure counts: a fastest time is a minimum, a fastest growth a maximum."""
    text, cue, words = choice.own(), choice.cue, choice.words
    unit = figure.unit if figure is not None else None
    if cue.comparator == "fastest":
        noun = text.tokens.low[cue.start : cue.noun_stop]
        grows = any(word in words.sets["growth"] for word in noun) or (
            unit is not None and unit not in _TIMES
        )
        return "max" if grows or (figure is not None and unit is None and figure.value >= 1000) else "min"
    if (
        cue.direction == "max"
        and cue.comparator in ("highest", "best")
        and figure is not None
        and is_time(figure, choice)
    ):
        return "min"
    if cue.kind == "record" and not words.sets["falling"].isdisjoint(
        text.tokens.low[max(0, cue.start - 4) : cue.start]
    ):
        return "min"
    if cue.direction == "min" and figure is not None and _is_rate(figure, choice):
        return "max"
    return cue.direction


def _is_rate(figure: Figure, choice: Choice) -> bool:
    """Whether a currency is told by how much of it another one costs: at its weakest that is the most."""
    low, sets = choice.own().tokens.low, choice.words.sets
    quoted = any(
        word in sets["quoted_in"] and not sets["quoted_by"].isdisjoint(low[max(0, at - 2) : at])
        for at, word in enumerate(low)
    )
    return quoted and choice.cue.comparator in ("weakest", "lowest") and figure.unit not in _DOLLARS


def is_time(figure: Figure, choice: Choice) -> bool:
    """Whether the figure is the time of a race, also where only the race says so: "swims 46.40"."""
    if figure.unit == "seconds":
        return True
    racing = choice.words.sets["racing"]
    return (
        figure.unit is None
        and "." in figure.text
        and any(not racing.isdisjoint(line.tokens.low) for line in choice.lines[:3])
    )


def plain(figure: Figure) -> float:
    """Return a figure as a record keeps it: a fraction told in words with three decimals, "two-thirds" as 0.667."""
    if abs(figure.value) < 1 and any(letter.isalpha() for letter in figure.text):
        return round(figure.value, 3)
    return figure.value
