"""Reads one number from tokens, in digits or words: "472", "4.2m", "26,17,215", "two lakh crore", "three and a half"."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from streams.rules.digits import MAX_DIGITS, plain_digits
from streams.rules.number_sum import Sum
from streams.rules.number_words import spelled_out
from streams.rules.tokens import Tokens

_POWER: Final = re.compile(
    r"(?:\s?[x×*]\s?10\s?(?:\^|\*\*)|[eE](?=[+-]?\d))\s?(?P<ten>[+-]?\d{1,6})(?![\w^])"
    r"|(?:\^|\*\*)(?P<power>[+-]{0,2}\d{1,6})(?![\w^])"
    r"|\s?[x×*]\s?10(?P<tens>[⁺⁻]?[⁰¹²³⁴-⁹]{1,6})|(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]{1,6})"
)
_RAISED: Final = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
# "10⁶" is a power, any other number with raised digits has a footnote.
_RAISED_BASE: Final = 10.0
_VULGAR: Final = {"½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅕": 1 / 5, "⅖": 2 / 5, "⅗": 3 / 5, "⅘": 4 / 5} | {
    "⅙": 1 / 6, "⅚": 5 / 6, "⅐": 1 / 7, "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8, "⅑": 1 / 9, "⅒": 1 / 10
}  # fmt: skip
# Nothing in the news is counted in more.
_MOST: Final = 1e18
# What is longer and no number is no list either.
_LONG_LIST: Final = 40
_DENOMINATORS: Final = frozenset([2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32, 64, 100])


class NumberWords(Struct, frozen=True):
    """How a language writes numbers; from its lexicon."""

    decimal: str
    joiner: frozenset[str]
    article: frozenset[str]
    minus: frozenset[str]
    point: frozenset[str]
    vague: frozenset[str]
    small: Mapping[str, float]
    scales: Mapping[str, float]
    suffixes: Mapping[str, float]
    letters: Mapping[str, float]
    dozens: Mapping[str, float]
    fractions: Mapping[str, float]
    starts: frozenset[str]
    fixed: frozenset[str]
    # Fractions in the plural: "two thirds", never "a thirds".
    many: frozenset[str]
    # Those that are the same in both.
    alike: frozenset[str]
    of: frozenset[str]
    # "Four out of five"; "one in ten".
    out_of: tuple[tuple[str, ...], ...]
    one_in: frozenset[str]
    # Scales of one letter that stand apart from the digits: "40 k".
    apart: Mapping[str, float]
    # Short forms that end with a stop: "4,2 Mio. Euro".
    shortened: frozenset[str]
    # Beside these a half is none: "half-time", "the second half".
    no_half_before: frozenset[str]
    no_half_after: frozenset[str]


class Number(Struct, frozen=True, gc=False):
    """A number at tokens `start` up to, without, `stop`. `value` is None for what no float can hold or mean."""

    start: int
    stop: int
    value: float | None
    # digits | words | fraction | power | list (an address, a version: the part of something longer)
    form: str = "digits"
    # A letter after the digits that may be a scale or a unit: "100m".
    letter: str = ""


def number_words(data: Mapping[str, Any], fixed: frozenset[str]) -> NumberWords:
    """Return the number words of a lexicon's `numbers` table."""
    small = {word: float(value) for word, value in data["small"].items()} | spelled_out(
        data.get("joined", {})
    )
    scales = {word: float(value) for word, value in data["scales"].items()}
    fractions = {word: float(value) for word, value in data["fractions"].items()}
    dozens = {word: float(value) for word, value in data["dozens"].items()}
    half = {word for word, value in fractions.items() if value in (2, 4)}
    return NumberWords(
        decimal=data["decimal"],
        joiner=frozenset(data["joiner"]),
        article=frozenset(data["article"]),
        minus=frozenset(data["minus"]),
        point=frozenset(data["point"]),
        vague=frozenset(data["vague"]),
        small=small,
        scales=scales,
        suffixes={word: float(value) for word, value in data["suffixes"].items()},
        letters={word: float(value) for word, value in data["letters"].items()},
        dozens=dozens,
        fractions=fractions,
        starts=frozenset([*small, *scales, *dozens, *half]),
        fixed=fixed,
        many=frozenset(data["many"]),
        alike=frozenset(data["alike"]),
        of=frozenset(data["of"]),
        out_of=tuple(tuple(phrase.split()) for phrase in data["out_of"]),
        one_in=frozenset(data["one_in"]),
        apart={word: float(value) for word, value in data["apart"].items()},
        shortened=frozenset(data["shortened"]),
        no_half_before=frozenset(data["no_half_before"]),
        no_half_after=frozenset(data["no_half_after"]),
    )


def read_number(tokens: Tokens, at: int, words: NumberWords) -> Number | None:
    """Return the number that begins at this token, or None. Its sign is the caller's to read."""
    low = tokens.low[at]
    if low[0].isdecimal():
        return _from_digits(tokens, at, words)
    if low in _VULGAR:
        return _scaled(tokens, Number(at, at + 1, _VULGAR[low], "fraction"), words)
    if low in words.article:
        follow = tokens.word(at + 1)
        if follow in words.starts and follow not in words.small:
            inner = _from_words(tokens, at + 1, words)
            return inner and Number(at, inner.stop, inner.value, inner.form)
        if follow in words.fractions and follow not in words.many:
            return _scaled(tokens, Number(at, at + 2, 1 / words.fractions[follow], "fraction"), words)
        return None
    return _from_words(tokens, at, words) if low in words.starts else None


def _from_digits(tokens: Tokens, at: int, words: NumberWords) -> Number | None:
    piece = tokens.low[at]
    slash = _slash(tokens, at, words)
    if slash is not None:
        return slash
    value = plain_digits(piece, words.decimal)
    stop = at + 1
    if _leading_point(tokens, at, words) and piece.isdecimal() and len(piece) <= MAX_DIGITS:
        value = float("0." + piece)
    if value is None:
        return Number(at, stop, None, "digits" if piece.isdecimal() or len(piece) > _LONG_LIST else "list")
    power = _POWER.match(tokens.text, tokens.end[at])
    if power is not None and (power["raised"] is None or value == _RAISED_BASE):
        return _powered(tokens, at, value, power)
    if piece.isdecimal() and len(piece) <= 3 and piece[0] != "0":
        value, stop = _spaced(tokens, at, value)
    tail = _slash(tokens, stop, words) if stop < len(tokens) and not tokens.glued(stop) else None
    if tail is not None and tail.value is not None and tail.value < 1 and value == int(value):
        return Number(at, tail.stop, value + tail.value, "fraction")
    word = tokens.word(stop)
    if word in _VULGAR:
        return _scaled(tokens, Number(at, stop + 1, value + _VULGAR[word]), words)
    if tokens.glued(stop) and word in words.letters and not _inside_word(tokens, stop):
        return Number(at, stop + 1, value * words.letters[word], "digits", tokens.raw[stop])
    if word in words.apart and not tokens.glued(stop):
        return Number(at, stop + 1, value * words.apart[word])
    return _continued(tokens, at, stop, value, words)


def _leading_point(tokens: Tokens, at: int, words: NumberWords) -> bool:
    """Whether a decimal sign stands before the digits and after nothing: ".08"."""
    return tokens.glued(at) and tokens.low[at - 1] == words.decimal and not tokens.glued(at - 1)


def _inside_word(tokens: Tokens, at: int) -> bool:
    return tokens.glued(at + 1) and (tokens.low[at + 1][0].isalnum() or tokens.low[at + 1] in "²³/")


def _spaced(tokens: Tokens, at: int, value: float) -> tuple[float, int]:
    """Read groups of three set apart by one space: "40 000"."""
    stop, text = at + 1, tokens.text
    while stop < len(tokens) and stop - at <= 5:
        piece = tokens.low[stop]
        if tokens.glued(stop + 1) and tokens.low[stop + 1][0].isalnum():
            break
        digits, dot, rest = piece.partition(".")
        if not (len(digits) == 3 and digits.isdecimal()) or tokens.start[stop] - tokens.end[stop - 1] != 1:
            break
        if text[tokens.end[stop - 1]] not in "  \u202f":
            break
        value = value * 1000 + float(digits)
        stop += 1
        if dot and rest.isdecimal():
            return value + float("0." + rest), stop
    return value, stop


def _slash(tokens: Tokens, at: int, words: NumberWords) -> Number | None:
    """Read "3/4"; a date or "24/7" is no fraction."""
    if not (tokens.word(at + 1) == "/" and tokens.word(at + 2).isdecimal() and tokens.low[at].isdecimal()):
        return None
    if len(tokens.low[at]) > 3 or len(tokens.low[at + 2]) > 3:
        return None
    over, under = int(tokens.low[at]), int(tokens.low[at + 2])
    text = f"{over}/{under}"
    longer = tokens.word(at + 3) == "/" and tokens.word(at + 4).isdecimal()
    if text in words.fixed or longer or under not in _DENOMINATORS or over >= under:
        return None
    return Number(at, at + 3, over / under, "fraction")


def _powered(tokens: Tokens, at: int, value: float, power: re.Match[str]) -> Number:
    stop = at + 1
    while stop < len(tokens) and tokens.start[stop] < power.end():
        stop += 1
    try:
        ten = power["ten"] or power["tens"]
        if ten is not None:
            result = value * 10.0 ** int(ten.translate(_RAISED))
        else:
            raised = (power["power"] or power["raised"]).translate(_RAISED)
            result = value ** (
                -int(raised.lstrip("+-")) if raised.count("-") == 1 else int(raised.lstrip("+-"))
            )
    except (OverflowError, ZeroDivisionError):
        return Number(at, stop, None, "power")
    if math.isfinite(result) and abs(result) < _MOST:
        return Number(at, stop, result)
    return Number(at, stop, None, "power")


def _from_words(tokens: Tokens, at: int, words: NumberWords) -> Number | None:
    low = tokens.low[at]
    if tokens.word(at - 1) in words.vague or (
        tokens.word(at - 1) == "-" and tokens.word(at - 2) in words.vague
    ):
        return None
    if low in words.fractions and low not in words.small:
        return _bare_fraction(tokens, at, words)
    if low in words.dozens:
        return None if low in words.many else Number(at, at + 1, words.dozens[low], "words")
    if low in words.small:
        return _continued(tokens, at, at + 1, words.small[low], words, spelled=True)
    value = words.scales[low]
    return _continued(tokens, at, at + 1, value, words, spelled=True, last=value)


def _bare_fraction(tokens: Tokens, at: int, words: NumberWords) -> Number | None:
    """Read "half a million", "half of", "quarter million"; "half-time" and "the third quarter" are none."""
    low = tokens.low[at]
    if low in words.many:
        return None
    number = Number(at, at + 1, 1 / words.fractions[low], "fraction")
    scaled = _scaled(tokens, number, words)
    if scaled.stop > number.stop:
        return scaled
    follow = tokens.word(at + 1)
    whole = words.fractions[low] == 2 and follow != "-" and follow not in words.no_half_after
    before = tokens.word(at - 1)
    return number if whole and before != "-" and before not in words.no_half_before else None


def _scaled(tokens: Tokens, number: Number, words: NumberWords) -> Number:
    """Multiply a fraction by the scale that follows: "half a million", "two thirds of a million", "half a dozen"."""
    at, value = number.stop, number.value
    if value is None:
        return number
    if tokens.word(at) in words.of and tokens.word(at + 1) in words.article:
        at += 2
    elif tokens.word(at) in words.article:
        at += 1
    word = tokens.word(at)
    while word in words.scales or word in words.dozens:
        value *= words.scales.get(word) or words.dozens[word]
        at += 1
        word = tokens.word(at)
        number = Number(number.start, at, value, "words")
    return number


def _continued(
    tokens: Tokens,
    start: int,
    at: int,
    value: float,
    words: NumberWords,
    *,
    spelled: bool = False,
    last: float = 0.0,
) -> Number:
    """Read on after the first part of a number: tens, hundreds, scales, and the fraction at its end."""
    total = Sum(value, last)
    while at < len(tokens):
        hyphen = tokens.low[at] == "-"
        link = tokens.low[at] in words.joiner
        joined = at + 1 if link or (hyphen and spelled) else at
        word = tokens.word(joined)
        factor = words.scales.get(word) or (
            words.suffixes.get(word) if not spelled or not total.total else None
        )
        if factor is not None and not link:
            if not total.multiply(factor):
                break
            at = joined + 1
            at += word in words.shortened and tokens.word(at) == "." and tokens.glued(at)
            continue
        part = _part(tokens, joined, words)
        ahead = words.scales.get(tokens.word(joined + 1))
        if part is None or not total.takes(part, ahead, joined=joined > at, hyphen=hyphen):
            break
        # A fraction's numerator belongs to the fraction; digits go on only before a scale or after "and".
        if joined > at and _denominator_follows(tokens, joined + 1, words):
            break
        if not spelled and joined == at and ahead is None:
            break
        total.add(part)
        at, spelled = joined + 1, True
    return _ended(
        tokens, Number(start, at, total.value, "words" if spelled else "digits"), total.scale, words
    )


def _denominator_follows(tokens: Tokens, at: int, words: NumberWords) -> bool:
    """Whether the part before is the top of a fraction: "six million and two thirds"."""
    at += tokens.word(at) == "-"
    return tokens.word(at) in words.fractions and tokens.word(at) not in words.small


def _part(tokens: Tokens, at: int, words: NumberWords) -> float | None:
    word = tokens.word(at)
    if word in words.small:
        return words.small[word] or None
    if word.isdecimal() and len(word) <= 3 and not tokens.glued(at):
        return float(word) or None
    return None


def _ended(tokens: Tokens, number: Number, scale: float, words: NumberWords) -> Number:
    """Read what may end a number: "point five", "thirds", "and a half", "out of five", "dozen"."""
    at, value = number.stop, number.value
    if value is None:
        return number
    word = tokens.word(at)
    if word in words.dozens:
        return Number(number.start, at + 1, value * words.dozens[word], "words")
    if word in words.point and number.form == "words":
        return _decimals(tokens, number, words)
    dash = at + 1 if word == "-" else at
    denominator = words.fractions.get(tokens.word(dash))
    if denominator and number.form == "words" and value == int(value):
        below = tokens.word(dash)
        plural = below in words.many or below in words.alike
        if (plural and value > 1) or (value == 1 and below not in words.many):
            return _scaled(tokens, Number(number.start, dash + 1, value / denominator, "fraction"), words)
    size = next((len(way) for way in words.out_of if tuple(tokens.low[at : at + len(way)]) == way), 0)
    if size:
        whole = read_number(tokens, at + size, words) if at + size < len(tokens) else None
        if whole is not None and whole.value and value < whole.value:
            return Number(number.start, whole.stop, value / whole.value, "fraction")
    if word in words.one_in and value == 1 and number.form == "words":
        whole = read_number(tokens, at + 1, words) if at + 1 < len(tokens) else None
        if whole is not None and whole.value and whole.value >= 2 and whole.form == "words":
            return Number(number.start, whole.stop, value / whole.value, "fraction")
    return _and_fraction(tokens, number, scale, words)


def _decimals(tokens: Tokens, number: Number, words: NumberWords) -> Number:
    digits, at = "", number.stop + 1
    while at < len(tokens) and len(digits) < MAX_DIGITS:
        word = tokens.low[at]
        if word == "-" and digits:
            at += 1
            continue
        if word not in words.small:
            break
        piece = int(words.small[word])
        tens = len(digits) >= 2 and digits[-1] == "0" and digits[-2] != "0" and piece < 10
        digits = digits[:-1] + str(piece) if tens else digits + str(piece)
        at += 1
    if not digits or number.value is None:
        return number
    return _scaled(tokens, Number(number.start, at, number.value + float("0." + digits), "words"), words)


def _and_fraction(tokens: Tokens, number: Number, scale: float, words: NumberWords) -> Number:
    """Read "and a half", "and three quarters"; after a scale they are parts of it: "three million and a half"."""
    at = number.stop
    if tokens.word(at) not in words.joiner or number.value is None or at + 2 >= len(tokens) + 1:
        return number
    above = tokens.word(at + 1)
    over = 1.0 if above in words.article else words.small.get(above)
    below = tokens.word(at + 2)
    denominator = words.fractions.get(below)
    if not over or not denominator or over >= denominator or number.form == "fraction":
        return number
    part, stop = over / denominator, at + 3
    follow = tokens.word(stop)
    if follow in words.scales and words.scales[follow] < scale:
        # "five and a half million" multiplies all, "one billion and a half million" the fraction alone.
        factor = words.scales[follow]
        value = number.value + part * factor if math.isfinite(scale) else (number.value + part) * factor
        return Number(number.start, stop + 1, value, "words")
    whole = scale if math.isfinite(scale) and number.value >= scale and number.value % scale == 0 else 1.0
    return Number(number.start, stop, number.value + part * whole, "words")
