"""What neighbouring words mean together: "guns fell" and "fell silent" say what neither word says alone.

Each word is its vector and the lexicons' classes that it is in; a party is its classes alone, so that nothing is
learned of countries. Filters slide over words two by two, and of each filter the strongest pair counts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.rules.grammar import Grammar
from streams.rules.tagging import Tagged
from streams.rules.vectors import DIMENSIONS, HeadlineVectors

Table = NDArray[np.float32]

# So many words of headline and lead are read, and how much the lead's pairs weigh beside the headline's.
HEADLINE_WORDS: Final = 22
LEAD_WORDS: Final = 34
LEAD: Final = 0.5
# A vector's length beside a class, which is 1.
_SCALE: Final = np.float32(1 / 20)
# What words come to is remembered for so many, then all is forgotten at once.
_KEPT: Final = 12_000


class Weights(Struct, frozen=True):
    """What was learned: filters over a word and over its next one, what each needs, and what it says of the answers."""

    first: Table
    second: Table
    needs: Table
    says: Table


class Deciding(Struct, frozen=True):
    """A word of a headline, where it stands in its field, and how much it said."""

    start: int
    end: int
    said: float


def weights_of(flat: Table, words: int, answers: int) -> Weights:
    """Return the weights from one row of numbers, where a word is so many numbers."""
    filters = len(flat) // (2 * words + 1 + 2 * answers)
    first, second, needs, says = np.split(flat, np.cumsum([words * filters, words * filters, filters]))
    return Weights(
        first.reshape(words, filters),
        second.reshape(words, filters),
        needs,
        says.reshape(2 * filters, answers),
    )


def word_numbers(
    grammar: Grammar,
    rows: Mapping[str, Sequence[int]],
    classes: int,
    word: tuple[str, str],
    vectors: HeadlineVectors,
) -> Table:
    """Return what a word with its tag is: its vector, none for a party, and the classes that it is in."""
    text, tag = word
    found = np.zeros(DIMENSIONS + classes, dtype=np.float32)
    if tag not in grammar.tags("party"):
        for piece in text.split():
            found[:DIMENSIONS] += vectors.word(piece) * _SCALE
    for row in rows.get(tag, ()):
        found[DIMENSIONS + row] = 1.0
    return found


def words_of(sentences: Sequence[Tagged], most: int) -> list[tuple[str, str]]:
    """Return the words of sentences with their tags."""
    return [pair for tagged in sentences for pair in zip(tagged.words, tagged.tags, strict=True)][:most]


class NeighbourReader:
    """Filters over neighbouring words, with what each word came to."""

    def __init__(
        self, grammar: Grammar, rows: Mapping[str, Sequence[int]], classes: int, weights: Weights
    ) -> None:
        self._grammar = grammar
        self._rows = rows
        self._classes = classes
        self._weights = weights
        self._both = np.concatenate([weights.first, weights.second], axis=1)
        self._kept: dict[tuple[str, str], Table] = {}

    def scores(self, headline: Sequence[Tagged], below: Sequence[Tagged], vectors: HeadlineVectors) -> Table:
        """Return what neighbouring words say of each answer."""
        found = np.concatenate(
            [
                self._strongest(words_of(headline, HEADLINE_WORDS), vectors)[0],
                LEAD * self._strongest(words_of(below, LEAD_WORDS), vectors)[0],
            ]
        )
        scores: Table = found @ self._weights.says
        return scores

    def deciding(self, headline: Tagged, vectors: HeadlineVectors, answer: int, other: int) -> list[Deciding]:
        """Return what each word of a headline said for one answer, and not for the other."""
        words = words_of([headline], HEADLINE_WORDS)
        strongest, places = self._strongest(words, vectors)
        says = self._weights.says[: len(strongest)]
        said = np.zeros(len(words) + 1, dtype=np.float32)
        for half in (0, 1):
            np.add.at(said, places + half, strongest * (says[:, answer] - says[:, other]) / 2)
        return [
            Deciding(*headline.span(number, number + 1), float(said[number]))
            for number, (word, _) in enumerate(words)
            if word[0].isalnum()
        ]

    def _strongest(
        self, words: Sequence[tuple[str, str]], vectors: HeadlineVectors
    ) -> tuple[Table, NDArray[np.int64]]:
        """Return how strong each filter's strongest pair is, and at which word that begins."""
        filters = len(self._weights.needs)
        if not words:
            return np.maximum(self._weights.needs, 0.0), np.zeros(filters, dtype=np.int64)
        found = np.array([self._known(word, vectors) for word in words])
        sums = found[:, :filters]
        sums[:-1] += found[1:, filters:]
        places = sums.argmax(axis=0)
        return np.maximum(sums.max(axis=0) + self._weights.needs, 0.0), places

    def _known(self, word: tuple[str, str], vectors: HeadlineVectors) -> Table:
        kept = self._kept.get(word)
        if kept is not None:
            return kept
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        found: Table = word_numbers(self._grammar, self._rows, self._classes, word, vectors) @ self._both
        self._kept[word] = found
        return found
