"""What one endpoint is still to be sent, and in which order."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from alerts.pending import RANKS, Pending

FLASH, URGENT, BULLETIN = RANKS["flash"], RANKS["urgent"], RANKS["bulletin"]


def test_nothing_is_taken_before_it_is_due() -> None:
    pending = Pending()
    pending.wait("a", 1, FLASH, due=10.0, offset=0)
    assert pending.take(FLASH, 9.9) is None
    assert pending.take(FLASH, 10.0) is not None


def test_what_was_taken_is_under_way_and_not_taken_again() -> None:
    pending = Pending()
    pending.wait("a", 1, FLASH, due=0.0, offset=7)
    assert pending.take(FLASH, 1.0) is not None
    assert pending.take(FLASH, 1.0) is None
    assert pending.knows("a", 1)


def test_what_is_due_first_is_taken_first() -> None:
    pending = Pending()
    for due in (3.0, 1.0, 2.0):
        pending.wait(f"a{due}", 1, URGENT, due=due, offset=int(due))
    assert [pending.take(URGENT, 9.0), pending.take(URGENT, 9.0), pending.take(URGENT, 9.0)][0] is not None
    assert pending.next_due([URGENT]) == inf


def test_a_newer_revision_waits_behind_an_older_one() -> None:
    pending = Pending()
    assert pending.hold("a", 1, FLASH)
    assert not pending.hold("a", 2, FLASH)
    pending.wait("a", 2, FLASH, due=0.0, offset=1)
    assert pending.take(FLASH, 1.0) is None
    pending.done("a", 1)
    taken = pending.take(FLASH, 1.0)
    assert taken is not None
    assert taken.revision == 2


def test_a_newer_revision_makes_the_older_one_due_at_once() -> None:
    pending = Pending()
    pending.wait("a", 1, BULLETIN, due=5000.0, offset=1)
    pending.hold("a", 2, BULLETIN)
    pending.hurry("a", 10.0)
    taken = pending.take(BULLETIN, 10.0)
    assert taken is not None
    assert (taken.revision, taken.offset) == (1, 1)


def test_a_flash_lends_its_rank_to_the_bulletin_before_it() -> None:
    pending = Pending()
    pending.wait("a", 1, BULLETIN, due=1.0, offset=1)
    pending.hold("a", 2, FLASH)
    pending.hurry("a", 2.0)
    assert pending.rank("a") == FLASH
    taken = pending.take(FLASH, 2.0)
    assert taken is not None
    assert taken.revision == 1


def test_another_alert_does_not_wait_for_the_one_that_is_under_way() -> None:
    pending = Pending()
    pending.hold("a", 1, FLASH)
    assert pending.hold("b", 1, FLASH)


def test_what_is_done_is_forgotten() -> None:
    pending = Pending()
    pending.wait("a", 1, FLASH, due=1.0, offset=1)
    pending.done("a", 1)
    assert pending.take(FLASH, 2.0) is None
    assert not pending.knows("a", 1)
    assert len(pending) == 0


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([FLASH, URGENT, BULLETIN]), st.floats(0, 100)),
        max_size=30,
    )
)
def test_every_revision_is_taken_once_and_each_alerts_in_order(
    arrivals: list[tuple[str, int, float]],
) -> None:
    pending = Pending()
    latest: dict[str, int] = {}
    names = {}
    for offset, (alert, rank, due) in enumerate(arrivals):
        latest[alert] = latest.get(alert, 0) + 1
        names[offset] = (alert, latest[alert])
        pending.hold(alert, latest[alert], rank)
        pending.hurry(alert, 0.0)
        pending.wait(alert, latest[alert], rank, due=due, offset=offset)
    taken: list[tuple[str, int]] = []
    while len(pending):
        found = next(filter(None, (pending.take(rank, 100.0) for rank in RANKS.values())))
        taken.append(names[found.offset])
        pending.forget(found)
    assert sorted(taken) == sorted(names.values())
    for alert, count in latest.items():
        assert [revision for name, revision in taken if name == alert] == list(range(1, count + 1))
