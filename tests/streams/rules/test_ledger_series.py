"""The nights of 2025, one after the other: each record found, with the one that it beats, and no other."""

import pytest

from streams.rules.ledger_book import LedgerBook
from streams.rules.packs import packed_pages
from tests.streams.rules.ledger_stories import claim, detection, standing, story, when, words
from wirewatch.messages import Qualifier, Subject

COMBINED = Subject("drones and missiles", "attack", "russia", "ukraine")
NIGHTS = [
    ("2025-05-25", 298, "broken", 273),
    ("2025-05-26", 355, "broken", 298),
    ("2025-06-01", 472, "broken", 355),
    ("2025-06-09", 479, "broken", 472),
    ("2025-06-29", 477, "below", None),
    ("2025-07-04", 539, "broken", 479),
    ("2025-07-09", 728, "broken", 539),
    ("2025-08-21", 574, "below", None),
    ("2025-09-07", 805, "broken", 728),
]


@pytest.mark.parametrize("packs", [True, False], ids=["with packs", "without"])
def test_every_night_that_broke_the_record_is_found_and_none_other(packs: bool) -> None:
    ledger = LedgerBook(packed_pages() if packs else ())
    found = []
    for day, figure, _, _ in NIGHTS:
        (word,) = words(ledger.handle(story(day, when(day), claim(figure))))
        found.append((day, figure, word.outcome, word.beats.figure if word.beats else None))
    expected = NIGHTS if packs else [("2025-05-25", 298, "first_known", None), *NIGHTS[1:]]
    assert found == expected


def test_one_record_told_by_forty_outlets_is_one_record() -> None:
    ledger = LedgerBook()
    tellings: list[tuple[float, Qualifier]] = [(400, "at_least")] * 9
    tellings += [(470, "at_least")] * 6
    tellings += [(472, "exact")] * 25
    outcomes = []
    for number, (figure, qualifier) in enumerate(tellings):
        change = ledger.handle(
            story(
                "night",
                when("2025-06-01", 7 + number / 10),
                claim(figure, qualifier=qualifier),
                source=f"Outlet {number}",
            )
        )
        outcomes.append(words(change)[0].outcome)
        assert words(change)[0].beats.figure == 355  # type: ignore[union-attr]
    found = detection(change)  # type: ignore[possibly-undefined]
    assert outcomes == ["broken"] + ["same"] * 39
    assert [(one.figure, one.qualifier, one.outlets) for one in found.figures] == [
        (472, "exact", 25), (400, "at_least", 9), (470, "at_least", 6),
    ]  # fmt: skip
    assert found.record
    assert found.record.figure == 472
    assert found.beats
    assert found.beats.figure == 355


def test_old_news_that_is_read_long_afterwards_counts_each_outlet_once() -> None:
    ledger = LedgerBook()
    for hour, source in enumerate(["One", "Two", "One", "Two"]):
        night = story(
            "night", when("2025-06-01", 7 + hour), claim(472), source=source, fetched=when("2026-11-23")
        )
        change = ledger.handle(night)
    assert [(one.outlets, one.sources) for one in detection(change).figures] == [(2, ("One", "Two"))]  # type: ignore[possibly-undefined]


def test_a_later_count_makes_the_record_exact_and_still_beats_the_older_one() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-09-07", 6), claim(805), source="One"))
    ledger.handle(story("c", when("2025-09-07", 8), claim(810), source="Two"))
    change = ledger.handle(story("c", when("2025-09-07", 9), claim(810), source="Three"))
    stands = standing(change)
    assert stands is not None
    assert stands.standing is not None
    assert (stands.standing.figure, stands.steps[1].figure) == (810, 728)
    assert words(change)[0].outcome == "same"
    assert words(change)[0].beats.figure == 728  # type: ignore[union-attr]


def test_a_bound_told_without_its_word_makes_nothing_more_exact() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-09-07", 6), claim(1000, qualifier="at_least"), source="One"))
    record = detection(ledger.handle(story("c", when("2025-09-07", 8), claim(1000), source="Two"))).record
    assert record is not None
    assert (record.figure, record.qualifier) == (1000, "at_least")


def test_drones_and_missiles_together_are_another_metric() -> None:
    ledger = LedgerBook()
    (word,) = words(ledger.handle(story("c", when("2025-06-29"), claim(537, COMBINED))))
    assert (word.outcome, word.beats.figure if word.beats else None) == ("broken", 499)
    (word,) = words(ledger.handle(story("d", when("2025-06-29"), claim(477))))
    assert word.outcome == "below"


def test_drones_on_moscow_do_not_meet_drones_on_ukraine() -> None:
    ledger = LedgerBook()
    moscow = Subject("drones", "attack", "ukraine", "moscow")
    (word,) = words(ledger.handle(story("c", when("2025-03-11"), claim(91, moscow, qualifier="at_least"))))
    assert (word.outcome, word.metric) == ("first_known", "drones-attack-moscow-max")
