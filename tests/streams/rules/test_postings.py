import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.rules.postings import Postings, in_order


@given(st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 9), max_size=200))
def test_short_keys_are_ordered_as_a_stable_sort_orders_them(keys: list[int]) -> None:
    found = in_order(np.array(keys, dtype=np.uint32))
    assert found.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9), max_size=200))
def test_long_keys_are_ordered_as_a_stable_sort_orders_them(keys: list[int]) -> None:
    found = in_order(np.array(keys, dtype=np.uint64))
    assert found.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 99)), max_size=60))
def test_many_pairs_added_at_once_are_found_as_if_one_by_one(pairs: list[tuple[int, int]]) -> None:
    singly, together = Postings(), Postings()
    for key, slot in pairs:
        singly.add(key, slot)
    together.add_all(
        np.array([key for key, _ in pairs], dtype=np.int32),
        np.array([slot for _, slot in pairs], dtype=np.int32),
    )
    for key in range(1, 10):
        assert list(together.newest(key, 5)) == list(singly.newest(key, 5))
