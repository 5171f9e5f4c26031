import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.streams.rules.record_stories import a_reading, figures_of

_UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
          "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{_UNITS[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, units = divmod(rest, 10)
        words.append(_UNITS[rest] if rest < 20 else f"{_TENS[tens]}-{_UNITS[units]}".rstrip("-"))
    return " and ".join(words)


def _spelled(number: int) -> str:
    millions, rest = divmod(number, 1_000_000)
    thousands, rest = divmod(rest, 1_000)
    parts = [
        f"{_below_thousand(part)} {name}"
        for part, name in ((millions, "million"), (thousands, "thousand"))
        if part
    ]
    if rest:
        parts.append(("and " if parts and rest < 100 else "") + _below_thousand(rest))
    return " ".join(parts)


def _indian(number: int) -> str:
    digits = str(number)
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail])


@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda n: f"{n:,}",
        _indian,
        lambda n: f"{n:,}".replace(",", "\u202f"),
        lambda n: f"{n:,}".replace(",", "."),
        _spelled,
    ],
    ids=["plain", "commas", "lakh", "thin spaces", "points", "words"],
)
@given(number=st.integers(3_000_000, 999_999_999))
def test_a_number_written_in_a_known_way_reads_as_itself(form: object, number: int) -> None:
    assert callable(form)
    (figure,) = figures_of(f"They sold {form(number)} tickets.")
    assert (figure.value, figure.unit) == (number, "tickets")


@given(
    number=st.integers(3, 9_999),
    scale=st.sampled_from([("m", 1e6), ("bn", 1e9), (" million", 1e6), (" lakh", 1e5), (" crore", 1e7)]),
)
def test_a_scale_multiplies(number: int, scale: tuple[str, float]) -> None:
    name, factor = scale
    (figure,) = figures_of(f"It cost ${number / 10}{name} to build.")
    assert figure.value == pytest.approx(number / 10 * factor)


@given(st.text(max_size=300))
def test_a_span_lies_in_the_text_and_every_value_is_finite(text: str) -> None:
    reading = a_reading(text, text, text)
    for figure in figures_of(text, text, text):
        source = getattr(reading.story, figure.field)
        assert source[figure.start : figure.end] == figure.text
        assert math.isfinite(figure.value)


@given(
    st.lists(
        st.sampled_from(
            [
                "472",
                "over",
                "drones",
                "-",
                "$",
                "million",
                "and",
                "a",
                "half",
                "3.5",
                "%",
                ",",
                ":",
                "05",
                "km",
                "to",
                "x",
                "th",
                "2025",
                "May",
                "^",
                "/",
            ]
        ),
        max_size=30,
    )
)
def test_any_mixture_of_its_own_words_is_read(words: list[str]) -> None:
    for text in (" ".join(words), "".join(words)):
        for figure in figures_of(text):
            assert text[figure.start : figure.end] == figure.text


@given(st.integers(0, 999_999))
def test_a_figure_reads_the_same_alone_as_in_its_sentence(number: int) -> None:
    sentence = f"Officials said {number:,} homes lost power."
    (figure,) = figures_of(sentence)
    (alone,) = figures_of(figure.text + " homes")
    assert figure.value == alone.value
