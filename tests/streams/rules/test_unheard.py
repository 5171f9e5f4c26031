"""What came near to a turn and was none is told, with what spoke against it."""

import pytest

from streams.rules.unheard import unheard
from streams.rules.vectors import HeadlineVectors
from tests.streams.rules.escalation_stories import a_reading


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Kremlin denies plan to attack Poland", "denied, or only feared or expected: “denies”"),
        ("Russia could attack Kyiv, US warns", "only possible: “could”"),
        ("Arsenal attack in vain against stubborn Everton", "the words are of sport"),
        ("Trump quits Paris climate accord", "cancelled by “climate accord”"),
        ("How Russia attacked Kyiv", "the headline explains, asks or reviews"),
    ],
)
def test_the_nearest_rule_says_what_spoke_against_it(title: str, why: str) -> None:
    assert unheard(a_reading(title))[0].why == why


def test_the_words_stand_in_the_text() -> None:
    title = "Kremlin denies plan to attack Poland"
    assert all(one.words in title for one in unheard(a_reading(title)))


def test_what_was_learned_says_how_likely_a_turn_is() -> None:
    (learned,) = unheard(a_reading("Gold glitters"), HeadlineVectors())
    assert learned.rule.startswith("learned: ")
    assert learned.why.endswith("% likely by what was learned")


def test_a_headline_of_prices_is_said_to_be_one() -> None:
    found = unheard(a_reading("Gold jumps after attack on tanker"))
    assert "the headline is of prices" in [one.why for one in found]


def test_a_language_without_lexicons_has_nothing_near() -> None:
    assert unheard(a_reading("Russie", lang="xx")) == ()
