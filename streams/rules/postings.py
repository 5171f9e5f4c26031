"""Which slots have a key, in the order in which they came: an index that is small, and quickly built from columns.

Most keys are had by one slot alone, and are kept as that number; the others as a flat array.
"""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
        ranked = np.argsort(keys, kind="stable")
        sorted_keys, sorted_slots = keys[ranked], slots[ranked]
        starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))[: len(keys)]
        ends = np.append(starts[1:], len(keys))
        alone = ends - starts == 1
        self._of = dict(
            zip(sorted_keys[starts[alone]].tolist(), sorted_slots[starts[alone]].tolist(), strict=True)
        )
        several = np.flatnonzero(~alone)
        for key, start, end in zip(
            sorted_keys[starts[several]].tolist(),
            starts[several].tolist(),
            ends[several].tolist(),
            strict=True,
        ):
            self._of[key] = array("i", sorted_slots[start:end].tobytes())

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
