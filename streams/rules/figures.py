"""Finds every quantity of a story: its place, value, unit and how exact it is.

Numbers that count nothing (dates, clock times, scores, ranks, ages, parts of names) come with such a unit too, named
in `NO_QUANTITY`: they must never become the figure of a record, yet nothing that was read is hidden.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from streams.rules.dates import date_at
from streams.rules.durations import Duration, duration_at
from streams.rules.figure_joins import joined
from streams.rules.figure_kinds import in_a_run, kind_of
from streams.rules.figure_units import measure, read_qualifier
from streams.rules.figure_words import NO_QUANTITY, FigureWords, Found, figure_words
from streams.rules.numbers import Number, read_number
from streams.rules.reading import Reading, Sentence
from streams.rules.tokens import Tokens, tokenise, words_of
from wirewatch.messages import Figure, UnreadNumber, UnreadReason

__all__ = ["NO_QUANTITY", "Numbers", "figure_words", "find_figures", "read_numbers"]

# A text with more is a table; what it has to say is not said in figures.
MAX_FIGURES: Final = 2_000
# As much of a number that is left out is shown.
SHOWN: Final = 60
_DIGIT: Final = re.compile(r"[\d¼-¾⅐-⅞]")


class Numbers(NamedTuple):
    """The numbers of a story: its figures, and what no figure was made of."""

    figures: tuple[Figure, ...] = ()
    unread: tuple[UnreadNumber, ...] = ()


def find_figures(reading: Reading) -> tuple[Figure, ...]:
    """Return the figures of a story in reading order. A language without a lexicon yields nothing."""
    return read_numbers(reading).figures


def read_numbers(reading: Reading) -> Numbers:
    """Return the numbers of a story in reading order. A language without a lexicon yields nothing."""
    lang = reading.lang
    if lang is None:
        return Numbers()
    words = figure_words(lang)
    figures: list[Figure] = []
    unread: list[UnreadNumber] = []
    for sentence in reading.sentences:
        if not _may_count(sentence.text, words):
            continue
        tokens = tokenise(sentence.text, words.language)
        found = _scan(tokens, words)
        if any(each.unread for each in found):
            unread += _unread(sentence, tokens, found)
            found = [each for each in found if not each.unread]
        if found:
            figures += [_figure(sentence, tokens, each) for each in joined(tokens, found, words)]
        if len(figures) + len(unread) >= MAX_FIGURES:
            break
    return Numbers(tuple(figures), tuple(unread))


def _may_count(text: str, words: FigureWords) -> bool:
    """Whether a text holds a digit or a number word; most sentences hold none, and must cost next to nothing."""
    return _DIGIT.search(text) is not None or not words.counting.isdisjoint(words_of(text, words.language))


def _figure(sentence: Sentence, tokens: Tokens, found: Found) -> Figure:
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


def _unread(sentence: Sentence, tokens: Tokens, found: Sequence[Found]) -> list[UnreadNumber]:
    numbers = []
    for each in found:
        if each.unread:
            begin, end = tokens.start[each.start], tokens.end[each.stop - 1]
            shown = sentence.text[begin:end]
            if len(shown) > SHOWN:
                shown = shown[: SHOWN - 1] + "…"
            numbers.append(
                UnreadNumber(sentence.field, sentence.start + begin, sentence.start + end, shown, each.unread)
            )
    return numbers


def _scan(tokens: Tokens, words: FigureWords) -> list[Found]:
    begins = words.begins
    found: list[Found] = []
    skip = 0
    for at, low in enumerate(tokens.low):
        if at < skip or not (low in begins or low[0].isnumeric()):
            continue
        if low in words.ordinals:
            if in_a_run(tokens, at, words):
                found.append(Found(at, at + 1, words.ordinals[low], "rank", at + 1))
                continue
            if not (low in words.numbers.starts or low[0].isnumeric() or low in words.numbers.article):
                continue
        if (
            low in words.numbers.article
            and tokens.word(at + 1) in words.ordinals
            and in_a_run(tokens, at + 1, words)
        ):
            # "For a sixth time" is no sixth of anything.
            continue
        dated = date_at(tokens, at, words.dates)
        if dated is not None:
            found.extend(
                Found(
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
        numbers, skip = _numbers(tokens, at, words)
        found += numbers
    return found


def _numbers(tokens: Tokens, at: int, words: FigureWords) -> tuple[list[Found], int]:
    """Return what a number that is no date makes, and the token after it."""
    duration = duration_at(tokens, at, words.durations)
    if duration is not None:
        return [_lasting(tokens, at, duration, words)], duration.stop
    number = read_number(tokens, at, words.numbers)
    if number is None:
        return [], at
    if number.value is None:
        return _parts(tokens, number), number.stop
    each = _measured(tokens, number, words)
    return [each], max(number.stop, each.stop)


def _measured(tokens: Tokens, number: Number, words: FigureWords) -> Found:
    """Give a number its sign, unit, kind and qualifier."""
    value = number.value if number.value is not None else 0.0
    found = Found(number.start, number.stop, value, None, number.stop)
    kind = kind_of(tokens, number, words)
    if kind is not None:
        found.unit = kind
        return found
    measure(tokens, found, number, words)
    return found


def _lasting(tokens: Tokens, at: int, duration: Duration, words: FigureWords) -> Found:
    """Return a duration of several parts as a figure in seconds."""
    found = Found(at, duration.stop, duration.value, "seconds", duration.stop)
    read_qualifier(tokens, found, words, None)
    return found


def _parts(tokens: Tokens, number: Number) -> list[Found]:
    """The parts of an address, a version or a list: "192.168.1.2", "22,24,26"; else what no float can hold."""
    if number.form != "list":
        reason: UnreadReason = "too_large" if number.form == "power" else "too_many_digits"
        return [Found(number.start, number.stop, 0.0, None, number.stop, unread=reason)]
    pieces = [
        piece for piece in tokens.low[number.start].replace(",", ".").split(".") if piece and len(piece) <= 15
    ]
    return [
        Found(number.start, number.start + 1, float(piece), "name", number.stop)
        for piece in pieces
        if piece.isdecimal()
    ]
