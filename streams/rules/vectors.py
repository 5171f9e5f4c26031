"""What a headline means, as a vector: the sum of its words' vectors in a fixed table.

The table is wordllama's, 256 numbers a token. A token's length there is also how much it says: "the" is short,
"Ukraine" is long. Both are used.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streams.lexicons.vectors import word_table

DIMENSIONS: Final = 256
# Words seen before are kept with their vectors: so many, then all are forgotten at once.
_KEPT: Final = 60_000
_FIRST: Final = 1_024
# As long as the vectors of names and rare nouns are.
_LONG: Final = 20.0


class HeadlineVectors:
    """Vectors of words and texts, from the one table of the process."""

    def __init__(self) -> None:
        self._table, self._rows = word_table()
        # A word's row in `_vectors`, and how much it says.
        self._kept: dict[str, tuple[int, float]] = {}
        self._vectors: NDArray[np.float32] = np.empty((_FIRST, DIMENSIONS), dtype=np.float32)

    def says(self, word: str) -> float:
        """Return how much such a word says, from 0 to 1."""
        return (self._kept.get(word) or self._look_up(word))[1]

    def word(self, word: str) -> NDArray[np.float32]:
        """Return the vector of a word."""
        row = (self._kept.get(word) or self._look_up(word))[0]
        vector: NDArray[np.float32] = self._vectors[row]
        return vector

    def _look_up(self, word: str) -> tuple[int, float]:
        """Keep the sum of a word's token vectors."""
        vector = self._table[list(self._rows(word[:40]))].astype(np.float32).sum(axis=0)
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        row = len(self._kept)
        if row >= len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.empty_like(self._vectors)])
        self._vectors[row] = vector
        known = (row, min(1.0, float(np.linalg.norm(vector)) / _LONG))
        self._kept[word] = known
        return known

    def embed(self, words: Sequence[tuple[str, float]]) -> bytes:
        """Return the direction of weighted words together: 256 signed bytes, or nothing where no word is known."""
        if not words:
            return b""
        if len(self._kept) + len(words) > _KEPT:
            # The rows of these words must not be forgotten between the first and the last of them.
            self._kept.clear()
        weights = np.array([weight for _, weight in words], dtype=np.float32)
        kept = self._kept
        rows = [(kept.get(word) or self._look_up(word))[0] for word, _ in words]
        total = weights @ self._vectors.take(rows, axis=0)
        peak = float(max(np.maximum.reduce(total), -np.minimum.reduce(total)))
        if not peak > 0:
            return b""
        direction: bytes = np.rint(total * (127.0 / peak)).astype(np.int8).tobytes()
        return direction
