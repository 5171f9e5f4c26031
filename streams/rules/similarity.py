"""Are two stories the same event? One scored decision that names its evidence.

Each measure alone is blind somewhere: shingles see copies only, words fail on machine rewrites, headline vectors
take two nights of the same war for one. Each gives evidence for or against, in log-odds, and the sum decides.
"""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.rules.shelf import Shelf, Slots

Scores = NDArray[np.float32]

# Log-odds a measure's unit is worth, fitted on labelled pairs and rounded; the first is where doubt begins.
_BIAS: Final = -5.0
_WEIGHTS: Final = {"words": 14.0, "headline": 2.0, "meaning": 2.5, "copied": 4.0, "days apart": -0.25}
MEASURES: Final = tuple(_WEIGHTS)
_VECTOR: Final = np.array(list(_WEIGHTS.values()), dtype=np.float32)


class Reason(Struct, frozen=True):
    """A measure and what it adds to the log-odds that two stories are one event."""

    measure: str
    strength: float


class Comparison:
    """How one story compares with others: a row of measures each."""

    def __init__(self, shelf: Shelf, slot: int, others: Slots) -> None:
        self.measures = _measures(shelf, slot, others)
        self.scores: Scores = self.measures @ _VECTOR + np.float32(_BIAS)

    def reasons(self, row: int) -> tuple[Reason, ...]:
        """Return what decided about one of the others, the strongest first."""
        worth = (self.measures[row] * _VECTOR).tolist()
        found = [
            Reason(name, value) for name, value in zip(MEASURES, worth, strict=True) if abs(value) >= 0.1
        ]
        return tuple(sorted(found, key=lambda reason: -abs(reason.strength)))


def _measures(shelf: Shelf, slot: int, others: Slots) -> NDArray[np.float32]:
    return np.stack(
        [
            words(shelf, slot, others),
            _cosine(shelf.vectors, shelf.vector_scale, slot, others),
            _cosine(shelf.bodies, shelf.body_scale, slot, others),
            copied(shelf, slot, others),
            np.log1p(np.abs(shelf.times[others] - shelf.times[slot]) / 86_400.0).astype(np.float32),
        ],
        axis=1,
    )


def words(shelf: Shelf, slot: int, others: Slots) -> Scores:
    """Return the cosines of the stories' terms, each term by how much it says and how few have it."""
    own = shelf.terms[slot]
    lookup = np.zeros(len(shelf.frequency), dtype=np.float32)
    weights = shelf.weights[slot] * shelf.rarity(own)
    lookup[own] = weights
    lookup[0] = 0.0
    numbers = shelf.terms[others]
    theirs = shelf.weights[others] * shelf.rarity(numbers)
    shared = (theirs * lookup[numbers]).sum(axis=1)
    length = np.sqrt((theirs**2).sum(axis=1) * float((weights**2).sum()))
    cosines: Scores = shared / np.maximum(length, 1e-6)
    return cosines


def copied(shelf: Shelf, slot: int, others: Slots) -> Scores:
    """Return the share of runs of words that two bodies have in common."""
    own = shelf.shingles[slot]
    if not own.any():
        return np.zeros(len(others), dtype=np.float32)
    same: Scores = (shelf.shingles[others] == own).mean(axis=1, dtype=np.float32)
    return same


def _cosine(column: NDArray[np.int8], scales: NDArray[np.float32], slot: int, others: Slots) -> Scores:
    query = column[slot].astype(np.float32) * scales[slot]
    cosines: Scores = (column[others].astype(np.float32) @ query) * scales[others]
    return cosines
