"""German figures and record claims: a language is data. The sentences were written before the lexicons."""

import math
from typing import Any

import pytest

from streams.rules.metrics import meaning_of, metric_name
from tests.streams.rules.record_stories import claims_of, figures_of, labelled
from wirewatch.messages import RecordClaim

RECORDS = labelled("german-records.jsonl")
FIGURES = labelled("german-figures.jsonl")


def german(title: str, summary: str = "", text: str = "") -> tuple[RecordClaim, ...]:
    return claims_of(title, summary, text, lang="de", on="2025-06-09")


def metric(claim: RecordClaim) -> str:
    return metric_name(meaning_of(claim.subject, claim.comparator, claim.scope), claim.direction)


def is_right(row: dict[str, Any]) -> bool:
    claimed = [claim for claim in german(row["text"], row.get("summary", "")) if claim.status == "claimed"]
    if row["status"] != "claimed":
        return not claimed
    if row["figure"] is None:
        return bool(claimed)
    return any(claim.figure is not None and math.isclose(claim.figure, row["figure"]) for claim in claimed)


def test_german_claims_are_read_as_they_are_labelled() -> None:
    right = sum(map(is_right, RECORDS))
    assert len(RECORDS) >= 120
    assert right >= 0.95 * len(RECORDS)


@pytest.mark.parametrize("row", FIGURES, ids=lambda row: row["text"])
def test_german_figures_are_read_with_value_unit_and_qualifier(row: dict[str, Any]) -> None:
    found = figures_of(row["text"], lang="de")
    assert any(
        math.isclose(each.value, row["value"], abs_tol=1e-3)
        and each.unit == row["unit"]
        and each.qualifier == row["qualifier"]
        for each in found
    ), found


@pytest.mark.parametrize(
    "text",
    [
        "1.234.567,89 Euro", "4,2 Mio. Euro am 26. Mai 2025", "10^400 Drohnen", "9" * 200 + " Drohnen",
        "dreihundertfünfundzwanzigtausend " * 200, "ein " * 400, "Rekord" * 300, "größte " * 300,
        "so viele wie nie " * 100, "٤٧٢ Drohnen", "İ" * 50 + "rekordhoch",
    ],
)  # fmt: skip
def test_hostile_german_ends_and_every_span_reads_as_the_text_does(text: str) -> None:
    german(text)
    assert all(text[each.start : each.end] == each.text for each in figures_of(text, lang="de"))


@pytest.mark.parametrize(
    ("german_text", "english_text"),
    [
        ("Größter Drohnenangriff seit Kriegsbeginn: 472 Drohnen auf die Ukraine",
         "Russia fires 472 drones at Ukraine in biggest drone attack since the invasion"),
        ("Russland greift die Ukraine mit 472 Drohnen an - so viele wie nie zuvor",
         "Russia attacks Ukraine with 472 drones, more than ever before"),
        ("Großbritannien misst 40,3 Grad Celsius, die höchste Temperatur seit Beginn der Aufzeichnungen",
         "Britain measures 40.3C, the highest temperature since records began"),
        ("Russland und Ukraine tauschen je 1000 Gefangene aus, der größte Gefangenenaustausch des Krieges",
         "Russia and Ukraine swap 1,000 prisoners each in largest prisoner swap of the war"),
    ],
)  # fmt: skip
def test_one_record_is_one_metric_in_both_languages(german_text: str, english_text: str) -> None:
    (ours,), (theirs,) = german(german_text), claims_of(english_text, on="2025-06-09")
    assert (metric(ours), ours.figure, ours.status) == (metric(theirs), theirs.figure, theirs.status)


def test_compounds_are_read_by_their_parts_and_spans_stay_whole_words_of_the_text() -> None:
    text = "Dax klettert auf Rekordhoch von 23.912 Punkten"
    (claim,) = german(text)
    assert all(text[cue.start : cue.end] == cue.text for cue in claim.cues)
    assert (claim.figure, claim.direction) == (23912.0, "max")


def test_the_day_of_a_german_claim_is_the_one_that_it_names() -> None:
    (claim,) = german("Hitzerekord: 41,2 Grad am Sonntag in Lingen gemessen")
    assert claim.date == "2025-06-08"


def test_what_beats_what_is_read_from_german_too() -> None:
    (claim,) = german(
        "Ukraine meldet 539 Drohnen, mehr als je zuvor. Der bisherige Höchstwert lag bei 472 Drohnen."
    )
    assert (claim.figure, claim.previous) == (539.0, 472.0)
