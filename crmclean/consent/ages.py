"""Whose events may be those of a minor: customers with an event before they came of age."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.clock import add_months, instant
from crmclean.consent.policy import Policy

__all__ = ["young"]

Ints = npt.NDArray[np.int64]
_NEVER = -(2**62)


def young(customer: Ints, effect: Ints, births: pd.Series[Any], policy: Policy) -> Ints:
    """Codes of the customers who have an event before the end of their minority.

    Of everybody else the rules need not know the date of birth.

    Args:
        customer: Code of the customer of each event.
        effect: When each event took effect.
        births: Date of birth of each customer code, missing where not known.
        policy: Ages of consent; the highest one decides, as it may be anybody's country.
    """
    if not policy.age_check or not births.notna().any() or not len(customer):
        return np.zeros(0, dtype=np.int64)
    oldest = 12 * max([16, *policy.age_of_consent.values()])
    codes, days = pd.factorize(births)
    starts = [instant(str(day), policy.timezone) for day in days]
    ends = np.array([_NEVER if s is None else add_months(s, oldest) for s in starts] + [_NEVER])
    found: Ints = np.unique(customer[effect < ends[codes[customer]]])
    return found
