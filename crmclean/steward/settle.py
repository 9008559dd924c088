"""Decisions on pairs of records become decisions on all records of their customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from crmclean.steward.bridges import links_of, sides_of
from crmclean.steward.proposal import Proposal, Word, decide_pairs
from crmclean.store import Store

__all__ = ["customers_joined", "propose_review"]


def customers_joined(store: Store, decided: Iterable[tuple[tuple[str, str], str]]) -> dict[str, str]:
    """Party -> the least of the customers that the decisions make one with its own."""
    listed = list(decided)
    parties = sorted({party for pair, _ in listed for party in pair}) or [""]
    members = store.load("members", where={"party": parties})
    owner = dict(zip(members["party"].tolist(), members["customer_id"].tolist(), strict=True))
    head = {customer: customer for customer in owner.values()}

    def find(customer: str) -> str:
        while head[customer] != customer:
            customer = head[customer]
        return customer

    for (a, b), word in listed:
        if word == "same" and a in owner and b in owner:
            one, two = sorted((find(owner[a]), find(owner[b])))
            head[two] = one
    return {party: find(customer) for party, customer in owner.items()}


def propose_review(
    store: Store, decided: Iterable[tuple[tuple[str, str], str]], word: Word, *, reasons: Sequence[str] = ()
) -> Proposal:
    """The proposal to say what was decided of pairs: of all records of their customers.

    Args:
        store: The store.
        decided: Two parties, and same or different; no contradictions.
        word: Who, when, why.
        reasons: Why, for each of the decisions; empty ones are as the word says.
    """
    listed = list(decided)
    joined = customers_joined(store, listed)
    members = store.load("members", where={"party": sorted(joined) or [""]})
    owner = dict(zip(members["party"].tolist(), members["customer_id"].tolist(), strict=True))
    customers = sorted(set(owner.values()))
    every = store.load("members", where={"customer_id": customers or [""]})
    own = {str(c): sorted(rows["party"]) for c, rows in every.groupby("customer_id")}
    groups: dict[str, set[str]] = {}
    for party, head in joined.items():
        groups.setdefault(head, set()).add(owner[party])
    words: dict[tuple[str, str], tuple[str, str]] = {}
    for group in groups.values():
        for one, two in combinations(sorted(group), 2):
            words |= {_pair(a, b): ("same", "") for a, b in product(own[one], own[two])}
    for ((a, b), said), reason in zip(listed, reasons or [""] * len(listed), strict=True):
        pairs = [(a, b)] if owner[a] == owner[b] else product(own[owner[a]], own[owner[b]])
        if owner[a] == owner[b] and said == "different":  # a merge is taken apart at this link
            pairs = product(*sides_of(links_of(store, owner[a]), a, b))
        words |= {_pair(left, right): (said, reason) for left, right in pairs}
    return decide_pairs(
        store,
        "review",
        [(a, b, said) for (a, b), (said, _) in words.items()],
        word,
        customers=customers,
        reasons={pair: reason for pair, (_, reason) in words.items() if reason},
    )


def _pair(left: str, right: str) -> tuple[str, str]:
    return min(left, right), max(left, right)
