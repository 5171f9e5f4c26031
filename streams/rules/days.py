"""The days that a text names: "Monday", "9 June", "Sept. 2", "yesterday"."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.words import Word


class Days(Struct, frozen=True):
    """A language's words for days; any one of `words` stands in a text that names a day."""

    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    before: Mapping[str, int]
    words: frozenset[str]


@cache
def day_words(language: str) -> Days:
    """Return a language's words for days."""
    data = lexicon(f"{language}/words")
    weekdays = {word: at for at, names in enumerate(data["weekdays"]) for word in names.split()}
    months = {word: at + 1 for at, names in enumerate(data["months"]) for word in names.split()}
    before = dict.fromkeys(data["today"], 0) | dict.fromkeys(data["yesterday"], 1)
    return Days(weekdays, months, before, frozenset([*weekdays, *months, *before]))


def named_days(words: Sequence[Word], on: date, language: str = "en") -> list[int]:
    """Return the days that a piece written on a day names, as ordinals, in their order.

    A weekday is the last one that was: news tells what happened. A day of a month is the one nearest in time.
    """
    known = day_words(language)
    found: dict[int, None] = {}
    for at, word in enumerate(words):
        day = _day(words, at, on, known) if word.text in known.words else None
        if day is not None:
            found.setdefault(day.toordinal())
    return list(found)


def _day(words: Sequence[Word], at: int, on: date, known: Days) -> date | None:
    word = words[at]
    if word.text in known.before:
        return on - timedelta(days=known.before[word.text])
    if not word.capital:
        return None
    if word.text in known.weekdays:
        return on - timedelta(days=(on.weekday() - known.weekdays[word.text]) % 7)
    if word.text in known.months:
        for beside in (at + 1, at - 1):
            if 0 <= beside < len(words) and words[beside].text.isdecimal():
                return _nearest(known.months[word.text], int(words[beside].text[:4]), on)
    return None


def _nearest(month: int, day: int, on: date) -> date | None:
    found: list[date] = []
    for year in (on.year - 1, on.year, on.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda one: abs((one - on).days), default=None)
