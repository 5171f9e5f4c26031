"""Figures that nobody calls a record: those that break one all the same, and those that tell of a known one.

A bare figure is believed less than a claim: it must stand in the headline or summary, in a sentence that names the
metric's place as the place, be counted and not planned, and be of one event and not of a week.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from streams.lexicons import lexicon
from streams.rules.claim_context import proper_names, scene
from streams.rules.counted import told_with_another
from streams.rules.gazetteer import NAMED_IN
from streams.rules.ledger import Told, compare, exactness, is_step, may_be_one, recounts
from streams.rules.metrics import Meaning, is_generic, metric_name, unit_meaning
from streams.rules.occasions import Occasion
from streams.rules.pages import Page, standing_at
from streams.rules.reading import Reading, Sentence, read
from wirewatch.messages import ClusteredStory, Figure, RecordClaim, Span

# A metric without a place is meant where a sentence shares so many names with its claim.
SHARED_NAMES: Final = 2
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*", re.UNICODE)


@cache
def _listed(name: str, language: str) -> frozenset[str]:
    return frozenset(lexicon(f"{language}/metrics")[name]["words"])


def bare_figures(message: ClusteredStory) -> tuple[Figure, ...]:
    """Return the figures of headline and summary that no claim of the text is about."""
    told = {claim.figure for claim in message.claims if claim.figure is not None}
    return tuple(
        figure
        for figure in message.figures[:200]
        if figure.field != "text" and figure.unit is not None and figure.value not in told
    )


def unclaimed_claims(
    message: ClusteredStory, pages: Iterable[Page], in_cluster: frozenset[str]
) -> Iterator[tuple[Page, RecordClaim]]:
    """Yield a claim for each figure that breaks the record of a watched metric without saying so."""
    figures = bare_figures(message)
    if not figures:
        return
    claimed = {unit for claim in message.claims for unit in unit_meaning(claim.unit or claim.subject.unit)}
    reading = read(message.story)
    if reading.lang is None:
        return
    for page in pages:
        meaning = page.meaning()
        # Where the text itself speaks of a record of this unit, its own word counts. A page whose name was taken is
        # of another scale, and nobody knows of which.
        taken = page.metric != metric_name(meaning, page.direction)
        if (
            is_generic(meaning)
            or meaning.narrow
            or taken
            or page.metric in in_cluster
            or meaning.units & claimed
        ):
            continue
        figure = _breaking(message, page, meaning, figures, reading)
        if figure is not None:
            yield page, _claim(page, figure, reading.sentences)


def _breaking(
    message: ClusteredStory,
    page: Page,
    meaning: Meaning,
    figures: tuple[Figure, ...],
    reading: Reading,
) -> Figure | None:
    language = reading.lang or NAMED_IN
    standing = standing_at(page, min(message.story.at, message.story.fetched).date())
    if standing is None or page.direction == "first":
        return None
    for figure in figures:
        if (
            unit_meaning(figure.unit) != meaning.units
            or compare(_told(figure), standing.told, page.direction) != "beats"
        ):
            continue
        if not is_step(figure.value, standing.figure):
            continue
        sentence = _sentence(reading.sentences, figure)
        if (
            sentence is not None
            and not told_with_another(sentence, figure)
            and _is_event(sentence.text, language)
            and _is_there(meaning, sentence, figure, language)
        ):
            return figure
    return None


def _told(figure: Figure) -> Told:
    return Told(figure.value, figure.qualifier, figure.high)


def _sentence(sentences: tuple[Sentence, ...], figure: Figure) -> Sentence | None:
    return next(
        (one for one in sentences if one.field == figure.field and one.start <= figure.start < one.end), None
    )


def _is_event(sentence: str, language: str) -> bool:
    """Whether a sentence counts one event that happened: no week, no total, no plan."""
    folded = sentence.casefold()
    words = set(_WORD.findall(folded))
    if any(phrase in folded for phrase in lexicon(f"{language}/metrics")["periods"]["phrases"]):
        return False
    return not words & (_listed("periods", language) | _listed("unreal", language))


def _is_there(meaning: Meaning, sentence: Sentence, figure: Figure, language: str) -> bool:
    """Whether the sentence has the metric's place as the place where it happens: "at Ukraine", not "Ukraine launched".

    A metric without one is known by the names that its claim told: "Tessel Marsh counts 19,120 cranes".
    """
    found = scene(sentence.text, figure.start - sentence.start, language)
    if meaning.place is None:
        return (
            not (found.place or found.home)
            and len(proper_names(sentence.text, language) & meaning.terms) >= SHARED_NAMES
        )
    if (found.place or found.home) != meaning.place:
        return False
    return found.action in (None, meaning.action) and (
        found.actor in (None, meaning.actor) or meaning.actor is None
    )


def _claim(page: Page, figure: Figure, sentences: tuple[Sentence, ...]) -> RecordClaim:
    sentence = _sentence(sentences, figure)
    span = sentence.span() if sentence else None
    cue = Span(figure.field, figure.start, figure.end, figure.text)
    return RecordClaim(
        "unclaimed",
        "",
        page.direction,
        span or cue,
        (cue,),
        page.subject,
        figure.value,
        figure.unit,
        figure.qualifier,
    )


def retold(message: ClusteredStory, page: Page, occasion: Occasion) -> Told | None:
    """Return how a story that claims nothing tells the figure of its cluster's record, or None where it does not."""
    units = page.meaning().units
    known = [occasion.told, *(one.told for one in occasion.tellings)]
    found = [
        _told(figure)
        for figure in message.figures[:200]
        if unit_meaning(figure.unit) == units
        and any(may_be_one(told, _told(figure)) or recounts(told, _told(figure)) for told in known)
    ]
    return max(found, key=lambda told: (exactness(told.qualifier), told.figure), default=None)
