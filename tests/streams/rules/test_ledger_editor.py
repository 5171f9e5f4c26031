"""What an editor says of a record: corrected, taken back, declared; it is kept, and it wins."""

import msgspec
import pytest

from streams.rules.ledger_book import LedgerBook
from streams.rules.step import Change
from tests.streams.rules.ledger_stories import claim, only, standing, story, told, when
from wirewatch.messages import Declared, DeclaredRecord, Setting, Subject


def test_an_editors_correction_wins() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(4720), source="A"))
    change = ledger.handle(
        Setting("record/drones-attack-ukraine-max", "472 2025-06-01 Air Force", "ana", when("2025-06-01", 12))
    )
    stands = standing(change)
    assert stands is not None
    assert stands.standing is not None
    assert (stands.standing.figure, stands.standing.source) == (472, "Air Force")
    assert told(only(ledger.handle(story("d", when("2025-06-09"), claim(479), source="A")))) == (
        "broken",
        472,
    )


def test_a_record_that_an_editor_takes_back_stands_no_more() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(472), source="A"))
    change = ledger.handle(
        Setting("record/drones-attack-ukraine-max", "retract", "ana", when("2025-06-01", 12))
    )
    stands = standing(change)
    assert stands is not None
    assert stands.standing is not None
    assert stands.standing.figure == 355


@pytest.mark.parametrize("value", ["", "many", "472", "472 soon", "nan"])
def test_a_correction_that_does_not_say_what_changes_nothing(value: str) -> None:
    change = LedgerBook().handle(
        Setting("record/drones-attack-ukraine-max", value, "ana", when("2025-06-01"))
    )
    assert (change.outputs, change.puts) == ((), {})


def set_record(ledger: LedgerBook, value: str, hour: float = 12) -> Change:
    return ledger.handle(Setting("record/drones-attack-ukraine-max", value, "ana", when("2025-06-03", hour)))


def test_what_is_told_later_of_a_day_before_does_not_undo_an_editors_word() -> None:
    ledger = LedgerBook()
    set_record(ledger, "472 2025-06-01 Air Force")
    ledger.handle(story("c", when("2025-06-04"), claim(500, date="2025-05-20"), source="A"))
    assert told(only(ledger.handle(story("d", when("2025-06-09"), claim(479), source="A")))) == (
        "broken",
        472,
    )


def test_the_record_of_a_day_can_be_taken_back() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(472), source="A"))
    ledger.handle(story("d", when("2025-06-03"), claim(900), source="A"))
    stands = standing(set_record(ledger, "retract 2025-06-03"))
    assert stands is not None
    assert stands.standing is not None
    assert stands.standing.figure == 472


def test_an_editor_who_says_it_twice_is_heard_once() -> None:
    ledger = LedgerBook()
    set_record(ledger, "472 2025-06-01 Air Force")
    stands = standing(set_record(ledger, "471 2025-06-01 Air Force", 13))
    assert stands is not None
    assert stands.standing is not None
    assert [step.figure for step in stands.steps[:2]] == [471, 355]


def test_a_metric_that_nobody_knew_is_opened_by_what_an_editor_declares() -> None:
    ledger = LedgerBook(())
    declared = Declared(
        Subject("visitors", None, None, "louvre"), (DeclaredRecord(10_200_000, "2018-12-31", "Louvre"),)
    )
    change = ledger.handle(
        Setting(
            "record/visitors-louvre-max", msgspec.json.encode(declared).decode(), "ana", when("2025-06-03")
        )
    )
    stands = standing(change)
    assert stands is not None
    assert stands.standing is not None
    assert (stands.standing.figure, stands.declared) == (10_200_000, "editor")


@pytest.mark.parametrize(
    "value", ["{", "{}", '{"subject":{},"records":[{"figure":1,"date":"soon","source":"x"}]}']
)
def test_a_declaration_that_cannot_be_read_changes_nothing(value: str) -> None:
    change = set_record(LedgerBook(), value)
    assert (change.outputs, change.puts) == ((), {})
