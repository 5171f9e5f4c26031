"""How far a partition may be committed."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.offsets import Offsets


def test_nothing_is_committed_past_a_message_that_is_not_settled() -> None:
    offsets = Offsets()
    for offset in (10, 11, 12):
        offsets.take(offset)
    offsets.settle(11)
    offsets.settle(12)
    assert offsets.to_commit() == 10
    offsets.settle(10)
    assert offsets.to_commit() == 13


def test_what_is_committed_is_not_committed_again() -> None:
    offsets = Offsets()
    offsets.take(4)
    offsets.settle(4)
    offsets.committed(5)
    assert offsets.to_commit() is None


@given(st.permutations(range(20)), st.integers(0, 20))
def test_whatever_is_settled_first_no_message_is_skipped(order: list[int], settled: int) -> None:
    offsets = Offsets()
    for offset in range(20):
        offsets.take(offset)
    for offset in order[:settled]:
        offsets.settle(offset)
    left = sorted(order[settled:])
    assert offsets.to_commit() == (left[0] if left else 20)
