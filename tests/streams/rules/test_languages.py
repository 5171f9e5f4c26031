"""Which language a story is read in, and what is said where that cannot be."""

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from streams.rules.analysis import analyse_story
from streams.rules.languages import language_of
from tests.streams.rules.escalation_stories import rows
from wirewatch.languages import LANGUAGES, not_read, said
from wirewatch.messages import Story, StoryLanguage

AT = datetime(2025, 6, 2, 8, tzinfo=UTC)
POLISH = "Rosja zaatakowała Kijów, jest 14 zabitych po nocnym ataku, który trwał do rana"
ENGLISH = "Russia fires 472 drones at Ukraine in the largest attack of the war"
GERMAN = "Russland greift die Ukraine mit 472 Drohnen an und tötet nach Angaben der Behörden vier Menschen"


def a_story(title: str, lang: str | None, summary: str = "") -> Story:
    return Story("s", "1", "f", "Agency", title, AT, summary=summary, lang=lang, published=AT)


def found(title: str, lang: str | None = None) -> tuple[str, str | None, str | None]:
    language = language_of(a_story(title, lang))
    return language.reason, language.spoken, language.read


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB", "en_US", " en "])
def test_a_declared_language_is_taken_at_its_word(tag: str) -> None:
    assert found("Kyiv hit", tag) == ("declared", "en", "en")


def test_what_nobody_declares_is_known_by_its_own_words() -> None:
    assert found(ENGLISH) == ("detected", "en", "en")


def test_a_text_of_too_few_words_is_assumed_to_be_english() -> None:
    assert found("Kyiv hit again") == ("assumed", "en", "en")


@pytest.mark.parametrize("tag", ["pl", "sw", "fr-CA", "xx"])
def test_a_declared_language_without_lexicons_is_missing(tag: str) -> None:
    reason, spoken, read = found("Trump w Kijowie", tag)
    assert (reason, spoken, read) == ("missing", tag[:2], None)


def test_a_language_without_lexicons_that_nobody_declares_is_missing() -> None:
    assert found(POLISH) == ("missing", "pl", None)


@pytest.mark.parametrize("title", ["Ракетный удар", "基辅遭袭", "هجوم كبير", "Επίθεση"])
def test_a_writing_that_no_lexicon_has_is_missing(title: str) -> None:
    assert found(title)[0] == "missing"


def test_words_that_plainly_contradict_the_declaration_win() -> None:
    assert found(POLISH, "en") == ("missing", "pl", None)
    assert found(ENGLISH, "pl")[0] == "missing"
    longer = f"{ENGLISH}, officials said after it was over, and they have asked for help"
    assert found(longer, "pl") == ("contradicted", "en", "en")


def test_a_name_of_another_language_contradicts_nothing() -> None:
    assert found("El Salvador beats Los Angeles: la vida loca", "en") == ("declared", "en", "en")


def test_nothing_is_guessed_in_a_language_without_lexicons() -> None:
    analysed = analyse_story(a_story(f"{POLISH} 472 record", None), None)
    assert analysed.language == StoryLanguage("missing", "pl")
    assert (analysed.figures, analysed.claims, analysed.escalations, analysed.deadlines) == ((), (), (), ())
    assert analysed.signature.terms


def test_what_is_missing_is_said_with_what_there_is() -> None:
    assert "pl, has no lexicons; these have: " in said(StoryLanguage("missing", "pl"))
    assert not_read("pl-PL") == f"its language, pl, has no lexicons; these have: {', '.join(LANGUAGES)}"
    assert (not_read("en"), not_read(None)) == (None, None)


def test_each_language_is_a_folder_of_lexicons_and_each_folder_a_language() -> None:
    folders = {each.name for each in files("streams.lexicons").iterdir() if each.is_dir()}
    assert folders - {"packs", "__pycache__"} == set(LANGUAGES)


def test_every_language_has_all_that_a_story_is_read_with() -> None:
    read_with = {
        "conflict", "deadlines", "diplomacy", "events", "figures", "inflection", "lures", "metrics", "nuclear",
        "places", "reading", "records", "unrest", "words",
    }  # fmt: skip
    for language in LANGUAGES:
        found = {each.name for each in files("streams.lexicons").joinpath(language).iterdir()}
        assert {f"{name}.toml" for name in read_with} <= found


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("escalation-pairs", "en"),
        ("records-own", "en"),
        ("records-dev", "en"),
        ("german-escalation", "de"),
        ("german-records", "de"),
    ],
)
def test_no_sentence_of_ours_is_taken_for_another_languages(name: str, language: str) -> None:
    told = [(row.get("title") or row["text"], row.get("summary") or "") for row in rows(name)]
    declared = [language_of(a_story(title, language, summary)).read for title, summary in told]
    assert set(declared) == {language}
    found = [language_of(a_story(title, None, summary)).read for title, summary in told]
    assert found.count(language) >= (1.0 if language == "en" else 0.7) * len(found)
