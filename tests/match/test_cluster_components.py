"""Connected components without a library."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crmclean.match.cluster import components

PAIRS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


@given(PAIRS)
def test_each_row_gets_the_smallest_row_it_reaches(pairs: list[tuple[int, int]]) -> None:
    """The label is what walking the pairs step by step finds."""
    left, right = (np.array([p[i] for p in pairs], dtype=np.int64) for i in (0, 1))
    expected = list(range(20))
    for _ in range(20):
        for a, b in pairs:
            expected[a] = expected[b] = min(expected[a], expected[b])
    assert components(20, left, right).tolist() == expected


def test_a_long_chain_and_a_star_are_one() -> None:
    """Neither the order of the rows nor the depth matters."""
    nothing = np.empty(0, dtype=np.int64)
    shuffled = np.random.default_rng(5).permutation(5000)
    assert not components(5000, shuffled[:-1], shuffled[1:]).any()
    assert not components(5000, np.full(4999, 4999), np.arange(4999)).any()
    assert components(0, nothing, nothing).tolist() == []
