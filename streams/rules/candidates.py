"""Which stories are worth comparing: cheap indexes that find the few among the many.

Rare terms (names, figures and what a story is about) find rewrites; bands of the MinHash find copies. What they
find is only compared, never joined for that alone.
"""

from collections import deque
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from streams.rules.shelf import Shelf, Slots

# So many of a story's most telling terms are looked up, and so many of the newest stories that have each.
_TERMS: Final = 16
_NEWEST: Final = 256
# A term that more of the stories have is not looked up, unless the story has no better one.
_COMMON: Final = 0.05
_AT_LEAST: Final = 3
_BANDS: Final = 16
# So many stories that were found are kept, by how much the terms that found them say.
_FOUND: Final = 96


Key = TypeVar("Key", int, bytes)


class Candidates:
    """The indexes over a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._by_term: dict[int, deque[int]] = {}
        self._by_band: dict[bytes, deque[int]] = {}

    def add(self, slot: int) -> None:
        """Index the story in a slot; in the order of the stories."""
        for number in self._terms(slot):
            self._by_term.setdefault(number, deque()).append(slot)
        for band in self._bands(slot):
            self._by_band.setdefault(band, deque()).append(slot)

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
        found: list[NDArray[np.int64]] = []
        weights: list[NDArray[np.float32]] = []
        ranked = np.argsort(-says, kind="stable")
        telling = ranked[shelf.frequency[numbers[ranked]] <= max(_NEWEST, _COMMON * shelf.count)]
        # Ten thousand copies at once make all their terms common: then the best of those.
        for at in (telling if len(telling) >= _AT_LEAST else ranked)[:_TERMS].tolist():
            slots = _newest(self._by_term.get(int(numbers[at])))
            found.append(slots)
            weights.append(np.full(len(slots), says[at], dtype=np.float32))
        for band in self._bands(slot):
            slots = _newest(self._by_band.get(band))
            found.append(slots)
            weights.append(np.full(len(slots), 1e3, dtype=np.float32))
        if not found:
            return np.zeros(0, dtype=np.int64)
        return self._best(np.concatenate(found), np.concatenate(weights), slot)

    def _best(self, slots: Slots, weights: NDArray[np.float32], own: int) -> Slots:
        unique, places = np.unique(slots, return_inverse=True)
        score = np.bincount(places, weights=weights)
        score[unique == own] = -1.0
        # The newest first among equals; never by slot, which means nothing.
        best = np.lexsort((-self._shelf.order[unique], -score))[:_FOUND]
        return unique[best[score[best] > 0]]

    def _terms(self, slot: int) -> list[int]:
        row = self._shelf.terms[slot]
        found: list[int] = row[row > 0].tolist()
        return found

    def _bands(self, slot: int) -> list[bytes]:
        row = self._shelf.shingles[slot]
        if not row.any():
            return []
        raw, width = row.tobytes(), row.nbytes // _BANDS
        return [bytes([band]) + raw[band * width : (band + 1) * width] for band in range(_BANDS)]


def _newest(slots: deque[int] | None) -> Slots:
    if slots is None:
        return np.zeros(0, dtype=np.int64)
    if len(slots) <= _NEWEST:
        return np.fromiter(slots, dtype=np.int64, count=len(slots))
    return np.fromiter((slots[-1 - back] for back in range(_NEWEST)), dtype=np.int64, count=_NEWEST)


def _take_out(index: dict[Key, deque[int]], key: Key, slot: int) -> None:
    slots = index[key]
    if slots[0] == slot:
        slots.popleft()
    else:
        slots.remove(slot)
    if not slots:
        del index[key]
