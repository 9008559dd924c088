"""Which rows of the tables belong to which party."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.match.rows import places_in, places_of

PARTIES = ["crm:1/person", "crm:10/person", "crm:2/person", "erp:1/person"]


def column(texts):
    """Large strings."""
    return pa.array(texts, pa.large_string())


@given(
    st.sets(st.text("012ab:/ü", max_size=12), max_size=12),
    st.lists(st.text("012ab:/ü", max_size=12), max_size=12),
)
def test_places_are_those_of_a_look_up(known, further):
    """Found by their beginnings or in a table: the same places, -1 for names that are not there."""
    among = column(sorted(known, key=str.encode))
    names = column([*further, *sorted(known)])
    wanted = pc.index_in(names, value_set=among).fill_null(-1).to_numpy()
    assert (places_in(names, among) == wanted).all()
    assert (places_in(among, among) == np.arange(len(among))).all()


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]])
def test_rows_of_a_party_in_any_order_of_input(order):
    """Rows come by party, kind and what they say; those of other parties are left out."""
    frame = pd.DataFrame(
        {
            "party": [PARTIES[0], PARTIES[0], PARTIES[0], PARTIES[2], "crm:3/person"],
            "kind": ["email", "email", "phone", "email", "email"],
            "value": ["a@b.example", "b@b.example", "1", "c@b.example", "d@b.example"],
        },
        dtype="str",
    ).iloc[order]
    at, row = places_of(frame.reset_index(drop=True), column(PARTIES))
    assert frame["value"].iloc[at].tolist() == ["a@b.example", "b@b.example", "1", "c@b.example"]
    assert row.tolist() == [0, 0, 0, 2]
