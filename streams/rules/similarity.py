"""Are two stories the same event? One scored decision that names its evidence.

Each measure alone is blind somewhere: shingles see copies only, words fail on machine rewrites, headline vectors
take two nights of the same war for one. Each gives evidence for or against, in log-odds, and the sum decides.
"""

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.rules.shelf import TOLLS, Shelf, Slots
from streams.rules.signature import PERMUTATIONS

Scores = NDArray[np.float32]

# What a measure's unit is worth in log-odds, fitted on labelled stories, see tools/weigh_evidence.py; `_BIAS` is where doubt begins.
_BIAS: Final = -0.93
WEIGHTS: Final = {
    "words": 2.58,
    "words of the shorter": 5.52,
    "headline": 4.20,
    "meaning": 3.97,
    "length": -1.21,
    "figures": 1.79,
    "other figures": -1.13,
    "same form, other content": -26.64,
    "same form, other figures": -80.52,
    "names": 0.37,
    "share of names": 0.74,
    "other names": -1.85,
    "brief, a day apart": -4.17,
    "other days": -1.05,
    "other headline figures": -2.17,
    "time apart, other words": -1.37,
    "other headline figures of another day": -1.87,
    "opposite turns, a day apart": -2.98,
    "other countries": -4.00,
    "one of them a round-up": -12.00,
    "long articles, days apart": -0.70,
    "same two countries": 0.84,
    "the other way round": -2.50,
    "days named apart": -0.15,
    "days named apart, at length": -0.25,
}
MEASURES: Final = tuple(WEIGHTS)
_VECTOR: Final = np.array(list(WEIGHTS.values()), dtype=np.float32)
# What the first measures, of words and subjects, say of two reports' being of one kind, whatever their event.
_LIKENESS: Final = np.array([2.77, 5.70, 4.60, 4.13], dtype=np.float32)
_OTHER_NAMES: Final = MEASURES.index("other names")
_OTHER_COUNTRIES: Final = MEASURES.index("other countries")
# By so much a round-up is kept from the clusters of its subjects.
ROUND_UP: Final = -WEIGHTS["one of them a round-up"]
_DAY: Final = 86_400.0
# How much the days after the first count, where a day counts one.
_LATER: Final = np.float32(0.9)
_WEEK: Final = 13.0
# From how long a text tells at length (some 150 terms), how soon that counts in full, and how many days long an event is
# told on.
_AT_LENGTH: Final = np.float32(1.25)
_RISE: Final = np.float32(10)
_TOLD_ON: Final = 2.0
# From how long a text tells enough for the days that it names to count, and from when they are just far apart: a month.
_TELLS: Final = np.float32(0.9)
_LONG_APART: Final = np.float32(3.5)
# The parties to one affair.
_PAIR: Final = 2
# Log-odds that are worth telling.
_TOLD: Final = 0.1


class Reason(Struct, frozen=True):
    """A measure and what it adds to the log-odds that two stories are one event."""

    measure: str
    strength: float


class Words(Struct, frozen=True):
    """How far terms agree: by cosine, as a share of the shorter story, and in names."""

    cosine: Scores
    overlap: Scores
    names: Scores
    share_of_names: Scores
    # Both have names, and none in common.
    strangers: NDArray[np.bool_]


class Comparison:
    """How one story compares with others: a column of measures each."""

    def __init__(self, shelf: Shelf, slot: int, others: Slots) -> None:
        self.measures = _measures(shelf, slot, others)
        self.scores: Scores = _VECTOR @ self.measures + np.float32(_BIAS)


def likeness(measures: NDArray[np.float32]) -> float:
    """Return how far two stories are reports of one kind; those of other names or countries are not."""
    if measures[_OTHER_NAMES] or measures[_OTHER_COUNTRIES]:
        return 0.0
    return float(_LIKENESS @ measures[: len(_LIKENESS)])


def reasons(measures: NDArray[np.float32]) -> tuple[Reason, ...]:
    """Return what decided, of one comparison's measures, the strongest first."""
    worth = (measures * _VECTOR).tolist()
    found = [
        Reason(name, round(value, 3))
        for name, value in zip(MEASURES, worth, strict=True)
        if abs(value) >= _TOLD
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.strength)))


def _measures(shelf: Shelf, slot: int, others: Slots) -> NDArray[np.float32]:
    words = _words(shelf, slot, others)
    # From short texts less can be told: their likenesses count for less, and soon they are another event's.
    length = np.minimum(shelf.lengths.take(others), shelf.lengths[slot])
    telling = np.minimum(length, 1.0)
    gap = (np.abs(shelf.times.take(others) - shelf.times[slot]) / _DAY).astype(np.float32)
    # Half a day is enough for what is another thing from one day to the next.
    days = np.minimum(gap * 2.0, 1.0)
    days_apart = _days_apart(shelf, slot, others)
    # What the story itself has nothing of tells nothing: zeros.
    table = np.zeros((len(MEASURES), len(others)), dtype=np.float32)
    table[0] = words.cosine * telling
    table[1] = words.overlap
    table[2] = _cosine(shelf.vectors, shelf.vector_scale, slot, others) * telling
    table[3] = _cosine(shelf.bodies, shelf.body_scale, slot, others)
    table[4] = length
    figures = _figures(shelf, slot, others)
    if figures is not None:
        table[5] = np.minimum(figures.shared, 4.0) * np.float32(0.5)
        table[6] = np.minimum(figures.differing, 4.0) * np.float32(0.5)
        table[14] = figures.in_headline * days
        table[16] = figures.in_headline & (days_apart > 0)
    if shelf.forms[slot, 0]:
        form = _alike(shelf.forms, slot, others)
        table[7] = np.maximum(form - _alike(shelf.shingles, slot, others), 0)
        if figures is not None:
            share = figures.differing / (figures.shared + figures.differing + np.float32(0.5))
            table[8] = form * share**2
    table[9] = np.minimum(words.names, 30.0) * np.float32(0.1)
    table[10] = words.share_of_names
    table[11] = words.strangers
    # Weeks later the same few words tell the next event of their kind.
    apart = np.minimum(gap, 1.0) + _LATER * np.log1p(np.minimum(np.maximum(gap - 1.0, 0.0), _WEEK))
    table[12] = apart * np.maximum(np.float32(1.4) - length, 0)
    table[13] = _other_days(shelf, slot, others)
    table[15] = np.log1p(gap) * np.maximum(np.float32(0.4) - words.cosine, 0)
    # A truce is another event than the war that it ends, in whatever words both are told.
    if shelf.turns[slot]:
        table[17] = _opposite(shelf, slot, others) * days
    if shelf.countries[slot, 0]:
        brief = np.minimum(np.maximum(np.float32(1.4) - length, 0), 1)
        countries = shelf.countries.take(others, axis=0)
        shared = _shared(shelf.countries[slot], countries)
        # Who names the same country names somebody in common, however it is written.
        table[11] = words.strangers & (shared == 0)
        # Two wars may count the same in the same words. A long text names many countries in passing.
        table[18] = ((shared == 0) & (countries[:, 0] > 0)) * brief
        # On one day the same two parties are likelier at the same thing.
        table[21] = (shared >= _PAIR) * (1 - days)
        # Who was struck strikes back: that is the answer, and another event.
        if shelf.parties[slot, 1]:
            table[22] = (_other_way_round(shelf, slot, others) & (shared >= _PAIR)) * brief
    # A report of the same event days later names its day, too, and the day of what is new is another.
    if shelf.event_day[slot]:
        table[23] = days_apart
        if shelf.lengths[slot] > _TELLS:
            table[24] = days_apart * np.minimum(np.maximum(length - _TELLS, 0) * 2, 1)
    # At length the next event of an affair is told in the words of the first, which it recalls.
    if shelf.lengths[slot] > _AT_LENGTH:
        at_length = np.minimum((np.maximum(length, _AT_LENGTH) - _AT_LENGTH) * _RISE, 1)
        table[20] = at_length * np.log1p(np.maximum(gap - _TOLD_ON, 0))
    # A page that strings several reports together is none of them.
    table[19] = shelf.round_ups.take(others) != shelf.round_ups[slot]
    return table


def _words(shelf: Shelf, slot: int, others: Slots) -> Words:
    """Return how far the stories' terms agree, each by how much it says and how few have it."""
    own = shelf.terms[slot, : shelf.widths[slot]]
    rarity = shelf.rarity(own)
    weights = shelf.weights[slot, : len(own)] * rarity
    named = rarity * shelf.named[slot, : len(own)]
    shelf.lookup[own, 0] = weights
    shelf.lookup[own, 1] = named
    # Most stories are short: no more columns than the longest of them fills.
    width = int(np.maximum.reduce(shelf.widths.take(others), initial=0))
    numbers = shelf.terms.take(others, axis=0)[:, :width]
    found = shelf.lookup.take(numbers, axis=0)
    shelf.lookup[own] = 0.0
    rarities = shelf.rarity(numbers)
    theirs = shelf.weights.take(others, axis=0)[:, :width] * rarities
    are_names = shelf.named.take(others, axis=0)[:, :width]
    squares = np.einsum("ij,ij->i", theirs, theirs)
    square = np.float32(weights @ weights)
    shared = np.einsum("ij,ij->i", theirs, found[:, :, 0])
    names = np.einsum("ij,ij->i", are_names, found[:, :, 1])
    their_names = np.einsum("ij,ij->i", are_names, rarities)
    own_names = np.float32(np.add.reduce(named))
    strangers = (names == 0) & (their_names > _NAMES) & bool(own_names > _NAMES)
    return Words(
        cosine=shared / np.sqrt(np.maximum(squares * square, np.float32(1e-9))),
        overlap=shared / np.maximum(np.minimum(squares, square), np.float32(1e-9)),
        names=names,
        share_of_names=names / (np.minimum(their_names, own_names) + np.float32(4)),
        strangers=strangers,
    )


# As `any`, without its wrapper.
_ANY: Final = np.logical_or.reduce
# A toll grows after so many seconds, and for so many.
_GROWS_AFTER: Final = 3 * 3600.0
_GROWS_FOR: Final = 4 * _DAY
# As rare as two names are together that a story is about.
_NAMES: Final = 8.0


# From here on the whole number is told for one with a fraction.
_ROUNDED: Final = 100.0


class Figures(Struct, frozen=True):
    """What the shared figures tell, what tell those that differ of the same thing, and whether headlines do."""

    shared: Scores
    differing: Scores
    in_headline: NDArray[np.bool_]


def _figures(shelf: Shelf, slot: int, others: Slots) -> Figures | None:
    """Return how far the stories' figures agree; None where the story itself has none."""
    # A row is filled from the left, and none of its figures is 0.
    count = int(np.count_nonzero(shelf.values[slot]))
    if not count:
        return None
    own, weights = shelf.values[slot, :count], shelf.value_weights[slot, :count]
    # The others come last: so each of numpy's steps runs over many at once.
    theirs = shelf.values.take(others, axis=0).T
    # "4,850" may stand for 4,850.29, and 642 for 642.49.
    apart = np.abs(theirs - own[:, None, None])
    close = own * np.float32(4e-4)
    equal = apart <= close[:, None, None]
    if _ANY(large := own >= _ROUNDED):
        whole = (own == np.floor(own))[:, None, None] != (theirs == np.floor(theirs))
        equal |= whole & (apart <= np.where(large, np.float32(0.5), 0)[:, None, None])
    known = _ANY(equal, axis=1)
    units = np.maximum(shelf.units[slot, :count], 1)
    same_unit = _ANY(units[:, None, None] == shelf.units.take(others, axis=0).T, axis=1)
    told_otherwise = same_unit & ~known
    tolls = [unit in TOLLS for unit in units.tolist()]
    if True in tolls:
        told_otherwise &= ~(np.array(tolls)[:, None] & _grown(shelf, slot, others))
    differing = np.maximum(weights, np.float32(0.3)) @ told_otherwise
    headline = shelf.in_headline[slot, :count]
    if _ANY(headline):
        theirs_in_headline = shelf.in_headline.take(others, axis=0).T
        agree = _ANY(equal[headline] & theirs_in_headline, axis=(0, 1))
        in_headline = _ANY(theirs_in_headline, axis=0) & ~agree
    else:
        in_headline = np.zeros(len(others), dtype=np.bool_)
    return Figures(weights @ known, differing, in_headline)


def _grown(shelf: Shelf, slot: int, others: Slots) -> NDArray[np.bool_]:
    """Return whether a toll told some hours later, and within days, is no lower: it is the same event's, and grew."""
    own, units = shelf.values[slot], shelf.units[slot]
    later = shelf.times[slot] - shelf.times.take(others)
    # The others come last here as well.
    same_unit = units[:, None, None] == shelf.units.take(others, axis=0).T
    fell = same_unit & (own[:, None, None] < shelf.values.take(others, axis=0).T)
    grown: NDArray[np.bool_] = ~_ANY(fell, axis=1) & (later > _GROWS_AFTER) & (later < _GROWS_FOR)
    return grown[: int(np.count_nonzero(own))]


def _alike(column: NDArray[np.uint32], slot: int, others: Slots) -> Scores:
    """Return the share of runs of words that two bodies have in common, by their MinHashes."""
    own = column[slot]
    if not own[0]:
        return np.zeros(len(others), dtype=np.float32)
    same = np.add.reduce(column.take(others, axis=0) == own, axis=1, dtype=np.uint8)
    share: Scores = same * np.float32(1 / PERMUTATIONS)
    return share


def _other_days(shelf: Shelf, slot: int, others: Slots) -> NDArray[np.bool_]:
    """Return whether both name days, and none in common."""
    return _nothing_shared(shelf.days, slot, others)


def _shared(own: NDArray[np.uint32], theirs: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return how many countries each has in common with one story, by their names, their people's or their cities'."""
    shared: NDArray[np.int64] = np.add.reduce(theirs[:, :, None] == own[own > 0], axis=(1, 2), dtype=np.int64)
    return shared


def _nothing_shared(column: NDArray[Any], slot: int, others: Slots) -> NDArray[np.bool_]:
    """Return whether two rows of a column, filled from the left, both have something, and nothing in common."""
    own = column[slot][column[slot] > 0]
    if not len(own):
        return np.zeros(len(others), dtype=np.bool_)
    theirs = column.take(others, axis=0)
    apart: NDArray[np.bool_] = ~_ANY(theirs[:, :, None] == own, axis=(1, 2)) & (theirs[:, 0] > 0)
    return apart


def _days_apart(shelf: Shelf, slot: int, others: Slots) -> Scores:
    """Return how far apart the newest days are that both name: what a story recalls is no day of its own."""
    own = shelf.event_day[slot]
    if not own:
        return np.zeros(len(others), dtype=np.float32)
    theirs = shelf.event_day.take(others)
    apart: Scores = np.log1p(np.abs(theirs - own).astype(np.float32))
    capped: Scores = np.minimum(apart, _LONG_APART) * (theirs > 0)
    return capped


def _opposite(shelf: Shelf, slot: int, others: Slots) -> NDArray[np.bool_]:
    """Return whether one tells that a conflict grew and the other that it abated."""
    opposite: NDArray[np.bool_] = shelf.turns.take(others) * shelf.turns[slot] < 0
    return opposite


def _other_way_round(shelf: Shelf, slot: int, others: Slots) -> NDArray[np.bool_]:
    """Return whether another is struck than in the other story, as far as either tells by its attacker."""
    by, struck = shelf.parties[slot]
    theirs = shelf.parties.take(others, axis=0)
    turned: NDArray[np.bool_] = (theirs[:, 1] != struck) & (theirs[:, 1] > 0)
    turned &= (theirs[:, 0] == struck) | (theirs[:, 0] == 0)
    return turned & (theirs[:, 1] == by) if by else turned


def _cosine(column: NDArray[np.int8], scales: NDArray[np.float32], slot: int, others: Slots) -> Scores:
    query = column[slot].astype(np.float32) * scales[slot]
    cosines: Scores = (column.take(others, axis=0).astype(np.float32) @ query) * scales.take(others)
    return cosines
