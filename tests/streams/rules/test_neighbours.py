"""Filters over neighbouring words: what they read, and that they are learned as they are read."""

import numpy as np
import pytest

from streams.rules.grammar_building import grammar
from streams.rules.neighbours import NeighbourReader, Weights, weights_of, word_numbers, words_of
from streams.rules.reading import read
from streams.rules.scan import scan
from streams.rules.tagging import Tagged
from streams.rules.vectors import DIMENSIONS, HeadlineVectors
from tests.streams.rules.test_second_reading import AT
from wirewatch.messages import Story


def headline(title: str) -> list[Tagged]:
    found = scan(read(Story(title, "1", "f", "Agency", title, AT, lang="en", published=AT)))
    assert found is not None
    return list(found.headline())


def row_of(weights: Weights) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.concatenate(
        [weights.first.ravel(), weights.second.ravel(), weights.needs, weights.says.ravel()]
    )


@pytest.fixture
def weights() -> Weights:
    random = np.random.default_rng(7)
    first, second, needs, says = (
        random.normal(size=size).astype(np.float32) for size in ((DIMENSIONS, 4), (DIMENSIONS, 4), 4, (8, 3))
    )
    return Weights(first, second, needs, says)


def test_weights_in_one_row_are_taken_apart_as_they_were(weights: Weights) -> None:
    again = weights_of(row_of(weights), DIMENSIONS, 3)
    for name in ("first", "second", "needs", "says"):
        assert np.array_equal(getattr(again, name), getattr(weights, name))


def test_the_order_of_words_counts(weights: Weights) -> None:
    reader, vectors = NeighbourReader(grammar("en"), {}, 0, weights), HeadlineVectors()
    one, other = (reader.scores(headline(title), [], vectors) for title in ("guns fell", "fell guns"))
    assert not np.allclose(one, other)


def test_a_party_is_only_what_class_it_is_of() -> None:
    vectors = HeadlineVectors()
    names = [
        word_numbers(grammar("en"), {}, 0, words_of(headline(title), 1)[0], vectors)
        for title in ("Iran", "Israel")
    ]
    assert not names[0].any()
    assert not names[1].any()


def test_a_text_of_no_words_is_read(weights: Weights) -> None:
    reader = NeighbourReader(grammar("en"), {}, 0, weights)
    assert np.isfinite(reader.scores([], [], HeadlineVectors())).all()
