"""Linking and splitting customers: words about pairs of their records."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

from crmclean.config import Config
from crmclean.errors import ConfigError, NotFoundError
from crmclean.messages import say
from crmclean.steward.proposal import Proposal, Word, decide_pairs
from crmclean.store import Store
from crmclean.tables import Members
from crmclean.view import pick_customer

__all__ = ["link_customers", "split_customer"]


def link_customers(store: Store, left: str, right: str, word: Word, *, config: Config) -> Proposal:
    """The proposal to make two customers one.

    Args:
        store: The store.
        left: A customer: id, former id, source:record_id, customer number, or what finds only one.
        right: Another one.
        word: Who, when, why.
        config: For the language of errors.

    Raises:
        NotFoundError: There is none, or several are meant.
        ConfigError: Both are the same already, a person and an organization, or one is a test row:
            such rows are kept out of matching, so that the word could not be obeyed.
    """
    one, two = (pick_customer(store, what, lang=config.lang) for what in (left, right))
    members = Members(store.load("members", where={"customer_id": [one, two]}))
    if one == two:
        raise ConfigError(say("steward.same_already", config.lang, id=one))
    if members["kind"].nunique() > 1:
        raise ConfigError(say("steward.kinds", config.lang), hint=say("steward.kinds_hint", config.lang))
    _refuse_tests(store, members, config)
    ones, twos = (_parties(members, customer) for customer in (one, two))
    pairs = [(a, b, "same") for a, b in product(ones, twos)]
    return decide_pairs(store, "link", pairs, word, customers=(one, two))


def split_customer(
    store: Store, customer: str, records: Sequence[str], word: Word, *, config: Config, each: bool = False
) -> Proposal:
    """The proposal to take records out of a customer.

    The records stay together and become a customer of their own, unless evidence ties them to another.

    Args:
        store: The store.
        customer: As in `link_customers`.
        records: Written source:record_id, or the id alone where the customer has it once.
        word: Who, when, why.
        config: For the language of errors.
        each: Each of the records by itself.

    Raises:
        NotFoundError: No such customer, or it has no such record.
        ConfigError: Nothing would be left.
    """
    found = pick_customer(store, customer, lang=config.lang)
    members = Members(store.load("members", where={"customer_id": [found]}))
    out = sorted({party for record in records for party in _parties_of(members, record, config)})
    rest = sorted(set(members["party"]) - set(out))
    if not out or not (rest or each):
        raise ConfigError(
            say("steward.nothing_left", config.lang), hint=say("steward.nothing_left_hint", config.lang)
        )
    inside = "different" if each else "same"
    pairs = [(a, b, "different") for a, b in product(out, rest)]
    pairs += [(a, b, inside) for a, b in combinations(out, 2)]
    return decide_pairs(store, "split", pairs, word, customers=(found,))


def _refuse_tests(store: Store, members: Members, config: Config) -> None:
    """Nobody is made one with a test row.

    Raises:
        ConfigError: A party of these members is one.
    """
    parties = store.load("parties", where={"party": members["party"].tolist()})
    tests = parties[parties["is_test"].to_numpy(dtype=bool)]
    if len(tests):
        rows = ", ".join(sorted(set(tests["source"] + ":" + tests["record_id"]))[:10])
        raise ConfigError(
            say("steward.test_row", config.lang, records=rows), hint=say("steward.test_row_hint", config.lang)
        )


def _parties(members: Members, customer: str) -> list[str]:
    return sorted(members.loc[members["customer_id"] == customer, "party"])


def _parties_of(members: Members, record: str, config: Config) -> list[str]:
    """The parties of a customer that a record names.

    Raises:
        NotFoundError: None, or of several sources.
    """
    source, sign, key = record.partition(":")
    rows = members[(members["source"] == source) & (members["record_id"] == key)] if sign else members.head(0)
    if not len(rows):
        rows = members[members["record_id"] == record]
    if not len(rows) or rows["source"].nunique() > 1:
        listed = ", ".join(sorted(set(members["source"] + ":" + members["record_id"]))[:10])
        raise NotFoundError(
            say("steward.no_record", config.lang, record=record),
            hint=say("steward.no_record_hint", config.lang, records=listed),
        )
    return sorted(rows["party"])
