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
from crmclean.match.model import NAMESAKES_IN_TOWN, Model

__all__ = ["Caution", "Levels", "bare_pairs", "contradicting", "heed_namesakes", "namesakes_shown"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NAMES = frozenset({"family", "given", "gender", "suffix"})
UNLIKELY = -1.5
"""Weight below which two of one name are taken for namesakes, for the sake of a third record."""
REVIEW = -0.5
"""Match weight in bits that two of one household can reach: a case for review."""
NO_HOUSEHOLDS = 0.05
"""Share of kin to matches below which the data hold no households to keep apart."""
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
        disputed: Weak pairs of which a fact beside the names is known on both sides and differs.
        rival: Pairs of equal names that live in different streets of a town and share nothing
            else: if both are in play, a weak pair does not say which of them is meant.
    """

    weight: Doubles
    weak: Flags
    disputed: Flags
    rival: Flags


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of compared pairs by name."""

    model: Model
    compared: Compared

    def is_in(self, comparison: str, *names: str) -> Flags:
        """Which pairs have one of these levels."""
        for i, known in enumerate(self.model.comparisons):
            if known.name == comparison:
                wanted = np.zeros(len(known.levels), dtype=bool)
                wanted[[known.index(name) for name in names]] = True
                return wanted.take(self.compared.levels[:, i])
        raise KeyError(comparison)


def heed_namesakes(model: Model, compared: Compared, parts: Iterable[Evidence], weight: Doubles) -> Caution:
    """The weights of persons with what independence gets wrong put right.

    A clearly different birth date, a "junior" on one side (father and son), a different given name
    at one address (couples, siblings, twins) are cases for review, unless the two have a contact
    point or number of their own in common.
    """
    at = Levels(model, compared)
    groups = bare_pairs(model, at, list(parts))
    for name, group in groups.items():
        weight = weight - np.where(group, getattr(model, name), 0.0)
    weak = np.logical_or.reduce(list(groups.values()))
    two = _two_of_a_household(at) & ~_own_contact(at) & has_households(model)
    weight = np.where(two, np.minimum(weight, REVIEW), weight)
    disputed = weak & _differs(at)
    namesakes = disputed & (weight < UNLIKELY) & has_households(model)
    return Caution(weight, weak, disputed, groups["streets"] | namesakes)


def bare_pairs(
    model: Model, at: Levels, parts: list[Evidence], *, ignored: frozenset[str] = frozenset()
) -> dict[str, Flags]:
    """Pairs that nothing but names and at most a town hold together, by the caution they ask for.

    Args:
        model: The model.
        at: Levels of the pairs.
        parts: Evidence of each comparison.
        ignored: Comparisons that do not count as holding together.
    """
    named = {c.name: p.chance for c, p in zip(model.comparisons, parts, strict=True)}
    silent = at.is_in("email", "local") | ("email" in ignored)  # jakob.hofer@ is a name
    mailbox = np.where(silent, 0.0, named["email"])
    gaps = {c.name for c in model.comparisons if c.presence}
    left_out = NAMES | ignored | gaps | {"address", "email"}
    beside = [bits for name, bits in named.items() if name not in left_out]
    bare = np.max([*beside, mailbox], axis=0) < 1.0
    moved = at.is_in("address", "moved")
    place = at.is_in("address", "place")
    return {
        "town": bare & place,
        "streets": bare & moved,
        "apart": bare & at.is_in("address", "different"),
        "names": bare & at.is_in("address", "missing"),
    }


def namesakes_shown(model: Model) -> float:
    """Bits by which the table itself shows more namesakes in one town than the start value expects.

    Where namesakes are proven to be common, a join by names alone has to be that much surer: which of
    several namesakes is meant, a weight cannot tell.
    """
    return max(0.0, model.town - NAMESAKES_IN_TOWN)


def has_households(model: Model) -> bool:
    """Whether the data show any households to keep apart."""
    return model.prior_kin >= NO_HOUSEHOLDS * model.prior_match


def _own_contact(at: Levels) -> Flags:
    own = at.is_in("email", "equal") | at.is_in("phone", "mobile") | at.is_in("national_id", "equal", "typo")
    return own | at.is_in("customer_no", "equal") | at.is_in("handle", "equal")


def _differs(at: Levels) -> Flags:
    """Whether a fact beside the names is known on both sides and differs."""
    result = np.zeros(len(at.compared.left), dtype=bool)
    for comparison in at.model.comparisons:
        if comparison.name not in NAMES and not comparison.presence:
            result |= at.is_in(comparison.name, "different")
    return result


def _two_of_a_household(at: Levels) -> Flags:
    home = at.is_in("address", "full", "near")
    other = at.is_in("birth", "different") & ~_full_names(at)
    junior = at.is_in("suffix", "one_sided") & ~at.is_in("birth", "equal")
    return other | junior | (home & at.is_in("given", "different", "gendered"))


def _full_names(at: Levels) -> Flags:
    """Whether family, given and middle name are the same at one address, and no "junior" tells them apart."""
    named = at.is_in("family", "equal") & at.is_in("given", "equal") & at.is_in("middle", "equal")
    return named & at.is_in("address", "full", "near") & at.is_in("suffix", "missing", "equal")


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
    at = Levels(model, compared)
    if model.kind == "person" and households:
        result |= at.is_in("birth", "different") & ~_full_names(at)
    result &= probability < OUTWEIGHED
    if model.kind == "person":
        result |= at.is_in("suffix", "different")
    return np.asarray(result)
