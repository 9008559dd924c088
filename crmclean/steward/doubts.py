"""Doubtful pairs in the order of what a decision on them is worth, side by side.

The worth is what is lost on average while two customers stay apart: the probability that they are
one times the pairs of records that would meet. Of two customers one pair is asked; what a steward
has said already is not asked again. Between them stand the merges that hang on the least (`bridges`):
of these both sides are one customer now, and the worth is what is lost while they stay together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from crmclean.decisions import standing
from crmclean.match.explain import kinds_of, reason_sentences
from crmclean.messages import Lang, say
from crmclean.steward.bridges import Bridge, side_values, weak_bridges
from crmclean.store import Store
from crmclean.tables import Decisions

__all__ = ["SHOWN", "Doubt", "doubts_of", "pair_check"]

SHOWN = (
    "name", "organization", "birth_date", "street", "postal_code", "city", "email", "phone", "mobile", "customer_no",
)  # fmt: skip
"""What is shown of both customers; name and street are put together."""
_NAME = ("title", "given_name", "name_prefix", "family_name", "name_suffix")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two customers that may be one.

    Args:
        parties: The pair that was compared.
        customers: Whose they are; twice the same where they are merged now.
        records: Records of each customer, or of each side of a merge, written source:record_id.
        values: Field = value of each customer, for the fields of `SHOWN`.
        probability: That they are one.
        worth: Pairs of records that are expected to be missed while they stay apart, or to be wrongly together.
        reason: What speaks for and against it.
    """

    parties: tuple[str, str]
    customers: tuple[str, str]
    records: tuple[tuple[str, ...], tuple[str, ...]]
    values: tuple[dict[str, str], dict[str, str]]
    probability: float
    worth: float
    reason: str


def doubts_of(store: Store, *, lang: Lang = "en", most: int = 0) -> list[Doubt]:
    """The doubtful pairs and the weakest merges of a store, the most valuable first.

    Args:
        store: The store.
        lang: Language of the reasons.
        most: How many; 0: all.
    """
    scores = store.load("scores")
    members = store.load("members")
    customer = members.set_index("party")["customer_id"]
    asked = scores[scores["band"] == "review"]
    asked = asked.assign(left=asked["party_l"].map(customer), right=asked["party_r"].map(customer))
    asked = asked[asked["left"].notna() & asked["right"].notna() & asked["left"].ne(asked["right"])]
    decisions = Decisions(store.load("decisions"))
    asked = asked[~_settled(asked, decisions, customer)]
    merged = _merges(store, weak_bridges(scores, members, decisions), members, lang, most)
    if not len(asked):
        return merged
    size = members.groupby("customer_id").size()
    worth = asked["probability"] * asked["left"].map(size) * asked["right"].map(size)
    asked = asked.assign(
        worth=worth.round(6), reason=reason_sentences(kinds_of(asked["party_l"]), asked["levels"], lang)
    )
    asked = asked.sort_values(["worth", "party_l", "party_r"], ascending=[False, True, True])
    asked = asked.head(most) if most else asked
    found = sorted(
        [*_doubts(store, asked, members), *merged], key=lambda doubt: (-doubt.worth, doubt.parties)
    )
    return found[:most] if most else found


def _merges(
    store: Store, bridges: Sequence[Bridge], members: pd.DataFrame, lang: Lang, most: int
) -> list[Doubt]:
    """The weakest merges, as far as they may be asked."""
    chosen = bridges[:most] if most else bridges
    if not chosen:
        return []
    rows = pd.DataFrame({"party": [b.parties[0] for b in chosen], "levels": [b.levels for b in chosen]})
    reasons = reason_sentences(kinds_of(rows["party"]), rows["levels"], lang).tolist()
    records = dict(zip(members["party"], members["source"] + ":" + members["record_id"], strict=True))
    values = [dict(zip(v["field"], v["value"], strict=True)) for v in side_values(store, members, chosen)]
    return [
        Doubt(
            parties=bridge.parties,
            customers=(bridge.customer, bridge.customer),
            records=_two(tuple(sorted({records[party] for party in side})) for side in bridge.sides),
            values=(_shown(values[2 * number]), _shown(values[2 * number + 1])),
            probability=bridge.probability,
            worth=bridge.worth,
            reason=say("steward.review.merged", lang, reason=reason),
        )
        for number, (bridge, reason) in enumerate(zip(chosen, reasons, strict=True))
    ]


def _two(sides: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    left, right = sides
    return left, right


def _settled(asked: pd.DataFrame, decisions: Decisions, customer: pd.Series[str]) -> pd.Series[bool]:
    """Pairs of two customers of whom a steward said that they are different."""
    held = standing(decisions)
    held = held[held["decision"] == "different"]
    ends = pd.DataFrame({"a": held["party_l"].map(customer), "b": held["party_r"].map(customer)}).dropna()
    said = {frozenset(pair) for pair in zip(ends["a"], ends["b"], strict=True)}
    found = [frozenset(pair) in said for pair in zip(asked["left"], asked["right"], strict=True)]
    return pd.Series(found, index=asked.index, dtype="bool")


def _doubts(store: Store, asked: pd.DataFrame, members: pd.DataFrame) -> list[Doubt]:
    wanted = sorted({*asked["left"], *asked["right"]})
    values = store.load("customers", where={"customer_id": wanted})
    shown = values[values["is_primary"]]
    facts: dict[str, dict[str, str]] = {}
    for owner, field, value in zip(shown["customer_id"], shown["field"], shown["value"], strict=True):
        facts.setdefault(str(owner), {})[str(field)] = str(value)
    own = members[members["customer_id"].isin(wanted)]
    records: dict[str, set[str]] = {}
    for owner, source, record in zip(own["customer_id"], own["source"], own["record_id"], strict=True):
        records.setdefault(str(owner), set()).add(f"{source}:{record}")
    return [
        Doubt(
            parties=(str(row.party_l), str(row.party_r)),
            customers=(str(row.left), str(row.right)),
            records=(tuple(sorted(records[str(row.left)])), tuple(sorted(records[str(row.right)]))),
            values=(_shown(facts.get(str(row.left), {})), _shown(facts.get(str(row.right), {}))),
            probability=float(str(row.probability)),
            worth=float(str(row.worth)),
            reason=str(row.reason),
        )
        for row in asked.itertuples(index=False)
    ]


def _shown(facts: dict[str, str]) -> dict[str, str]:
    name = " ".join(facts[part] for part in _NAME if part in facts)
    street = " ".join(facts[part] for part in ("street", "house_number") if part in facts)
    found = {**facts, "name": name, "street": street}
    return {field: found[field] for field in SHOWN if found.get(field)}


def pair_check(parties: Sequence[str], records: Sequence[str]) -> str:
    """Eight digits that tell whether a row of a workbook still is about this pair and these records."""
    text = "\x1f".join([*parties, *records])
    return hashlib.blake2b(text.encode("utf-8"), digest_size=4).hexdigest()
