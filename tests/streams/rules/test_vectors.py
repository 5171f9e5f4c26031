"""A headline's direction in the fixed table of word vectors."""

from streams.rules.vectors import HeadlineVectors


def test_more_words_than_were_seen_before_have_the_direction_that_they_have_when_known() -> None:
    vectors = HeadlineVectors()
    words = [(f"storm{number}", 1.0) for number in range(3_000)]
    first = vectors.embed(words)
    assert first == vectors.embed(words)
    assert vectors.says("storm0") == HeadlineVectors().says("storm0")
