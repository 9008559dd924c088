"""Places: addresses of one customer that differ by a typing error are one place.

Without this a mistyped postcode on the newest record would look like a move and win. Which
spelling of the place is shown is decided by votes; which place, by its latest record.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmclean.merge.rules import Ints, rows_of_several

__all__ = ["greatest_within", "numbered", "places_of", "smallest_within"]


def places_of(customer: Ints, key: Mapping[str, Ints], initial: Ints) -> Ints:
    """The place of each address: a number, equal for addresses of a customer that are one place.

    Two addresses are one place when two of three agree: street and number (the postcode is
    mistyped), street and postcode (the number is), number and postcode (the street is, and then
    it begins with the same letter). Addresses that say less than two of these stand alone unless
    they are the same.

    Args:
        customer: The customer of each address.
        key: Codes of street, house_number, postal_code; -1 where missing.
        initial: Code of the first letter of the street, -1 where missing.
    """
    place = np.arange(len(customer), dtype=np.int64)
    rows = rows_of_several(customer)  # a customer's only address is a place by itself
    street, number, code = (key[part][rows] for part in ("street", "house_number", "postal_code"))
    owner = customer[rows]
    groups = [
        _group(owner, street, number),
        _group(owner, street, code),
        _group(owner, number, code, initial[rows]),
    ]
    found = np.arange(len(rows), dtype=np.int64)
    while True:
        before = found
        for group in groups:
            found = smallest_within(group, found)
        if np.array_equal(before, found):
            place[rows] = rows[found]
            return place


def _group(customer: Ints, *codes: Ints) -> Ints:
    """A number per combination; rows that lack a part stand alone."""
    whole = np.all([code >= 0 for code in codes], axis=0)
    alone = np.where(whole, -1, np.arange(len(customer)))
    return numbered(customer, *codes, alone)


def numbered(*codes: Ints) -> Ints:
    """A number for each combination of codes, equal for equal ones."""
    result = codes[0]
    for code in codes[1:]:
        low = int(code.min(initial=0))
        width = int(code.max(initial=0)) - low + 1
        first = pd.factorize(result)[0].astype(np.int64)  # small again, so that no product overflows
        result = first * width + (code - low)
    return pd.factorize(result)[0].astype(np.int64)


def smallest_within(group: Ints, values: Ints) -> Ints:
    """For each row the smallest value of its group."""
    best = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(best, group, values)
    result: Ints = best[group]
    return result


def greatest_within(group: Ints, values: Ints) -> Ints:
    """For each row the greatest value of its group."""
    return -smallest_within(group, -values)
