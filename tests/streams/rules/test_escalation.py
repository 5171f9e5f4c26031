"""Which way a conflict turned: what decides, what only sounds like it, and where the text says so."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.rules.escalation import find_escalations
from tests.streams.rules.escalation_stories import a_reading, escalation_of, rows
from wirewatch.messages import Escalation, Figure


def label(found: Escalation | None) -> str:
    return found.polarity if found else "none"


@pytest.mark.parametrize(
    ("title", "polarity", "severity"),
    [
        ("Russia launches 472 drones at Ukraine in one night", "escalation", 3),
        ("Ukraine-Russia peace talks to resume in Istanbul after surprise drone attack", "escalation", 2),
        ("Trump gives Putin a two-week deadline", "escalation", 1),
        ("Truce collapses as shells fall on Goris", "escalation", 2),
        ("Attack on Hodeidah called off", "de-escalation", 2),
        ("Moscow and Kyiv exchange 1,000 prisoners each", "de-escalation", 2),
        ("Ceasefire ends 12 days of war between Israel and Iran", "de-escalation", 3),
        ("Kyiv offers an air and sea truce", "de-escalation", 1),
        (
            "Armenia and Azerbaijan agree to immediate ceasefire after nine days of fighting",
            "de-escalation",
            3,
        ),
        ("Armenia and Azerbaijan agree to ceasefire for nine days", "de-escalation", 2),
        # A truce that was made is peace, however that is said; a small one is half of it.
        ("Thailand and Cambodia agree immediate ceasefire", "de-escalation", 3),
        ("Ethiopia and Tigray rebels sign permanent truce", "de-escalation", 3),
        ("M23 and Congo sign declaration to end war", "de-escalation", 3),
        ("Houthis agree to stop attacks in ceasefire with US", "de-escalation", 3),
        ("Syria rebels agree local truce in Homs", "de-escalation", 2),
        ("Farc calls unilateral ceasefire over Christmas", "de-escalation", 2),
        ("Russia and Ukraine agree Black Sea truce", "de-escalation", 2),
        ("Nagorno-Karabakh truce extended", "de-escalation", 2),
        ("Ceasefire reinstated in Gaza after deadly barrage", "de-escalation", 2),
        ("Gaza ceasefire back in force after strikes", "de-escalation", 2),
        # A great city in other hands is another war; a missile on one is not yet.
        ("Rebels walk into Aleppo eight years after they were bombed out of it", "escalation", 3),
        ("Missile hits Odesa port", "escalation", 2),
    ],
)
def test_the_headline_decides(title: str, polarity: str, severity: int) -> None:
    found = escalation_of(title)
    assert found is not None
    assert (found.polarity, found.severity) == (polarity, severity)


@pytest.mark.parametrize(
    "title",
    [
        "Thousands evacuated after wartime bomb is found in Cologne",
        "Experts defuse a 500-kilo British bomb in Frankfurt",
        "Landmine from civil war kills three children in Angola",
        "Paris trains stop as unexploded WWII bomb is made safe",
    ],
)
def test_what_an_old_war_left_behind_is_no_attack(title: str) -> None:
    assert escalation_of(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "Fire brigade battles inferno at Rotterdam refinery",
        "Drone show lights up Seoul harbour",
        "Knife attack at school in Zagreb: pupil dies",
        "Army parades new tank through Delhi on Republic Day",
    ],
)
def test_words_of_war_for_fires_shows_crimes_and_parades_are_no_turn(title: str) -> None:
    assert escalation_of(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "Chip makers call a truce in their price war",
        "United attack in vain as Brighton hold out",
        "Rail union hails de-escalation in dispute over pay",
        "A year on: Ukraine remembers the raid that burned the bombers",
        "Washington and Beijing extend trade truce by 90 days",
        "Video game lets players invade Normandy again",
        "Singer's record label drops bombshell before album launch",
        "Heat record falls as Sevilla reaches 46 degrees",
        "US defence secretary will not attend Ukraine group for first time",
        "Chilean fire's 131 victims make it deadliest in nation's annals",
        "Private Chinese rocket fails minutes after lift-off",
        "Burnt coffee brings down holiday jet",
        "First food convoy in ten months reaches Zamzam camp in Darfur",
        "Hiroshima falls silent 80 years after the bomb",
        "Colombia counts 2.9m Venezuelans, world's largest exodus outside war",
        "London bombs: how the day unfolded",
        "Gold jumps after attack on tanker",
        "Shanghai copper falls as troops mass on border",
        "German reliance on Russian gas threatens Europe",
        "Rail firms fight for route to Kharkiv",
    ],
)
def test_what_only_sounds_like_war_stays_silent(title: str) -> None:
    assert escalation_of(title) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Iran threatens to strike American bases", "escalation"),
        ("Iran denies threatening to strike American bases", "none"),
        ("Iran strikes American bases", "escalation"),
        ("Iran could strike American bases, analysts say", "none"),
        ("Talks between Kyiv and Moscow collapse", "escalation"),
        ("Talks between Kyiv and Moscow resume", "de-escalation"),
        ("Hamas rejects ceasefire", "escalation"),
        ("Hamas accepts ceasefire", "de-escalation"),
        ("Pope calls for ceasefire in Gaza", "none"),
        ("No ceasefire in sight for Gaza", "none"),
        ("Israel lifts siege of Beirut", "de-escalation"),
        ("Israel lays siege to Beirut as jets bomb the airport", "escalation"),
    ],
)
def test_one_word_turns_the_meaning(title: str, expected: str) -> None:
    assert label(escalation_of(title)) == expected


def test_an_act_of_an_earlier_year_is_history() -> None:
    assert escalation_of("Harbour rebuilt that jets bombed in 2006", year=2025) is None


def test_the_body_is_background() -> None:
    text = "The budget was passed at noon. Members went home.\nNobody spoke.\nIt rained.\nRussia invaded Ukraine again."
    assert escalation_of("Parliament passes the budget", "The vote was close, at 101 to 99.", text) is None


def test_the_lead_decides_where_the_headline_only_labels() -> None:
    found = escalation_of(
        "A night over Kyiv", "Russia fired 310 drones at the Ukrainian capital, the air force said."
    )
    assert found is not None
    assert found.cues[0].field == "summary"
    assert found.severity == 3


def test_severity_is_told_in_its_parts() -> None:
    found = escalation_of("Russia fires 310 drones at Kyiv")
    assert found is not None
    assert found.parts == ("act 2: armed strike", "scale +1: 310 drones", "target +1: kyiv")


def test_figures_of_the_same_text_give_the_scale() -> None:
    reading = a_reading(
        "Russia sends its greatest swarm of drones over Ukraine", "Hundreds of them were shot down."
    )
    figure = Figure("summary", 0, 8, "Hundreds", 300.0, unit="drones", qualifier="at_least")
    (found,) = find_escalations(reading, (figure,))
    assert found.severity == 3


def test_a_year_is_no_count_of_weapons() -> None:
    lead = "Not since the armistice of 1953 had artillery of the North struck homes."
    found = escalation_of("North Korean shells hit island of the South; two marines dead", lead)
    assert found is not None
    assert found.severity == 2


def test_the_wounded_are_no_dead() -> None:
    found = escalation_of("Shelling of El Fasher kills 27, wounds 130")
    assert found is not None
    assert found.severity == 2


def test_what_the_headline_makes_another_thing_of_is_that_below_it_too() -> None:
    lead = "The rocket was blown up over the sea near China's coast."
    assert escalation_of("Private Chinese rocket fails after lift-off", lead) is None


def test_it_says_who_did_it_to_whom_and_where() -> None:
    found = escalation_of("Israel strikes Hezbollah positions in southern Lebanon")
    assert found is not None
    assert (found.actor, found.target, found.place) == ("israel", "hezbollah", "lebanon")


def test_a_passive_names_the_other_party_first() -> None:
    found = escalation_of("Kyiv hit by Russian missiles")
    assert found is not None
    assert (found.actor, found.target) == ("russia", "ukraine")


def test_a_headline_that_turns_both_ways_is_flagged() -> None:
    found = escalation_of("Rebels retake Mekelle as Addis Ababa declares a ceasefire")
    assert found is not None
    assert found.polarity == "escalation"
    assert any(part.startswith("mixed") for part in found.parts)


def test_operators_are_cues_too() -> None:
    found = escalation_of("Trump calls off strike on Iran")
    assert found is not None
    assert [cue.text for cue in found.cues] == ["calls off", "strike on Iran"]


@pytest.mark.parametrize(
    ("title", "polarity", "severity"),
    [
        # A blow that is weighed is shown; one that somebody is sorry for is a step back.
        ("Israel weighs strike on Iran's nuclear sites", "escalation", 1),
        ("Erdogan says sorry for downed Russian jet", "de-escalation", 1),
        ("Iran and Saudi Arabia promise not to use force", "de-escalation", 2),
    ],
)
def test_what_is_weighed_regretted_or_renounced_is_not_done(title: str, polarity: str, severity: int) -> None:
    found = escalation_of(title)
    assert found is not None
    assert (found.polarity, found.severity) == (polarity, severity)


@pytest.mark.parametrize("lang", ["xx", "zh"])
def test_a_language_without_lexicons_yields_nothing(lang: str) -> None:
    assert escalation_of("Russia bombs Kyiv", lang=lang) is None


def test_minimal_pairs_are_right() -> None:
    wrong = [
        row["text"]
        for row in rows("escalation-pairs")
        if label(escalation_of(row["text"], row.get("summary", ""))) != row["label"]
    ]
    total = len(rows("escalation-pairs"))
    assert total >= 300
    assert len(wrong) <= 0.05 * total, wrong
    assert sorted(wrong) == sorted(row["text"] for row in rows("escalation-pairs-wrong"))


def test_every_cue_stands_where_it_says() -> None:
    for row in rows("escalation-pairs"):
        reading = a_reading(row["text"], row.get("summary", ""))
        for found in find_escalations(reading, ()):
            for cue in (*found.cues, found.sentence):
                assert getattr(reading.story, cue.field)[cue.start : cue.end] == cue.text


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read_without_a_crash(title: str, summary: str) -> None:
    reading = a_reading(title, summary, summary)
    for found in find_escalations(reading, ()):
        assert found.severity in (1, 2, 3)
        assert all(getattr(reading.story, cue.field)[cue.start : cue.end] == cue.text for cue in found.cues)


@pytest.mark.parametrize(
    "piece",
    ["ceasefire talks ", "a", "attack ", "(((", "-", "Kyiv, ", "not no never ", "’s ", "U.", "1,", "é\u0301"],
)
def test_a_megabyte_of_hostile_text_takes_well_under_a_second(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    reading = a_reading(text, text, text)
    start = time.process_time()
    find_escalations(reading, ())
    assert time.process_time() - start < 0.5
