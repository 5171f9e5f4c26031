"""Which stories are worth comparing: cheap indexes that find the few among the many.

Rare terms (names, figures and what a story is about) find rewrites; bands of the MinHash find copies. What they
find is only compared, never joined for that alone.
"""

from itertools import chain
from typing import Final, TypeVar

import numpy as np

from streams.rules.shelf import Shelf, Slots

# So many of a story's most telling terms are looked up, and so many of the newest stories that have each.
_TERMS: Final = 10
_NEWEST: Final = 64
# A term that more of the stories have is not looked up, unless the story has no better one.
_COMMON: Final = 0.05
_AT_LEAST: Final = 3
_BANDS: Final = 8
_WIDTH: Final = 16
_NEWEST_COPIES: Final = 16
_COPY: Final = 1e3
_DAY: Final = 86_400.0
# How much sooner a story of the same day is compared than one of the day before.
_SOON: Final = 4.0
# So many stories that were found are kept, by how much the terms that found them say: a cluster of forty outlets must
# not hide the others.
_FOUND: Final = 400

Key = TypeVar("Key", int, bytes)


class Candidates:
    """The indexes over a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._by_term: dict[int, list[int]] = {}
        self._by_band: dict[bytes, list[int]] = {}
        # What found stories add up to; all zeros between uses.
        self._sums = np.zeros(0, dtype=np.float32)

    def add(self, slot: int) -> None:
        """Index the story in a slot; in the order of the stories."""
        for number in self._terms(slot):
            self._by_term.setdefault(number, []).append(slot)
        for band in self._bands(slot):
            self._by_band.setdefault(band, []).append(slot)

    def remove(self, slot: int) -> None:
        """Forget the story in a slot; before it leaves the shelf."""
        for number in self._terms(slot):
            _take_out(self._by_term, number, slot)
        for band in self._bands(slot):
            _take_out(self._by_band, band, slot)

    def find(self, slot: int) -> Slots:
        """Return the slots of the stories that may tell what the story in `slot` tells, itself not among them."""
        shelf = self._shelf
        numbers = shelf.terms[slot][shelf.terms[slot] > 0]
        says = shelf.weights[slot][: len(numbers)] * shelf.rarity(numbers)
        ranked = np.argsort(-says, kind="stable")
        telling = ranked[shelf.frequency[numbers[ranked]] <= max(_NEWEST, _COMMON * shelf.count)]
        # Ten thousand copies at once make all their terms common: then the best of those.
        chosen = (telling if len(telling) >= _AT_LEAST else ranked)[:_TERMS]
        if len(self._sums) < len(shelf.order):
            self._sums = np.zeros(len(shelf.order), dtype=np.float32)
        found: list[list[int]] = []
        for number, weight in zip(numbers[chosen].tolist(), says[chosen].tolist(), strict=True):
            self._add_up(found, self._by_term.get(number, [])[-_NEWEST:], weight)
        for band in self._bands(slot):
            self._add_up(found, self._by_band.get(band, [])[-_NEWEST_COPIES:], _COPY)
        return self._best(np.array(list(set(chain.from_iterable(found))), dtype=np.int64), slot)

    def _add_up(self, found: list[list[int]], slots: list[int], weight: float) -> None:
        if slots:
            self._sums[slots] += weight
            found.append(slots)

    def _best(self, slots: Slots, own: int) -> Slots:
        sums = self._sums[slots]
        self._sums[slots] = 0.0
        sums[slots == own] = 0.0
        # Of a series that is told in the same words each night, it is the nearest nights that must be compared.
        days = np.abs(self._shelf.times[slots] - self._shelf.times[own]) / _DAY
        order = -self._shelf.order[slots]
        # The newest first among equals; never by slot, which means nothing.
        best = np.lexsort((order, -sums / (1.0 + np.log1p(days))))[:_FOUND]
        best = best[sums[best] > 0]
        # A long series hides its own newest night all the same: every other place is for what is nearest in time.
        near = best[np.lexsort((order[best], -sums[best] / (1.0 + _SOON * days[best])))]
        found: Slots = slots[np.stack((best, near), axis=1).ravel()]
        return found

    def _terms(self, slot: int) -> list[int]:
        row = self._shelf.terms[slot]
        found: list[int] = row[row > 0].tolist()
        return found

    def _bands(self, slot: int) -> list[bytes]:
        row = self._shelf.shingles[slot]
        if not row[0]:
            return []
        raw = row.tobytes()
        return [bytes([band]) + raw[band * _WIDTH : (band + 1) * _WIDTH] for band in range(_BANDS)]


def _take_out(index: dict[Key, list[int]], key: Key, slot: int) -> None:
    slots = index[key]
    slots.remove(slot)
    if not slots:
        del index[key]
