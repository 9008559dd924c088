"""`Result` and `Duplicates`: what `run` and `dedupe` hand back, and the tables of their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match import Matches
from crmclean.match.explain import kinds_of, reason_sentences
from crmclean.merge import customer_documents, document_tables, flat_customers
from crmclean.merge.columns import in_order, ranks, row_order
from crmclean.merge.documents import Part
from crmclean.messages import Lang
from crmclean.normalize.records import Normalized
from crmclean.read import ReadResult
from crmclean.schema import frame_of_rows
from crmclean.tables import (
    CHANGES,
    CUSTOMERS,
    ISSUES,
    PERMISSIONS,
    SCORES,
    Changes,
    Consents,
    Customers,
    Identities,
    Issues,
    Members,
    Orders,
    Permissions,
    Relations,
    Scores,
    Touchpoints,
)

__all__ = [
    "PAIR_COLUMNS",
    "Duplicates",
    "Result",
    "crosswalk_of",
    "joined_issues",
    "pair_rows",
    "pairs_of",
    "stored_tables",
]

PAIR_COLUMNS = [
    "source_l",
    "record_id_l",
    "source_r",
    "record_id_r",
    "weight",
    "probability",
    "band",
    "reason",
]
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


class HasIssues(Protocol):
    """What a stage hands back."""

    @property
    def issues(self) -> Issues:
        """Its findings."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What matching alone found.

    Args:
        pairs: Columns of pairs.csv: source_l, record_id_l, source_r, record_id_r (str), weight
            (float, bits), probability (float, 0 to 1), band (match or review), reason.
        crosswalk: source, record_id, customer_id (str), each record once.
        matches: All tables of the matching stage.
        read: What was read.
        normal: Parties, contacts, addresses that were matched.
        issues: Findings of reading, normalising and matching.
    """

    pairs: pd.DataFrame
    crosswalk: pd.DataFrame
    matches: Matches
    read: ReadResult
    normal: Normalized
    issues: Issues


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


def crosswalk_of(members: Members, excluded: pd.DataFrame) -> pd.DataFrame:
    """source, record_id, customer_id: each record once, sorted; excluded records have no customer."""
    chosen: pd.DataFrame = members[members["is_primary"]][["source", "record_id", "customer_id"]]
    if len(excluded):
        without = excluded[["source", "record_id"]].assign(customer_id=pd.Series(dtype="str"))
        chosen = pd.concat([chosen, without], ignore_index=True)
    return chosen.iloc[row_order(chosen, ["source", "record_id"])].reset_index(drop=True)


def pairs_of(matches: Matches, lang: Lang) -> pd.DataFrame:
    """The scored pairs by record, with the reason in words; each pair of records once.

    Where two records are compared as persons and as organizations, the better score stands.
    """
    frame = pair_rows(SCORES.check(matches.scores[matches.scores["band"] != "none"]), lang)
    if not in_order(frame, PAIR_COLUMNS[:4], twice=False):
        sides = [ranks(frame[name]) for name in reversed(PAIR_COLUMNS[:4])]
        order = np.lexsort([-frame["probability"].to_numpy(), *sides])
        again = np.ones(len(order), dtype=np.bool_)
        again[:1] = False
        for side in sides:
            again[1:] &= np.diff(side[order]) == 0
        frame = frame.iloc[order[~again]]
    inside = (frame["source_l"] == frame["source_r"]) & (frame["record_id_l"] == frame["record_id_r"])
    return (frame[~inside] if inside.any() else frame).reset_index(drop=True)


def pair_rows(scores: Scores, lang: Lang) -> pd.DataFrame:
    """Scores in the columns of pairs.csv, in the same order of rows."""
    columns = [*PAIR_COLUMNS, "kind", "levels"]
    if not len(scores):  # splitting no texts gives no columns
        numbers = {"weight", "probability"}
        return pd.DataFrame({c: pd.Series(dtype="float64" if c in numbers else "str") for c in columns})
    frame = pd.DataFrame(index=scores.index)
    for side in ("l", "r"):
        frame[f"source_{side}"], frame[f"record_id_{side}"] = _records_of(scores[f"party_{side}"])
    frame["weight"], frame["probability"], frame["band"] = (
        scores["weight"],
        scores["probability"],
        scores["band"],
    )
    frame["reason"] = reason_sentences(scores["party_l"], scores["levels"], lang)
    frame["kind"] = pd.Series(pd.array(kinds_of(scores["party_l"]), dtype="str"), scores.index)
    frame["levels"] = scores["levels"]
    return frame[columns].reset_index(drop=True)


def _records_of(parties: pd.Series[str]) -> tuple[pd.Series[str], pd.Series[str]]:
    """Source and record id of each party."""
    found = pc.extract_regex(pa.array(parties.array, pa.large_string()), _PARTY)
    source, record = (
        pd.Series(pd.array(pc.struct_field(found, name), dtype="str"), index=parties.index)
        for name in ("source", "record")
    )
    return source, record


_PARTY = r"(?s)^(?P<source>[^:]*):(?P<record>.*)/[^/]*$"


def joined_issues(*stages: HasIssues, conflicts: Issues | None = None) -> Issues:
    """All findings in one table, in an order that no input order changes.

    A finding about a record names the record and no line: lines move when a file is sorted anew.
    The same finding is there once, though a run may carry it on and make it anew.
    """
    parts = [stage.issues for stage in stages] + ([] if conflicts is None else [conflicts])
    filled = [part for part in parts if len(part)]
    if not filled:
        return ISSUES.empty()
    frame = pd.concat(filled, ignore_index=True)
    frame["row"] = frame["row"].where(frame["record_id"].isna(), 0)
    key = _issue_keys(frame)
    order = np.argsort(key, kind="stable")
    same = np.diff(key[order]) == 0
    twins = np.flatnonzero(np.r_[False, same] | np.r_[same, False])  # only they can be told twice
    kept = np.ones(len(order), dtype=np.bool_)
    kept[twins] = ~frame.iloc[order[twins]].duplicated().to_numpy()
    return ISSUES.check(frame.iloc[order[kept]].reset_index(drop=True))


_ISSUE_ORDER = ("source", "record_id", "file", "row", "field", "code", "raw", "detail", "proposal")


def _issue_keys(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """A number per finding by which findings sort; missing values come first."""
    key = np.zeros(len(frame), dtype=np.int64)
    for name in _ISSUE_ORDER:
        place = frame[name].to_numpy() if name == "row" else ranks(frame[name]) + 1
        width = int(place.max()) + 1
        if int(key.max()) >= 2**62 // width:
            key = np.unique(key, return_inverse=True)[1]
        key = key * width + place
    return key
