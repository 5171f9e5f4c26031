"""Reads a duration that is told in parts as one figure in seconds: "64 days 19 h 22 min", "1 day 9:15:24", "9h 15m"."""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from streams.rules.tokens import Tokens

# The parts from the largest to the smallest, in seconds, and what ends the count of each within the one before.
_NAMES: Final = ("days", "hours", "minutes", "seconds")
_SECONDS: Final = (86_400.0, 3600.0, 60.0, 1.0)
_MOST: Final = (0.0, 24.0, 60.0, 60.0)
# Of the first part there may be more: "180 hours 17 minutes".
_LEADS: Final = 1_000_000.0
_NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{1,6})?|\d{1,3},\d{3}")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,3})?))?")


class DurationWords(Struct, frozen=True):
    """A language's names of the parts, those that begin no duration, and what may stand between two parts."""

    parts: Mapping[str, int]
    inner: frozenset[str]
    links: frozenset[str]


class Duration(Struct, frozen=True, gc=False):
    """A duration in seconds and the token after it."""

    stop: int
    value: float


def duration_words(table: Mapping[str, Any]) -> DurationWords:
    """Return the names of the parts from a figures lexicon's `durations` table."""
    parts = {word: at for at, name in enumerate(_NAMES) for word in table[name]}
    return DurationWords(parts, frozenset(table["inner"]), frozenset(table["links"]))


def duration_at(tokens: Tokens, at: int, words: DurationWords) -> Duration | None:
    """Return the duration of two parts at least that begins with this number, or None."""
    low = tokens.low
    place = words.parts.get(low[at + 1]) if at + 1 < len(low) else None
    if place is None or low[at + 1] in words.inner:
        return None
    value = _number(tokens, at, _LEADS)
    if value is None:
        return None
    total, stop, several = value * _SECONDS[place], at + 2, False
    while True:
        begin = stop
        while begin < stop + 2 and tokens.word(begin) in words.links:
            begin += 1
        if place == 0 and not several:
            clock = _clock(tokens, begin)
            if clock is not None:
                return Duration(clock.stop, total + clock.value)
        place += 1
        if place == len(_NAMES) or words.parts.get(tokens.word(begin + 1)) != place:
            break
        value = _number(tokens, begin, _MOST[place])
        if value is None:
            break
        total, stop, several = total + value * _SECONDS[place], begin + 2, True
    return Duration(stop, round(total, 6)) if several else None


def _number(tokens: Tokens, at: int, most: float) -> float | None:
    match = _NUMBER.fullmatch(tokens.word(at))
    if match is None:
        return None
    value = float(match[0].replace(",", ""))
    return value if value < most else None


def _clock(tokens: Tokens, at: int) -> Duration | None:
    """Read "9:15:24" after days."""
    match = _CLOCK.match(tokens.text, tokens.start[at]) if at < len(tokens) else None
    if match is None:
        return None
    stop = at
    while stop < len(tokens) and tokens.start[stop] < match.end():
        stop += 1
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return Duration(stop, 3600.0 * hours + 60.0 * minutes + seconds)
