"""What `analyse` computes of a story so that the one writer of clusters only has to compare.

Everything is bounded, whatever the story's length: a page of a book costs as much to compare as a wire item.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from rensa import RMinHash

from streams.rules.days import named_days
from streams.rules.gazetteer import NAMED_IN, names_in
from streams.rules.reading import Reading
from streams.rules.vectors import HeadlineVectors
from streams.rules.words import FREQUENT, Word, scale, stem, words
from wirewatch.messages import Figure, Signature, Story

__all__ = ["HeadlineVectors", "countries_of", "sign"]

PERMUTATIONS: Final = 64
SHINGLE: Final = 4
MAX_TERMS: Final = 48
MAX_COUNTS: Final = 12
MAX_NAMES: Final = 16
MAX_DAYS: Final = 4
MAX_PLACES: Final = 8
# As much of each field is read; what a story is about, it says by then.
_TITLE_READ: Final = 400
_SUMMARY_READ: Final = 1_200
_TEXT_READ: Final = 6_000
# Where a word stands says how much it matters.
_TITLE: Final = 3.0
_LEAD: Final = 2.0
_BODY: Final = 1.0
_LEAD_READ: Final = 400
_BODY_READ: Final = 400
_DAYS_READ: Final = 250
# So much of a text says whose event it is.
_COUNTRIES_READ: Final = 400
_COUNTRIES_READ_IN_ALL: Final = 700
_HUGE: Final = 1e15
_THOUSAND: Final = 1_000.0
_ONE: Final = frozenset({"a", "an", "one"})
_UNKNOWN: Final = 0.8
_FREQUENT: Final = 0.5
# After these a capital is a name's all the same.
_GOES_ON: Final = frozenset(",;(")


def sign(reading: Reading, figures: Sequence[Figure], vectors: HeadlineVectors | None) -> Signature:
    """Return what the same-story rules compare of a story."""
    story = reading.story
    title = words(story.title[:_TITLE_READ])
    summary = words(story.summary[:_SUMMARY_READ])
    text = words(story.text[:_TEXT_READ])
    body = summary + text
    day = story.at.date()
    lead = [*title, *summary, *text[: bisect_right(text, _LEAD_READ, key=_end)]]
    days = named_days(lead, day)[:MAX_DAYS] or named_days(text[:_DAYS_READ], day)[:1]
    counts, headline = _counts(title, body, figures)
    terms, size = _terms(title, summary, text, vectors)
    language = reading.language.read or NAMED_IN
    places, titled = _places(story, language)
    longer = text if len(text) >= len(summary) else summary
    return Signature(
        shingles=_shingles([word.text for word in longer]),
        form=_shingles([_masked(word) for word in longer]),
        terms=terms,
        vector=b"" if vectors is None else vectors.embed(_meaning(title)),
        body=b"" if vectors is None else vectors.embed(_meaning((body or title)[:_BODY_READ])),
        names=_names(title, ((summary, story.summary), (text, story.text))),
        counts=counts,
        headline=headline,
        days=tuple(days),
        size=size,
        countries=countries_of(story, language),
        places=places,
        titled=titled,
    )


def countries_of(story: Story, language: str = NAMED_IN) -> tuple[str, ...]:
    """Return the countries that headline and lead name, by their own names or those of their cities and people."""
    return tuple(dict.fromkeys(name.country for name in names_in(_lead(story), language) if name.country))


def _places(story: Story, language: str) -> tuple[tuple[str, ...], int]:
    """Return the places that headline and lead name, the headline's first, and how many those are."""
    ends = len(story.title)
    found = [name for name in names_in(_lead(story), language) if not name.adjective]
    titled = dict.fromkeys(name.place for name in found if name.start < ends)
    return tuple(titled | dict.fromkeys(name.place for name in found))[:MAX_PLACES], min(
        len(titled), MAX_PLACES
    )


def _lead(story: Story) -> str:
    return f"{story.title}. {story.summary or story.text[:_COUNTRIES_READ]}"[:_COUNTRIES_READ_IN_ALL]


def _shingles(texts: Sequence[str]) -> bytes:
    """Return the MinHash of a body's runs of words; nothing for one of a line or less."""
    if len(texts) < 3 * SHINGLE:
        return b""
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update(list(map(" ".join, zip(*(texts[at:] for at in range(SHINGLE)), strict=False))))
    return np.asarray(sketch.digest(), dtype="<u4").tobytes()


def _masked(word: Word) -> str:
    if word.value is not None:
        return "#"
    return "@" if word.capital else word.text


def _terms(
    title: Sequence[Word], summary: Sequence[Word], text: Sequence[Word], vectors: HeadlineVectors | None
) -> tuple[dict[str, int], int]:
    """Return the weightiest terms, by how often and where they stand and how much such a word says, and how many there are."""
    found: dict[str, float] = {}
    says: dict[str, float] = {}
    lead = bisect_left(text, _LEAD_READ, key=_end)
    for piece, weight in ((title, _TITLE), (summary, _LEAD), (text[:lead], _LEAD), (text[lead:], _BODY)):
        for word in piece:
            key = word.stem or _number_term(word)
            if not key:
                continue
            if key in found:
                found[key] += weight
            else:
                found[key] = weight
                says[key] = _says(word, vectors)
    scored = sorted(
        (-(_often(count) * max(0.1, says[key]) if count > 1 else says[key]), key)
        for key, count in found.items()
    )
    return {key: max(1, round(-16 * score)) for score, key in scored[:MAX_TERMS]}, len(scored)


def _end(word: Word) -> int:
    return word.end


@lru_cache(maxsize=1_024)
def _often(count: float) -> float:
    """Return by how much more a word says that stands there as often."""
    return float(1.0 + np.log2(count))


def _says(word: Word, vectors: HeadlineVectors | None) -> float:
    """Return how much a word says, whatever the story, from 0 to 1."""
    said = _UNKNOWN if vectors is None or word.value is not None else vectors.says(word.text)
    return said * _FREQUENT if word.stem in FREQUENT else said


def _meaning(found: Sequence[Word]) -> list[tuple[str, float]]:
    """Return the words that carry a subject; those of any day's news count for less."""
    return [(word.text, _FREQUENT if word.stem in FREQUENT else 1.0) for word in found if word.stem]


def _number_term(word: Word) -> str:
    if word.value is None or word.value < 10:
        return ""
    return f"{word.value:.12g}"


def _names(title: Sequence[Word], body: Sequence[tuple[Sequence[Word], str]]) -> tuple[str, ...]:
    """Return the stems that a text writes with a capital in mid-sentence; the body as its parts, each with its text."""
    found: Counter[str] = Counter()
    for part, text in body:
        for before, word in pairwise(part):
            if word.capital and word.stem and (word.start - before.end == 1 or text[before.end] in _GOES_ON):
                found[word.stem] += 1
    if sum(word.capital for word in title) * 2 < len(title):
        found.update(word.stem for word in title[1:] if word.capital and word.stem)
    return tuple(sorted(found, key=lambda key: (-found[key], key))[:MAX_NAMES])


def _counts(
    title: Sequence[Word], body: Sequence[Word], figures: Sequence[Figure]
) -> tuple[tuple[tuple[str, float], ...], int]:
    """Return what is counted and how many, the headline's first, and how many those are.

    The unit is the one of the figures found there, else the next word with a meaning of its own.
    """
    units = {(figure.field == "title", figure.value): figure.unit for figure in figures}
    found: dict[float, str] = {}
    headline = 0
    for piece in (title, body):
        after = 0
        for at in [
            at
            for at, word in enumerate(piece)
            if word.value is not None or (word.text in _ONE and _hundred(piece, at))
        ]:
            if at < after:
                continue
            if len(found) >= MAX_COUNTS:
                break
            value, after = _value(piece, at)
            if 2 <= value < _HUGE and value not in found:
                unit = units.get((piece is title, value))
                found[value] = stem(unit.lower()) if unit else _next_stem(piece, after)
        if piece is title:
            headline = len(found)
    return tuple((unit, value) for value, unit in found.items()), headline


def _hundred(piece: Sequence[Word], at: int) -> bool:
    return at + 1 < len(piece) and scale(piece[at + 1].text) is not None


def _next_stem(piece: Sequence[Word], at: int) -> str:
    return next((word.stem for word in piece[at : at + 4] if word.stem and word.value is None), "")


def _value(piece: Sequence[Word], at: int) -> tuple[float, int]:
    """Return the number that begins at a number word, with what it is multiplied by, and where it ends."""
    # "One hundred" and "a hundred" begin with words that count nothing alone.
    value = piece[at].value or 1.0
    # What a thousand or a million before it has closed: "two thousand three hundred".
    total = 0.0
    at += 1
    while at < len(piece):
        step = piece[at]
        by = scale(step.text)
        spelled = _spelled(piece, at) and step.start - piece[at - 1].end <= 1
        if by is not None:
            if total and not value:
                total *= by
            elif total and by >= total:
                break
            else:
                value *= by
                if by >= _THOUSAND:
                    total, value = total + value, 0.0
        elif spelled and _goes_on(value, total, step.value or 0.0):
            value += step.value or 0.0
        elif not (step.text == "and" and value % 100 == 0 and _spelled(piece, at + 1)):
            break
        at += 1
    return total + value, at


def _goes_on(value: float, total: float, part: float) -> bool:
    """Whether a number word is a part of the number before it: "fifty-eight", "hundred (and) fifty", "thousand ten"."""
    tens = value % 100
    if value >= 100 and tens == 0:
        return part < 100
    if tens >= 20 and tens % 10 == 0:
        return part < 10
    return value == 0 and total > 0 and part < _THOUSAND


def _spelled(piece: Sequence[Word], at: int) -> bool:
    return at < len(piece) and piece[at].value is not None and not piece[at].text[0].isdigit()
