"""Which slots have a key, in the order in which they came: an index that is small, and quickly built from columns.

Most keys are had by one slot alone, and are kept as that number; the others as a flat array.
"""

from array import array
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_BITS: Final = np.uint64(32)
_HALF: Final = np.uint64(0xFFFFFFFF)
_SHORT: Final = 4


def in_order(keys: NDArray[Any]) -> NDArray[np.int64]:
    """Return the places of keys, none of them negative, by key; those of one key as they stand.

    Numpy's stable sort takes many times as long as its plain one of whole numbers. So what is sorted is the key with
    its place behind it, in one number; a key that is too long for that is first replaced by its rank.
    """
    places = np.arange(len(keys), dtype=np.uint64)
    if keys.itemsize > _SHORT:
        loose = np.argsort(keys)
        places = places.take(loose)
        keys = ranks(keys.take(loose))
    both = (keys.astype(np.uint64) << _BITS) | places
    both.sort()
    ranked: NDArray[np.int64] = (both & _HALF).astype(np.int64)
    return ranked


def ranks(sorted_keys: NDArray[Any]) -> NDArray[np.int32]:
    """Return the number of each key among those that differ, from 0, where they stand in order."""
    found = np.zeros(len(sorted_keys), dtype=np.int32)
    np.cumsum(sorted_keys[1:] != sorted_keys[:-1], out=found[1:])
    return found


class Postings:
    """An index from numbers to slots."""

    def __init__(self) -> None:
        self._of: dict[int, int | array[int]] = {}

    def add(self, key: int, slot: int) -> None:
        """Add a slot to those that have a key, as the newest."""
        found = self._of.get(key)
        if found is None:
            self._of[key] = slot
        elif isinstance(found, int):
            self._of[key] = array("i", (found, slot))
        else:
            found.append(slot)

    def add_all(self, keys: NDArray[Any], slots: NDArray[np.int32]) -> None:
        """Add pairs of key and slot to an index that is still empty, the oldest first."""
        ranked = in_order(keys)
        sorted_keys, sorted_slots = keys.take(ranked), slots.take(ranked)
        starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))[: len(keys)]
        ends = np.append(starts[1:], len(keys))
        alone = ends - starts == 1
        self._of = dict(
            zip(sorted_keys[starts[alone]].tolist(), sorted_slots[starts[alone]].tolist(), strict=True)
        )
        several = np.flatnonzero(~alone)
        every = array("i", sorted_slots.tobytes())
        self._of.update(
            (key, every[start:end])
            for key, start, end in zip(
                sorted_keys[starts[several]].tolist(),
                starts[several].tolist(),
                ends[several].tolist(),
                strict=True,
            )
        )

    def remove(self, key: int, slot: int) -> None:
        """Take a slot from those that have a key."""
        found = self._of[key]
        if isinstance(found, int):
            del self._of[key]
            return
        found.remove(slot)
        if len(found) == 1:
            self._of[key] = found[0]

    def newest(self, key: int, count: int) -> Sequence[int]:
        """Return the newest slots that have a key."""
        found = self._of.get(key)
        if found is None:
            return ()
        return (found,) if isinstance(found, int) else found[-count:]
