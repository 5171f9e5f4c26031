"""Which stories are worth comparing: cheap indexes that find the few among the many.

Rare terms (names, figures and what a story is about) find rewrites, pairs of countries those that keep no word, bands
of the MinHash copies. What they find is only compared, never joined for that alone.
"""

from array import array
from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streams.rules.postings import Postings
from streams.rules.shelf import ARTICLE, Shelf, Slots

# So many of a story's most telling terms are looked up, and so many of the newest stories that have each. The rarest
# words of an article are its own colour: of one, more are looked up.
_TERMS: Final = 10
_TERMS_OF_ARTICLE: Final = 24
_NEWEST: Final = 64
# Who tells the same in other words keeps the names: they are looked up before words that say as much.
_NAMED: Final = np.float32(2)
# A term that more of the stories have is not looked up, unless the story has no better one.
_COMMON: Final = 0.05
_AT_LEAST: Final = 3
_BANDS: Final = 8
_WIDTH: Final = 16
_NEWEST_COPIES: Final = 16
_COPY: Final = 1e3
# Who rewrites "Pakistan and Afghanistan" as "Islamabad and Kabul" leaves no name: the newest stories of a pair of
# countries, among the first that each names, are worth a look.
_NEWEST_OF_PAIR: Final = 8
_OF_THE_PAIR: Final = 3
_PAIRED: Final = 1.0
_ONE, _OTHER = zip(*combinations(range(_OF_THE_PAIR), 2), strict=True)
_HALVES: Final = np.uint64(32)
# The same words in another band are no sign of a copy.
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_PLACES: Final = np.arange(_BANDS, dtype=np.uint64) << np.uint64(56)
_DAY: Final = 86_400.0
# How much sooner a story of the same day is compared than one of the day before.
_SOON: Final = 4.0
# So many stories that were found are kept, by how much the terms that found them say: a cluster of forty outlets must
# not hide the others.
_FOUND: Final = 400


class Candidates:
    """The indexes over a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._by_term = Postings()
        self._by_band = Postings()
        self._by_pair = Postings()
        # What found stories add up to; all zeros between uses.
        self._sums = np.zeros(0, dtype=np.float32)
        # Where each slot stands last among those that were found.
        self._marks = np.zeros(0, dtype=np.int64)

    def add(self, slot: int) -> None:
        """Index the story in a slot; in the order of the stories."""
        for number in self._terms(slot):
            self._by_term.add(number, slot)
        for band in self._bands(slot):
            self._by_band.add(band, slot)
        for pair in self._pairs(slot):
            self._by_pair.add(pair, slot)

    def add_all(self, slots: Slots) -> None:
        """Index the stories in slots, in their order, where none is indexed yet."""
        terms, widths = self._shelf.terms.take(slots, axis=0), self._shelf.widths.take(slots)
        filled = np.arange(terms.shape[1]) < widths[:, None]
        self._by_term.add_all(terms[filled], slots.astype(np.int32).repeat(widths))
        pairs = _pairs(self._shelf.countries.take(slots, axis=0))
        told = pairs > 0
        self._by_pair.add_all(pairs[told], slots.astype(np.int32).repeat(np.count_nonzero(told, axis=1)))
        with_text = slots[self._shelf.shingles[slots, 0] > 0]
        bands = _bands(self._shelf.shingles[with_text])
        self._by_band.add_all(bands.ravel(), np.repeat(with_text.astype(np.int32), _BANDS))

    def remove(self, slot: int) -> None:
        """Forget the story in a slot; before it leaves the shelf."""
        for number in self._terms(slot):
            self._by_term.remove(number, slot)
        for band in self._bands(slot):
            self._by_band.remove(band, slot)
        for pair in self._pairs(slot):
            self._by_pair.remove(pair, slot)

    def find(self, slot: int) -> Slots:
        """Return the slots of the stories that may tell what the story in `slot` tells, itself not among them."""
        shelf = self._shelf
        numbers = shelf.terms[slot, : shelf.widths[slot]]
        says = shelf.weights[slot, : len(numbers)] * shelf.rarity(numbers)
        says *= np.where(shelf.named[slot, : len(numbers)], _NAMED, np.float32(1))
        ranked = np.argsort(-says, kind="stable")
        telling = ranked[shelf.frequency[numbers[ranked]] <= max(_NEWEST, _COMMON * shelf.count)]
        # Ten thousand copies at once make all their terms common: then the best of those.
        looked_up = _TERMS_OF_ARTICLE if shelf.lengths[slot] > ARTICLE else _TERMS
        chosen = (telling if len(telling) >= _AT_LEAST else ranked)[:looked_up]
        if len(self._sums) < len(shelf.order):
            self._sums = np.zeros(len(shelf.order), dtype=np.float32)
            self._marks = np.zeros(len(shelf.order), dtype=np.int64)
        found = [
            (self._by_term.newest(number, _NEWEST), weight)
            for number, weight in zip(numbers[chosen].tolist(), says[chosen].tolist(), strict=True)
        ]
        found += [(self._by_band.newest(band, _NEWEST_COPIES), _COPY) for band in self._bands(slot)]
        found += [(self._by_pair.newest(pair, _NEWEST_OF_PAIR), _PAIRED) for pair in self._pairs(slot)]
        return self._best(self._added_up(found), slot)

    def _added_up(self, found: Sequence[tuple[Sequence[int], float]]) -> Slots:
        """Add up what each of the slots was found by, and return them, each once."""
        together = array("i")
        for slots, _ in found:
            together.extend(slots)
        every = np.frombuffer(together, dtype=np.int32).astype(np.int64)
        weights = np.array([weight for _, weight in found], dtype=np.float32)
        np.add.at(self._sums, every, weights.repeat([len(slots) for slots, _ in found]))
        places = np.arange(len(every))
        self._marks[every] = places
        once: Slots = every[self._marks.take(every) == places]
        return once

    def _best(self, slots: Slots, own: int) -> Slots:
        sums = self._sums.take(slots)
        self._sums[slots] = 0.0
        sums[slots == own] = 0.0
        # Of a series that is told in the same words each night, it is the nearest nights that must be compared.
        days = np.abs(self._shelf.times.take(slots) - self._shelf.times[own]) / _DAY
        order = -self._shelf.order.take(slots)
        # The newest first among equals; never by slot, which means nothing.
        best = np.lexsort((order, -sums / (1.0 + np.log1p(days))))[:_FOUND]
        best = best[sums.take(best) > 0]
        # A long series hides its own newest night all the same: every other place is for what is nearest in time.
        sooner = -sums.take(best) / (1.0 + _SOON * days.take(best))
        both = np.empty(2 * len(best), dtype=np.int64)
        both[::2] = best
        both[1::2] = best[np.lexsort((order.take(best), sooner))]
        found: Slots = slots.take(both)
        return found

    def _terms(self, slot: int) -> list[int]:
        found: list[int] = self._shelf.terms[slot, : self._shelf.widths[slot]].tolist()
        return found

    def _pairs(self, slot: int) -> list[int]:
        if not self._shelf.countries[slot, 1]:
            return []
        found: list[int] = _pairs(self._shelf.countries[slot : slot + 1]).ravel().tolist()
        return [pair for pair in found if pair]

    def _bands(self, slot: int) -> list[int]:
        row = self._shelf.shingles[slot]
        found: list[int] = _bands(row[None]).ravel().tolist() if row[0] else []
        return found


def _pairs(countries: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return a number for each pair of the first countries that each story names; zeros where it names fewer."""
    named = countries[:, :_OF_THE_PAIR].astype(np.uint64)
    one, other = named[:, _ONE], named[:, _OTHER]
    lower, upper = np.minimum(one, other), np.maximum(one, other)
    pairs: NDArray[np.uint64] = np.where(lower > 0, (lower << _HALVES) | upper, np.uint64(0))
    return pairs


def _bands(sketches: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return a number a band of each sketch: two sketches have it in common where they agree in the whole band."""
    pieces = np.ascontiguousarray(sketches[:, : _BANDS * _WIDTH // 4]).view(np.uint64).reshape(-1, _BANDS, 2)
    mixed: NDArray[np.uint64] = (pieces[:, :, 0] * _MIX) ^ (pieces[:, :, 1] + _PLACES)
    return mixed
