"""Records of many subjects, told in several ways, out of order, twice, with corrections: each comparison exact."""

import pytest

from streams.rules.ledger_book import LedgerBook
from tests.streams.rules.ledger_stories import (
    DRONES,
    claim,
    detection,
    drones_in,
    only,
    standing,
    story,
    told,
    when,
)
from wirewatch.messages import Merge, Subject

HEAT = Subject("degrees Celsius", None, None, "britain", ("temperature", "highest"))
CHANNEL = Subject("people", "crossed", None, "english channel", ("small", "boats"))
FILM = Subject("dollars", "opening", None, "world", ("animated", "film", "weekend"))
INDEX = Subject("points", "closed", None, "united states", ("S&P", "500"))


SERIES: dict[str, tuple[Subject, list[tuple[str, float, str, float | None]]]] = {
    "heat": (
        HEAT,
        [
            ("2003-08-10", 38.5, "first_known", None),
            ("2019-07-25", 38.7, "broken", 38.5),
            ("2020-07-31", 37.8, "below", None),
            ("2022-07-19", 40.3, "broken", 38.7),
            ("2025-07-01", 34.7, "below", None),
        ],
    ),
    "migration": (
        CHANNEL,
        [
            ("2021-11-11", 1185, "first_known", None),
            ("2022-08-22", 1295, "broken", 1185),
            ("2022-09-03", 1305, "broken", 1295),
            ("2025-05-31", 1195, "below", None),
        ],
    ),
    "box office": (
        FILM,
        [
            ("2023-04-09", 377_000_000, "first_known", None),
            ("2025-11-30", 560_300_000, "broken", 377_000_000),
            ("2025-12-20", 346_000_000, "below", None),
        ],
    ),
    "share index": (
        INDEX,
        [
            ("2025-02-19", 6144.15, "first_known", None),
            ("2025-06-27", 6173.07, "broken", 6144.15),
            ("2025-06-30", 6204.95, "broken", 6173.07),
            ("2025-07-01", 6198.01, "below", None),
            ("2025-07-02", 6227.42, "broken", 6204.95),
            ("2025-07-03", 6279.35, "broken", 6227.42),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SERIES)
def test_a_series_of_any_subject_is_told_exactly(name: str) -> None:
    subject, days = SERIES[name]
    ledger = LedgerBook(())
    found = [
        (day, figure, *told(only(ledger.handle(story(day, when(day), claim(figure, subject, scope="ever"))))))
        for day, figure, _, _ in days
    ]
    assert found == days


def test_a_late_story_is_judged_by_what_had_happened_at_its_own_time() -> None:
    ledger = LedgerBook()
    ledger.handle(story("june-9", when("2025-06-09"), claim(479)))
    late = story("june-1", when("2025-06-01"), claim(472), fetched=when("2025-06-10"))
    change = ledger.handle(late)
    assert told(only(change)) == ("broken", 355)
    assert detection(change).record is not None
    page = ledger.page("drones-attack-ukraine-max")
    assert page is not None
    assert [one.figure for one in page.occasions if one.clusters] == [472, 479]


@pytest.mark.parametrize("cluster", ["june-1", "another"])
def test_an_old_record_told_again_much_later_is_neither_below_nor_broken(cluster: str) -> None:
    ledger = LedgerBook()
    ledger.handle(story("june-1", when("2025-06-01"), claim(472), source="A"))
    ledger.handle(story("june-9", when("2025-06-09"), claim(479), source="A"))
    assert told(only(ledger.handle(story(cluster, when("2025-06-10"), claim(472), source="B")))) == (
        "same",
        355,
    )


def test_the_same_story_again_says_nothing() -> None:
    ledger = LedgerBook()
    once = story("c", when("2025-06-01"), claim(472))
    ledger.handle(once)
    again = ledger.handle(once)
    assert (again.outputs, again.puts) == ((), {})


def test_a_new_version_of_a_story_is_judged_and_its_outlet_counted_once() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(400, qualifier="at_least"), id="x", source="A"))
    change = ledger.handle(story("c", when("2025-06-01", 9), claim(472), id="x", version="2", source="A"))
    assert [(one.figure, one.outlets) for one in detection(change).figures] == [(472, 1)]
    assert only(change).outcome == "same"


def test_a_missed_rewrite_in_another_cluster_of_the_night_is_the_same_record() -> None:
    ledger = LedgerBook()
    ledger.handle(story("a", when("2025-06-01", 6), claim(472), source="A"))
    change = ledger.handle(story("b", when("2025-06-02", 6), claim(400, qualifier="at_least"), source="B"))
    assert told(only(change)) == ("same", 355)
    found = detection(change).record
    assert found is not None
    assert (found.figure, found.cluster) == (472, "a")


def test_the_next_night_is_another_record_even_in_one_cluster() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-05-25"), claim(298), source="A"))
    change = ledger.handle(story("c", when("2025-05-26"), claim(355), source="A"))
    assert told(only(change)) == ("broken", 298)


def test_a_text_that_names_the_older_record_teaches_it() -> None:
    ledger = LedgerBook(())
    change = ledger.handle(story("c", when("2025-06-01"), claim(472, previous=355), source="Agency"))
    word = only(change)
    assert told(word) == ("broken", 355)
    assert word.beats is not None
    assert (word.beats.source, word.beats.date) == ("Agency", None)


def test_an_older_record_that_is_none_is_not_believed() -> None:
    ledger = LedgerBook()
    assert told(only(ledger.handle(story("c", when("2025-06-01"), claim(472, previous=500))))) == (
        "broken",
        355,
    )


def test_a_claim_without_a_figure_is_compared_with_nothing_and_joins_the_record() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(472), source="A"))
    change = ledger.handle(story("c", when("2025-06-01", 8), claim(), source="B"))
    word = only(change)
    assert (word.outcome, word.reason, word.metric) == (
        "not_compared",
        "no figure told",
        "drones-attack-ukraine-max",
    )
    found = detection(change).record
    assert found is not None
    assert found.figure == 472


def test_a_first_without_a_figure_is_known_from_then_on() -> None:
    ledger = LedgerBook()
    absent = Subject(None, "attend", "united-states", None, ("defence", "meeting"))
    first = claim(subject=absent, direction="first", scope="in 3 years")
    word = only(ledger.handle(story("c", when("2025-06-04"), first)))
    assert (word.outcome, word.beats) == ("first_known", None)
    assert only(ledger.handle(story("c", when("2025-06-04", 9), first, source="B"))).outcome == "same"


def test_what_leaves_open_what_it_counts_is_compared_with_nothing() -> None:
    word = only(LedgerBook().handle(story("c", when("2025-06-04"), claim(7, Subject()))))
    assert (word.outcome, word.reason) == ("not_compared", "the text leaves open what is counted")


def test_a_mark_crossed_for_the_first_time_is_compared_on_its_series() -> None:
    ledger = LedgerBook(())
    ledger.handle(story("a", when("2025-06-30"), claim(6204.95, INDEX)))
    change = ledger.handle(
        story("b", when("2025-09-22"), claim(6693, INDEX, direction="first", qualifier="at_least"))
    )
    assert told(only(change)) == ("broken", 6204.95)


def test_a_denial_sets_the_record_back() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(472), source="A"))
    change = ledger.handle(story("c", when("2025-06-01", 12), claim(472, status="denied"), source="B"))
    stands = standing(change)
    assert stands is not None
    assert stands.standing is not None
    assert stands.standing.figure == 355
    assert detection(change).record is None
    assert (detection(change).withdrawn or "").startswith("B says")
    after = ledger.handle(story("d", when("2025-06-05"), claim(400), source="A"))
    assert told(only(after)) == ("broken", 355)


def test_a_correction_downwards_keeps_the_record_where_it_still_beats() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(472), source="A"))
    change = ledger.handle(story("c", when("2025-06-01", 12), claim(427, status="denied"), source="A"))
    stands = standing(change)
    assert stands is not None
    assert stands.standing is not None
    assert stands.standing.figure == 427
    assert detection(change).withdrawn is None
    late = ledger.handle(story("c", when("2025-06-01", 13), claim(472), source="B"))
    assert detection(late).record == stands.standing


def test_a_figure_that_nobody_calls_a_record_is_found() -> None:
    title = "Russia launches 540 drones at Ukraine overnight"
    change = LedgerBook().handle(
        story("c", when("2025-07-04"), title=title, figures=(drones_in(title, 540),))
    )
    (judged,) = detection(change).records
    assert (judged.claim.status, *told(judged.word)) == ("unclaimed", "broken", 479)


@pytest.mark.parametrize(
    "title",
    [
        "Russia launched 1100 drones at Ukraine over the past week",
        "Ukraine launches 540 drones at Russia overnight",
        "Russia could launch 540 drones at Ukraine in one night",
        "Ukraine to buy 540 drones",
        "Russia launched 5400 drones at Ukraine overnight",
        "Air defences down 540 drones over Kursk",
    ],
)
def test_a_bare_figure_of_a_week_a_plan_or_another_place_is_no_record(title: str) -> None:
    value = next(float(word) for word in title.split() if word.isdigit())
    change = LedgerBook().handle(
        story("c", when("2025-07-04"), title=title, figures=(drones_in(title, value),))
    )
    assert change.outputs == ()


def test_a_bare_figure_in_a_clusters_copy_is_counted_for_its_record() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(400, qualifier="at_least"), source="A"))
    title = "Night of 472 drones"
    change = ledger.handle(
        story("c", when("2025-06-01", 8), title=title, figures=(drones_in(title, 472),), source="B")
    )
    found = detection(change)
    assert found.change == "corroborated"
    assert [(one.figure, one.qualifier, one.outlets) for one in found.figures] == [
        (472, "exact", 1), (400, "at_least", 1),
    ]  # fmt: skip
    assert found.record is not None
    assert found.record.figure == 472


def test_merged_clusters_hold_one_record_with_both_ones_outlets() -> None:
    ledger = LedgerBook()
    ledger.handle(story("a", when("2025-06-01", 6), claim(400, qualifier="at_least"), source="A"))
    ledger.handle(story("b", when("2025-06-01", 7), claim(472), source="B"))
    ledger.handle(Merge("a", "b", "one event", when("2025-06-01", 8)))
    change = ledger.handle(story("a", when("2025-06-01", 9), claim(472), source="C"))
    assert told(only(change)) == ("same", 355)
    assert [(one.figure, one.outlets) for one in detection(change).figures] == [(472, 2), (400, 1)]


def test_a_record_within_a_window_does_not_meet_what_is_older() -> None:
    ledger = LedgerBook(())
    gain = Subject("percent", "rose", None, "united states", ("S&P", "500", "day"))
    ledger.handle(story("a", when("2008-10-13"), claim(11.6, gain, comparator="largest gain", scope="ever")))
    since = claim(9.5, gain, comparator="largest gain", scope="since 2008")
    assert told(only(ledger.handle(story("b", when("2025-04-09"), since)))) == ("first_known", None)


def test_the_story_behind_a_packs_entry_is_not_beaten_by_it() -> None:
    ledger = LedgerBook()
    assert told(only(ledger.handle(story("c", when("2025-06-02"), claim(472))))) == ("broken", 355)
    assert told(only(ledger.handle(story("d", when("2025-06-02", 9), claim(472), source="B")))) == (
        "same",
        355,
    )


def test_a_pack_is_unknown_before_its_own_date() -> None:
    change = LedgerBook().handle(story("c", when("2024-11-26"), claim(188, DRONES)))
    assert told(only(change)) == ("first_known", None)


def test_the_same_figure_of_another_war_is_another_record() -> None:
    ledger = LedgerBook()
    ledger.handle(story("c", when("2025-06-01"), claim(472), source="A"))
    india = Subject("drones", "attack", "pakistan", "india")
    other = claim(472, india, sentence="Pakistan fired 472 drones at India, the most ever.")
    heard = ledger.handle(story("d", when("2025-06-01"), other, source="A", title="India counts 472 drones"))
    assert told(only(heard)) == ("first_known", None)
