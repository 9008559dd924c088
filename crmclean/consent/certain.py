"""How far a consent travels: along merges that rest on more than a name, and no further.

Matching puts records together that are probably one person. For a list of addressees that is right;
for a consent it is not enough: two people of one name would share it. So a customer falls into
*parts*, held together by agreement in an address, a number, a birthday or an identifier; a consent
stays in its part. Denials reach all parts, and the possible doubles that matching did not merge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.consent.policy import Policy
from crmclean.tables import MEMBERS, Members, Scores

__all__ = ["Certainty", "Parts", "certainty_of", "parts_of"]

Ints = npt.NDArray[np.int64]
# Agreement in these makes one person of two records of a name ...
_POINTS = frozenset({"customer_no", "email", "handle", "iban", "identifier", "national_id", "other_id"})
_NUMBERS = frozenset({"phone", "register_no", "tax_no", "vat_id"})
# ... and in these, if the given name agrees too: a family shares its address, twins their birthday.
_WITH_GIVEN = frozenset({"address", "birth"})
_PERSON = frozenset({"family", "given"})
# What is a letter away may be another mailbox, what is near another house.
_WEAK = frozenset({"different", "local", "missing", "moved", "one_sided", "place", "trunk", "typo"})
_PAIR = ["party_l", "party_r"]


@dataclass(frozen=True, slots=True)
class Certainty:
    """What is sure, and what is only likely.

    Args:
        links: party_l, party_r: pairs that are surely one.
        doubts: party_l, party_r: pairs that may be one.
        homes: Customer id = the party whose address letters go to; may be empty.
    """

    links: pd.DataFrame
    doubts: pd.DataFrame
    homes: pd.Series[Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """Customers taken apart.

    Args:
        members: The members with the part in place of the customer.
        customer: Part = its customer; empty where every customer is one part.
        leads: Of customers of several parts the one that answers where no contact point is asked about.
        within: part, kin: parts of one customer, both ways.
        beyond: part, kin: parts of two customers that may be one, both ways.
    """

    members: Members
    customer: pd.Series[Any]
    leads: frozenset[str]
    within: pd.DataFrame
    beyond: pd.DataFrame

    def customers_of(self, parts: pd.Index[Any]) -> pd.Index[Any]:
        """The customers of some parts."""
        return parts if self.whole else pd.Index(self.customer.reindex(parts).astype("str"))

    @property
    def whole(self) -> bool:
        """Whether every customer is one part."""
        return not len(self.customer)


def certainty_of(
    scores: Scores,
    policy: Policy,
    *,
    decisions: pd.DataFrame | None = None,
    homes: pd.Series[Any] | None = None,
) -> Certainty:
    """The certainty that matching and stewards have of pairs.

    A pair is sure if its probability reaches `certain_link` and something beside the name and the
    town agrees, or if a steward said that the two are one. It is doubtful from `doubtful_denials`.

    Args:
        scores: The compared pairs with levels.
        policy: Its two limits; 0 turns the first into all pairs, the second into none.
        decisions: What stewards said, the last word per pair.
        homes: Customer id = party whose address letters go to.
    """
    probability = scores["probability"].to_numpy(dtype=float)
    sure = (probability >= policy.certain_link) & _telling(scores["levels"])
    if not policy.certain_link:
        sure = (scores["outcome"] == "merged").to_numpy()
    doubtful = (
        (probability >= policy.doubtful_denials) if policy.doubtful_denials else np.zeros(len(scores), bool)
    )
    links: pd.DataFrame = pd.DataFrame(scores.loc[sure, _PAIR])
    doubts: pd.DataFrame = pd.DataFrame(scores.loc[doubtful, _PAIR])
    if decisions is not None and len(decisions):
        same = decisions.loc[decisions["decision"] == "same", _PAIR]
        apart = pd.MultiIndex.from_frame(decisions.loc[decisions["decision"] == "different", _PAIR])
        links = pd.concat([links, same])
        doubts = doubts[~pd.MultiIndex.from_frame(doubts).isin(apart)]
    none: pd.Series[Any] = pd.Series(dtype="str")
    return Certainty(links, doubts, none if homes is None else homes)


def _telling(levels: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Whether a pair agrees in something that people of one name do not share; once per text."""
    codes, texts = pd.factorize(levels)
    found = [_tells(str(text)) for text in pd.Index(texts).tolist()]
    known = np.array([*found, False], dtype=bool)
    told: npt.NDArray[np.bool_] = known[codes]
    return told


def _tells(levels: str) -> bool:
    said = dict(part.split("=", 1) for part in levels.split(";") if "=" in part)
    agreed = {name for name, level in said.items() if level not in _WEAK}
    if agreed & (_POINTS | _NUMBERS):
        return True
    return bool(agreed & _WITH_GIVEN) and ("given" in agreed or not _PERSON & set(said))


def parts_of(members: Members, certainty: Certainty | None) -> Parts:
    """The customers' parts; without certainty a customer is one part."""
    if certainty is None:
        none = pd.DataFrame({"part": pd.Series(dtype="str"), "kin": pd.Series(dtype="str")})
        return Parts(members, pd.Series(dtype="str"), frozenset(), none, none)
    frame = members.reset_index(drop=True)
    customers = frame["customer_id"].astype("str")
    label = _joined(frame, certainty.links)
    number = _numbered(pd.factorize(customers)[0].astype(np.int64), label)
    named = customers.where(number == 0, customers + "#" + number.astype(str))
    parted = MEMBERS.check(frame.assign(customer_id=named))
    once = pd.DataFrame({"part": named, "customer": customers}).drop_duplicates("part")
    return Parts(
        members=parted,
        customer=once.set_index("part")["customer"],
        leads=_leads(parted, customers, certainty.homes),
        within=_pairs(once),
        beyond=_beyond(parted, certainty.doubts),
    )


def _numbered(customer: Ints, label: Ints) -> Ints:
    """The number of each label among those of its customer: 0 for the first."""
    pairs, codes = np.unique(np.stack([customer, label]), axis=1, return_inverse=True)
    first = np.searchsorted(pairs[0], pairs[0], side="left")
    number: Ints = (np.arange(pairs.shape[1]) - first)[codes.ravel()]
    return number


def _joined(frame: pd.DataFrame, links: pd.DataFrame) -> Ints:
    """A label per row: rows of one customer that sure links join have the same, the smallest row."""
    place = pd.Series(frame.index.to_numpy(), index=frame["party"])
    place = place[~place.index.duplicated()]
    left, right = place.reindex(links["party_l"]), place.reindex(links["party_r"])
    known = (left.notna().to_numpy()) & (right.notna().to_numpy())
    a, b = left.to_numpy()[known].astype(np.int64), right.to_numpy()[known].astype(np.int64)
    customer = pd.factorize(frame["customer_id"])[0]
    same = customer[a] == customer[b]
    a, b = a[same], b[same]
    label = np.arange(len(frame), dtype=np.int64)
    while True:
        smaller = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, a, smaller)
        np.minimum.at(label, b, smaller)
        label = label[label]
        if np.array_equal(label, before):
            return label


def _leads(parted: pd.DataFrame, customers: pd.Series[Any], homes: pd.Series[Any]) -> frozenset[str]:
    """Per customer of several parts that of its home party, else the one with the most records."""
    home = parted["party"].to_numpy() == customers.map(homes).to_numpy() if len(homes) else False
    frame = pd.DataFrame({"part": parted["customer_id"], "customer": customers, "home": home})
    several = frame["customer"].isin(frame.loc[frame["part"] != frame["customer"], "customer"])
    frame = frame[several]
    sizes = frame.groupby(["customer", "part"]).agg(home=("home", "any"), size=("part", "size")).reset_index()
    order = sizes.sort_values(["customer", "home", "size", "part"], ascending=[True, False, False, True])
    return frozenset(order.drop_duplicates("customer")["part"])


def _pairs(once: pd.DataFrame) -> pd.DataFrame:
    several = once[once.duplicated("customer", keep=False)]
    both = several.merge(several.rename(columns={"part": "kin"}), on="customer")
    return both.loc[both["part"] != both["kin"], ["part", "kin"]].reset_index(drop=True)


def _beyond(parted: pd.DataFrame, doubts: pd.DataFrame) -> pd.DataFrame:
    part = parted.drop_duplicates("party").set_index("party")["customer_id"]
    frame = pd.DataFrame({"part": doubts["party_l"].map(part), "kin": doubts["party_r"].map(part)}).dropna()
    both = pd.concat([frame, frame.rename(columns={"part": "kin", "kin": "part"})], ignore_index=True)
    return both[both["part"] != both["kin"]].drop_duplicates().reset_index(drop=True)
