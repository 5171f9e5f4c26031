"""The days that a text names: "Monday", "9 June", "Sept. 2", "yesterday"."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from streams.lexicons import lexicon
from streams.rules.words import Word

_EN: Final = lexicon("en/words")
_WEEKDAYS: Final[dict[str, int]] = {word: index for index, word in enumerate(_EN["weekdays"])}
_MONTHS: Final[dict[str, int]] = {
    word: index + 1 for index, names in enumerate(_EN["months"]) for word in names.split()
}
_BEFORE: Final[dict[str, int]] = dict.fromkeys(_EN["today"], 0) | dict.fromkeys(_EN["yesterday"], 1)

# Any one of these stands in a text that names a day.
DAY_WORDS: Final = frozenset([*_WEEKDAYS, *_MONTHS, *_BEFORE])


def named_days(words: Sequence[Word], on: date) -> list[int]:
    """Return the days that a piece written on a day names, as ordinals, in their order.

    A weekday is the last one that was: news tells what happened. A day of a month is the one nearest in time.
    """
    found: dict[int, None] = {}
    for at, word in enumerate(words):
        day = _day(words, at, word, on) if word.text in DAY_WORDS else None
        if day is not None:
            found.setdefault(day.toordinal())
    return list(found)


def _day(words: Sequence[Word], at: int, word: Word, on: date) -> date | None:
    if word.text in _BEFORE:
        return on - timedelta(days=_BEFORE[word.text])
    if not word.capital:
        return None
    if word.text in _WEEKDAYS:
        return on - timedelta(days=(on.weekday() - _WEEKDAYS[word.text]) % 7)
    if word.text in _MONTHS:
        for beside in (at + 1, at - 1):
            if 0 <= beside < len(words) and words[beside].text.isdecimal():
                return _nearest(_MONTHS[word.text], int(words[beside].text[:4]), on)
    return None


def _nearest(month: int, day: int, on: date) -> date | None:
    found: list[date] = []
    for year in (on.year - 1, on.year, on.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda one: abs((one - on).days), default=None)
