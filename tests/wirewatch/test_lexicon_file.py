"""A newsroom's own words: a mistake is refused with its line."""

from pathlib import Path

import pytest

from wirewatch.errors import SettingsError
from wirewatch.lexicon_file import parse_lexicon, read_lexicon

GOOD = """
[[word]]
words = ["Grain  corridor closed", "drone swarm*"]
polarity = "escalation"
severity = 2
unless = ["film"]

[[word]]
words = ["price war"]
polarity = "none"
"""


def small(word: str) -> bool:
    return word in {"the", "of", "in"}


def test_words_are_read_in_small_letters() -> None:
    first, second = parse_lexicon(GOOD, name="lexicon.toml", small=small)
    assert first.words == ("grain corridor closed", "drone swarm*")
    assert (first.polarity, first.severity, first.unless) == ("escalation", 2, ("film",))
    assert (second.polarity, second.words) == ("none", ("price war",))


def test_narrower_words_that_count_for_nothing_make_an_exception() -> None:
    words = parse_lexicon(GOOD.replace("price war", "drone swarm shows"), name="lexicon.toml", small=small)
    assert [word.polarity for word in words] == ["escalation", "none"]
    narrower = parse_lexicon(GOOD.replace("price war", "drone swarms"), name="lexicon.toml", small=small)
    assert narrower[1].words == ("drone swarms",)


def test_no_file_is_no_words(tmp_path: Path) -> None:
    assert read_lexicon(tmp_path / "lexicon.toml", small=small) == ()


@pytest.mark.parametrize(
    ("written", "line", "told"),
    [
        (GOOD.replace("severity", "severty"), 5, "did you mean 'severity'"),
        (GOOD.replace('"price war"', '"*"'), 9, "would match everything"),
        (GOOD.replace('"price war"', '"the"'), 9, "would match everything"),
        (GOOD.replace('"price war"', '"in the *"'), 9, "would match everything"),
        (GOOD.replace('"price war"', '""'), 9, "would match everything"),
        (GOOD.replace('"price war"', '"drone swarm*"'), 9, "contradicts what is said of it, line 3"),
        (
            GOOD.replace('"none"', '"de-escalation"').replace("price war", "drone swarms"),
            9,
            "'drone swarm*' says of it, line 3",
        ),
        (
            GOOD.replace('"price war"', '"drone s*"'),
            3,
            "'drone swarm*' contradicts what 'drone s*' says of it, line 9",
        ),
        (
            GOOD.replace('unless = ["film"]', 'unless = ["drone*"]').replace("drone swarm*", "drones"),
            6,
            "excludes itself",
        ),
        (GOOD.replace('unless = ["film"]', 'unless = ["drone swarm*"]'), 6, "excludes itself"),
        (GOOD.replace("severity = 2", "severity = 4"), 5, "4 is none of 1, 2 and 3"),
        (GOOD.replace('"escalation"', '"bad"'), 4, "'bad' is none of"),
        (GOOD + 'language = "xx"', 11, "has no lexicons"),
        (GOOD + "severity = 1", 11, "has no severity"),
        (GOOD.replace('["price war"]', '"price war"'), 9, "no list"),
        (GOOD.replace('"price war"', "3"), 9, "is no text"),
        ("[words]", 1, "did you mean 'word'"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(written: str, line: int, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_lexicon(written, name="lexicon.toml", small=small)
    message = str(caught.value)
    assert message.startswith("lexicon.toml has 1 mistake")
    assert f"line {line}: " in message
    assert told in message


def test_what_is_no_toml_is_told_with_the_file() -> None:
    with pytest.raises(SettingsError, match=r"lexicon\.toml is no valid TOML: .*line 2"):
        parse_lexicon("[[word]]\nwords = x", name="lexicon.toml", small=small)
