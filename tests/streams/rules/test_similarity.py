"""How two stories are compared: what speaks for one event, and what against."""

import numpy as np
import pytest
from msgspec.structs import replace

from streams.rules.cluster_entries import pack, store
from streams.rules.shelf import Shelf
from streams.rules.similarity import MEASURES, Comparison, likeness, reasons
from tests.streams.rules.clustering import told
from wirewatch.messages import AnalysedStory

AGENCY = told(
    "Magnitude 5.8 earthquake shakes Sarvan province, two dead",
    "A magnitude 5.8 earthquake struck the northern province of Sarvan at 2:47 a.m. on Sunday, killing two people in "
    "the village of Kelat and injuring 31, the civil protection office said. About 120 mud-brick houses collapsed. "
    "The epicentre lay 14 kilometres south of Kelat. Rescuers with dogs were searching the rubble.",
)
MACHINE = told(
    "Powerful tremor claims lives in northern region",
    "A pair of inhabitants perished and thirty-one were hurt when a tremor measuring 5.8 jolted Sarvan ahead of "
    "sunrise Sunday, according to emergency authorities. Roughly 120 adobe homes disintegrated around Kelat. Teams "
    "accompanied by canines combed debris.",
    hours=3,
)
NEXT_QUAKE = told(
    "Magnitude 5.1 earthquake shakes Sarvan province, no casualties",
    "A magnitude 5.1 earthquake struck the northern province of Sarvan at 10:12 a.m. on Wednesday, the civil "
    "protection office said. No casualties were reported. The epicentre lay 22 kilometres west of Sarvan town.",
    hours=76,
)
OTHER = told(
    "Central bank of Ostland cuts rate to 3.25 percent",
    "The central bank of Ostland lowered its main rate by a quarter point to 3.25 percent on Sunday. It is the fourth "
    "cut in a row. Governor Marta Lisko said that inflation had fallen to 2.2 percent.",
    hours=1,
)


def compared(one: AnalysedStory, other: AnalysedStory) -> tuple[float, dict[str, float]]:
    shelf = Shelf()
    first = shelf.add(
        pack(one.signature, countries=one.signature.countries or ()), at=one.story.at.timestamp(), order=0
    )
    second = shelf.add(
        pack(other.signature, countries=other.signature.countries or ()),
        at=other.story.at.timestamp(),
        order=1,
    )
    comparison = Comparison(shelf, second, np.array([first]))
    return float(comparison.scores[0]), dict(zip(MEASURES, comparison.measures[:, 0].tolist(), strict=True))


def test_a_machine_rewrite_is_nearer_than_the_next_report_of_the_same_form() -> None:
    rewrite, _ = compared(AGENCY, MACHINE)
    series, _ = compared(AGENCY, NEXT_QUAKE)
    other, _ = compared(AGENCY, OTHER)
    assert rewrite > 0 > max(series, other)


def test_shared_figures_speak_for_one_event() -> None:
    assert compared(AGENCY, MACHINE)[1]["figures"] > compared(AGENCY, NEXT_QUAKE)[1]["figures"]


@pytest.mark.parametrize("measure", ["same form, other content", "other days", "other headline figures"])
def test_the_next_report_of_a_series_betrays_itself(measure: str) -> None:
    assert compared(AGENCY, NEXT_QUAKE)[1][measure] > compared(AGENCY, MACHINE)[1][measure]


def test_a_copy_has_the_same_content_in_the_same_form() -> None:
    copy = told("Two killed as strong quake hits Sarvan", AGENCY.story.text, hours=1)
    assert compared(AGENCY, copy)[1]["same form, other content"] == 0


def test_a_comparison_is_the_same_both_ways() -> None:
    assert compared(AGENCY, MACHINE)[0] == pytest.approx(compared(MACHINE, AGENCY)[0], abs=1e-3)


def test_a_story_is_told_from_one_without_a_word() -> None:
    score, measures = compared(AGENCY, told(""))
    assert score < 0
    assert all(np.isfinite(value) for value in measures.values())


def test_the_strongest_reason_stands_first() -> None:
    _, measures = compared(AGENCY, MACHINE)
    found = reasons(np.array(list(measures.values()), dtype=np.float32))
    assert [abs(reason.strength) for reason in found] == sorted(
        (abs(reason.strength) for reason in found), reverse=True
    )
    assert {reason.measure for reason in found} <= set(MEASURES)


def test_a_story_that_left_the_shelf_leaves_nothing_behind() -> None:
    shelf = Shelf()
    first = shelf.add(pack(AGENCY.signature), at=0, order=0)
    terms = shelf.terms[first].copy()
    shelf.remove(first)
    assert shelf.count == 0
    assert not shelf.frequency[terms].any()
    second = shelf.add(pack(OTHER.signature), at=0, order=1)
    assert second == first


@pytest.mark.parametrize(
    ("words", "days", "speaks"), [(240, 30, True), (240, 1.5, False), (40, 30, False)], ids=str
)
def test_days_between_articles_at_length_speak_against_one_event(
    words: int, days: float, speaks: bool
) -> None:
    text = " ".join(f"word{chr(97 + place // 26)}{chr(97 + place % 26)}n" for place in range(words))
    measures = compared(
        told("The trial of Lisko", text), told("The trial of Lisko ends", text, hours=24 * days)
    )[1]
    assert (measures["long articles, days apart"] > 0) == speaks


@pytest.mark.parametrize(
    ("lead", "strangers"),
    [
        (
            "Iranian television said that Hossein Salami, of the Revolutionary Guards, had died in Tehran.",
            0.0,
        ),
        (
            "Ostland's television said that Hossein Salami, of the Revolutionary Guards, had died in Sarvan.",
            1.0,
        ),
    ],
)
def test_who_names_the_same_country_in_other_words_names_no_strangers(lead: str, strangers: float) -> None:
    first = told(
        "Strikes on nuclear sites of Iran reported",
        "Witnesses in Iran spoke of blasts near Natanz and of smoke over Isfahan.",
    )
    second = told("Guards chief killed as strikes go on", lead, hours=1)
    assert compared(first, second)[1]["other names"] == strangers


def test_the_same_two_parties_on_one_day_speak_for_one_event() -> None:
    first = told("Israel strikes Iran's nuclear sites", "Blasts were heard in Tehran early on Friday.")
    second = told("Israeli jets over Natanz", "Iranian television spoke of many dead.", hours=1)
    a_day_later = told("Israeli jets over Natanz", "Iranian television spoke of many dead.", hours=25)
    assert compared(first, second)[1]["same two countries"] == pytest.approx(1.0, abs=0.1)
    assert compared(first, a_day_later)[1]["same two countries"] == 0.0


@pytest.mark.parametrize(
    ("hours", "dead", "against"), [(12, 40, False), (12, 8, True), (1, 40, True), (24 * 9, 40, True)]
)
def test_a_toll_that_grows_within_days_is_no_other_events(hours: float, dead: int, against: bool) -> None:
    def quake(number: int, hours: float) -> AnalysedStory:
        return told(f"Quake in Sarvan leaves {number} dead", hours=hours, figures=[("deaths", number)])

    assert (compared(quake(12, 0), quake(dead, hours))[1]["other figures"] > 0) is against


@pytest.mark.parametrize(("actor", "target", "answer"), [("iran", "israel", 1.0), ("israel", "iran", 0.0)])
def test_who_was_struck_and_strikes_back_makes_another_event(actor: str, target: str, answer: float) -> None:
    def strike(hours: float, by: str, on: str) -> AnalysedStory:
        story = told(f"{by.title()} strikes {on.title()}", hours=hours, turn=2)
        return replace(
            story, escalations=tuple(replace(one, actor=by, target=on) for one in story.escalations)
        )

    shelf = Shelf()
    slots = [
        shelf.add(store(one, order).packed, at=one.story.at.timestamp(), order=order)
        for order, one in enumerate((strike(0, "israel", "iran"), strike(5, actor, target)))
    ]
    measures = Comparison(shelf, slots[1], np.array(slots[:1])).measures[:, 0]
    assert dict(zip(MEASURES, measures.tolist(), strict=True))["the other way round"] == answer


@pytest.mark.parametrize(
    ("days", "day", "apart"), [(0.2, "Sunday", 0.0), (8, "8 June", 2.08), (120, "20 September", 3.5)]
)
def test_days_that_are_named_far_apart_speak_against_one_event(days: float, day: str, apart: float) -> None:
    first = told("Twelve boys found in cave", "Divers found the boys on Sunday.")
    second = told("All boys out of cave", f"Divers brought out the boys on {day}.", hours=24 * days)
    assert compared(first, second)[1]["days named apart"] == pytest.approx(apart, abs=0.01)


@pytest.mark.parametrize(
    ("lead", "alike"),
    [
        ("The ministry of health in Gaza said that Israel had killed hundreds.", True),
        ("The junta of Myanmar said that hundreds were killed in Mandalay.", False),
    ],
)
def test_reports_of_other_countries_are_not_of_one_series(lead: str, alike: bool) -> None:
    first = told(
        "Death toll passes 400", "The ministry of health in Gaza said that Israel had killed hundreds."
    )
    measures = compared(first, told("Death toll passes 500", lead, hours=24))[1]
    assert (likeness(np.array(list(measures.values()), dtype=np.float32)) > 0) is alike
