"""Rows become blocks and come back; equal rows are known as equal, others as different."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.store.batches import arrow_of, content_of, decode, encode, frame_from
from crmclean.tables import PARTIES

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "party": st.text(min_size=1, max_size=4),
            "source": st.sampled_from(["a", "b"]),
            "record_id": st.just("1"),
            "kind": st.just("person"),
            "given_name": st.none() | st.text(max_size=3),
            "revenue": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "is_test": st.booleans(),
        }
    ),
    min_size=1,
    max_size=12,
)


def frame(rows):
    """The parties of these rows."""
    return PARTIES.check(pd.DataFrame(rows).astype({"given_name": "str", "revenue": "float64"}))


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_there_and_back(rows):
    """A block holds what was put in."""
    table = frame(rows)
    pd.testing.assert_frame_equal(frame_from(PARTIES, [decode(encode(arrow_of(PARTIES, table)))]), table)


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, st.integers(0, 3))
def test_content_is_that_of_the_rows(rows, others, before):
    """Whether they were cut out of more rows, come from a block, or lack columns that say nothing."""
    one = arrow_of(PARTIES, frame(rows))
    more = arrow_of(PARTIES, frame([*others[:before], *rows]))
    assert content_of(more.slice(len(others[:before]))) == content_of(one)
    assert content_of(decode(encode(one))) == content_of(one)
    same = frame(rows).equals(frame(others))
    assert (content_of(arrow_of(PARTIES, frame(others))) == content_of(one)) is same


def test_chunked_columns_are_columns():
    """The same rows in pieces have the same content and give the same block."""
    whole = arrow_of(PARTIES, frame([{"party": p, "source": "a", "record_id": "1", "kind": "person", "given_name": None,
                                      "revenue": None, "is_test": False} for p in "abc"]))  # fmt: skip
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    assert content_of(pieces) == content_of(whole)
    assert encode(pieces) == encode(whole)
