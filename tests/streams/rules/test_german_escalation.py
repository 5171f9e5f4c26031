"""German escalation, events and deadlines: a language is data. The pairs were written before the lexicons."""

from datetime import UTC, datetime
from typing import Any

import pytest

from streams.rules.deadlines import find_deadlines
from streams.rules.reading import read
from tests.streams.rules.escalation_stories import escalation_of, event_of, rows
from wirewatch.messages import Story

PAIRS = rows("german-escalation")
# A Wednesday.
AT = datetime(2025, 5, 28, 14, tzinfo=UTC)


def is_right(row: dict[str, Any]) -> bool:
    found = escalation_of(row["text"], lang="de")
    if found is None:
        return bool(row["label"] == "none")
    return bool(found.polarity == row["label"] and abs(found.severity - row["severity"]) <= 1)


def test_german_sentences_turn_the_way_that_they_are_labelled() -> None:
    assert len(PAIRS) >= 150
    assert sum(map(is_right, PAIRS)) >= 0.95 * len(PAIRS)


def test_who_did_it_to_whom_is_named_as_in_any_language() -> None:
    found = escalation_of("Russland greift Kiew mit Raketen an", lang="de")
    assert found is not None
    assert (found.actor, found.target, found.place, found.severity) == ("russia", "ukraine", "kyiv", 3)


def test_a_country_is_named_as_in_any_language() -> None:
    found = escalation_of("Israel fliegt Luftangriffe auf Ziele in Syrien", lang="de")
    assert found is not None
    assert (found.actor, found.target, found.place) == ("israel", "syria", "syria")


@pytest.mark.parametrize(
    ("title", "polarity", "form", "violent"),
    [
        ("Bombenanschlag in Bagdad: mindestens 20 Tote", "conflict", "material", True),
        ("Tausende demonstrieren in Belgrad gegen Präsident Vučić", "conflict", "material", False),
        ("Merz trifft sich mit Macron zu Gesprächen in Paris", "cooperation", "verbal", False),
        ("Deutschland liefert Hilfsgüter in die Türkei", "cooperation", "material", False),
        ("Opposition wirft Regierung Versagen vor", "conflict", "verbal", False),
    ],
)
def test_the_main_event_of_a_german_story_is_found(
    title: str, polarity: str, form: str, violent: bool
) -> None:
    found = event_of(title, lang="de")
    assert (found.polarity, found.form, found.violent) == (polarity, form, violent)


def ends(title: str) -> list[tuple[str, str]]:
    story = Story("s", "1", "f", "Agentur", title, AT, lang="de", published=AT)
    return [(each.kind, each.due) for each in find_deadlines(read(story))]


@pytest.mark.parametrize(
    ("title", "kind", "due"),
    [
        ("Trump setzt Putin zweiwöchige Frist", "ultimatum", "2025-06-11"),
        ("Ultimatum an Serbien: General bis Montag Mitternacht ausliefern", "ultimatum", "2025-06-02"),
        ("Russland und Ukraine vereinbaren 30-tägige Waffenruhe", "truce", "2025-06-27"),
        ("Frist für Iran läuft am 11. Juni ab", "ultimatum", "2025-06-11"),
        ("Waffenruhe bis Samstag um 18 Uhr verkündet", "truce", "2025-05-31"),
        ("USA geben Iran 48 Stunden Zeit", "ultimatum", "2025-05-30"),
        ("Ultimatum von zwei Wochen für Moskau", "ultimatum", "2025-06-11"),
    ],
)
def test_a_german_end_becomes_a_date(title: str, kind: str, due: str) -> None:
    assert ends(title) == [(kind, due)]


@pytest.mark.parametrize(
    "title",
    [
        "Putin lehnt 30-tägige Waffenruhe ab",
        "Papst fordert 30-tägige Waffenruhe",
        "Iran lässt zweiwöchige Frist verstreichen: Ultimatum abgelaufen",
        "Bewerbungsfrist endet in zwei Wochen",
        "Kämpfe nach der dreitägigen Waffenruhe",
    ],
)
def test_what_is_asked_for_over_or_of_another_world_is_no_german_end(title: str) -> None:
    assert ends(title) == []


@pytest.mark.parametrize(
    "text", ["greift " * 300 + "an", "Drohnen" * 400, "Frist bis 99. Mai 2099", "ß" * 5000]
)
def test_hostile_german_ends_in_little(text: str) -> None:
    escalation_of(text, lang="de")
    ends(text)
