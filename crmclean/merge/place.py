"""Places: addresses of one customer that differ by a typing error are one place.

Without this a mistyped postcode on the newest record would look like a move and win. Which
spelling of the place is shown is decided by votes; which place, by its latest record.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmclean.merge.rules import Ints

__all__ = ["greatest_within", "places_of", "smallest_within"]


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
    street, number, code = key["street"], key["house_number"], key["postal_code"]
    groups = [
        _group(customer, street, number),
        _group(customer, street, code),
        _group(customer, number, code, initial),
    ]
    place = np.arange(len(customer), dtype=np.int64)
    while True:
        before = place
        for group in groups:
            place = smallest_within(group, place)
        if np.array_equal(before, place):
            return place


def _group(customer: Ints, *codes: Ints) -> Ints:
    """A number per combination; rows that lack a part stand alone."""
    whole = np.all([code >= 0 for code in codes], axis=0)
    alone = np.where(whole, -1, np.arange(len(customer)))
    return pd.factorize(pd.MultiIndex.from_arrays([customer, *codes, alone]))[0].astype(np.int64)


def smallest_within(group: Ints, values: Ints) -> Ints:
    """For each row the smallest value of its group."""
    best = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(best, group, values)
    result: Ints = best[group]
    return result


def greatest_within(group: Ints, values: Ints) -> Ints:
    """For each row the greatest value of its group."""
    return -smallest_within(group, -values)
