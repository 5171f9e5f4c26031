"""Tells ranks, ages and parts of names from quantities."""

from typing import Final

from streams.rules.figure_words import FigureWords
from streams.rules.numbers import Number
from streams.rules.tokens import Tokens
from streams.rules.units import match, unit_after

_QUOTES: Final = frozenset("'‘’\"“”")
# A sequel has so many digits at most, its title so many words.
_SEQUEL: Final = 2
# A rank or a place in a list has so many digits at most.
_GRADE: Final = 2
_TITLE: Final = 8


def kind_of(tokens: Tokens, number: Number, words: FigureWords) -> str | None:
    """Say what a number is when it is no quantity: a rank ("31st"), an age, a part of a name ("F-16", "COP30")."""
    at, stop = number.start, number.stop
    after = tokens.word(stop)
    if tokens.glued(stop) and after in words.dates.ordinal and (after != "." or tokens.word(stop + 1)):
        return "rank"
    if number.form == "digits" and stop == at + 1 and _glued_name(tokens, at, words):
        return "name"
    dash = stop + 1 if after == "-" else stop
    if match(words.age_after, tokens, dash) is not None:
        return "age"
    if after in words.dates.decade and _of_years(tokens, number, words):
        return "age"
    if number.form == "words" and (after in words.idioms or _spelled_name(tokens, at, stop, words)):
        return "name"
    if tokens.word(at - 1) in words.age_before:
        return "age"
    if number.form != "digits" or stop != at + 1:
        return None
    if _between_commas(tokens, at, number.value):
        return "age"
    return "name" if _titled(tokens, at) or _named(tokens, at, number, words) else None


def _of_years(tokens: Tokens, number: Number, words: FigureWords) -> bool:
    """Whether a plural of years of life, or of a century, is told: "the under-25s", "in her 30s", "the 20s"."""
    if number.form != "digits" or not tokens.glued(number.stop):
        return False
    two = len(tokens.low[number.start]) == _SEQUEL and tokens.low[number.start].isdecimal()
    return two and number.stop == number.start + 1 and tokens.word(number.start - 1) in words.aged_before


def in_a_run(tokens: Tokens, at: int, words: FigureWords) -> bool:
    """Whether a rank in words counts a run: "a third straight year", "his tenth race in a row"."""
    return any(match(words.runs, tokens, here) is not None for here in (at + 1, at + 2, at + 3))


def _glued_name(tokens: Tokens, at: int, words: FigureWords) -> bool:
    """Whether letters are glued to the number's front: "COP30", "G7", "F-16", "Covid-19"."""
    if not tokens.glued(at):
        return False
    before = tokens.low[at - 1]
    if before == "-" and tokens.glued(at - 1):
        letters = tokens.raw[at - 2]
        return letters[:1].isupper() and letters.isalpha() and not tokens.word(at - 2).isdecimal()
    return before.isalpha() and before not in words.units.currencies


def _spelled_name(tokens: Tokens, at: int, stop: int, words: FigureWords) -> bool:
    """Whether a capital number word ends a name: "Formula One"."""
    return (
        stop == at + 1
        and tokens.capital(at)
        and tokens.capital(at - 1)
        and tokens.word(at - 1) in words.name_heads
    )


def _titled(tokens: Tokens, at: int) -> bool:
    """Whether a small number ends a title in quotation marks: "'Inside Out 2'"."""
    quote = tokens.word(at + 1)
    if quote not in _QUOTES or len(tokens.low[at]) > _SEQUEL or not tokens.capital(at - 1):
        return False
    return any(tokens.word(back) in _QUOTES for back in range(at - 2, max(-1, at - _TITLE), -1))


def _between_commas(tokens: Tokens, at: int, value: float | None) -> bool:
    """Whether it is an age in apposition: "Kami Rita, 55, goes up"."""
    if value is None or not 5 <= value <= 119 or not tokens.low[at].isdecimal():
        return False
    enclosed = tokens.word(at - 1) == "," == tokens.word(at + 1)
    return enclosed and tokens.capital(at - 2) and tokens.raw[at - 2].isalpha()


def _named(tokens: Tokens, at: int, number: Number, words: FigureWords) -> bool:
    """Whether the number belongs to the word before it: "Boeing 737", "Article 5", "category 5"."""
    piece = tokens.low[at]
    if not piece.isdecimal() or len(piece) > 4 or tokens.glued(at):
        return False
    before = tokens.word(at - 1)
    if before == "." and tokens.word(at - 2) in words.numbered:
        return True
    if before not in words.name_heads:
        return False
    measured = unit_after(tokens, number.stop, words.units) is not None
    if before in words.graded and len(piece) <= _GRADE:
        # A "category 5 storm" is one storm, and "phase 3 trials" are not three.
        return not measured
    strong = tokens.capital(at - 1) and before not in words.weak_heads
    counted = match(words.units.nouns, tokens, number.stop) is not None
    return not measured and not counted and (strong or before in words.numbered)
