"""Texts cut by their bytes are those that Python cuts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from crmclean.normalize.bytes_of import cut, letters, without

TEXTS = st.lists(st.text(st.sampled_from("+049 /-.a"), max_size=9))


def array(texts):
    """The texts as a slice of a longer array."""
    return pa.array(["0 0", *texts, "9"], pa.large_string())[1:-1]


@given(TEXTS, st.integers(0, 3))
def test_characters_and_beginnings_are_left_out(texts, start):
    """Separators anywhere, and so many characters at the front."""
    found = array(texts)
    assert without(found, b" /-.").to_pylist() == ["".join(c for c in t if c not in " /-.") for t in texts]
    places = np.minimum(start, [len(t) for t in texts]).astype(np.int64)
    assert cut(found, places).to_pylist() == [t[start:] for t in texts]
    data, at = letters(found)
    assert bytes(data).decode() == "".join(texts)
    assert np.diff(at).tolist() == list(map(len, texts))
