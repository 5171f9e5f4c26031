"""What a language's figures are read with, and a figure while it is read."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.dates import Dates, dates
from streams.rules.durations import DurationWords, duration_words
from streams.rules.numbers import NumberWords, number_words
from streams.rules.units import Phrases, UnitWords, phrases, unit_words
from wirewatch.messages import Qualifier, UnreadReason

# Units of numbers that are no quantity.
NO_QUANTITY: Final = frozenset(["date", "year", "clock", "score", "rank", "age", "name"])
_LISTS: Final = (
    "age_before", "aged_before", "numbered", "ends", "small_codes", "scaled_codes", "articles", "range_to", "range_and", "between", "range_from",
)  # fmt: skip


class FigureWords(Struct, frozen=True):
    """All that a language's figures are read with."""

    language: str
    numbers: NumberWords
    # Words of which any number told in words holds one.
    counting: frozenset[str]
    # Words with which a number or a rank told in words begins.
    begins: frozenset[str]
    units: UnitWords
    dates: Dates
    durations: DurationWords
    before: Phrases
    after: Phrases
    name_heads: frozenset[str]
    idioms: frozenset[str]
    ordinals: Mapping[str, float]
    runs: Phrases
    # Heads that are as often plain words: "top", "day".
    weak_heads: frozenset[str]
    graded: frozenset[str]
    metres_near: frozenset[str]
    metres_after: frozenset[str]
    age_after: Phrases
    age_before: frozenset[str]
    # Before "25s" and "30s".
    aged_before: frozenset[str]
    # "No. 5".
    numbered: frozenset[str]
    # Words that end the clause in which a figure's noun stands before it.
    ends: frozenset[str]
    # "Death" before "toll".
    toll: Mapping[str, frozenset[str]]
    # Codes that are written small too.
    small_codes: frozenset[str]
    # Currencies before a scale: "75 USD million".
    scaled_codes: frozenset[str]
    # Articles between a qualifier and its number.
    articles: frozenset[str]
    # "Five to ten", "between five and ten", "from five to ten".
    range_to: frozenset[str]
    range_and: frozenset[str]
    between: frozenset[str]
    range_from: frozenset[str]


class Found(Struct, gc=False):
    """A figure while it is read, in tokens: the number from `start` to `stop`, its unit up to `unit_stop`."""

    start: int
    stop: int
    value: float
    unit: str | None = None
    unit_stop: int = 0
    qualifier: Qualifier = "exact"
    high: float | None = None
    # Why it is no figure.
    unread: UnreadReason | None = None


@cache
def figure_words(lang: str) -> FigureWords:
    """Return a language's words for figures."""
    data = lexicon(f"{lang}/figures")
    levels: Mapping[str, list[str]] = data["qualifiers"]
    numbers = number_words(data["numbers"], frozenset(data["context"]["fixed"]))
    return FigureWords(
        language=lang,
        numbers=numbers,
        counting=numbers.starts | frozenset(numbers.fractions),
        begins=frozenset([*numbers.starts, *numbers.article, *data["numbers"]["ordinals"]]),
        units=unit_words(data, lang),
        dates=dates(data),
        durations=duration_words(data["durations"]),
        before=phrases(((name, levels[name]) for name in ("at_least", "at_most", "about")), lang),
        after=phrases(((name, levels[f"{name}_after"]) for name in ("at_least", "at_most", "about")), lang),
        name_heads=frozenset(data["context"]["name_heads"]),
        idioms=frozenset(data["context"]["idioms"]),
        ordinals={word: float(value) for word, value in data["numbers"]["ordinals"].items()},
        runs=phrases([("run", data["context"]["runs"])], lang),
        weak_heads=frozenset(data["context"]["weak_heads"]),
        graded=frozenset(data["context"]["graded"]),
        metres_near=frozenset(data["context"]["metres_near"]),
        metres_after=frozenset(data["context"]["metres_after"]),
        age_after=phrases([("age", data["context"]["age_after"])], lang),
        toll={word: frozenset(before) for word, before in data["context"]["toll"].items()},
        **{name: frozenset(data["context"][name]) for name in _LISTS},
    )
