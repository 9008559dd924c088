"""What a word of a steward changes, for people to look at before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from crmclean.intake import FOLLOWERS
from crmclean.result import Result
from crmclean.store import Store
from crmclean.tables import Customers, Identities, Members, Permissions

__all__ = ["Effects", "Golden", "effects_of"]


@dataclass(frozen=True, slots=True)
class Golden:
    """A customer as it was or will be.

    Args:
        customer_id: Its id.
        values: Field = primary value.
        records: Records written source:record_id, sorted.
    """

    customer_id: str
    values: Mapping[str, str]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """What changes.

    Args:
        before: Customers whose records change, and those asked about, as they are.
        after: The customers that their records will belong to.
        ids: customer_id, change (created, merged, revived, retired), other_id per id that changes.
        permissions: customer_id, channel, purpose, contact_point, before, after per answer that changes.
        moved: Table = rows that get another customer.
        others: Further customers of which a value changes.
    """

    before: tuple[Golden, ...]
    after: tuple[Golden, ...]
    ids: pd.DataFrame
    permissions: pd.DataFrame
    moved: Mapping[str, int] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing changes."""
        same = {g.customer_id: g for g in self.before} == {g.customer_id: g for g in self.after}
        return same and not len(self.ids) and not len(self.permissions) and not any(self.moved.values())


def effects_of(store: Store, result: Result, asked: Iterable[str]) -> Effects:
    """The differences between what the store holds and a result over the same records.

    Args:
        store: Not changed.
        result: As `consolidate` gave it.
        asked: Customers to show in any case.
    """
    old, new = Members(store.load("members")), result.members
    was, will = (rows.set_index("party")["customer_id"] for rows in (old, new))
    both = was.to_frame("was").join(will.to_frame("will"), how="outer")
    moved = both[both["was"].ne(both["will"])]
    ids = set(moved["was"].dropna()) | set(asked)
    touched = set(moved["will"].dropna()) | {str(c) for c in will.reindex(was.index[was.isin(ids)]).dropna()}
    ids |= {str(c) for c in was.reindex(will.index[will.isin(touched)]).dropna()}
    values = Customers(store.load("customers"))
    return Effects(
        before=_golden(ids, old, values),
        after=_golden(touched, new, result.values),
        ids=_ids(Identities(store.load("identities")), result.identities),
        permissions=_permissions(Permissions(store.load("permissions")), result.permissions, both),
        moved=_moved(store, result),
        others=_others(values, result.values, ids | touched),
    )


def _golden(ids: Iterable[str], members: Members, values: Customers) -> tuple[Golden, ...]:
    wanted = sorted(ids)
    shown = values[values["customer_id"].isin(wanted) & values["is_primary"]]
    own = members[members["customer_id"].isin(wanted)]
    records = own["source"] + ":" + own["record_id"]
    found = []
    for customer in wanted:
        mine = shown[shown["customer_id"] == customer]
        found.append(
            Golden(
                customer,
                dict(zip(mine["field"].tolist(), mine["value"].tolist(), strict=True)),
                tuple(sorted(set(records[own["customer_id"] == customer]))),
            )
        )
    return tuple(g for g in found if g.records)


def _ids(old: Identities, new: Identities) -> pd.DataFrame:
    """Ids whose state changes."""
    states = old.set_index("customer_id")[["status", "merged_into"]]
    now = new.set_index("customer_id")[["status", "merged_into", "split_from"]]
    both = now.join(states.add_suffix("_before"))
    changed = both[
        both["status"].ne(both["status_before"])
        | both["merged_into"].fillna("").ne(both["merged_into_before"].fillna(""))
    ]
    words = {"merged": "merged", "retired": "retired", "split": "split"}
    rows = [
        {
            "customer_id": str(row.Index),
            "change": words.get(str(row.status))
            or ("revived" if isinstance(row.status_before, str) else "created"),
            "other_id": row.merged_into if isinstance(row.merged_into, str) else row.split_from,
        }
        for row in changed.itertuples()
    ]
    return pd.DataFrame(rows, columns=["customer_id", "change", "other_id"]).astype("str")


def _permissions(old: Permissions, new: Permissions, customers: pd.DataFrame) -> pd.DataFrame:
    """Answers that change for the customer to whom the records belong then."""
    key = ["customer_id", "channel", "purpose", "contact_point"]
    became = customers.dropna().drop_duplicates().rename(columns={"was": "customer_id"})
    before = _answers(old).merge(became, on="customer_id").drop(columns="customer_id")
    before = before.rename(columns={"will": "customer_id"}).drop_duplicates().sort_values([*key, "answer"])
    one = before.groupby(key, sort=True)["answer"].agg(" / ".join).reset_index()
    both = _answers(new).merge(one, on=key, how="left", suffixes=("_after", "_before"))
    both = both.rename(columns={"answer_before": "before", "answer_after": "after"})
    changed = both["before"].fillna("").ne(both["after"])
    return both.loc[changed, [*key, "before", "after"]].sort_values(key).reset_index(drop=True)


def _answers(permissions: Permissions) -> pd.DataFrame:
    """Channel, purpose and contact point with the answer in words."""
    key = ["customer_id", "channel", "purpose", "contact_point"]
    said = permissions["allowed"].map({True: "yes", False: "no"}).astype("str") + " " + permissions["reason"]
    return permissions[key].fillna("").assign(answer=said)


def _moved(store: Store, result: Result) -> dict[str, int]:
    """How many rows of each table that follows get another customer."""
    found = {}
    now = {"touchpoints": result.touchpoints, "orders": result.orders, **result.followers}
    for table in FOLLOWERS:
        before, after = (_customers(rows) for rows in (store.load(table), now[table]))
        found[table] = int((before != after).sum()) if len(before) == len(after) else len(after)
    return found


def _customers(rows: pd.DataFrame) -> pd.Series[str]:
    keys = [c for c in rows.columns if c not in {"customer_id", "candidates"}]
    ordered = rows.sort_values(keys, na_position="first", kind="stable")
    return ordered["customer_id"].fillna("").reset_index(drop=True)


def _others(old: Customers, new: Customers, shown: set[str]) -> tuple[str, ...]:
    """Customers beside those shown of which a primary value changes."""
    key = ["customer_id", "field", "value"]
    one, two = (rows.loc[rows["is_primary"] & ~rows["customer_id"].isin(shown), key] for rows in (old, new))
    both = one.merge(two, on=key, how="outer", indicator=True)
    return tuple(sorted(set(both.loc[both["_merge"] != "both", "customer_id"])))
