"""Laws of the two single writers: order of duplicates, restarts, and strange input change nothing."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from streams.rules.desks import Desks
from streams.rules.ledger_book import LedgerBook
from streams.rules.step import Change, Output
from tests.streams.rules.desk_stories import WORLD, escalation
from tests.streams.rules.ledger_stories import claim, story, when, words
from wirewatch.messages import (
    ClaimStatus,
    ClusteredStory,
    ClustersMerged,
    Detection,
    Merge,
    Qualifier,
    Subject,
    Tick,
)
from wirewatch.settings import AlertSettings

TELLINGS: list[tuple[float, Qualifier]] = [
    (400, "at_least"), (470, "at_least"), (472, "exact"), (472, "exact"), (472, "exact"), (470, "about"),
]  # fmt: skip
STATUSES: list[ClaimStatus] = ["claimed", "claimed", "claimed", "denied", "near_miss"]
ROUGH: list[Qualifier] = ["exact", "at_least"]
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reports(order: Iterable[int]) -> list[ClusteredStory]:
    """The same night's reports, published in one order and arriving in another."""
    return [
        story(
            "c", when("2025-06-01", 6 + number / 10), claim(TELLINGS[number % 6][0], qualifier=TELLINGS[number % 6][1]),
            source=f"Outlet {number}", fetched=when("2025-06-01", 9),
        )
        for number in order
    ]  # fmt: skip


@quick
@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=12))
def test_shuffling_duplicate_reports_never_changes_the_standing_record(
    order: list[int], again: list[int]
) -> None:
    ledger = LedgerBook()
    for message in reports([*order, *again]):
        ledger.handle(message)
    page = ledger.page("drones-attack-ukraine-max")
    assert page is not None
    (night,) = [one for one in page.occasions if one.clusters]
    assert (night.figure, night.qualifier) == (472, "exact")
    assert night.beats is not None
    assert night.beats.figure == 355
    assert {(one.figure, one.qualifier): one.outlets for one in night.tellings} == {
        (400, "at_least"): 2, (470, "at_least"): 2, (472, "exact"): 6, (470, "about"): 2,
    }  # fmt: skip


def a_summer(seed: int) -> list[Struct]:
    """Weeks of stories, merges, corrections and ticks, drawn from a seed."""
    draw = random.Random(seed)  # noqa: S311 - a test's own draw
    messages: list[Struct] = []
    for number in range(60):
        day = f"2025-06-{1 + number // 3:02d}"
        cluster = f"c{number // 3 + draw.randint(-1, 0)}"
        at = when(day, draw.uniform(0, 20))
        figure = draw.choice([None, 400, 472, 479, 355 + number, 530])
        status = draw.choice(STATUSES)
        subject = Subject("drones", "attack", "russia", draw.choice(["ukraine", "kyiv", None]))
        claims = (
            (claim(figure, subject, status=status, qualifier=draw.choice(ROUGH)),)
            if draw.random() < 0.8
            else ()
        )
        escalations = (escalation(draw.randint(1, 3)),) if draw.random() < 0.4 else ()
        source = f"Outlet {draw.randint(0, 8)}"
        messages.append(Tick(at, "test"))
        messages.append(
            story(
                cluster,
                at,
                *claims,
                source=source,
                tier=draw.randint(1, 3),
                escalations=escalations,
                id=f"s{number}",
            )
        )
        if draw.random() < 0.1:
            messages.append(Merge(f"c{number // 3 - 1}", cluster, "one event", at))
    return messages


class Stopped:
    """A rule that keeps what it puts, so that it can be started again from that alone."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}

    def keep(self, change: Change) -> None:
        for key, value in change.puts.items():
            if value is None:
                self.entries.pop(key, None)
            else:
                self.entries[key] = value


@quick
@given(st.integers(0, 10_000), st.integers(0, 150))
def test_a_restart_anywhere_changes_nothing(seed: int, stop: int) -> None:
    messages = a_summer(seed)
    ledger, desks = LedgerBook(), Desks((WORLD,), AlertSettings())
    straight = list(run(ledger, desks, messages, Stopped(), Stopped()))
    first, second = Stopped(), Stopped()
    before = list(run(LedgerBook(), Desks((WORLD,), AlertSettings()), messages[:stop], first, second))
    ledger, desks = LedgerBook(), Desks((WORLD,), AlertSettings())
    ledger.restore(reversed(first.entries.items()))
    desks.restore(reversed(second.entries.items()))
    after = list(run(ledger, desks, messages[stop:], first, second))
    assert before + after == straight


def run(
    ledger: LedgerBook, desks: Desks, messages: Iterable[Struct], first: Stopped, second: Stopped
) -> Iterable[Output]:
    """Take messages through both rules and yield all that comes out."""
    for message in messages:
        change = desks.handle(message) if isinstance(message, Tick) else ledger.handle(message)
        (second if isinstance(message, Tick) else first).keep(change)
        for out in change.outputs:
            yield out
            if isinstance(out.message, Detection | ClustersMerged):
                told = desks.handle(out.message)
                second.keep(told)
                yield from told.outputs


@pytest.mark.parametrize(
    "strange",
    [
        claim(float("inf")),
        claim(float("nan")),
        claim(-3),
        claim(0),
        claim(1e300),
        claim(472, Subject("x" * 5000, "y" * 5000, None, "z" * 5000, ("t" * 900,) * 500)),
        claim(472, Subject()),
        claim(472, Subject("٤٧٢", None, None, "україна")),
        claim(472, date="the other day"),
        claim(472, date="2025-13-45"),
        claim(472, scope="since 99999999999999999999"),
        claim(472, previous=float("nan")),
        claim(1056, Subject("prisoners", "exchange"), direction="first", qualifier="between"),
    ],
)
def test_strange_claims_get_a_word_and_no_crash(strange: object) -> None:
    ledger = LedgerBook()
    change = ledger.handle(story("c", when("2025-06-01"), strange))  # type: ignore[arg-type]
    assert len(words(change)) == 1
    assert all(len(key) < 200 for key in change.puts)


def test_very_many_claims_of_one_text_are_cut() -> None:
    change = LedgerBook().handle(story("c", when("2025-06-01"), *(claim(number) for number in range(500))))
    assert len(words(change)) == 40


def test_cases_are_forgotten_when_they_were_quiet_for_long() -> None:
    ledger, kept = LedgerBook(), Stopped()
    kept.keep(ledger.handle(story("old", when("2025-06-01"), claim(472))))
    kept.keep(ledger.handle(story("new", when("2025-06-20"), claim(300))))
    assert [key for key in kept.entries if key.startswith("case/")] == ["case/new"]
