"""Whether a headline tells of blood that people shed: read again by what was learned, beside the lexicons' words.

`tools/learn_blood.py` learns it from sentences of our own, as `tools/learn_turns.py` does for turns, through the same
numbers.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streams.lexicons.learned import learned
from streams.rules.events import ToldEvent
from streams.rules.grammar import EventKind, Grammar
from streams.rules.grammar_building import grammar
from streams.rules.second_reading import SecondReader
from streams.rules.tagging import Tagged
from streams.rules.vectors import HeadlineVectors

ANSWERS: Final = ("violent", "none")
_VIOLENT: Final = EventKind("conflict", "material", violent=True, needs="", yields=False, turn=None)
# So likely it is blood where the lexicons know no act, or a protest; so likely against an act of cooperation.
_LIKELY: Final = 0.6
_SURE: Final = 0.75


class BloodReader:
    """What was learned of a language, beside its grammar."""

    def __init__(self, reader: SecondReader, weights: NDArray[np.float32]) -> None:
        self._reader = reader
        self._weights = weights[:, 0] - weights[:, 1]

    def likely(self, headline: Sequence[Tagged], vectors: HeadlineVectors) -> float:
        """Return how likely a headline tells of blood."""
        score = float(self._reader.features(headline, (), vectors) @ self._weights)
        return float(1 / (1 + np.exp(-score)))


@cache
def blood_reader(lang: str) -> BloodReader | None:
    """Return what was learned of a language, or None where nothing was."""
    found = learned(f"{lang}/blood")
    if found is None:
        return None
    return BloodReader(SecondReader(grammar(lang), found.classes, None), found.table())


def read_again(
    known: Grammar, headline: Sequence[Tagged], told: ToldEvent | None, vectors: HeadlineVectors, lang: str
) -> EventKind | None:
    """Return the main act of a headline: what the lexicons found, unless another is likelier by what was learned."""
    kind = None if told is None else told.kind
    reader = blood_reader(lang)
    if reader is None or known.tags("bloody").isdisjoint(headline[0].present):
        return kind
    if kind is not None and kind.polarity == "conflict" and (kind.violent or not kind.yields):
        return kind
    least = _SURE if kind is not None and kind.polarity == "cooperation" else _LIKELY
    return _VIOLENT if reader.likely(headline, vectors) >= least else kind
