"""The small language of the lexicons' patterns."""

import pytest

from streams.rules.patterns import compile_pattern
from wirewatch.errors import InputError

_TAGS = {"party": "pq", "strike": "s", "=on": "o", "=air raid": "R", "=air": "a", "=raid": "r"}


def found(pattern: str, tags: str) -> str | None:
    match = compile_pattern(pattern, lambda name: _TAGS.get(name, ""), ";").regex.search(tags)
    return match.group(1) if match else None


@pytest.mark.parametrize(
    ("pattern", "tags", "expected"),
    [
        ("<party> <strike>", "xps", "ps"),
        ("<party> .. <strike>", "pxxxs", "pxxxs"),
        ("<party> .. <strike>", "pxxxxs", None),
        ("<party> .. <strike>", "p;s", None),
        ("<party> .. : <strike>", "pxs", "s"),
        ("<strike> on? <party>", "sp", "sp"),
        ("(<strike>|<party>) on", "po", "po"),
        ("air raid", "R", "R"),
        ("air raid", "ar", "ar"),
    ],
)
def test_a_pattern_finds_what_it_says(pattern: str, tags: str, expected: str | None) -> None:
    assert found(pattern, tags) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "..",
        "<party>?",
        "<unknown>",
        "(<party>",
        "<party>)",
        "?",
        "nowhere <party>",
        "<party",
        "> <party>",
    ],
)
def test_a_pattern_that_means_nothing_or_anything_is_refused(pattern: str) -> None:
    with pytest.raises(InputError, match="pattern"):
        found(pattern, "p")
