"""Strings that are looked for all at once."""

from hypothesis import given
from hypothesis import strategies as st

from streams.rules.needles import Needles

LETTERS = st.text("ab é", max_size=12)


@given(st.frozensets(LETTERS, max_size=6), LETTERS)
def test_what_is_found_is_what_stands_in_the_text(strings: frozenset[str], text: str) -> None:
    needles = Needles({string: string for string in strings})
    held = {string for string in strings if string in text}
    assert set(needles.found(text)) == held
    assert needles.any(text) == bool(held)
