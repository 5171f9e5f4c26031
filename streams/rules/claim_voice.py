"""Who says that it is a record, and of which day it is."""

from datetime import date
from typing import Final

from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_scope import Scope
from streams.rules.claim_words import ClaimWords
from streams.rules.days import day_words, named_days
from streams.rules.words import words as plain_words

_STOPS: Final = frozenset([",", ";", ":", "—", "–", ".", "(", ")", "“", "”", '"', "‘", "’", "'", "!", "?"])
_COLONS: Final = frozenset([":", "—", "–"])
_REACH: Final = 10
# Words of an office's name: "coast guard", "national weather service".
_OFFICE: Final = 3
# A day further back belongs to the history of a record and not to the record.
_RECENT: Final = 45
# As much of a sentence is read for days.
_READ: Final = 1000


def said_by(text: Line, words: ClaimWords, cue: Cue) -> str | None:
    """Return who is named as the source of the sentence, as written: "Ukraine's air force".

    What is claimed, from the cue to the end of its noun, names nobody: "air force reports the largest attack".
    """
    tokens = text.tokens
    for at, low in enumerate(tokens.low):
        if low in words.sets["according"] and tokens.word(at + 1) in words.sets["according_to"]:
            return _phrase(text, at + 2, _forward(text, at + 2), words)
        if low in words.sets["saying"]:
            found = _phrase(text, _backward(text, at), at, words)
            stop = _forward(text, at + 1)
            if found is None and not at < cue.start < stop:
                found = _phrase(text, at + 1, stop, words)
            found = found or _office(text, _backward(text, at), at)
            if found is not None:
                return found
    return None


def _backward(text: Line, at: int) -> int:
    start = at
    while start > max(0, at - _REACH) and text.tokens.low[start - 1] not in _STOPS:
        start -= 1
    return start


def _forward(text: Line, at: int) -> int:
    stop = at
    while stop < min(len(text.tokens), at + _REACH) and text.tokens.low[stop] not in _STOPS:
        stop += 1
    return stop


def _phrase(text: Line, start: int, stop: int, words: ClaimWords) -> str | None:
    """Return a phrase that names somebody: with a capital or an office, without a verb's leftovers."""
    tokens = text.tokens
    while start < stop and tokens.low[start] in words.sets["who_skips"]:
        if tokens.low[start] in words.sets["the"] and start + 1 < stop:
            break
        start += 1
    if not 0 < stop - start <= 8 or tokens.low[start] in words.sets["persons"]:
        return None
    named = tokens.low[start] in words.sets["articles"] or any(map(tokens.capital, range(start, stop)))
    named = named or any(low.endswith(words.plurals) for low in tokens.low[start:stop])
    return text.span(start, stop).text if named else None


def _office(text: Line, start: int, stop: int) -> str | None:
    """Return the short phrase between a colon and a word of saying, as headlines name offices: "air force reports"."""
    short = 0 < start < stop <= start + _OFFICE and text.tokens.low[start - 1] in _COLONS
    return (
        text.span(start, stop).text if short and all(map(str.isalpha, text.tokens.low[start:stop])) else None
    )


def day_of(text: Line, scope: Scope | None, today: date, words: ClaimWords) -> str | None:
    """Return the one day of late that the sentence names as its own, as an ISO date."""
    if not may_name_day(text, words):
        return None
    outside = text.sentence.text
    others = [(scope.start, scope.stop)] if scope is not None else []
    cut = len(text.tokens.low)
    for start, stop in sorted((*others, *_compared(text, words)), reverse=True):
        if start >= cut:
            continue
        # Where two stretches overlap, the later one is cut already.
        span = text.span(start, min(stop, cut))
        cut = start
        begin, end = span.start - text.sentence.start, span.end - text.sentence.start
        outside = outside[:begin] + " . " + outside[end:]
    days = [
        day
        for day in named_days(plain_words(outside[:_READ]), today, words.language)
        if 0 <= today.toordinal() - day <= _RECENT
    ]
    return date.fromordinal(days[0]).isoformat() if len(days) == 1 else None


def _compared(text: Line, words: ClaimWords) -> list[tuple[int, int]]:
    """Return the stretches that tell of an older figure, from word to word: its day is not the sentence's own."""
    low = text.tokens.low
    return [
        (
            at,
            next(
                (stop for stop in range(at + 1, min(at + _REACH, len(low))) if low[stop] in _STOPS),
                min(at + _REACH, len(low)),
            ),
        )
        for at, word in enumerate(low)
        if word in words.sets["compared"]
    ]


def may_name_day(text: Line, words: ClaimWords) -> bool:
    """Whether a sentence has a word for a day or a month; most have none. A cut may make one of a longer word."""
    return len(text.sentence.text) > _READ or not day_words(words.language).words.isdisjoint(text.tokens.low)


def is_news(text: Line, cue: Cue, today: date, words: ClaimWords) -> bool:
    """Whether a sentence far down in the text reports what has just happened, and not what once did."""
    close = set(text.tokens.low[max(0, cue.start - 25) : cue.stop + 25])
    if not words.sets["late"].isdisjoint(close):
        return True
    if not may_name_day(text, words):
        return False
    days = named_days(plain_words(text.sentence.text[:_READ]), today, words.language)
    return any(0 <= today.toordinal() - day <= 3 for day in days)
