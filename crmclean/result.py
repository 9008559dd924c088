"""`Result`: what `run` hands back, and the tables of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from crmclean.common_tables import PAIR_COLUMNS, crosswalk_of, pairs_of
from crmclean.match import Matches
from crmclean.merge import customer_documents, document_tables, flat_customers
from crmclean.merge.documents import Part
from crmclean.messages import Lang
from crmclean.normalize.records import Normalized
from crmclean.read import ReadResult
from crmclean.schema import frame_of_rows
from crmclean.tables import (
    CHANGES,
    CUSTOMERS,
    PERMISSIONS,
    Changes,
    Consents,
    Customers,
    Identities,
    Issues,
    Members,
    Orders,
    Permissions,
    Relations,
    Touchpoints,
)

__all__ = ["Result", "stored_tables"]

PARTY_COLUMNS = ["customer_id", "kind", "source", "record_id", "party", "is_primary"]
CONSENT_COLUMNS = [
    "customer_id",
    "channel",
    "purpose",
    "contact_point",
    "allowed",
    "reason",
    "basis",
    "since",
    "valid_until",
    "as_of",
    "policy",
]
TOUCHPOINT_COLUMNS = [
    "touchpoint_id",
    "source",
    "at",
    "channel",
    "direction",
    "identifier",
    "subject",
    "agent",
    "customer_id",
    "candidates",
]


@dataclass(frozen=True, slots=True)
class Result:
    """What the main job found; each attribute is a declared table unless it says otherwise.

    Args:
        read: Sources, mappings, raw records and frames.
        normal: Parties, contacts, addresses.
        matches: Scores, clusters, relations of clusters, trained models.
        members: Party -> customer.
        identities: Every customer id and what became of it.
        golden: Customers, one value per row, with provenance; texts may be codes (`merge_coded`).
        consents: Consent events.
        decided: Decisions per customer, channel, purpose and contact point; texts may be codes.
        relations: Relations of customers.
        touchpoints: Contacts on all channels.
        orders: Orders with their customer.
        followers: Opportunities, tasks, qualifications with their customer, by table name.
        issues: All findings.
        excluded: source, record_id, reason of records that the configuration keeps from becoming customers.
        as_of: Day of all decisions.
        intake: New, changed, unchanged and gone records per source; None on a first run.
        policy: Name of the consent policy.
        lang: Language of the sentences.
        ledger_head: Head of the consent ledger after the run; empty without store or events.
        changes: What the run changed of the customers; without a store all of them are new.
        taken: full: everything was consolidated anew; increment: what was new or changed.
        because: Why it was a full run, a word of `crmclean.increment.plan`; empty for an increment.
        touched: Customers that an increment worked out anew.
        partial: Whether the tables hold the touched customers alone.
    """

    read: ReadResult
    normal: Normalized
    matches: Matches
    members: Members
    identities: Identities
    golden: Customers | pa.Table
    consents: Consents
    decided: Permissions | pa.Table
    relations: Relations
    touchpoints: Touchpoints
    orders: Orders
    followers: Mapping[str, pd.DataFrame]
    issues: Issues
    excluded: pd.DataFrame
    as_of: str
    policy: str
    lang: Lang
    ledger_head: str = ""
    intake: pd.DataFrame | None = None
    changes: Changes = field(default_factory=CHANGES.empty)
    taken: str = "full"
    because: str = ""
    touched: int = 0
    partial: bool = False
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def values(self) -> Customers:
        """Customers, one value per row, with provenance."""
        if isinstance(self.golden, pa.Table):
            return CUSTOMERS.check(self._once("values", lambda: frame_of_rows(self.golden)))
        values: Customers = self.golden
        return values

    @property
    def permissions(self) -> Permissions:
        """Decisions per customer, channel, purpose and contact point."""
        if isinstance(self.decided, pa.Table):
            return PERMISSIONS.check(frame_of_rows(self.decided))
        permissions: Permissions = self.decided
        return permissions

    @property
    def customers(self) -> pd.DataFrame:
        """One row per customer, primary values: the columns of customers.csv."""
        return self._once("customers", lambda: flat_customers(self.golden, self.members, self.normal.parties))

    @property
    def crosswalk(self) -> pd.DataFrame:
        """source, record_id, customer_id (str): each record once, excluded ones without a customer."""
        return self._once("crosswalk", lambda: crosswalk_of(self.members, self.excluded))

    @property
    def pairs(self) -> pd.DataFrame:
        """The columns of pairs.csv: scored pairs from the review threshold up."""
        return self._once("pairs", lambda: pairs_of(self.matches, self.lang))

    @property
    def consent(self) -> pd.DataFrame:
        """The columns of consent.csv."""
        return self._once("consent", lambda: self.permissions[CONSENT_COLUMNS])

    @property
    def parties(self) -> pd.DataFrame:
        """The columns of parties.csv: every party, its record, its customer and its name."""
        named = self.normal.parties.set_index("party")[["given_name", "family_name", "organization"]]
        return self._once("parties", lambda: self.members[PARTY_COLUMNS].join(named, on="party"))

    @property
    def relations_shown(self) -> pd.DataFrame:
        """The columns of relations.csv."""
        renamed = self.relations.rename(columns={"left": "customer_id_l", "right": "customer_id_r"})
        return renamed[["customer_id_l", "customer_id_r", "kind", "evidence"]]

    def documents(self) -> Iterator[dict[str, Any]]:
        """Everything known per customer, nested: the rows of customers.jsonl."""
        yield from customer_documents(
            self.values,
            self.members,
            contacts=self.normal.contacts,
            addresses=self.normal.addresses,
            relations=self.relations,
            permissions=self.permissions,
        )

    def document_tables(self) -> tuple[pd.DataFrame, dict[str, Part]]:
        """What the documents are made of; see `crmclean.merge.document_tables`."""
        return document_tables(
            self.golden,
            self.members,
            contacts=self.normal.contacts,
            addresses=self.normal.addresses,
            relations=self.relations,
            permissions=self.decided,
        )

    def written(self) -> dict[str, pd.DataFrame | pa.Table]:
        """As `tables`, with codes for the texts of what is held so."""
        if isinstance(self.decided, pd.DataFrame):
            return self._files(self.consent)
        return self._files(self.decided.select(CONSENT_COLUMNS))

    def tables(self) -> dict[str, pd.DataFrame]:
        """File stem -> table, as written into the output folder."""
        return self._files(self.consent)

    def _files(self, consent: Any) -> dict[str, Any]:
        return {
            "customers": self.customers,
            "crosswalk": self.crosswalk,
            "parties": self.parties,
            "pairs": self.pairs[PAIR_COLUMNS],
            "issues": self.issues,
            "consent": consent,
            "relations": self.relations_shown,
            "touchpoints": self.touchpoints[TOUCHPOINT_COLUMNS],
            "changes": self.changes,
        }

    def _once(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        if name not in self.cache:
            self.cache[name] = make()
        found: pd.DataFrame = self.cache[name]
        return found


def stored_tables(result: Result) -> dict[str, pd.DataFrame | pa.Table]:
    """Name = table of everything that a store keeps of a result, but for models and words of stewards."""
    return {
        "sources": result.read.sources,
        "mappings": result.read.mappings,
        "records": result.read.records,
        "parties": result.normal.parties,
        "contacts": result.normal.contacts,
        "addresses": result.normal.addresses,
        "issues": result.issues,
        "scores": result.matches.scores,
        "clusters": result.matches.clusters,
        "members": result.members,
        "relations": result.relations,
        "consents": result.consents,
        "permissions": result.decided,
        "touchpoints": result.touchpoints,
        "orders": result.orders,
        **result.followers,
        "customers": result.golden,
        "identities": result.identities,
    }
