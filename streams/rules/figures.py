"""Finds every quantity of a story: its place, value, unit and how exact it is.

Numbers that count nothing (dates, clock times, scores, ranks, ages, parts of names) come with such a unit too, named
in `NO_QUANTITY`: they must never become the figure of a record, yet nothing that was read is hidden.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec

from streams.lexicons import lexicon
from streams.rules.dates import Dates, date_at, dates
from streams.rules.numbers import Number, NumberWords, number_words, read_number
from streams.rules.reading import Reading, Sentence
from streams.rules.tokens import Tokens, tokenise
from streams.rules.units import (
    Phrases,
    Unit,
    UnitWords,
    match,
    match_before,
    noun_after,
    phrases,
    unit_after,
    unit_words,
)
from wirewatch.messages import Figure, Qualifier

# Units of numbers that are no quantity.
NO_QUANTITY: Final = frozenset(["date", "year", "clock", "score", "rank", "age", "name"])
_LANGUAGES: Final = frozenset(["en"])
_DIGIT: Final = re.compile(r"[\d¼-¾⅐-⅞]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_MINUS: Final = "-−–"
_ASIDE: Final = frozenset(["—", "–", "-", "(", ":", ","])
_ORDINAL: Final = frozenset(["st", "nd", "rd", "th"])
# Distances that "m" after a bare number means on a track or in a pool.
_RACES: Final = frozenset(
    [50.0, 60.0, 100.0, 110.0, 200.0, 400.0, 800.0, 1000.0, 1500.0, 3000.0, 5000.0, 10000.0]
)
_METRES_AFTER: Final = frozenset(
    [
        "tall",
        "high",
        "long",
        "deep",
        "wide",
        "above",
        "below",
        "hurdles",
        "freestyle",
        "butterfly",
        "breaststroke",
        "backstroke",
        "dash",
        "title",
        "final",
        "relay",
    ]
)


class FigureWords(msgspec.Struct, frozen=True):
    """All that a language's figures are read with."""

    numbers: NumberWords
    # Words of which any number told in words holds one.
    counting: frozenset[str]
    units: UnitWords
    dates: Dates
    before: Phrases
    after: Phrases
    name_heads: frozenset[str]
    idioms: frozenset[str]
    metres_near: frozenset[str]


class _Found(msgspec.Struct):
    """A figure while it is read, in tokens: the number from `start` to `stop`, its unit up to `unit_stop`."""

    start: int
    stop: int
    value: float
    unit: str | None = None
    unit_stop: int = 0
    qualifier: Qualifier = "exact"
    high: float | None = None


def supported(lang: str | None) -> str | None:
    """Return the language whose words are read, or None for one that is missing; a story without one is English."""
    short = (lang or "en").lower().replace("_", "-").partition("-")[0]
    return short if short in _LANGUAGES else None


@cache
def figure_words(lang: str) -> FigureWords:
    """Return a language's words for figures."""
    data = lexicon(f"{lang}/figures")
    levels: Mapping[str, list[str]] = data["qualifiers"]
    numbers = number_words(data["numbers"], frozenset(data["context"]["fixed"]))
    return FigureWords(
        numbers=numbers,
        counting=numbers.starts | frozenset(numbers.fractions),
        units=unit_words(data),
        dates=dates(data),
        before=phrases((name, levels[name]) for name in ("at_least", "at_most", "about")),
        after=phrases((name, levels[f"{name}_after"]) for name in ("at_least", "at_most", "about")),
        name_heads=frozenset(data["context"]["name_heads"]),
        idioms=frozenset(data["context"]["idioms"]),
        metres_near=frozenset(data["context"]["metres_near"]),
    )


def find_figures(reading: Reading) -> tuple[Figure, ...]:
    """Return the numbers of a story in reading order. A language without a lexicon yields nothing."""
    lang = supported(reading.story.lang)
    if lang is None:
        return ()
    words = figure_words(lang)
    found: list[Figure] = []
    for sentence in reading.sentences:
        found.extend(figures_in(sentence, words))
    return tuple(found)


def figures_in(sentence: Sentence, words: FigureWords) -> list[Figure]:
    """Return the numbers of one sentence."""
    if not _may_count(sentence.text, words):
        return []
    tokens = tokenise(sentence.text)
    found = _scan(tokens, words)
    if not found:
        return []
    return [_figure(sentence, tokens, each) for each in _joined(tokens, found, words)]


def _may_count(text: str, words: FigureWords) -> bool:
    """Whether a text holds a digit or a number word; most sentences hold none, and must cost next to nothing."""
    return _DIGIT.search(text) is not None or not words.counting.isdisjoint(_WORD.findall(text.lower()))


def _figure(sentence: Sentence, tokens: Tokens, found: _Found) -> Figure:
    begin, end = tokens.start[found.start], tokens.end[found.stop - 1]
    return Figure(
        field=sentence.field,
        start=sentence.start + begin,
        end=sentence.start + end,
        text=sentence.text[begin:end],
        value=found.value,
        unit=found.unit,
        qualifier=found.qualifier,
        high=found.high,
    )


def _scan(tokens: Tokens, words: FigureWords) -> list[_Found]:
    starts, articles = words.numbers.starts, words.numbers.article
    found: list[_Found] = []
    skip = 0
    for at, low in enumerate(tokens.low):
        if at < skip or not (low in starts or low[0].isnumeric() or low in articles):
            continue
        dated = date_at(tokens, at, words.dates)
        if dated is not None:
            found.extend(
                _Found(
                    part,
                    dated.stop if dated.whole else part + 1,
                    value,
                    kind,
                    dated.stop if dated.whole else part + 1,
                )
                for part, value, kind in dated.parts
            )
            skip = dated.stop
            continue
        number = read_number(tokens, at, words.numbers)
        if number is None:
            continue
        skip = number.stop
        if number.value is None:
            found.extend(_parts(tokens, number, words))
            continue
        each = _measured(tokens, number, words)
        skip = max(skip, each.stop)
        found.append(each)
    return found


def _parts(tokens: Tokens, number: Number, words: FigureWords) -> list[_Found]:
    """The parts of an address, a version or a list: "192.168.1.2", "22,24,26"."""
    if number.form != "list":
        return []
    pieces = [
        piece for piece in tokens.low[number.start].replace(",", ".").split(".") if piece and len(piece) <= 15
    ]
    return [
        _Found(number.start, number.start + 1, float(piece), "name", number.stop)
        for piece in pieces
        if piece.isdecimal()
    ]


def _measured(tokens: Tokens, number: Number, words: FigureWords) -> _Found:
    """Give a number its sign, unit, kind and qualifier."""
    value = number.value if number.value is not None else 0.0
    found = _Found(number.start, number.stop, value, None, number.stop)
    kind = _kind(tokens, number, words)
    if kind is not None:
        found.unit = kind
        return found
    _read_unit(tokens, found, number, words)
    _read_sign(tokens, found, words)
    _read_qualifier(tokens, found, words)
    return found


def _kind(tokens: Tokens, number: Number, words: FigureWords) -> str | None:
    """Say what a number is when it is no quantity: a rank ("31st"), an age, a part of a name ("F-16", "COP30")."""
    at, stop = number.start, number.stop
    after = tokens.word(stop)
    if tokens.glued(stop) and after in _ORDINAL:
        return "rank"
    if number.form == "digits" and stop == at + 1 and _glued_name(tokens, at):
        return "name"
    dash = stop + 1 if after == "-" else stop
    if (
        tokens.word(dash) in ("year", "month", "week", "day")
        and tokens.word(dash + 1) == "-"
        and tokens.word(dash + 2) == "old"
    ):
        return "age"
    if number.form == "words" and after in words.idioms:
        return "name"
    if tokens.word(at - 1) in ("aged", "age") or (
        tokens.word(dash) == "years" and tokens.word(dash + 1) == "old"
    ):
        return "age"
    if number.form != "digits" or stop != at + 1:
        return None
    if _between_commas(tokens, at, number.value):
        return "age"
    return "name" if _named(tokens, at, number, words) else None


def _glued_name(tokens: Tokens, at: int) -> bool:
    """Whether letters are glued to the number's front: "COP30", "G7", "F-16", "Covid-19"."""
    if not tokens.glued(at):
        return False
    before = tokens.low[at - 1]
    if before == "-" and tokens.glued(at - 1):
        letters = tokens.raw[at - 2]
        return letters[:1].isupper() and letters.isalpha() and not tokens.word(at - 2).isdecimal()
    return before.isalpha() and before not in (
        "usd",
        "eur",
        "gbp",
        "rs",
        "c",
        "hk",
        "us",
        "cad",
        "aud",
        "nzd",
        "maud",
        "musd",
        "meur",
        "mgbp",
        "r",
        "a",
    )


def _between_commas(tokens: Tokens, at: int, value: float | None) -> bool:
    """Whether it is an age in apposition: "Kami Rita, 55, goes up"."""
    if value is None or not 5 <= value <= 119 or not tokens.low[at].isdecimal():
        return False
    closed = tokens.word(at + 1) in (",", ".", ";", ")") or at + 1 == len(tokens)
    return (
        closed
        and tokens.word(at - 1) == ","
        and tokens.capital(at - 2)
        and tokens.raw[at - 2].isalpha()
        and tokens.word(at + 1) == ","
    )


def _named(tokens: Tokens, at: int, number: Number, words: FigureWords) -> bool:
    """Whether the number belongs to the capital word before it: "Boeing 737", "Article 5"."""
    piece = tokens.low[at]
    if not piece.isdecimal() or len(piece) > 4 or tokens.glued(at):
        return False
    before = tokens.word(at - 1)
    if before == "." and tokens.word(at - 2) in ("no", "nr", "nrs", "nos"):
        return True
    if before not in words.name_heads:
        return False
    strong = tokens.capital(at - 1) and before not in (
        "no",
        "day",
        "week",
        "top",
        "under",
        "season",
        "world",
        "storm",
        "area",
    )
    measured = unit_after(tokens, number.stop, words.units) is not None
    counted = match(words.units.nouns, tokens, number.stop) is not None
    return not measured and not counted and (strong or before in ("no", "nr"))


def _read_unit(tokens: Tokens, found: _Found, number: Number, words: FigureWords) -> None:
    currency = match_before(words.units.currencies, tokens, found.start)
    percent = None if currency else match_before(words.units.percent_before, tokens, found.start)
    if currency is not None and _currency_fits(tokens, currency[1], found.start, words):
        name, begin = currency
        found.unit = name
        if tokens.low[begin] in words.units.million_codes:
            found.value *= 1e6
        after = match(words.units.currencies, tokens, found.stop)
        found.unit_stop = after.stop if after is not None else found.stop
        return
    if percent is not None:
        found.unit, found.unit_stop = "percent", found.stop
        return
    if number.letter and not currency:
        _read_letter(tokens, found, number, words)
        return
    unit = unit_after(tokens, found.stop, words.units) or noun_after(tokens, found.stop, words.units)
    if unit is None:
        found.unit = _unit_before(tokens, found, words)
        return
    found.unit, found.unit_stop = unit.name, unit.stop
    _scale_code(tokens, found, unit, words)
    if unit.name == "people" and any(
        tokens.word(k) in words.units.killing for k in range(max(0, found.start - 4), found.start)
    ):
        found.unit = "deaths"


def _unit_before(tokens: Tokens, found: _Found, words: FigureWords) -> str | None:
    """Return the unit of a figure that follows its noun: "drones — 472 —", "killing 12"."""
    before = tokens.word(found.start - 1)
    if before in words.units.killing:
        return "deaths"
    if before in _ASIDE:
        for back in (3, 2):
            noun = match(words.units.nouns, tokens, found.start - back)
            if noun is not None and noun.stop == found.start - 1 and found.start - back >= 0:
                return noun.name
    return None


def _scale_code(tokens: Tokens, found: _Found, unit: Unit, words: FigureWords) -> None:
    """Read "75 USD million" and "30 MUSD"."""
    if tokens.low[unit.stop - 1] in words.units.million_codes:
        found.value *= 1e6
    scale = words.numbers.scales.get(tokens.word(unit.stop))
    if (
        scale
        and unit.name != "percent"
        and tokens.low[unit.stop - 1] in ("usd", "eur", "gbp", "dollars", "$", "€", "£")
    ):
        found.value *= scale
        found.unit_stop += 1


def _currency_fits(tokens: Tokens, begin: int, start: int, words: FigureWords) -> bool:
    """Whether a sign or code before a number belongs to it, and not to the amount before: "10 $ 30 $"."""
    low = tokens.low[begin]
    if low.isalpha() and not (
        low in ("rs", "re", "usd", "eur", "gbp", "rmb", "dollar", "sen", "maud")
        or tokens.raw[begin].isupper()
    ):
        return False
    if begin == 0 or not tokens.low[begin - 1][0].isdecimal():
        return True
    return tokens.end[start - 1] == tokens.start[start] or tokens.end[begin - 1] != tokens.start[begin] - 1


def _read_letter(tokens: Tokens, found: _Found, number: Number, words: FigureWords) -> None:
    """Decide between million and metre, trillion and tonne: "4.2m people", "the 800m", "100t"."""
    letter = number.letter.lower()
    scale = words.numbers.letters[letter]
    plain = found.value / scale
    after = tokens.word(found.stop)
    noun = noun_after(tokens, found.stop, words.units)
    metres = (
        letter == "m"
        and number.letter == "m"
        and (
            after in _METRES_AFTER
            or (plain in _RACES and noun is None)
            or (tokens.word(found.start - 1) == "x" or after == "x")
            or (noun is None and plain < 1000 and not words.metres_near.isdisjoint(tokens.low))
        )
    )
    if letter in ("t", "g", "mm") or metres:
        if number.letter == "MM":
            return
        found.value = plain
        found.unit = {"t": "tonnes", "g": "grams", "mm": "millimetres", "m": "metres"}[letter]
        return
    unit = unit_after(tokens, found.stop, words.units) or noun
    if unit is not None:
        found.unit, found.unit_stop = unit.name, unit.stop


def _read_sign(tokens: Tokens, found: _Found, words: FigureWords) -> None:
    """Read minus: "-23", "minus $37.63"; a dash before a count is a dash."""
    at = found.start - 1
    currency = match_before(words.units.currencies, tokens, found.start)
    if currency is not None:
        at = currency[1] - 1
    sign = tokens.word(at)
    if sign in words.numbers.minus:
        found.value, found.start = -found.value, at
        return
    if sign == "" or sign not in _MINUS:
        return
    close = tokens.start[at + 1] == tokens.end[at]
    lone = not tokens.glued(at) and (close or at == 0 or (found.unit or "").startswith("degrees"))
    counted = (
        found.unit is not None and found.unit not in ("percent", "points") and not _measure(found.unit, words)
    )
    if lone and not counted:
        found.value, found.start = -found.value, at


def _measure(unit: str, words: FigureWords) -> bool:
    return unit.startswith("degrees") or any(
        unit == name for entries in words.units.currencies.values() for _, name in entries
    )


def _read_qualifier(tokens: Tokens, found: _Found, words: FigureWords) -> None:
    after = match(words.after, tokens, found.stop) or (
        match(words.after, tokens, found.unit_stop) if found.unit_stop > found.stop else None
    )
    if after is not None:
        found.qualifier = after.name  # type: ignore[assignment] # the tables are named by qualifiers
        return
    start = found.start
    currency = match_before(words.units.currencies, tokens, start)
    if currency is not None:
        start = currency[1]
    if tokens.word(start - 1) in ("a", "the", "an"):
        start -= 1
    before = match_before(words.before, tokens, start)
    if before is not None:
        found.qualifier = before[0]  # type: ignore[assignment] # the tables are named by qualifiers


def _joined(tokens: Tokens, found: list[_Found], words: FigureWords) -> list[_Found]:
    """Join what is one measure ("5ft 2in", "two hours, 52 minutes"), and the ends of a range; mark scores."""
    result: list[_Found] = []
    for each in found:
        last = result[-1] if result else None
        if last is None or not (_compound(tokens, last, each, words) or _range(tokens, last, each)):
            result.append(each)
            continue
    return result


def _compound(tokens: Tokens, last: _Found, each: _Found, words: FigureWords) -> bool:
    if last.unit is None or last.unit in NO_QUANTITY or last.high is not None:
        return False
    between = tokens.low[last.unit_stop : each.start]
    if any(word not in (",", "and") for word in between) or len(between) > 2:
        return False
    if last.unit == "seconds" and last.stop - last.start > 2 and each.unit == "seconds" and each.value < 60:
        last.value, last.stop, last.unit_stop = last.value + each.value, each.unit_stop, each.unit_stop
        return True
    if last.unit == "feet" and each.unit is None and not between and tokens.word(each.stop) == "in":
        each.unit, each.unit_stop = "inches", each.stop + 1
    part = words.units.compound.get((last.unit, each.unit or ""))
    bare = (
        each.unit is None
        and not each.high
        and last.unit in ("dollars", "pounds", "euros", "canadian dollars")
    )
    if (
        bare
        and each.value < 100
        and each.value == int(each.value)
        and "," not in between
        and last.value == int(last.value)
    ):
        part = (100.0, last.unit)
    if part is None or each.value >= part[0]:
        return False
    many, name = part
    last.value += each.value / many
    last.unit = name
    if name in ("hours", "minutes"):
        _to_seconds(last, name, each.unit)
    last.stop, last.unit_stop = max(each.stop, each.unit_stop), max(each.unit_stop, each.stop)
    return True


def _to_seconds(found: _Found, name: str, part: str | None) -> None:
    """A time of several parts is told in seconds, as a stopwatch tells it."""
    if name == "minutes" or part == "minutes":
        found.value *= 60.0 if name == "minutes" else 3600.0
        found.value = round(found.value, 6)
        found.unit = "seconds"


def _range(tokens: Tokens, last: _Found, each: _Found) -> bool:
    between = tokens.low[last.stop : each.start]
    if (
        last.high is not None
        or (last.unit in NO_QUANTITY and last.unit != "score")
        or each.unit in NO_QUANTITY
    ):
        return False
    dashed = len(between) == 1 and between[0] in _MINUS
    if dashed and last.unit is None and each.unit is None and max(last.value, each.value) < 100:
        last.unit = each.unit = "score"
        return False
    worded = between in (["to"], ["and"]) and tokens.word(last.start - 1) in ("between", "to")
    spanned = (
        between == ["to"]
        and tokens.word(last.start - 1) != "from"
        and last.unit is None
        and each.unit is not None
    )
    percents = len(between) == 2 and between[1] in ("and", "to") and tokens.word(last.start - 1) == "between"
    if not (dashed or worded or spanned or percents) or last.value >= each.value:
        return False
    if last.unit is not None and last.unit != each.unit:
        return False
    last.high, last.qualifier = each.value, "between"
    last.unit, last.stop, last.unit_stop = each.unit, each.stop, each.unit_stop
    return True
