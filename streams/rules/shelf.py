"""The signatures of all stories in the window, in columns, so that one story is compared with many at once.

A story stands in a slot. Slots are reused; nothing that is decided depends on which slot a story has.
"""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.rules.signature import MAX_COUNTS, MAX_NAMES, MAX_TERMS, PERMUTATIONS
from streams.rules.vectors import DIMENSIONS

Slots = NDArray[np.int64]
_FIRST: Final = 1024


class Packed(Struct, frozen=True, array_like=True):
    """A signature as it is stored: words as 32-bit digests."""

    terms: bytes  # uint32 each
    weights: bytes  # uint8 each
    names: bytes  # uint32 each
    units: bytes  # uint32 each
    values: bytes  # float32 each
    vector: bytes
    body: bytes
    shingles: bytes


class Shelf:
    """Columns of signatures. Row `slot` is the story in that slot; absent values are zeros."""

    def __init__(self) -> None:
        self._free: list[int] = []
        self._size = 0
        self._ids: dict[int, int] = {}
        self._digests: list[int] = [0]
        self._spare: list[int] = []
        # Stories that have a term, by the term's number. Number 0 is no term.
        self.frequency = np.zeros(1, dtype=np.int32)
        self.count = 0
        self.terms = np.zeros((0, MAX_TERMS), dtype=np.int32)
        self.weights = np.zeros((0, MAX_TERMS), dtype=np.float32)
        self.names = np.zeros((0, MAX_NAMES), dtype=np.uint32)
        self.units = np.zeros((0, MAX_COUNTS), dtype=np.uint32)
        self.values = np.zeros((0, MAX_COUNTS), dtype=np.float32)
        self.vectors = np.zeros((0, DIMENSIONS), dtype=np.int8)
        self.bodies = np.zeros((0, DIMENSIONS), dtype=np.int8)
        self.vector_scale = np.zeros(0, dtype=np.float32)
        self.body_scale = np.zeros(0, dtype=np.float32)
        self.shingles = np.zeros((0, PERMUTATIONS), dtype=np.uint32)
        self.times = np.zeros(0, dtype=np.float64)
        self.order = np.zeros(0, dtype=np.int64)

    def add(self, packed: Packed, *, at: float, order: int) -> int:
        """Put a story on the shelf and return its slot. `order` is its place among all stories ever decided."""
        slot = self._free.pop() if self._free else self._size
        if slot == self._size:
            self._size += 1
            if self._size > len(self.order):
                self._grow(max(_FIRST, 2 * len(self.order)))
        terms = [self._number(digest) for digest in np.frombuffer(packed.terms, dtype="<u4").tolist()]
        _fill(self.terms[slot], np.asarray(terms, dtype=np.int32))
        self.frequency[terms] += 1
        _fill(self.weights[slot], np.frombuffer(packed.weights, dtype=np.uint8))
        _fill(self.names[slot], np.frombuffer(packed.names, dtype="<u4"))
        _fill(self.units[slot], np.frombuffer(packed.units, dtype="<u4"))
        _fill(self.values[slot], np.frombuffer(packed.values, dtype="<f4"))
        self.vector_scale[slot] = _place(self.vectors[slot], packed.vector)
        self.body_scale[slot] = _place(self.bodies[slot], packed.body)
        _fill(self.shingles[slot], np.frombuffer(packed.shingles, dtype="<u4"))
        self.times[slot] = at
        self.order[slot] = order
        self.count += 1
        return slot

    def remove(self, slot: int) -> None:
        """Take a story off the shelf."""
        terms = self.terms[slot][self.terms[slot] > 0]
        self.frequency[terms] -= 1
        self.count -= 1
        for number in terms[self.frequency[terms] == 0].tolist():
            del self._ids[self._digests[number]]
            self._spare.append(number)
        self._free.append(slot)

    def terms_of(self, slot: int) -> list[int]:
        """Return the numbers of a story's terms, the weightiest first."""
        row = self.terms[slot]
        return [number for number in row.tolist() if number]

    def rarity(self, numbers: Slots | NDArray[np.int32]) -> NDArray[np.float32]:
        """Return how telling terms are by how few stories have them, as far as so many stories can say."""
        rare: NDArray[np.float32] = np.log(
            np.float32(self.count + _UNSEEN) / (self.frequency[numbers].astype(np.float32) + 1.0)
        )
        return rare

    def _number(self, digest: int) -> int:
        number = self._ids.get(digest)
        if number is None:
            if self._spare:
                number = self._spare.pop()
                self._digests[number] = digest
            else:
                number = len(self._digests)
                self._digests.append(digest)
                if number >= len(self.frequency):
                    more = np.zeros(max(_FIRST, number), dtype=np.int32)
                    self.frequency = np.concatenate([self.frequency, more])
            self._ids[digest] = number
        return number

    def _grow(self, size: int) -> None:
        for name in (
            "terms", "weights", "names", "units", "values", "vectors", "bodies", "vector_scale", "body_scale",
            "shingles", "times", "order",
        ):  # fmt: skip
            column = getattr(self, name)
            wider = np.zeros((size, *column.shape[1:]), dtype=column.dtype)
            wider[: len(column)] = column
            setattr(self, name, wider)


# As if so many stories with none of these terms had been seen before the first.
_UNSEEN: Final = 500.0


def _fill(row: NDArray[np.generic], values: NDArray[np.generic]) -> None:
    row[: len(values)] = values
    row[len(values) :] = 0


def _place(row: NDArray[np.int8], raw: bytes) -> float:
    if len(raw) != len(row):
        row[:] = 0
        return 0.0
    row[:] = np.frombuffer(raw, dtype=np.int8)
    length = float(np.linalg.norm(row.astype(np.float32)))
    return 1.0 / length if length > 0 else 0.0
