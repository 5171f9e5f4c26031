import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.rules.record_stories import a_reading


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Mr. Smith met Gen. Jones of the U.S. army.", 1),
        ("It cost $4.2m. Nobody paid.", 2),
        ("A heading\nA sentence that follows it.", 2),
        ("“He left.” Then she left.", 2),
        ("J. K. Rowling wrote it.", 1),
        ("", 0),
    ],
)
def test_a_text_is_cut_into_its_sentences(text: str, count: int) -> None:
    assert len(a_reading("", text=text).sentences) == count


def test_the_title_stands_first_then_summary_then_text() -> None:
    assert [sentence.field for sentence in a_reading("A", "B", "C").sentences] == ["title", "summary", "text"]


@given(st.text(max_size=400))
def test_every_sentence_is_a_piece_of_its_field(text: str) -> None:
    for sentence in a_reading("", text=text).sentences:
        assert text[sentence.start : sentence.end] == sentence.text


@given(st.text(max_size=400))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    kept = "".join(sentence.text for sentence in a_reading("", text=text).sentences)
    assert "".join(kept.split()) == "".join(text.split())
