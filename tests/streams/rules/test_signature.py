"""What `analyse` computes of a story for the comparison with others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.rules.cluster_entries import encode_entry, store
from streams.rules.days import named_days
from streams.rules.reading import read
from streams.rules.signature import sign
from streams.rules.words import number, stem, words
from tests.streams.rules.clustering import told
from wirewatch.messages import Figure, Signature


@pytest.mark.parametrize(
    "forms",
    [
        ("drone", "drones"),
        ("launch", "launches", "launched", "launching"),
        ("kill", "killed", "killing", "kills"),
        ("stop", "stopped", "stopping"),
        ("country", "countries"),
        ("fire", "fired", "fires", "firing"),
        ("evacuate", "evacuated", "evacuation"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(("word", "other"), [("missile", "mission"), ("bus", "bush"), ("was", "war")])
def test_different_words_keep_different_stems(word: str, other: str) -> None:
    assert stem(word) != stem(other)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14,212", 14212),
        ("14.212", 14212),
        ("3.5", 3.5),
        ("0.125", 0.125),
        ("1,234,567.8", 1234567.8),
        ("007", 7),
    ],
)
def test_digits_are_read_with_their_separators(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("Twenty-seven infections in Tarrow", 27.0),
        ("Ferry hits pier, fourteen hurt", 14.0),
        ("2.5 million crowns for Brask", 2_500_000.0),
        ("479 drones over Kyiv", 479.0),
        ("One hundred and fifty-eight hurt in Tarrow", 158.0),
        ("A hundred flee Kelat", 100.0),
        ("One million eight hundred thousand votes for Lisko", 1_800_000.0),
        ("Two thousand three hundred homes burn", 2_300.0),
    ],
)
def test_what_a_headline_counts_is_found_in_words_and_digits(title: str, count: float) -> None:
    signature = told(title).signature
    assert count in {value for _, value in signature.counts}
    assert signature.headline == 1


def test_the_unit_of_a_figure_found_there_is_taken_over() -> None:
    story = told("More than 470 Shaheds were counted").story
    signature = sign(read(story), [Figure("title", 10, 13, "470", 470.0, "drones")], None)
    assert signature.counts == ((stem("drones"), 470.0),)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The strike began on Friday", [date(2025, 5, 30)]),
        ("It was said today and yesterday", [date(2025, 6, 1), date(2025, 5, 31)]),
        ("On 26 May there were 355", [date(2025, 5, 26)]),
        ("On Sept. 2 and September 2", [date(2025, 9, 2)]),
        ("On 30 February and in May", []),
        ("He may march on", []),
    ],
)
def test_the_days_that_a_text_names_are_those_around_its_own(text: str, days: list[date]) -> None:
    assert named_days(list(words(text)), date(2025, 6, 1)) == [day.toordinal() for day in days]


def test_names_are_those_in_mid_sentence_that_few_stories_have() -> None:
    names = told("A title", "Divers from Hestrey found the Island Maid off Kerrow.").signature.names
    assert {"hestrey", "island", "maid", "kerrow"} == set(names)


def test_without_vectors_a_story_is_still_signed() -> None:
    signature = sign(read(told("Ferry hits pier at Port Lunden").story), (), None)
    assert signature.vector == signature.body == b""
    assert "ferry" in signature.terms


def test_the_same_body_under_another_headline_has_the_same_shingles() -> None:
    body = "A commuter ferry hit a concrete pier in fog while docking at Port Lunden on Sunday, injuring 14 people."
    assert told("One", body).signature.shingles == told("Two", body).signature.shingles != b""


def test_another_figure_changes_the_content_but_not_the_form() -> None:
    body = "The air force shot down {} of the drones that were sent across the border in the night, it said."
    one, other = (told("T", body.format(count)).signature for count in (61, 88))
    assert one.form == other.form
    assert one.shingles != other.shingles


@given(st.text(max_size=400), st.text(max_size=2_000))
def test_any_text_is_signed_the_same_twice_and_stored_small(title: str, text: str) -> None:
    first, second = told(title, text), told(title, text)
    assert first.signature == second.signature
    assert isinstance(first.signature, Signature)
    assert len(encode_entry(store(first, 0))) < 3_500
