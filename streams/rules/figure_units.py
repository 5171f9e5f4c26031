"""Gives a number its unit, its sign and how exact it is."""

from typing import Final

from streams.rules.figure_words import FigureWords, Found
from streams.rules.numbers import Number
from streams.rules.tokens import Tokens
from streams.rules.units import Unit, match, match_before, noun_after, unit_after

DEATHS: Final = "deaths"
MINUS: Final = "-−–"
# What stands before a number: its name, and the token with which it begins.
_Before = tuple[str, int]
# So far back a clause may name what its figure counts.
_CLAUSE: Final = 11
_ENDS: Final = frozenset([".", ",", ";", ":", "—", "–"])
_ASIDE: Final = frozenset(["—", "–", "-", "(", ":", ","])
# Of these there are never fewer than none; of jobs, votes and seats a change is told.
_NEVER_BELOW: Final = frozenset(
    [
        "drones",
        "missiles",
        "rockets",
        "deaths",
        "injured",
        "missing",
        "prisoners",
        "hostages",
        "aircraft",
        "ships",
        "spectators",
        "homicides",
        "fires",
        "earthquakes",
    ]
)
_MINUS_SIGNS: Final = frozenset("-−")
# Distances that "m" after a bare number means on a track or in a pool.
_RACES: Final = frozenset(
    [50.0, 60.0, 100.0, 110.0, 200.0, 400.0, 800.0, 1000.0, 1500.0, 3000.0, 5000.0, 10000.0]
)


def measure(tokens: Tokens, found: Found, number: Number, words: FigureWords) -> None:
    """Read unit, sign and qualifier into a found number."""
    currency = match_before(words.units.currencies, tokens, found.start)
    _read_unit(tokens, found, number, words, currency)
    begin = found.start
    _read_sign(tokens, found, words, currency)
    if found.start != begin:
        currency = match_before(words.units.currencies, tokens, found.start)
    read_qualifier(tokens, found, words, currency)


def _read_unit(
    tokens: Tokens, found: Found, number: Number, words: FigureWords, currency: _Before | None
) -> None:
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
    if _are_dead(tokens, unit, words):
        found.unit = DEATHS
        return
    _scale_code(tokens, found, unit, words)
    if tokens.low[unit.stop - 1] in words.units.remains and not words.units.returning.isdisjoint(tokens.low):
        # Bodies that are handed over died before.
        found.unit = "bodies"
        return
    if unit.name == "people" and any(
        tokens.word(k) in words.units.killing for k in range(max(0, found.start - 4), found.start)
    ):
        found.unit = DEATHS


def _are_dead(tokens: Tokens, unit: Unit, words: FigureWords) -> bool:
    """Whether those that are counted died: "24 soldiers killed in Gaza"; the drones that killed twelve did not."""
    if tokens.word(unit.stop) not in words.units.killing or unit.name == DEATHS:
        return False
    fate = match(words.units.nouns, tokens, unit.stop)
    if fate is None or fate.name != DEATHS:
        return False
    after = tokens.word(fate.stop)
    return after in words.units.clause_goes_on or not after[:1].isalnum()


def _unit_before(tokens: Tokens, found: Found, words: FigureWords) -> str | None:
    """Return the unit of a figure that follows its noun: "drones — 472 —", "killing 12"."""
    before = tokens.word(found.start - 1)
    # "Kills at least 12": how exact it is stands between.
    how = match_before(words.before, tokens, found.start)
    if tokens.word((how[1] if how is not None else found.start) - 1) in words.units.killing:
        return DEATHS
    if before in _ASIDE:
        for back in (3, 2):
            noun = match(words.units.nouns, tokens, found.start - back)
            # "Soldiers die, 400,000 flee": another clause has begun.
            told = noun is not None and not (noun.name == DEATHS and before == ",")
            if told and noun is not None and noun.stop == found.start - 1 and found.start - back >= 0:
                return noun.name
    return _counted_before(tokens, found.start, words)


def _counted_before(tokens: Tokens, start: int, words: FigureWords) -> str | None:
    """Return what a figure counts that its clause names before the verb: "the number of drones rose to 810"."""
    for at in range(start - 1, max(-1, start - _CLAUSE), -1):
        word = tokens.word(at)
        if word in _ENDS or word in words.ends:
            return None
        if word not in words.units.counting:
            continue
        if tokens.word(at + 1) in words.units.of:
            noun = noun_after(tokens, at + 2, words.units)
            # "A total of 12": the figure itself comes next.
            return noun.name if noun is not None and noun.stop <= start else None
        noun = match(words.units.nouns, tokens, at - 1)
        if noun is not None and noun.stop == at:
            return noun.name
        return DEATHS if tokens.word(at - 1) in words.toll.get(word, ()) else None
    return None


def _scale_code(tokens: Tokens, found: Found, unit: Unit, words: FigureWords) -> None:
    """Read "75 USD million" and "30 MUSD"."""
    if tokens.low[unit.stop - 1] in words.units.million_codes:
        found.value *= 1e6
    scale = words.numbers.scales.get(tokens.word(unit.stop))
    if scale and unit.name != "percent" and tokens.low[unit.stop - 1] in words.scaled_codes:
        found.value *= scale
        found.unit_stop += 1


def _currency_fits(tokens: Tokens, begin: int, start: int, words: FigureWords) -> bool:
    """Whether a sign or code before a number belongs to it, and not to the amount before: "10 $ 30 $"."""
    low = tokens.low[begin]
    if low.isalpha() and not (low in words.small_codes or tokens.raw[begin].isupper()):
        return False
    if begin == 0 or not tokens.low[begin - 1][0].isdecimal():
        return True
    return tokens.end[start - 1] == tokens.start[start] or tokens.end[begin - 1] != tokens.start[begin] - 1


def _read_letter(tokens: Tokens, found: Found, number: Number, words: FigureWords) -> None:
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
            after in words.metres_after
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


def _read_sign(tokens: Tokens, found: Found, words: FigureWords, currency: _Before | None) -> None:
    """Read minus: "-23", "minus $37.63"; a dash before a count is a dash."""
    at = found.start - 1
    if currency is not None:
        at = currency[1] - 1
    sign = tokens.word(at)
    if sign in words.numbers.minus:
        found.value, found.start = -found.value, at
        return
    if sign == "" or sign not in MINUS:
        return
    close = tokens.start[at + 1] == tokens.end[at]
    lone = not tokens.glued(at) and (close or at == 0 or (found.unit or "").startswith("degrees"))
    counted = (
        found.unit is not None and found.unit not in ("percent", "points") and not _measure(found.unit, words)
    )
    if lone and not counted:
        found.value, found.start = -found.value, at
    elif at and lone and close and sign in _MINUS_SIGNS and found.unit in _NEVER_BELOW:
        # At the very front it is a list's dash.
        found.start, found.unread = at, "below_zero"


def _measure(unit: str, words: FigureWords) -> bool:
    return unit.startswith("degrees") or any(
        unit == name for entries in words.units.currencies.values() for _, name in entries
    )


def read_qualifier(tokens: Tokens, found: Found, words: FigureWords, currency: _Before | None) -> None:
    """Read how exact a figure is from the words before and after it."""
    after = match(words.after, tokens, found.stop) or (
        match(words.after, tokens, found.unit_stop) if found.unit_stop > found.stop else None
    )
    if after is not None:
        found.qualifier = after.name  # type: ignore[assignment] # the tables are named by qualifiers
        return
    start = found.start
    if currency is not None:
        start = currency[1]
    if tokens.word(start - 1) in words.articles:
        start -= 1
    before = match_before(words.before, tokens, start)
    if before is not None:
        found.qualifier = before[0]  # type: ignore[assignment] # the tables are named by qualifiers
