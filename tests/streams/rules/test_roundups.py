"""Which pages string several reports together."""

import pytest

from streams.rules.clusters import Clusters
from streams.rules.roundups import round_up
from tests.streams.rules.clustering import clustered, told

PIECES = (
    "Loyal troops retook the state television of Banti.",
    "Bolts were missing where the Ganjam Express derailed.",
    "Valdora and Tacuara meet tonight in the cup final.",
    "A tigress took a walk through Port Wallis.",
)


def page(form: str) -> str:
    heads = {
        "times of day": ["10:40", "09.15", "08:30", "07:05"],
        "numbers": ["1.", "2.", "3.", "4."],
        "labels": ["Banti:", "Rail:", "FOOTBALL:", "Zoo:"],
        "bullets": ["•"] * 4,
    }[form]
    joint = "\n" if form == "bullets" else " "
    return joint.join(f"{head} {piece}" for head, piece in zip(heads, PIECES, strict=True))


@pytest.mark.parametrize("form", ["times of day", "numbers", "labels", "bullets"])
def test_pieces_about_different_things_are_a_round_up(form: str) -> None:
    found = round_up(told("Friday", page(form)).story)
    assert found is not None
    assert (found.form, found.pieces) == (form, 4)


def test_sentences_about_different_things_are_one_where_the_title_says_so() -> None:
    text = " ".join(PIECES)
    assert round_up(told("Morning briefing: Banti, rail, football", text).story) is not None
    assert round_up(told("Troops retake television in Banti", text).story) is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Kyiv attack live",
            "10:40 Drones hit Kyiv again. 10:05 Kyiv mayor says nine are hurt. 09:30 Trains to Kyiv are late.",
        ),
        (
            "Ferry hits pier",
            "The ferry hit the pier. Injured: 14 people on the ferry. Cause: fog over the pier. Speed: the ferry made nine knots.",
        ),
        (
            "Thieves empty the vault of the Bank of Tarrow in seven minutes",
            "Four robbers came through the roof of the bank on Sunday morning with a lift. They cut the steel open and fled "
            "on two scooters along the river. A crown was dropped outside, and it is damaged, staff said. The minister of "
            "the interior called the jewels beyond any price.",
        ),
        (
            "Five facts about the new leader of Sarvan",
            "First: she is 64 and comes from Kelat. Second: she plays heavy metal. Third: she needed another party to reach "
            "237 votes. Fourth: her predecessor Lisko lasted a year. Fifth: two of her ministers are women.",
        ),
        ("", ""),
        ("Live: " * 20_000, "1. " * 50_000),
    ],
    ids=[
        "a live blog of one event",
        "a box of facts",
        "a phrase in a report",
        "facts counted off",
        "nothing",
        "a flood",
    ],
)
def test_a_page_about_one_thing_is_none(title: str, text: str) -> None:
    assert round_up(told(title, text).story) is None


def test_a_round_up_glues_nothing_and_names_what_it_came_near() -> None:
    clusters = Clusters()
    coup = told(
        "Soldiers seize state television in Banti",
        "Soldiers seized the state television of Banti on Friday and said that the government was dissolved. Colonel "
        "Idrissa Sow read the statement. Shots were heard near the palace in Kandoro.",
    )
    home = clustered(clusters.handle(coup)).cluster
    text = (
        "Banti: Soldiers under Colonel Idrissa Sow seized the state television, and shots were heard in Kandoro. "
        "Rail: Bolts were missing where the Ganjam Express derailed. Zoo: A tigress took a walk through Port Wallis."
    )
    digest = told("Banti soldiers seize television; train; tiger", text, hours=1, source="brief")
    digest = type(digest)(
        **{field: getattr(digest, field) for field in digest.__struct_fields__}
        | {"round_up": round_up(digest.story)}
    )
    found = clustered(clusters.handle(digest))
    assert found.cluster != home
    assert found.round_up is not None
    assert found.near is not None
    assert (found.near.cluster, found.near.margin <= 0) == (home, True)
    again = clustered(
        clusters.handle(
            told("Coup in Banti: colonel Sow on television", coup.story.text, hours=2, source="b")
        )
    )
    assert again.cluster == home


def test_a_report_with_a_table_of_what_was_counted_strings_nothing_together() -> None:
    text = (
        "Session of 4 July. Index 76,566, up 0.20%. Best: Varda Motors, up 3.5%. Worst: Kelat Electric, down 1.5%. "
        "Volume 283m shares; 181 winners, 161 losers. Talk of the floor: political noise in the capital."
    )
    assert round_up(told("Closing bell: index at 76,566", text).story) is None


def test_an_aggregators_page_of_several_outlets_reports_is_a_round_up_whatever_they_are_about() -> None:
    report = "Envoys met in Tarrow on Monday and parted after an hour, officials on both sides said. " * 30
    page = f"{report}\nView original article\n" * 3
    found = round_up(told("Envoys meet in Tarrow", page).story)
    assert found is not None
    assert (found.form, found.pieces) == ("originals", 3)
    assert round_up(told("Envoys meet in Tarrow", f"{report}\nView original article").story) is None
