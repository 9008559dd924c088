"""Namesakes, households, garbled names: where independence of the facts misleads.

Names alone are never enough for a merge: people have namesakes, and independence of given and
family name overrates a rare pair. Names and a town in common weigh less than they seem, because
names cluster where families live. Within a household the given name, the birth date and the
seniority decide, whatever else agrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.evidence import Evidence
from crmclean.match.model import Model

__all__ = ["Caution", "contradicting", "heed_namesakes"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NAMES = frozenset({"family", "given", "gender", "suffix"})
NAMES_ALONE = 5.5
"""Bits that names without any other agreement must show beyond what independence gives them: only
names that are rare in both parts pass. Ours, from German data with known truth."""
REVIEW = -0.5
"""Match weight in bits that two of one household can reach: a case for review."""
NO_HOUSEHOLDS = 0.05
"""Share of kin to matches below which the data hold no households to keep apart."""
NAMESAKES_IN_TOWN = 1.5
"""Bits by which names cluster in towns, beyond what their frequency in the whole says. Ours."""
CONTRADICTION = -2.0
STRANGER = -3.0
STRANGER_ALONE = -10.0
OUTWEIGHED = 0.9


@dataclass(frozen=True, slots=True)
class Caution:
    """The weights after caution.

    Args:
        weight: Match weight in bits.
        weak: Pairs of persons held together by nothing but names and a town.
        rival: Pairs of equal names that live in different streets of a town and share nothing
            else: if both are in play, a weak pair does not say which of them is meant.
    """

    weight: Doubles
    weak: Flags
    rival: Flags


@dataclass(frozen=True, slots=True)
class _Levels:
    """The levels of compared pairs by name."""

    model: Model
    compared: Compared

    def is_in(self, comparison: str, *names: str) -> Flags:
        """Which pairs have one of these levels."""
        for i, known in enumerate(self.model.comparisons):
            if known.name == comparison:
                return np.isin(self.compared.levels[:, i], [known.index(name) for name in names])
        raise KeyError(comparison)


def heed_namesakes(model: Model, compared: Compared, parts: Iterable[Evidence], weight: Doubles) -> Caution:
    """The weights of persons with what independence gets wrong put right.

    A clearly different birth date, a "junior" on one side (father and son), a different given name
    at one address (couples, siblings, twins) are cases for review, unless the two have a contact
    point or number of their own in common.
    """
    named = {c.name: p.chance for c, p in zip(model.comparisons, parts, strict=True)}
    at = _Levels(model, compared)
    beside = np.max([bits for name, bits in named.items() if name not in NAMES | {"address"}], axis=0) < 1.0
    moved = at.is_in("address", "moved")
    weak = beside & (at.is_in("address", "place") | moved)
    alone = beside & ((named["address"] < 1.0) | moved)
    weight = weight - np.where(alone, NAMES_ALONE, np.where(weak, NAMESAKES_IN_TOWN, 0.0))
    two = _two_of_a_household(at) & ~_own_contact(at) & has_households(model)
    return Caution(np.where(two, np.minimum(weight, REVIEW), weight), weak | alone, beside & moved)


def has_households(model: Model) -> bool:
    """Whether the data show any households to keep apart."""
    return model.prior_kin >= NO_HOUSEHOLDS * model.prior_match


def _own_contact(at: _Levels) -> Flags:
    own = at.is_in("email", "equal") | at.is_in("phone", "mobile") | at.is_in("national_id", "equal", "typo")
    return own | at.is_in("customer_no", "equal") | at.is_in("handle", "equal")


def _two_of_a_household(at: _Levels) -> Flags:
    home = at.is_in("address", "full", "near")
    junior = at.is_in("suffix", "one_sided") & ~at.is_in("birth", "equal")
    return at.is_in("birth", "different") | junior | (home & at.is_in("given", "different", "gendered"))


def contradicting(model: Model, compared: Compared, parts: list[Evidence], probability: Doubles) -> Flags:
    """Pairs that must not share a cluster: who they are speaks against one person.

    Either the personal facts within a household, or names and dates against chance; different
    seniority (jun., sen.) is one by itself. A pair that is a match on the weight of everything is
    no contradiction, whatever its names say: garbled names with one mailbox and one number are one
    person.
    """
    zero = np.zeros(len(compared.left))
    personal = sum((p.kin for c, p in zip(model.comparisons, parts, strict=True) if c.personal), zero)
    identity = sum((p.chance for c, p in zip(model.comparisons, parts, strict=True) if c.identity), zero)
    households = has_households(model)
    result = identity < (STRANGER if households else STRANGER_ALONE)
    if households:
        result |= personal < CONTRADICTION
    at = _Levels(model, compared)
    if model.kind == "person" and households:
        result |= at.is_in("birth", "different")
    result &= probability < OUTWEIGHED
    if model.kind == "person":
        result |= at.is_in("suffix", "different")
    return np.asarray(result)
