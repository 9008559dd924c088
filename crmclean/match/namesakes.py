"""Namesakes, households, garbled names: where independence of the facts misleads.

Names alone are never enough for a merge: people have namesakes, and independence of given and
family name overrates a rare pair. Names and a town in common weigh less than they seem, because
names cluster where families live. Within a household the given name, the birth date and the
seniority decide, whatever else agrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from crmclean.match.compare import Compared
from crmclean.match.evidence import Evidence, posterior, total_evidence
from crmclean.match.model import NAMESAKES_IN_TOWN, Model

__all__ = ["Caution", "contradicting", "heed_namesakes", "learn_caution", "namesakes_shown"]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NAMES = frozenset({"family", "given", "gender", "suffix"})
CAUTIONS = ("town", "streets", "apart", "names")
"""Cautions of the model: their start values are ours, what the table shows of namesakes moves them."""
PSEUDO_PAIRS = 8.0
"""Pairs that the start value of a caution is worth."""
MOST_CAUTION = 12.0
UNLIKELY = -1.5
"""Weight below which two of one name are taken for namesakes, for the sake of a third record."""
NEAR = -4.0
"""Weight from which a pair is near enough to a decision to tell how many namesakes there are."""
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
    at = _Levels(model, compared)
    groups = _groups(model, at, list(parts))
    for name, group in groups.items():
        weight = weight - np.where(group, getattr(model, name), 0.0)
    weak = np.logical_or.reduce(list(groups.values()))
    two = _two_of_a_household(at) & ~_own_contact(at) & has_households(model)
    weight = np.where(two, np.minimum(weight, REVIEW), weight)
    namesakes = weak & (weight < UNLIKELY) & _differs(at) & has_households(model)
    return Caution(weight, weak, groups["streets"] | namesakes)


def _groups(
    model: Model, at: _Levels, parts: list[Evidence], *, ignored: frozenset[str] = frozenset()
) -> dict[str, Flags]:
    """Pairs that nothing but names and at most a town hold together, by the caution they ask for."""
    named = {c.name: p.chance for c, p in zip(model.comparisons, parts, strict=True)}
    mailbox = np.where(at.is_in("email", "local"), 0.0, named["email"])  # jakob.hofer@ is a name
    beside = [bits for name, bits in named.items() if name not in NAMES | ignored | {"address", "email"}]
    bare = np.max([*beside, mailbox], axis=0) < 1.0
    moved = at.is_in("address", "moved")
    place = at.is_in("address", "place")
    return {
        "town": bare & place,
        "streets": bare & moved,
        "apart": bare & at.is_in("address", "different"),
        "names": bare & at.is_in("address", "missing"),
    }


def learn_caution(model: Model, compared: Compared) -> Model:
    """The model with the cautions that the table itself asks for.

    Pairs with equal names, both birth dates known and nothing else in common tell how often two such
    people are one: the dates agree or they do not. The caution is the shift in bits that makes the
    weights without the date say just that, on average; where few pairs tell, it stays at its start
    value. Names cluster where families live, and a list of one town has more namesakes than a list
    of a country: no constant fits both.

    Args:
        model: The model so far, for persons; the cautions in it are the start values.
        compared: Candidate pairs.
    """
    position = [c.name for c in model.comparisons].index("birth")
    known = compared.take(compared.levels[:, position] > 0)
    if not len(known.left):
        return model
    found, parts = total_evidence(model, known)
    weight, _, _ = posterior(model, found.without(parts[position]))
    at = _Levels(model, known)
    one = ~at.is_in("birth", "different")
    groups = _groups(model, at, parts, ignored=frozenset({"birth"}))
    town, streets, apart, names = (
        _shift(weight[groups[name]], one[groups[name]], getattr(model, name)) for name in CAUTIONS
    )
    return replace(model, town=town, streets=streets, apart=apart, names=names)


def _shift(weight: Doubles, one: Flags, start: float) -> float:
    """Bits to take off the weights so that they expect as many matches as there are."""
    near = weight - start >= NEAR
    weight, matches = weight[near], float(one[near].sum())
    if not len(weight):
        return start
    typical = float(np.median(weight))
    wanted = matches + PSEUDO_PAIRS / (1.0 + np.exp2(start - typical))
    low, high = 0.0, MOST_CAUTION
    for _ in range(30):
        middle = (low + high) / 2
        expected = (1.0 / (1.0 + np.exp2(middle - weight))).sum() + PSEUDO_PAIRS / (
            1.0 + np.exp2(middle - typical)
        )
        low, high = (middle, high) if expected > wanted else (low, middle)
    return round((low + high) / 2, 4)


def namesakes_shown(model: Model) -> float:
    """Bits by which the table itself shows more namesakes in one town than the start value expects.

    Where namesakes are proven to be common, a join by names alone has to be that much surer: which of
    several namesakes is meant, a weight cannot tell.
    """
    return max(0.0, model.town - NAMESAKES_IN_TOWN)


def has_households(model: Model) -> bool:
    """Whether the data show any households to keep apart."""
    return model.prior_kin >= NO_HOUSEHOLDS * model.prior_match


def _own_contact(at: _Levels) -> Flags:
    own = at.is_in("email", "equal") | at.is_in("phone", "mobile") | at.is_in("national_id", "equal", "typo")
    return own | at.is_in("customer_no", "equal") | at.is_in("handle", "equal")


def _differs(at: _Levels) -> Flags:
    """Whether a fact beside the names is known on both sides and differs."""
    result = np.zeros(len(at.compared.left), dtype=bool)
    for comparison in at.model.comparisons:
        if comparison.name not in NAMES:
            result |= at.is_in(comparison.name, "different")
    return result


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
