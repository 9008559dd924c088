"""Customers some at a time: where there are no events, no customer's answers hang on another's.

Then the columns of a million customers need not stand in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.consent.certain import Certainty
from crmclean.tables import Contacts, Members

__all__ = ["STRETCH", "stretches_of"]

STRETCH = 65_536
"""Customers of a stretch."""


def stretches_of(
    members: Members, contacts: Contacts, certainty: Certainty | None
) -> Iterator[tuple[Members, Contacts, Certainty | None]]:
    """The tables of some customers after the other, in the order of their ids.

    Args:
        members: Parties and their customers.
        contacts: Of the parties.
        certainty: Pairs of parties; of each stretch those that lie in it.
    """
    customer = pd.factorize(members["customer_id"], sort=True)[0].astype(np.int64)
    stretch = np.append(customer // STRETCH, -1)
    contact = stretch[_place(contacts["party"], members)]
    pairs = [] if certainty is None else [certainty.links, certainty.doubts]
    places = [stretch[_place(frame["party_l"], members)] for frame in pairs]
    for number in range(int(stretch.max(initial=-1)) + 1):
        sure = certainty
        if certainty is not None:
            sure = replace(
                certainty,
                links=certainty.links.iloc[np.flatnonzero(places[0] == number)],
                doubts=certainty.doubts.iloc[np.flatnonzero(places[1] == number)],
            )
        own = members[stretch[:-1] == number].reset_index(drop=True)
        yield own, contacts[contact == number].reset_index(drop=True), sure


def _place(party: pd.Series[Any], members: Members) -> NDArray[np.int64]:
    """The row of each party among the members, -1 where it is none of them."""
    known = pa.Array.from_pandas(members["party"], type=pa.large_string())
    wanted = pa.Array.from_pandas(party, type=pa.large_string())
    flat = known.combine_chunks() if isinstance(known, pa.ChunkedArray) else known
    found: NDArray[np.int64] = (
        pc.fill_null(pc.index_in(wanted, value_set=flat), -1).to_numpy().astype(np.int64)
    )
    return found
