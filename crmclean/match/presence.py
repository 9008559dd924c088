"""What two records of one source are filled with: whether both have a fact, or only one of them.

A missing value says nothing of who somebody is. That one of two records lacks what the other has can
say how they came about: where copies of a table are filled alike, two that are not are hardly copies.
Only records of one source are compared, as other sources fill other columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from crmclean.match.codes import Ints
from crmclean.match.features import Features
from crmclean.match.model import Comparison

__all__ = ["FILLED", "GAPS", "SAME_GAPS", "compare_presence", "filled"]

SAME_GAPS = "same_gaps"
"""Level of pairs of which both or neither have the fact: of nearly all matches, so that it is told nowhere but in steps."""

FILLED: Mapping[str, Mapping[str, str]] = {
    "person": {
        "has_email": "email_given",
        "has_phone": "phone_given",
        "has_handle": "handle",
        "has_birth": "birth",
        "has_middle": "middle",
        "has_national_id": "national_id",
        "has_street": "street",
        "has_place": "place",
        "has_organization": "organization",
        "has_customer_no": "customer_no",
        "has_other_id": "other_id",
    },
    "organization": {
        "has_email": "email_given",
        "has_phone": "phone_given",
        "has_vat_id": "vat_id",
        "has_street": "street",
        "has_place": "place",
        "has_customer_no": "customer_no",
        "has_other_id": "other_id",
    },
}
"""Comparison -> the fact that a record has or lacks, per kind."""
GAPS = 0.01
"""Share of records with a gap, and of those without, from which a source can be said to have gaps."""


def filled(features: Features, name: str) -> npt.NDArray[np.int8]:
    """Whether each row has the fact of a comparison (1 or 0); -1 in a source where nearly all or none have.

    Args:
        features: Facts of the parties.
        name: Such as has_email.
    """
    column = features.facts[FILLED[features.kind][name]]
    return column.memo("filled", lambda: _filled(column.codes, features.sources.codes))


def _filled(codes: Ints, sources: Ints) -> npt.NDArray[np.int8]:
    there = codes >= 0 if codes.ndim == 1 else (codes >= 0).any(axis=1)
    share = np.bincount(sources, weights=there) / np.maximum(1, np.bincount(sources))
    known = (share >= GAPS) & (share <= 1.0 - GAPS)
    return np.where(known[sources], there.astype(np.int8), np.int8(-1))


def compare_presence(
    comparison: Comparison, features: Features, left: Ints, right: Ints
) -> npt.NDArray[np.int8]:
    """The levels of pairs: same_gaps, one_sided; missing between two sources and where there are no gaps."""
    if comparison.name not in FILLED[features.kind] or not features.n:
        return np.zeros(len(left), dtype=np.int8)
    there, sources = filled(features, comparison.name), features.sources.codes
    one, two = there.take(left), there.take(right)
    asked = (one >= 0) & (sources.take(left) == sources.take(right))
    return np.where(asked, np.int8(1) + (one != two).view(np.int8), np.int8(0))
