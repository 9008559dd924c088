"""Where an id leads: along the ids that took over, to the one that stands for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

__all__ = ["final_id"]


def final_id(
    load: Callable[[Mapping[str, Sequence[str]]], pd.DataFrame],
    issued: Callable[[str], bool],
    customer_id: str,
) -> str | None:
    """The id that stands for a customer now; None where it was never issued.

    Args:
        load: Gives the rows of the registry for a condition.
        issued: Whether an id that is not in the registry was issued once.
        customer_id: The id.
    """
    seen: set[str] = set()
    here = customer_id
    while here not in seen:
        seen.add(here)
        rows = load({"customer_id": [here]})
        if not len(rows):
            return here if issued(here) else None
        into = rows["merged_into"].iloc[0]
        if pd.isna(into):
            return here
        here = str(into)
    return here
