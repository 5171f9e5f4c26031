"""Tells dates, years and clock times from figures."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from streams.rules.tokens import Tokens

FIRST_YEAR: Final = 1500
LAST_YEAR: Final = 2100
_PAIR: Final = 2
_LISTS: Final = ("half_day", "o_clock", "ordinal", "of", "day_article", "at", "era", "decade")


class Dates(Struct, frozen=True):
    """A language's words about time; from its lexicon."""

    months: Mapping[str, int]
    year_before: frozenset[str]
    clock_after: frozenset[str]
    clock_before: frozenset[str]
    race: frozenset[str]
    counted: frozenset[str]
    # After an hour: "am"; after a day of the month: "th"; between it and its month: "of".
    half_day: frozenset[str]
    o_clock: frozenset[str]
    ordinal: frozenset[str]
    of: frozenset[str]
    # Between a month and its day: "May the 26th".
    day_article: frozenset[str]
    at: frozenset[str]
    era: frozenset[str]
    # "The 1990s".
    decade: frozenset[str]
    fixed: frozenset[str]
    # Whether "2:1" is a score.
    colon_score: bool


class Dated(Struct, frozen=True):
    """Tokens up to `stop` are a date or a time: the parts, each with its token, value and kind.

    With `whole` the one part is all of it: "2:01:09".
    """

    stop: int
    parts: tuple[tuple[int, float, str], ...]
    whole: bool = False


def dates(data: Mapping[str, Any]) -> Dates:
    """Return the words about time of a figures lexicon."""
    table = data["time"]
    counted = {
        word
        for group in ("nouns", "units", "currencies")
        for variants in data[group].values()
        for word in variants
    }
    scales = {
        *data["numbers"]["scales"],
        *data["numbers"]["suffixes"],
        *data["numbers"]["dozens"],
        *table["rate"],
    }
    return Dates(
        months=table["months"],
        year_before=frozenset(table["year_before"]),
        clock_after=frozenset(table["clock_after"]),
        clock_before=frozenset(table["clock_before"]),
        race=frozenset(table["race"]),
        counted=frozenset(counted | scales),
        **{name: frozenset(table[name]) for name in _LISTS},
        fixed=frozenset(data["context"]["fixed"]),
        colon_score=table["colon_score"],
    )


def date_at(tokens: Tokens, at: int, words: Dates) -> Dated | None:
    """Return the date or time that begins with this number, or None."""
    low = tokens.low[at]
    if not low[0].isdecimal():
        return None
    after = tokens.word(at + 1)
    if after == ":" and tokens.glued(at + 1):
        return _colon(tokens, at, words)
    if after in ("/", "-", "–") and tokens.glued(at + 1):
        return _numeric(tokens, at, words)
    if after in words.o_clock and float(low.replace(",", ".").partition(".")[0]) <= 24:
        return Dated(at + 2, ((at, _plain(low), "clock"),))
    if after in words.half_day and float(low.replace(",", ".").partition(".")[0]) <= 12:
        return Dated(at + 2, ((at, _plain(low), "clock"),))
    return _day(tokens, at, words) or _year(tokens, at, words)


def _plain(piece: str) -> float:
    head, _, tail = piece.replace(",", ".").partition(".")
    return float(f"{head}.{tail.partition('.')[0] or 0}")


def _colon(tokens: Tokens, at: int, words: Dates) -> Dated | None:
    """Read "14:32" as a clock, "2:01:09", "1:41.11" and in a race "56:42" as seconds."""
    parts = [tokens.low[at]]
    stop = at + 1
    while (
        tokens.word(stop) == ":"
        and tokens.glued(stop)
        and tokens.glued(stop + 1)
        and tokens.word(stop + 1)[:1].isdecimal()
    ):
        parts.append(tokens.low[stop + 1])
        stop += 2
    if words.colon_score and len(parts) == _PAIR and len(parts[1]) == 1 and parts[0].isdecimal():
        return Dated(stop, ((at, float(parts[0]), "score"), (at + 2, float(parts[1]), "score")))
    whole = all(part.replace(".", "", 1).isdecimal() and len(part.partition(".")[0]) <= 3 for part in parts)
    if not 2 <= len(parts) <= 3 or not whole or len(parts[-1].partition(".")[0]) != 2:
        return None
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + float(part)
    timed = (
        len(parts) == 3
        or float(parts[0]) > 24
        or "." in parts[-1]
        or (_in_race(tokens, words) and not _by_clock(tokens, at, stop, words))
    )
    if timed:
        return Dated(stop, ((at, round(seconds, 6), "seconds"),), whole=True)
    return Dated(stop, tuple((at + 2 * k, float(part), "clock") for k, part in enumerate(parts)))


def _in_race(tokens: Tokens, words: Dates) -> bool:
    return not words.race.isdisjoint(tokens.low)


def _by_clock(tokens: Tokens, at: int, stop: int, words: Dates) -> bool:
    return (
        at == 0
        or tokens.low[at].startswith("0")
        or tokens.word(stop) in words.clock_after
        or tokens.word(at - 1) in words.at
    )


def _numeric(tokens: Tokens, at: int, words: Dates) -> Dated | None:
    """Read "2025-06-01", "06/01/2025", "2014-16"."""
    sign = tokens.low[at + 1]
    pieces = [at]
    stop = at + 1
    while (
        tokens.word(stop) == sign
        and tokens.glued(stop)
        and tokens.glued(stop + 1)
        and tokens.word(stop + 1).isdecimal()
    ):
        pieces.append(stop + 1)
        stop += 2
    if not tokens.low[at].isdecimal():
        return None
    widths = [len(tokens.low[piece]) for piece in pieces]
    parts = tuple(
        (piece, float(tokens.low[piece]), "date") for piece in pieces if len(tokens.low[piece]) <= 15
    )
    if len(pieces) >= 3:
        return Dated(stop, parts)
    if len(pieces) == 2 and widths[0] == 4 and widths[1] in (2, 4) and _is_year(tokens.low[at]):
        return Dated(stop, tuple((piece, value, "year") for piece, value, _ in parts))
    if len(pieces) == 2 and sign == "/" and f"{tokens.low[at]}/{tokens.low[at + 2]}" in words.fixed:
        return Dated(stop, tuple((piece, value, "name") for piece, value, _ in parts))
    return None


def _day(tokens: Tokens, at: int, words: Dates) -> Dated | None:
    """Read "26 May", "May 26, 2025", "7th of September"."""
    low = tokens.low[at]
    if not low.isdecimal() or len(low) > 2 or not 1 <= int(low) <= 31:
        return None
    stop = at + 1
    if tokens.word(stop) in words.ordinal and tokens.glued(stop):
        stop += 1
    follow = stop + 1 if tokens.word(stop) in words.of else stop
    if tokens.word(follow) in words.months and tokens.capital(follow):
        stop = follow + 1
    elif (
        not _month_before(tokens, at, words) or tokens.word(stop) in words.counted or tokens.word(stop) == "%"
    ):
        return None
    parts: list[tuple[int, float, str]] = [(at, float(low), "date")]
    year = stop + 1 if tokens.word(stop) in (",", ".") else stop
    if (
        _is_year(tokens.word(year))
        and len(tokens.low[year]) == 4
        and tokens.word(year + 1) not in words.counted
    ):
        parts.append((year, float(tokens.low[year]), "year"))
        stop = year + 1
    return Dated(stop, tuple(parts))


def _month_before(tokens: Tokens, at: int, words: Dates) -> bool:
    before = tokens.word(at - 1)
    back = at - 2 if before == "." or before in words.day_article else at - 1
    return tokens.word(back) in words.months and tokens.capital(back)


def _is_year(piece: str) -> bool:
    return piece.isdecimal() and len(piece) == 4 and FIRST_YEAR <= int(piece) <= LAST_YEAR


def _year(tokens: Tokens, at: int, words: Dates) -> Dated | None:
    low = tokens.low[at]
    if not _is_year(low):
        return None
    after = tokens.word(at + 1)
    if after in words.era:
        return Dated(at + 2, ((at, float(low), "year"),))
    if after in words.decade and tokens.glued(at + 1):
        return Dated(at + 2, ((at, float(low), "year"),))
    signed = tokens.glued(at) and tokens.low[at - 1] not in ("'", "’", "(", "-", "–", "/", '"', "“", "‘", "[")
    if signed or after in words.counted or (tokens.glued(at + 1) and after[0].isalnum()):
        return None
    before = tokens.word(at - 1)
    if before in words.year_before or before in words.months or int(low) >= 1900 or before == "(":
        return Dated(at + 1, ((at, float(low), "year"),))
    return None
