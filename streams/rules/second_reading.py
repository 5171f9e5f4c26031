"""A second reader: where the rules find no turn and nothing speaks against one, what headline and lead mean together.

What counts is the meaning of the words (their vectors), the lexicons' classes that they are in, whether parties at
odds are named, and what words say two by two, side by side. How much each counts was learned by
`tools/learn_turns.py` from stories of our own, each labelled. It is a sum, so that it can say which words decided.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.lexicons.learned import learned
from streams.rules.escalation_context import adversaries, at_odds
from streams.rules.grammar import Grammar
from streams.rules.grammar_building import grammar
from streams.rules.neighbours import NeighbourReader, weights_of, word_numbers, words_of
from streams.rules.tagging import Tagged
from streams.rules.vectors import DIMENSIONS, HeadlineVectors
from wirewatch.messages import Polarity

ANSWERS: Final[tuple[Polarity | None, ...]] = ("escalation", "de-escalation", None)
# What a finding's first part says of itself.
LEARNED: Final = "learned"
# An answer must be the likeliest, and so sure.
_SURE: Final = 0.5
# Less likely than this it hardly is one. Of the turns that the words of war found in our labelled sets, no right
# one was less likely where nobody was known to be at war or at odds.
_FAR_FETCHED: Final = 0.3
# How much the lead weighs beside the headline, a class of words beside a vector, a flag beside both.
_LEAD: Final = 0.5
_CLASS: Final = 0.25
_LEAD_CLASS: Final = 0.12
_FLAG: Final = 0.3
# So many words are said to have decided.
_MOST_WORDS: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[\d.,]*")


class Verdict(Struct, frozen=True):
    """Which way an item turns, how sure that is, and where the words of the headline stand that decided."""

    polarity: Polarity
    sure: float
    words: tuple[tuple[int, int], ...]


class SecondReader:
    """What was learned of a language, beside its grammar."""

    def __init__(
        self,
        grammar: Grammar,
        classes: Sequence[str],
        weights: NDArray[np.float32] | None,
        neighbours: NDArray[np.float32] | None = None,
    ) -> None:
        self._grammar = grammar
        self._size = len(classes)
        self._weights = weights
        self._rows: dict[str, list[int]] = {}
        for row, name in enumerate(classes):
            for tag in grammar.classes.get(name, ()):
                self._rows.setdefault(tag, []).append(row)
        self._neighbours: NeighbourReader | None = None
        if neighbours is not None and len(neighbours):
            learned = weights_of(neighbours, DIMENSIONS + self._size, len(ANSWERS))
            self._neighbours = NeighbourReader(grammar, self._rows, self._size, learned)

    def words(self, sentences: Sequence[Tagged], most: int, vectors: HeadlineVectors) -> NDArray[np.float32]:
        """Return the words of sentences, a row each, as the filters over neighbouring words read them."""
        told = words_of(sentences, most)
        found = np.zeros((len(told), DIMENSIONS + self._size), dtype=np.float32)
        for number, word in enumerate(told):
            found[number] = word_numbers(self._grammar, self._rows, self._size, word, vectors)
        return found

    def read(
        self, headline: Sequence[Tagged], below: Sequence[Tagged], vectors: HeadlineVectors
    ) -> Verdict | None:
        """Return which way an item turns, or None where that is not sure; places count in the headline's field."""
        if self._weights is None or not headline:
            return None
        chances = self._chances(headline, below, vectors)
        best = int(np.argmax(chances))
        polarity, sure = ANSWERS[best], float(chances[best])
        if polarity is None or sure < _SURE:
            return None
        return Verdict(polarity, round(sure, 2), self._deciding(headline[0], vectors, best))

    def answer(
        self, headline: Sequence[Tagged], below: Sequence[Tagged], vectors: HeadlineVectors
    ) -> tuple[Polarity | None, float]:
        """Return the likeliest answer, None for no turn, and how likely it is."""
        chances = self._chances(headline, below, vectors)
        best = int(np.argmax(chances))
        return ANSWERS[best], float(chances[best])

    def doubts(
        self,
        polarity: Polarity,
        headline: Sequence[Tagged],
        below: Sequence[Tagged],
        vectors: HeadlineVectors,
    ) -> bool:
        """Whether an item hardly turns that way; never where nothing was learned to doubt it by."""
        if self._weights is None or not headline:
            return False
        return float(self._chances(headline, below, vectors)[ANSWERS.index(polarity)]) < _FAR_FETCHED

    def likeliest(
        self, headline: Sequence[Tagged], below: Sequence[Tagged], vectors: HeadlineVectors
    ) -> tuple[Polarity, float]:
        """Return the likelier of the two turns, and how likely it is; however unlikely both are."""
        chances = self._chances(headline, below, vectors)
        return (
            ("escalation", float(chances[0]))
            if chances[0] >= chances[1]
            else ("de-escalation", float(chances[1]))
        )

    def _chances(
        self, headline: Sequence[Tagged], below: Sequence[Tagged], vectors: HeadlineVectors
    ) -> NDArray[np.float32]:
        if self._weights is None:
            return np.array([0.0, 0.0, 1.0], dtype=np.float32)
        scores = self.features(headline, below, vectors) @ self._weights
        if self._neighbours is not None:
            scores = scores + self._neighbours.scores(headline, below, vectors)
        shares: NDArray[np.float32] = np.exp(scores - scores.max())
        shares /= shares.sum()
        return shares

    def _deciding(
        self, headline: Tagged, vectors: HeadlineVectors, answer: int
    ) -> tuple[tuple[int, int], ...]:
        """Return the places of the headline's words that speak most for an answer, in the order of the text."""
        if self._weights is None or self._neighbours is None:
            return ()
        line = self._weights[:DIMENSIONS, answer] - self._weights[:DIMENSIONS, -1]
        words = self._neighbours.deciding(headline, vectors, answer, len(ANSWERS) - 1)
        texts = [headline.text[word.start - headline.offset : word.end - headline.offset] for word in words]
        told = [
            (word.said + float(_direction(vectors, text.split()) @ line) / len(words), word.start, word.end)
            for word, text in zip(words, texts, strict=True)
        ]
        best = sorted((one for one in told if one[0] > 0), reverse=True)[:_MOST_WORDS]
        return tuple(sorted((start, end) for _, start, end in best))

    def features(
        self, headline: Sequence[Tagged], below: Sequence[Tagged], vectors: HeadlineVectors
    ) -> NDArray[np.float32]:
        """Return what the line is drawn through: a number for each thing that may decide."""
        given = np.zeros(2 * (DIMENSIONS + self._size) + 3, dtype=np.float32)
        given[:DIMENSIONS] = _meaning(headline, vectors)
        given[DIMENSIONS : 2 * DIMENSIONS] = _LEAD * _meaning(below, vectors)
        for start, sentences, weight in ((0, headline, _CLASS), (self._size, below, _LEAD_CLASS)):
            for tag in {tag for sentence in sentences for tag in sentence.tags}:
                for row in self._rows.get(tag, ()):
                    given[2 * DIMENSIONS + start + row] = weight
        given[-3] = _FLAG * at_odds(self._grammar, headline[0])
        given[-2] = _FLAG * adversaries(self._grammar, [*headline, *below])
        given[-1] = 1.0
        return given


@cache
def second_reader(lang: str) -> SecondReader | None:
    """Return what was learned of a language, or None where nothing was."""
    found = learned(f"{lang}/turns")
    return (
        None
        if found is None
        else SecondReader(grammar(lang), found.classes, found.table(), found.of_neighbours())
    )


def _meaning(sentences: Sequence[Tagged], vectors: HeadlineVectors) -> NDArray[np.float32]:
    return _direction(vectors, [word for sentence in sentences for word in _WORD.findall(sentence.text)])


def _direction(vectors: HeadlineVectors, words: Sequence[str]) -> NDArray[np.float32]:
    raw = np.frombuffer(vectors.embed([(word, 1.0) for word in words]), dtype=np.int8).astype(np.float32)
    if len(raw) != DIMENSIONS:
        return np.zeros(DIMENSIONS, dtype=np.float32)
    return raw / np.float32(max(1.0, float(np.linalg.norm(raw))))
