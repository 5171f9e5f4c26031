"""What a claim's clause leaves out is read from its sentence and title, and what is counted together is added up."""

import pytest
from msgspec.structs import replace

from streams.rules.claim_context import completed, proper_names, scene
from streams.rules.counted import counted
from streams.rules.gazetteer import country_of, place_of
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.messages import Figure, Subject


@pytest.mark.parametrize(
    ("text", "place", "actor"),
    [
        ("Russia fires 472 drones at Ukraine", "ukraine", "russia"),
        ("Ukraine hit by 472 Russian drones", "ukraine", "russia"),
        ("Heaviest drone attack on Moscow yet as 91 UAVs head for Russia", "moscow", None),
        ("Ukraine launches 540 drones at Russia", "russia", "ukraine"),
        ("Poland scrambles jets as Russia fires a record 479 drones at Ukraine", "ukraine", "russia"),
        ("Ukraine: 472 Russian drones in one night", "ukraine", "russia"),
        ("Smoke over Hrushevsky Street: Russia's largest drone attack reaches the cabinet", None, "russia"),
        ("298 drones, 69 missiles: Ukraine endures the largest aerial attack so far", "ukraine", None),
        ("Moscow's record drone blitz rocks western Ukraine", "ukraine", "russia"),
        ("The largest drone attack of the war", None, None),
    ],
)
def test_a_sentence_tells_where_it_happens_and_who_does_it(
    text: str, place: str | None, actor: str | None
) -> None:
    found = scene(text)
    assert (found.place, found.actor) == (place, actor)


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("Britain's June record goes: 36.1C in one village", "britain"),
        ("Japan now has 99,763 people aged 100 or over", "japan"),
        ("Russia's largest drone attack of the war", None),
    ],
)
def test_where_nobody_does_anything_to_anybody_it_is_counted_at_home(text: str, home: str | None) -> None:
    assert scene(text).home == home


def test_the_title_tells_the_place_that_the_sentence_leaves_open() -> None:
    told = story("c", when("2025-06-01"), title="Russia fires 472 drones at Ukraine").story
    bare = claim(472, Subject("drones"), sentence="It was the largest drone attack of the war.")
    inside = completed(replace(bare, sentence=replace(bare.sentence, field="text")), told)
    assert (inside.place, inside.actor, inside.action) == ("ukraine", "russia", "attack")


@pytest.mark.parametrize(
    ("sentence", "value", "figures", "total", "unit"),
    [
        (
            "Russia fired 477 drones and 60 missiles, the largest combined attack.", 477,
            [("477", "drones"), ("60", "missiles")], 537, "drones and missiles",
        ),
        ("537 Russian drones and missiles: the largest attack.", 537, [("537", "drones")], 537, "drones and missiles"),
        ("It was the largest combined attack: 477 drones.", 477, [("477", "drones")], None, "drones"),
        ("298 drones and 69 missiles in the largest air attack.", 69, [("298", "drones"), ("69", "missiles")], 298, "drones"),
        ("The largest drone attack killed 12.", 12, [("12", "deaths")], None, "deaths"),
    ],
)  # fmt: skip
def test_a_figure_is_what_the_record_counts(
    sentence: str, value: float, figures: list[tuple[str, str]], total: float | None, unit: str
) -> None:
    told = tuple(
        Figure(
            "title", sentence.index(text), sentence.index(text) + len(text), text, float(text), counted_unit
        )
        for text, counted_unit in figures
    )
    terms = (
        ("combined", "attack")
        if "combined" in sentence
        else (("drone",) if "drone attack" in sentence else ())
    )
    meant = counted(
        claim(value, Subject(dict(figures)[f"{value:g}"], terms=terms), sentence=sentence),
        story("c", when("2025-06-29"), title=sentence, figures=told),
    )
    assert (meant.claim.figure, meant.claim.unit) == (total, unit)


@pytest.mark.parametrize(
    ("phrase", "country", "place"),
    [
        ("Kremlin", "russia", "moscow"),
        ("Putin", "russia", "russia"),
        ("the Ukrainian capital", "ukraine", "kyiv"),
        ("us", "united-states", "united-states"),
        ("the United Kingdom", "britain", "britain"),
        ("Tessel Marsh", "tessel-marsh", "tessel-marsh"),
        ("", None, None),
    ],
)
def test_a_name_stands_for_its_country_and_a_place_for_itself(
    phrase: str, country: str | None, place: str | None
) -> None:
    assert (country_of(phrase), place_of(phrase)) == (country, place)


def test_a_headline_that_capitalises_every_word_names_nobody() -> None:
    assert proper_names("Over 800 Drones Hurled At Ukraine In Mightiest Aerial Offensive") == frozenset()
    assert proper_names("Tessel Marsh counts 19,120 cranes on the first weekend of September") == {
        "tessel",
        "marsh",
    }


@pytest.mark.parametrize(
    "text", ["", " ", "a" * 50_000, "at " * 20_000, "Ukraine " * 5_000, ":;.!?", "\U0001f4a5" * 999]
)
def test_any_text_has_a_scene(text: str) -> None:
    scene(text)
    proper_names(text)
