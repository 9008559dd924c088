"""Columns by their bytes say what the cells say one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.read.bytes_of import begins, byte_count, content_hashes, has_exponent, is_rising, is_unique

CELLS = st.lists(st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["1e+5", "a", "b", "Straße 1"])))


def column(cells):
    """A text column in two pieces, the first of them a slice."""
    cut = len(cells) // 2
    first = pd.Series([None, "zz", *cells[:cut]], dtype="str").iloc[2:]
    return pd.concat([first, pd.Series(cells[cut:], dtype="str")], ignore_index=True)


@given(CELLS)
def test_what_is_told_of_a_column(cells):
    """Bytes, exponents, order and repetition are those of the cells."""
    texts = [c for c in cells if c is not None]
    found = column(cells)
    assert byte_count(found) == sum(len(t.encode()) for t in texts)
    assert has_exponent(found) or not any("e+" in t.lower() for t in texts)
    assert begins(found, b"='") == any(t[:1] in {"=", "'"} for t in texts)
    assert is_unique(found) == (len(set(texts)) == len(texts))
    keys = [t.encode() for t in texts]
    rising = len(texts) == len(cells) and all(a < b for a, b in pairwise(keys))
    assert is_rising(found) == (rising and bool(cells))


@given(CELLS)
def test_hashes_depend_on_the_text_alone(cells):
    """A cell has the same number wherever it stands, and equal short texts alone share one."""
    hashes = content_hashes(column(cells))
    again = content_hashes(column(cells[::-1]))
    np.testing.assert_array_equal(hashes, again[::-1])
    short = {(c or "") for c in cells if len((c or "").encode()) <= 24}
    table = {(c or ""): h for c, h in zip(cells, hashes.tolist(), strict=True)}
    assert len({table[c] for c in short}) == len(short)


@pytest.mark.parametrize("text", ["1,5E+10", "4.9e+10"])
def test_an_exponent_is_seen(text):
    """Capital and small letters."""
    assert has_exponent(pd.Series(["a", text]))
    assert not has_exponent(pd.Series(["a+b", "+49 30", None], dtype="str"))
