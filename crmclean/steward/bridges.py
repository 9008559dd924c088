"""The merges that hang on the least: of each customer the weakest link that holds its parts together.

A decision on such a merge is worth asking for like one on a doubtful pair: what is lost on average
while it stays is the probability that it is wrong times the pairs of records that are together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from crmclean.decisions import standing
from crmclean.merge import merge_clusters
from crmclean.store import Store
from crmclean.tables import MEMBERS, Addresses, Contacts, Decisions, Parties

__all__ = ["WEAK", "Bridge", "links_of", "side_values", "sides_of", "weak_bridges"]

WEAK = 0.99
"""Probability from which a merge is not asked about: from it on the sources are told of it, too."""
Edge = tuple[float, str, str]


@dataclass(frozen=True, slots=True)
class Bridge:
    """The weakest link of a customer.

    Args:
        customer: The customer.
        parties: The pair that was compared.
        sides: The parties on either side of the link.
        probability: That they are one.
        worth: Pairs of records that are expected to be wrongly together.
        levels: What the comparison found.
    """

    customer: str
    parties: tuple[str, str]
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    probability: float
    worth: float
    levels: str


def weak_bridges(scores: pd.DataFrame, members: pd.DataFrame, decisions: Decisions) -> list[Bridge]:
    """The customers that hang on a link below `WEAK` that no steward confirmed, the most valuable first.

    Args:
        scores: Compared pairs.
        members: Who belongs to whom.
        decisions: All that stewards said.
    """
    inner = _within(scores, members, decisions)
    weak = set(inner.loc[inner["probability"] < WEAK, "customer_id"])
    found = []
    rows = inner[inner["customer_id"].isin(weak)]
    for customer, pairs in rows.groupby("customer_id", sort=True):
        edges = _edges(pairs)
        last = _weakest(edges)
        if last is None or last[0] >= WEAK:
            continue
        probability, left, right = last
        sides = sides_of(edges, left, right)
        worth = round((1.0 - probability) * len(sides[0]) * len(sides[1]), 6)
        own = pairs[pairs["party_l"].eq(left) & pairs["party_r"].eq(right)].iloc[0]
        found.append(Bridge(str(customer), (left, right), sides, probability, worth, str(own["levels"])))
    return sorted(found, key=lambda bridge: (-bridge.worth, bridge.parties))


def sides_of(edges: Iterable[Edge], left: str, right: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parties that go with either of two: strong links first, none that would join the two.

    Args:
        edges: Probability and parties of the links of a customer.
        left: One party.
        right: The other.
    """
    group = {left: {left}, right: {right}}
    for _, one, two in sorted(edges, key=lambda edge: (-edge[0], edge[1:])):
        a, b = group.setdefault(one, {one}), group.setdefault(two, {two})
        if a is b or {left, right} <= a | b:
            continue
        a |= b
        for party in b:
            group[party] = a
    return tuple(sorted(group[left])), tuple(sorted(group[right]))


def _weakest(edges: Sequence[Edge]) -> Edge | None:
    """The last link that is needed to hold the parties together, strong links first."""
    group: dict[str, set[str]] = {}
    last = None
    for edge in sorted(edges, key=lambda edge: (-edge[0], edge[1:])):
        a, b = (group.setdefault(party, {party}) for party in edge[1:])
        if a is not b:
            last = edge
            a |= b
            for party in b:
                group[party] = a
    return last


def _within(scores: pd.DataFrame, members: pd.DataFrame, decisions: Decisions) -> pd.DataFrame:
    """The compared pairs of one customer each; what a steward said to be one is sure."""
    customer = members.set_index("party")["customer_id"]
    left, right = scores["party_l"].map(customer), scores["party_r"].map(customer)
    rows = scores[left.eq(right)].assign(customer_id=left)
    held = standing(decisions)
    said = held.loc[held["decision"].eq("same"), ["party_l", "party_r"]]
    sure = pd.MultiIndex.from_frame(rows[["party_l", "party_r"]]).isin(pd.MultiIndex.from_frame(said))
    return rows.assign(probability=rows["probability"].mask(sure, 1.0))


def _edges(pairs: pd.DataFrame) -> list[Edge]:
    columns = (pairs[name].tolist() for name in ("probability", "party_l", "party_r"))
    return list(zip(*columns, strict=True))


def links_of(store: Store, customer: str) -> list[Edge]:
    """The links of a customer of a store."""
    members = store.load("members", where={"customer_id": [customer]})
    parties = members["party"].tolist()
    scores = store.load("scores", where={"party_l": parties})
    return _edges(_within(scores, members, Decisions(store.load("decisions"))))


def side_values(store: Store, members: pd.DataFrame, bridges: Sequence[Bridge]) -> list[pd.DataFrame]:
    """For each bridge and side the values that would be shown if the sides were two customers."""
    names = {p: f"{n}:{s}" for n, b in enumerate(bridges) for s, side in enumerate(b.sides) for p in side}
    own = members[members["party"].isin(list(names))]
    own = MEMBERS.check(own.assign(customer_id=own["party"].map(names)))
    wanted = {"party": sorted(names) or [""]}
    values = merge_clusters(
        own,
        Parties(store.load("parties", where=wanted)),
        Contacts(store.load("contacts", where=wanted)),
        Addresses(store.load("addresses", where=wanted)),
    )[0]
    shown = values[values["is_primary"]]
    rows = {str(name): part for name, part in shown.groupby("customer_id")}
    none = shown.iloc[:0]
    return [rows.get(f"{n}:{s}", none) for n in range(len(bridges)) for s in (0, 1)]
