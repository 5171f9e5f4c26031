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
# As long as the vectors of names and rare nouns are.
_LONG: Final = 20.0


class HeadlineVectors:
    """Vectors of words and texts, from the one table of the process."""

    def __init__(self) -> None:
        self._table, self._rows = word_table()
        self._kept: dict[str, tuple[NDArray[np.float32], float]] = {}

    def word(self, word: str) -> tuple[NDArray[np.float32], float]:
        """Return the sum of a word's token vectors, and how much such a word says, from 0 to 1."""
        known = self._kept.get(word)
        if known is None:
            vector = self._table[list(self._rows(word[:40]))].astype(np.float32).sum(axis=0)
            known = (vector, min(1.0, float(np.linalg.norm(vector)) / _LONG))
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[word] = known
        return known

    def embed(self, words: Sequence[tuple[str, float]]) -> bytes:
        """Return the direction of weighted words together: 256 signed bytes, or nothing where no word is known."""
        if not words:
            return b""
        weights = np.array([weight for _, weight in words], dtype=np.float32)
        total = weights @ np.stack([self.word(word)[0] for word, _ in words])
        peak = float(np.abs(total).max())
        if not peak > 0:
            return b""
        direction: bytes = np.rint(total * (127.0 / peak)).astype(np.int8).tobytes()
        return direction
