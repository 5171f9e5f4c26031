"""Which countries and places a text names."""

import pytest

from streams.rules.gazetteer import names_in


@pytest.mark.parametrize(
    ("text", "language", "countries"),
    [
        ("US-China trade truce holds", "en", ["united-states", "china"]),
        ("The Israel-Iran war enters its second week", "en", ["israel", "iran"]),
        ("Thai-Cambodian truce agreed", "en", ["thailand", "cambodia"]),
        ("US-South Korea drills begin", "en", ["united-states", "south-korea"]),
        ("Russo-Ukrainian war", "en", ["russia", "ukraine"]),
        (
            "Anglo-French plan for the Sino-Indian border",
            "en",
            ["britain", "france", "china", "india"],
        ),
        ("Coup in Guinea-Bissau", "en", ["guinea-bissau"]),
        ("Der russisch-ukrainische Krieg", "de", ["russia", "ukraine"]),
        ("Israel-Iran-Krieg weitet sich aus", "de", ["israel", "iran"]),
    ],
)
def test_a_compound_names_each_country_that_it_is_made_of(
    text: str, language: str, countries: list[str]
) -> None:
    assert [name.country for name in names_in(text, language)] == countries


@pytest.mark.parametrize("text", ["Iran-backed fighters", "pro-Russian rebels", "The Russo brothers film"])
def test_a_lone_name_in_a_compound_is_no_party(text: str) -> None:
    assert not names_in(text)


def test_a_compounds_names_lie_where_they_stand_in_the_text() -> None:
    text = "Talks on the Afghan-Pakistani border"
    assert [name.start for name in names_in(text)] == [text.index("Afghan"), text.index("Pakistani")]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Jewish State unleashes aerial offensive", "israel"),
        ("Objectives throughout the Islamic Republic were hit", "iran"),
        ("The Islamic Republic of Mauritania votes", "mauritania"),
        ("Hermit Kingdom tests missile", "north-korea"),
    ],
)
def test_a_country_goes_by_its_epithets_too(text: str, country: str) -> None:
    assert [name.country for name in names_in(text)] == [country]
