"""The main act of any story: conflict or cooperation, words or deeds, with blood or without."""

import pytest

from streams.rules.vectors import HeadlineVectors
from tests.streams.rules.escalation_stories import event_of, rows


@pytest.mark.parametrize(
    ("title", "polarity", "form", "violent"),
    [
        ("Kenya and Somalia agree to reopen their embassies", "cooperation", "verbal", False),
        ("France sends aid to Lebanon", "cooperation", "material", False),
        ("Russia rejects a UN plan for Syria", "conflict", "verbal", False),
        ("Britain expels 23 Russian diplomats", "conflict", "material", False),
        ("A suicide bomber kills 14 in Peshawar", "conflict", "material", True),
        ("Thousands protest in Bucharest against a decree", "conflict", "material", False),
        ("The EU lifts sanctions on Uzbekistan", "cooperation", "material", False),
        # Who did one thing and another did both; who is armed has not yet shot.
        ("Guards fired tear gas and beat mourners in Sanandaj", "conflict", "material", True),
        ("Armed cattle raiders shot dead six villagers in Baringo", "conflict", "material", True),
        ("Ecuador sent soldiers to hand out water in Pedernales", "cooperation", "material", False),
    ],
)
def test_the_first_act_of_the_main_clause_decides(
    title: str, polarity: str, form: str, violent: bool
) -> None:
    event = event_of(title)
    assert (event.polarity, event.form, event.violent) == (polarity, form, violent)


@pytest.mark.parametrize(
    "title",
    [
        "Earthquake kills 200 in central Mexico",
        "Bus plunges into ravine in Nepal, killing 24",
        "Firefighters battle blaze in Sydney",
        "Madrid crush Liverpool in the Champions League final",
    ],
)
def test_disasters_and_games_shed_no_blood_between_people(title: str) -> None:
    assert not event_of(title).violent


@pytest.mark.parametrize(
    "title",
    [
        "Teachers in Ghana begin a five-day strike",
        "Bank employees in Chad launch an indefinite strike",
        "Judges in Mali start a strike over unpaid allowances",
    ],
)
def test_who_begins_a_strike_of_workers_attacks_nobody(title: str) -> None:
    event = event_of(title)
    assert (event.polarity, event.violent) == ("conflict", False)


@pytest.mark.parametrize(
    "title",
    ["Israel launches a strike on the port of Hodeidah", "The air force begins strikes against the militia"],
)
def test_a_strike_that_is_aimed_at_something_is_an_attack(title: str) -> None:
    assert event_of(title).violent


@pytest.mark.parametrize(
    "title",
    [
        "Experts defuse a 500-kilo British bomb in Frankfurt",
        "Thousands evacuated after wartime bomb is found in Cologne",
        "A World War II bomb is made safe in Potsdam",
        "Survivors of the Srebrenica massacre attend a memorial ceremony",
        "A shooting star lights up the sky over Lisbon",
    ],
)
def test_what_a_war_left_behind_sheds_no_blood_now(title: str) -> None:
    assert not event_of(title).violent


def test_violence_between_neighbours_that_leaves_dead_is_violent() -> None:
    assert event_of("Violence between Hindu and Muslim residents of Nuh leaves six people dead").violent


def test_nothing_done_to_anybody_is_no_event() -> None:
    assert event_of("The moon over Lisbon").polarity == "none"


def test_a_protest_that_turns_bloody_is_violent() -> None:
    assert event_of("Protests in Dhaka leave 32 dead as police open fire on the crowd").violent


def test_a_language_without_lexicons_has_no_event() -> None:
    assert event_of("Russia bombs Kyiv", lang="xx").polarity == "none"


def test_our_own_sentences_are_told_apart() -> None:
    told = [(row, event_of(row["text"])) for row in rows("events")]
    wrong_blood = [row["text"] for row, event in told if event.violent != row["violent"]]
    wrong_way = [row["text"] for row, event in told if row["polarity"] not in (None, event.polarity)]
    assert len(wrong_blood) <= 0.05 * len(told), wrong_blood
    assert len(wrong_way) <= 0.05 * len(told), wrong_way


def test_blood_that_no_lexicon_has_a_word_for_is_read_by_its_meaning() -> None:
    title = "Militants hunted students from room to room with blades in Garissa"
    assert not event_of(title).violent
    assert event_of(title, vectors=HeadlineVectors()).violent


def test_what_the_lexicons_call_words_is_not_read_again() -> None:
    title = "Seven countries condemned the attacks of militants in Aleppo"
    event = event_of(title, vectors=HeadlineVectors())
    assert (event.polarity, event.form, event.violent) == ("conflict", "verbal", False)


def test_blood_that_something_else_is_about_is_not_shed_now() -> None:
    assert not event_of("Survivors of the massacre sued a German firm").violent


def test_sentences_that_nothing_was_learned_from_are_told_apart() -> None:
    vectors = HeadlineVectors()
    told = [(row, event_of(row["text"], vectors=vectors)) for row in rows("events-last")]
    wrong_blood = [row["text"] for row, event in told if event.violent != row["violent"]]
    assert len(wrong_blood) <= 0.04 * len(told), wrong_blood


@pytest.mark.parametrize("name", ["events-unseen", "events-first", "events-wide"])
def test_sentences_of_all_the_world_are_told_apart(name: str) -> None:
    told = [(row, event_of(row["text"])) for row in rows(name)]
    answered = [(row, event) for row, event in told if row["polarity"] and event.polarity != "none"]
    assert len(answered) >= 0.9 * sum(bool(row["polarity"]) for row, _ in told)
    assert sum(row["polarity"] != event.polarity for row, event in answered) <= 0.05 * len(answered)
    wrong_blood = [row["text"] for row, event in told if event.violent != row["violent"]]
    assert len(wrong_blood) <= 0.06 * len(told), wrong_blood
