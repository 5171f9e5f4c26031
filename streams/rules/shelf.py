"""The signatures of all stories in the window, in columns, so that one story is compared with many at once.

A story stands in a slot. Slots are reused; nothing that is decided depends on which slot a story has.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from zlib import crc32

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.lexicons import lexicon
from streams.rules.postings import in_order, ranks
from streams.rules.signature import MAX_COUNTS, MAX_DAYS, MAX_TERMS, PERMUTATIONS
from streams.rules.vectors import DIMENSIONS
from streams.rules.words import stem

Slots = NDArray[np.int64]
_FIRST: Final = 1024
MAX_COUNTRIES: Final = 4
# A story of this length, as `lengths` counts, is an article rather than a headline and a summary: some 54 terms.
ARTICLE: Final = 1.0
_BY_TERM: Final = ("frequency", "_log_frequency", "lookup")
_MOST: Final = 127
# One strikes, another is struck.
PARTIES: Final = 2
_DAY: Final = 86_400
TOLLS: Final = frozenset(crc32(stem(word).encode()) for word in lexicon("en/words")["toll"])
_TOLL: Final = np.array(sorted(TOLLS), dtype=np.uint32)
_EPOCH: Final = date(1970, 1, 1).toordinal()
# So large a part of the columns is room when a state comes back.
_SPARE: Final = 8
# So many rows are measured at once: more would not fit where the processor is quick.
_CHUNK: Final = 2_048
# As if so many stories with none of these terms had been seen before the first.
_UNSEEN: Final = 500.0
# "Three names", "six days before": what a headline counts so few of tells nothing, as `telling` weighs.
_SMALL: Final = np.float32(0.2)


class Packed(Struct, frozen=True, array_like=True, gc=False):
    """A signature as it is stored: words as 32-bit digests."""

    terms: bytes  # uint32 each
    weights: bytes  # uint8 each
    names: bytes  # uint8 each: which of the terms are names
    units: bytes  # uint32 each
    values: bytes  # float32 each
    headline: int  # how many of the values stand in the headline
    days: tuple[int, ...]
    vector: bytes
    body: bytes
    shingles: bytes
    form: bytes
    size: int
    countries: bytes = b""  # uint32 each: those that title and lead name
    turn: int = 0  # how far a conflict turned: above zero escalates, below it de-escalates
    round_up: bool = False  # it strings several reports together
    parties: bytes = b""  # uint32 each: who struck, and whom, by its gravest escalation


def fits(packed: Packed) -> bool:
    """Whether a signature is of this version's form."""
    return (
        len(packed.terms) == 4 * len(packed.weights) <= 4 * MAX_TERMS
        and max(packed.names, default=0) < MAX_TERMS
        and len(packed.units) == len(packed.values) <= 4 * MAX_COUNTS
        and len(packed.days) <= MAX_DAYS
        and len(packed.shingles) in {0, 4 * PERMUTATIONS}
        and len(packed.form) in {0, 4 * PERMUTATIONS}
        and len(packed.countries) <= 4 * MAX_COUNTRIES
        and abs(packed.turn) <= _MOST
        and len(packed.parties) in {0, 4 * PARTIES}
    )


class Shelf:
    """Columns of signatures. Row `slot` is the story in that slot; absent values are zeros."""

    def __init__(self) -> None:
        self._free: list[int] = []
        self._size = 0
        self._ids: dict[int, int] = {}
        self._digests: list[int] = [0]
        self._spare: list[int] = []
        # Stories that have a term, by the term's number, and the logarithm of one more. Number 0 is no term.
        self.frequency = np.zeros(1, dtype=np.int32)
        self._log_frequency = np.zeros(1, dtype=np.float32)
        # Two numbers a term for whoever compares: all zeros between uses.
        self.lookup = np.zeros((1, 2), dtype=np.float32)
        self.count = 0
        self.terms = np.zeros((0, MAX_TERMS), dtype=np.int32)
        self.weights = np.zeros((0, MAX_TERMS), dtype=np.uint8)
        self.named = np.zeros((0, MAX_TERMS), dtype=np.bool_)
        # How many terms are kept of a story; and how much it has to say, by how many it has in all.
        self.widths = np.zeros(0, dtype=np.int32)
        self.lengths = np.zeros(0, dtype=np.float32)
        self.units = np.zeros((0, MAX_COUNTS), dtype=np.uint32)
        self.values = np.zeros((0, MAX_COUNTS), dtype=np.float32)
        self.value_weights = np.zeros((0, MAX_COUNTS), dtype=np.float32)
        self.in_headline = np.zeros((0, MAX_COUNTS), dtype=np.bool_)
        self.days = np.zeros((0, MAX_DAYS), dtype=np.int32)
        # The newest day that a story names, not after its own: when it happened, rather than what it recalls.
        self.event_day = np.zeros(0, dtype=np.int32)
        self.vectors = np.zeros((0, DIMENSIONS), dtype=np.int8)
        self.bodies = np.zeros((0, DIMENSIONS), dtype=np.int8)
        self.vector_scale = np.zeros(0, dtype=np.float32)
        self.body_scale = np.zeros(0, dtype=np.float32)
        self.shingles = np.zeros((0, PERMUTATIONS), dtype=np.uint32)
        self.forms = np.zeros((0, PERMUTATIONS), dtype=np.uint32)
        self.countries = np.zeros((0, MAX_COUNTRIES), dtype=np.uint32)
        self.turns = np.zeros(0, dtype=np.int8)
        self.parties = np.zeros((0, PARTIES), dtype=np.uint32)
        self.round_ups = np.zeros(0, dtype=np.bool_)
        self.times = np.zeros(0, dtype=np.float64)
        self.order = np.zeros(0, dtype=np.int64)

    def add(self, packed: Packed, *, at: float, order: int) -> int:
        """Put a story on the shelf and return its slot. `order` is its place among all stories ever decided."""
        slot = self._free.pop() if self._free else self._size
        if slot == self._size:
            self._size += 1
            if self._size > len(self.order):
                self._grow(max(_FIRST, 2 * len(self.order)))
        terms = np.array(
            [self._number(digest) for digest in np.frombuffer(packed.terms, dtype="<u4").tolist()],
            dtype=np.int32,
        )
        self._seen(terms, 1)
        _fill(self.terms[slot], terms)
        _fill(self.weights[slot], np.frombuffer(packed.weights, dtype=np.uint8))
        named = self.named[slot]
        named[:] = False
        named[np.frombuffer(packed.names, dtype=np.uint8)] = True
        self.widths[slot] = len(terms)
        self.lengths[slot] = math.log1p(packed.size) / 4
        values, units = np.frombuffer(packed.values, dtype="<f4"), np.frombuffer(packed.units, dtype="<u4")
        _fill(self.units[slot], units)
        _fill(self.values[slot], values)
        tells = [telling(value) for value in values.tolist()]
        _fill(self.value_weights[slot], np.array(tells, dtype=np.float32))
        in_headline = self.in_headline[slot]
        in_headline[:] = False
        in_headline[: packed.headline] = True
        for place, unit in enumerate(units[: packed.headline].tolist()):
            if unit in TOLLS or (place < len(tells) and tells[place] < _SMALL):
                in_headline[place] = False
        _fill(self.days[slot], np.array(packed.days, dtype=np.int32))
        today = _EPOCH + int(at // _DAY)
        self.event_day[slot] = max((day for day in packed.days if day <= today), default=0)
        self.vector_scale[slot] = _place(self.vectors[slot], packed.vector)
        self.body_scale[slot] = _place(self.bodies[slot], packed.body)
        _fill(self.shingles[slot], np.frombuffer(packed.shingles, dtype="<u4"))
        _fill(self.forms[slot], np.frombuffer(packed.form, dtype="<u4"))
        _fill(self.countries[slot], np.frombuffer(packed.countries, dtype="<u4"))
        self.turns[slot] = packed.turn
        _fill(self.parties[slot], np.frombuffer(packed.parties, dtype="<u4"))
        self.round_ups[slot] = packed.round_up
        self.times[slot] = at
        self.order[slot] = order
        self.count += 1
        return slot

    def add_all(self, packed: Sequence[Packed], at: Sequence[float], order: Sequence[int]) -> Slots:
        """Put stories on the shelf, which is still empty, and return their slots."""
        self._size = self.count = count = len(packed)
        # With room for what comes: the first story after a restart must not wait for all the columns to be copied.
        self._grow(max(_FIRST, count + count // _SPARE))
        self._fill_terms(packed)
        rows = np.arange(count)
        places = [len(one.names) for one in packed]
        self.named[rows.repeat(places), _joined([one.names for one in packed], np.uint8)] = True
        _fill_all(self.weights, [one.weights for one in packed], np.uint8)
        self.lengths[:count] = np.log1p([one.size for one in packed]) / 4
        _fill_all(self.units, [one.units for one in packed], np.uint32)
        _fill_all(self.values, [one.values for one in packed], np.float32)
        found, inverse = np.unique(self.values[:count], return_inverse=True)
        tells = np.array([telling(value) if value > 0 else 0 for value in found.tolist()], dtype=np.float32)
        self.value_weights[:count] = tells[inverse].reshape(count, MAX_COUNTS)
        headline = np.array([one.headline for one in packed], dtype=np.int64)
        self.in_headline[:count] = (
            (np.arange(MAX_COUNTS) < headline[:, None])
            & ~np.isin(self.units[:count], _TOLL)
            & (self.value_weights[:count] >= _SMALL)
        )
        days = [np.array(one.days, dtype=np.int32).tobytes() for one in packed]
        _fill_all(self.days, days, np.int32)
        self.times[:count] = at
        self.order[:count] = order
        today = _EPOCH + (self.times[:count] // _DAY).astype(np.int64)
        named = self.days[:count]
        self.event_day[:count] = np.where(named <= today[:, None], named, 0).max(axis=1, initial=0)
        for column, scale, raws in (
            (self.vectors, self.vector_scale, [one.vector for one in packed]),
            (self.bodies, self.body_scale, [one.body for one in packed]),
        ):
            _fill_all(column, [raw if len(raw) == DIMENSIONS else b"" for raw in raws], np.int8)
            for start in range(0, count, _CHUNK):
                rows_of = slice(start, min(count, start + _CHUNK))
                wide = column[rows_of].astype(np.int32)
                lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
                scale[rows_of] = np.divide(1.0, lengths, out=np.zeros(len(wide)), where=lengths > 0)
        _fill_all(self.shingles, [one.shingles for one in packed], np.uint32)
        _fill_all(self.forms, [one.form for one in packed], np.uint32)
        _fill_all(self.countries, [one.countries for one in packed], np.uint32)
        self.turns[:count] = [one.turn for one in packed]
        _fill_all(self.parties, [one.parties for one in packed], np.uint32)
        self.round_ups[:count] = [one.round_up for one in packed]
        return rows

    def _fill_terms(self, packed: Sequence[Packed]) -> None:
        widths = np.array([len(one.terms) // 4 for one in packed], dtype=np.int32)
        every = _joined([one.terms for one in packed], np.uint32)
        ranked = in_order(every)
        in_turn = every.take(ranked)
        number = ranks(in_turn)
        first = np.flatnonzero(np.diff(number, prepend=-1))
        known = in_turn[first].tolist()
        frequency = np.diff(first, append=len(every))
        numbers = np.empty(len(every), dtype=np.int32)
        numbers[ranked] = number
        self._digests = [0, *known]
        self._ids = dict(zip(known, range(1, len(known) + 1), strict=True))
        self._widen(max(_FIRST, len(known) + 1 + len(known) // _SPARE))
        self.frequency[1 : len(known) + 1] = frequency
        self._log_frequency[:] = np.log(self.frequency + 1.0)
        self.widths[: len(packed)] = widths
        self.terms[: len(packed)][np.arange(MAX_TERMS) < widths[:, None]] = numbers + 1

    def remove(self, slot: int) -> None:
        """Take a story off the shelf."""
        terms = self.terms[slot][self.terms[slot] > 0]
        self._seen(terms, -1)
        self.count -= 1
        for number in terms[self.frequency[terms] == 0].tolist():
            del self._ids[self._digests[number]]
            self._spare.append(number)
        self._free.append(slot)

    def rarity(self, numbers: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return how telling terms are by how few stories have them, as far as so many stories can say."""
        rare: NDArray[np.float32] = np.float32(math.log(self.count + _UNSEEN)) - self._log_frequency.take(
            numbers
        )
        return rare

    def _seen(self, terms: NDArray[np.int32], times: int) -> None:
        frequency = self.frequency.take(terms) + np.int32(times)
        self.frequency[terms] = frequency
        self._log_frequency[terms] = np.log(frequency + 1.0)

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
                    self._widen(max(_FIRST, 2 * number))
            self._ids[digest] = number
        return number

    def _widen(self, size: int) -> None:
        for name in _BY_TERM:
            setattr(self, name, _longer(getattr(self, name), size))

    def _grow(self, size: int) -> None:
        for name, column in vars(self).items():
            if isinstance(column, np.ndarray) and name not in _BY_TERM:
                setattr(self, name, _longer(column, size))


def telling(value: float) -> float:
    """Return how much a figure tells of an event: 472 much, 5 or 2025 or 1,000 little."""
    if (value <= 12 and value.is_integer()) or value == 100 or (1900 <= value <= 2100 and value.is_integer()):
        return 0.15
    if value <= 31 or value % 100 == 0:
        return 0.5
    return 0.6 if value % 10 == 0 else 1.0


def _longer(column: NDArray[Any], size: int) -> NDArray[Any]:
    wider = np.zeros((size, *column.shape[1:]), dtype=column.dtype)
    wider[: len(column)] = column
    return wider


def _fill(row: NDArray[Any], values: NDArray[Any]) -> None:
    row[: len(values)] = values
    row[len(values) :] = 0


def _place(row: NDArray[np.int8], raw: bytes) -> float:
    if len(raw) != len(row):
        row[:] = 0
        return 0.0
    row[:] = np.frombuffer(raw, dtype=np.int8)
    wide = row.astype(np.int32)
    length = math.sqrt(int(wide @ wide))
    return 1.0 / length if length > 0 else 0.0


def _joined(pieces: Sequence[bytes], kind: type[np.generic]) -> NDArray[Any]:
    return np.frombuffer(b"".join(pieces), dtype=np.dtype(kind).newbyteorder("<"))


def _fill_all(column: NDArray[Any], pieces: Sequence[bytes], kind: type[np.generic]) -> None:
    """Fill the first rows of a column from the left."""
    widths = np.array([len(piece) for piece in pieces], dtype=np.int64) // np.dtype(kind).itemsize
    column[: len(pieces)][np.arange(column.shape[1]) < widths[:, None]] = _joined(pieces, kind)
