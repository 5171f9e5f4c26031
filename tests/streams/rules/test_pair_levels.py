"""How two parties stand: one event counts once, and an act is held against what the two did before."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from streams.rules.ledger_book import LedgerBook
from streams.rules.step import Change
from tests.streams.rules.ledger_stories import detection, story, when
from wirewatch.ids import identify
from wirewatch.messages import ClusteredStory, Escalation, Event, Merge, PairLevel, Polarity, Span


def act(
    severity: int = 2,
    polarity: Polarity = "escalation",
    *,
    actor: str | None = "thailand",
    target: str | None = "cambodia",
    parts: tuple[str, ...] = ("act 2: attack",),
) -> Escalation:
    span = Span("title", 0, 6, "strike")
    return Escalation(polarity, severity, (span,), span, actor, target, parts=parts)


def told(
    cluster: str, at: datetime, found: Escalation, *, source: str = "Agency", violent: bool = True
) -> ClusteredStory:
    message = story(cluster, at, source=source, escalations=(found,))
    return replace(message, event=Event("conflict", "material", violent))


def levels(change: Change) -> list[PairLevel]:
    return [out.message for out in change.outputs if isinstance(out.message, PairLevel)]


def level(change: Change) -> PairLevel:
    (found,) = levels(change)
    return found


def a_past(book: LedgerBook, days: int, found: Escalation, *, until: datetime) -> None:
    """Let something happen on each of so many days before one."""
    for back in range(days, 0, -1):
        at = until - timedelta(days=back)
        book.handle(told(identify("past", at.isoformat()), at, found))


def test_an_event_counts_once_however_many_outlets_tell_it() -> None:
    book = LedgerBook(())
    first = level(book.handle(told("c", when("2025-07-24"), act())))
    again = book.handle(told("c", when("2025-07-24", 9), act(), source="Other"))
    assert [(day.day, day.level, day.events, day.worst) for day in first.days] == [("2025-07-24", -7.0, 1, 2)]
    assert levels(again) == []


def test_a_graver_telling_of_an_event_takes_the_place_of_the_first() -> None:
    book = LedgerBook(())
    book.handle(told("c", when("2025-07-24"), act()))
    graver = level(book.handle(told("c", when("2025-07-24", 9), act(3), source="Other")))
    assert [(day.level, day.events, day.worst) for day in graver.days] == [(-10.0, 1, 3)]


def test_whoever_does_it_the_pair_is_one_and_calm_counts_upwards() -> None:
    book = LedgerBook(())
    book.handle(told("c", when("2025-07-24"), act()))
    after = level(
        book.handle(
            told("d", when("2025-07-28"), act(3, "de-escalation", actor="cambodia", target="thailand"))
        )
    )
    assert after.pair == "cambodia/thailand"
    assert [day.level for day in after.days] == [-7.0, 8.5]


def test_an_act_without_two_parties_is_of_no_pair() -> None:
    assert levels(LedgerBook(()).handle(told("c", when("2025-07-24"), act(target=None)))) == []


def test_two_clusters_that_become_one_count_once() -> None:
    book = LedgerBook(())
    book.handle(told("c", when("2025-07-24"), act()))
    book.handle(told("d", when("2025-07-24", 9), act()))
    merged = level(book.handle(Merge("c", "d", "one event", when("2025-07-24", 10))))
    assert [(day.level, day.events) for day in merged.days] == [(-7.0, 1)]


def test_what_its_only_outlet_takes_back_counts_no_more() -> None:
    book = LedgerBook(())
    first = told("c", when("2025-07-24"), act())
    book.handle(first)
    back = replace(first, story=replace(first.story, version="2", withdrawn="it was wrong"), escalations=())
    assert level(book.handle(back)).days == ()


def test_the_first_bloodshed_after_a_long_quiet_goes_further() -> None:
    book = LedgerBook(())
    book.handle(told("t", when("2025-01-10"), act(1), violent=False))
    (found,) = detection(book.handle(told("c", when("2025-07-24"), act()))).escalations
    assert found.severity == 3
    assert found.parts[-1].startswith("novelty +1: the first act of degree 2")


def test_a_hostile_act_without_bloodshed_is_only_said_to_be_the_first() -> None:
    book = LedgerBook(())
    book.handle(told("t", when("2025-01-10"), act(1), violent=False))
    (found,) = detection(book.handle(told("c", when("2025-07-24"), act(), violent=False))).escalations
    assert found.severity == 2
    assert found.parts[-1].startswith("novelty: the first act")


def test_of_a_pair_that_is_hardly_known_nothing_is_new() -> None:
    book = LedgerBook(())
    book.handle(told("t", when("2025-07-20"), act(1), violent=False))
    (found,) = detection(book.handle(told("c", when("2025-07-24"), act()))).escalations
    assert found == act()


def test_the_hundredth_strike_on_a_capital_is_not_the_first() -> None:
    book = LedgerBook(())
    struck = act(3, parts=("act 2: attack", "target +1: bangkok"))
    a_past(book, 20, struck, until=when("2025-07-24"))
    (found,) = detection(book.handle(told("c", when("2025-07-24"), struck))).escalations
    assert found.severity == 2
    assert found.parts[-1] == "novelty -1: such acts on 20 of the last 30 days"


def test_a_mass_attack_is_grave_however_often_it_comes() -> None:
    book = LedgerBook(())
    mass = act(3, parts=("act 2: attack", "scale +1: 472 drones", "target +1: bangkok"))
    a_past(book, 20, mass, until=when("2025-07-24"))
    (found,) = detection(book.handle(told("c", when("2025-07-24"), mass))).escalations
    # What is usual changes nothing, and so nothing is said of it.
    assert (found.severity, found.parts) == (3, mass.parts)


def test_a_week_is_held_against_what_is_usual() -> None:
    book = LedgerBook(())
    a_past(book, 30, act(1), until=when("2025-07-01"))
    calm = level(book.handle(told("c", when("2025-07-01"), act(1))))
    assert (calm.trend, calm.usual) == ("steady", -4.0)
    worse = [level(book.handle(told(f"d{hour}", when("2025-07-02", hour), act(3)))) for hour in range(6)]
    assert worse[-1].trend == "worse"


def test_levels_stand_again_after_a_restart() -> None:
    book = LedgerBook(())
    kept: dict[str, bytes | None] = {}
    for number in range(3):
        kept |= book.handle(told(f"c{number}", when("2025-07-24", number), act())).puts
    restored = LedgerBook(())
    restored.restore((key, value) for key, value in kept.items() if value is not None)
    after = told("n", when("2025-07-25"), act())
    assert levels(restored.handle(after)) == levels(book.handle(after))
