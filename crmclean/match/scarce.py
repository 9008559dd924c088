"""Tables that hold names and nothing else: what is merged there is told to be uncertain.

Equal names are one customer or two; nothing but a further fact says which. In such a table copies and
namesakes cannot be told apart by counting either, so that the probabilities are those of the start values.
"""

from __future__ import annotations

import numpy as np

from crmclean.match.features import Features
from crmclean.match.plausible import FEWEST, Doubt

__all__ = ["check_facts"]

FURTHER = (
    *("email", "phone", "domain", "web", "handle", "birth", "place", "street", "organization"),
    *("customer_no", "national_id", "other_id", "vat_id"),
)
"""Facts that tell two of one name apart, or join them."""
MOST = 0.05
"""Share of the records with a further fact up to which the table holds names alone."""


def check_facts(features: Features) -> tuple[Doubt, ...]:
    """The doubt that nearly all records hold names alone, or nothing at all, if so.

    Args:
        features: Facts of the parties of one kind.
    """
    if features.n < FEWEST:
        return ()
    known = np.zeros(features.n, dtype=bool)
    for fact in FURTHER:
        if fact in features.facts:
            known |= (features.facts[fact].codes.reshape(features.n, -1) >= 0).any(axis=1)
    bare = int(features.n - known.sum())
    if bare < (1.0 - MOST) * features.n:
        return ()
    named = np.zeros(features.n, dtype=bool)
    for fact in ("family", "given", "name"):
        if fact in features.facts:
            named |= features.facts[fact].codes >= 0
    code = "names_alone" if named.sum() > MOST * features.n else "facts_missing"
    return (Doubt(code, features.kind, bare / features.n, bare),)
