"""The tables of a run become the arrays of an index; whole columns at a time.

Uses customers, members, contacts, identities, relations, permissions, touchpoints and orders, and the
columns of them that are named below; no table is needed beside customers and members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.tables import TABLES
from crmclean.view.abc_classes import class_bounds
from crmclean.view.arrays import Arrays, key_numbers, texts_of
from crmclean.view.bounces import undeliverable
from crmclean.view.terms import NAMES, PLACES, name_terms, place_terms
from crmclean.view.vocabulary import vocabulary_arrays

__all__ = ["FORMAT", "TABLES_USED", "compact", "index_arrays"]

FORMAT = 2
TABLES_USED = (
    "customers", "members", "contacts", "identities", "relations", "permissions", "touchpoints", "orders",
)  # fmt: skip
_HIDDEN = ("SUPPRESSED", "ERASED")
_LOCAL = 7  # last digits by which a number without its area code is found
_SHOWN = ("street", "house_number", "postal_code", "city")
_TITLES = ("title", "given_name", "name_prefix", "family_name", "name_suffix")
Ints = NDArray[np.int64]
_NOT_WORD = r"[\W_]+"


def index_arrays(
    tables: Mapping[str, pd.DataFrame], before: tuple[Arrays, Mapping[str, Any]] | None = None
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays of an index, and its facts.

    Args:
        tables: Tables of a run by name; those that are missing are taken as empty.
        before: Arrays and facts of an index made before: what its tables and these have in common, names
            and places or keys, is taken over. Most runs bring contacts and consents and leave the names.
    """
    have: dict[str, pd.DataFrame] = {
        table.name: tables.get(table.name, table.empty()) for table in TABLES if table.name in TABLES_USED
    }
    members = have["members"]
    ids = pd.Index(members["customer_id"].drop_duplicates().sort_values())
    kinds = members.drop_duplicates("customer_id").set_index("customer_id")["kind"].reindex(ids)
    values = have["customers"]
    owner = ids.get_indexer(pd.Index(values["customer_id"]))
    values = values.assign(row=owner)[owner >= 0]
    codes, reasons = _permission_codes(have["permissions"], ids)
    digests = _digests(have)
    kept = _kept(before, digests)
    arrays: dict[str, NDArray[Any]] = {
        **_named("ids", texts_of(ids.to_series())),
        "organization": kinds.eq("organization").to_numpy(dtype=np.uint8),
        **kept,
        **({} if "names.rows" in kept else {**_shown(values, len(ids)), **_words(values)}),
        **({} if "keys" in kept else _keys(have, values, ids)),
        **codes,
        **_last_contacts(have["touchpoints"], ids),
        **_people(have["relations"], ids),
    }
    facts = {
        "format": FORMAT,
        "customers": len(ids),
        "probe": int(key_numbers(["crmclean"])[0]),
        "digests": digests,
        "abc": class_bounds(have["orders"]),
        "permissions": reasons,
        "channels": sorted(have["touchpoints"]["channel"].dropna().unique().tolist()),
    }
    return arrays, facts


def _digests(have: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """What the names and places are made of, and what the keys are made of, each as a number."""
    failed = undeliverable(have["touchpoints"]).sort_index()
    names = _digest(
        have["customers"][["customer_id", "field", "value", "is_primary"]],
        have["members"][["customer_id", "party", "kind", "source", "record_id", "is_primary"]],
    )
    keys = _digest(
        have["contacts"][["party", "kind", "key", "valid"]],
        have["identities"][["customer_id", "merged_into"]],
        pd.DataFrame({"key": failed.index.astype("str")}),
    )
    return {"names": names, "keys": f"{names} {keys}"}


def _digest(*frames: pd.DataFrame) -> str:
    """A digest of the columns of frames, in the order of their rows."""
    found = hashlib.blake2b(digest_size=16)
    for frame in frames:
        for name in frame.columns:
            column = frame[name]
            if column.dtype == "bool":
                found.update(column.to_numpy().tobytes())
                continue
            found.update(column.isna().to_numpy().tobytes())
            for array in texts_of(column).values():
                found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def _kept(
    before: tuple[Arrays, Mapping[str, Any]] | None, digests: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    """The arrays of the index before that need not be made anew."""
    arrays, facts = before if before is not None else ({}, {})
    same = {name for name, digest in digests.items() if facts.get("digests", {}).get(name) == digest}
    parts = {"names": ("shown.", "names.", "places."), "keys": ("key",)}
    begins = tuple(part for name in sorted(same) for part in parts[name])
    return {name: array for name, array in arrays.items() if begins and name.startswith(begins)}


def _named(name: str, arrays: Arrays) -> Arrays:
    return {f"{name}.{key}": array for key, array in arrays.items()}


def _shown(values: pd.DataFrame, count: int) -> Arrays:
    """Name, street, postcode and town of every customer as they are shown."""
    primary = values[values["is_primary"]].drop_duplicates(["row", "field"])
    columns = {}
    for field in (*_TITLES, "organization", *_SHOWN):
        own = primary[primary["field"] == field]
        texts = np.full(count, "", dtype=object)
        texts[own["row"].to_numpy()] = own["value"].to_numpy(dtype=object)
        columns[field] = texts
    person = _joined(columns[field] for field in _TITLES)
    name = np.where(person == "", columns["organization"], person)
    street = _joined(columns[field] for field in ("street", "house_number"))
    shown = {"name": name, "street": street, "postal_code": columns["postal_code"], "city": columns["city"]}
    found: dict[str, NDArray[Any]] = {}
    for field, texts in shown.items():
        found.update(_named(f"shown.{field}", texts_of(pd.Series(texts, dtype="str"))))
    return found


def _joined(columns: Iterable[NDArray[Any]]) -> NDArray[Any]:
    """The texts of each row joined by blanks, empty ones left out."""
    whole: NDArray[Any] | None = None
    for column in columns:
        if whole is None:
            whole = column
            continue
        between = np.where((whole != "") & (column != ""), " ", "")
        whole = whole + between + column
    return whole if whole is not None else np.zeros(0, dtype=object)


def compact(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Customer numbers without blanks and signs, in capitals."""
    return texts.str.replace(_NOT_WORD, "", regex=True).str.upper()


def _keys(have: Mapping[str, pd.DataFrame], values: pd.DataFrame, ids: pd.Index[Any]) -> Arrays:
    """Everything that identifies, as numbers: sorted, each with its customer and its rank (1: wrong or old)."""
    members, contacts = have["members"], have["contacts"]
    owner = pd.Series(ids.get_indexer(pd.Index(members["customer_id"])), index=pd.Index(members["party"]))
    reached = contacts[contacts["key"].notna()]
    rows = owner.reindex(pd.Index(reached["party"])).fillna(-1).to_numpy(dtype=np.int64)
    bad = ~reached["valid"].to_numpy(dtype=bool)
    bad |= reached["key"].isin(undeliverable(have["touchpoints"]).index).to_numpy(dtype=bool)
    kind = reached["kind"].where(reached["kind"] != "fax", "phone")
    phones = (kind == "phone").to_numpy() & (reached["key"].str.len() > _LOCAL).to_numpy()
    local = "local:" + reached.loc[phones, "key"].str[-_LOCAL:]
    numbers = values[values["field"] == "customer_no"]
    first = members["is_primary"].to_numpy(dtype=bool)
    record = "record:" + members["source"] + ":" + members["record_id"]
    former, survivor = _former(have["identities"], ids)
    parts: list[tuple[pd.Series[Any], Ints, NDArray[np.bool_] | None]] = [
        (kind + ":" + reached["key"], rows, bad),
        (local, rows[phones], bad[phones]),
        ("customer_no:" + compact(numbers["value"]), numbers["row"].to_numpy(), None),
        (record[first], owner.to_numpy(dtype=np.int64)[first], None),
        ("key:" + members.loc[first, "record_id"].str.upper(), owner.to_numpy(dtype=np.int64)[first], None),
        ("id:" + ids.to_series().astype("str"), np.arange(len(ids)), None),
        ("former:" + former, survivor, None),
    ]
    keys = np.concatenate([key_numbers(texts.tolist()) for texts, _, _ in parts])
    owners = np.concatenate([np.asarray(rows, dtype=np.int64) for _, rows, _ in parts])
    ranks = np.concatenate(
        [np.zeros(len(rows), dtype=bool) if wrong is None else wrong for _, rows, wrong in parts]
    )
    return _keyed(keys, owners, ranks)


def _keyed(keys: NDArray[np.uint64], owners: Ints, ranks: NDArray[np.bool_]) -> Arrays:
    order = np.lexsort((ranks, owners, keys))
    keys, owners, ranks = keys[order], owners[order], ranks[order]
    kept = owners >= 0
    kept[1:] &= (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])  # the same twice: the valid one stays
    return {
        "keys": keys[kept],
        "key_rows": owners[kept].astype(np.int32),
        "key_ranks": ranks[kept].astype(np.uint8),
    }


def _former(identities: pd.DataFrame, ids: pd.Index[Any]) -> tuple[pd.Series[Any], Ints]:
    """Ids that were taken over, and the customer at the end of each chain."""
    gone = identities[identities["merged_into"].notna()]
    into = dict(zip(gone["customer_id"].tolist(), gone["merged_into"].tolist(), strict=True))
    ends = []
    for start in into:
        here, seen = start, set()
        while here in into and here not in seen:
            seen.add(here)
            here = into[here]
        ends.append(here)
    return pd.Series(list(into), dtype="str"), ids.get_indexer(pd.Index(ends)).astype(np.int64)


def _words(values: pd.DataFrame) -> Arrays:
    """The vocabularies of names and of places."""
    found: dict[str, NDArray[Any]] = {}
    for name, fields in (("names", NAMES), ("places", PLACES)):
        words, rows, numbers = [], [np.zeros(0, np.int32)], [np.zeros(0, np.uint8)]
        for number, field in enumerate(fields):
            own = values[values["field"] == field]
            codes, distinct = pd.factorize(own["value"])
            terms = [
                name_terms(str(text)) if name == "names" else place_terms(field, str(text))
                for text in distinct
            ]
            counts = np.array([len(t) for t in terms], dtype=np.int64)
            flat = np.array([t for group in terms for t in group], dtype=object)
            starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
            repeat = counts[codes]
            inside = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
            words.append(flat[np.repeat(starts[codes], repeat) + inside])
            rows.append(np.repeat(own["row"].to_numpy(dtype=np.int32), repeat))
            numbers.append(np.full(int(repeat.sum()), number, dtype=np.uint8))
        listed = pd.Series(np.concatenate(words), dtype="str")
        found.update(vocabulary_arrays(name, listed, np.concatenate(rows), np.concatenate(numbers)))
    return found


def _permission_codes(permissions: pd.DataFrame, ids: pd.Index[Any]) -> tuple[Arrays, list[list[str | bool]]]:
    """Per customer the numbers of its answers, and the answers; who is hidden.

    Of several contact points of a channel the one that is allowed answers.
    """
    rows = ids.get_indexer(pd.Index(permissions["customer_id"]))
    frame = permissions.assign(row=rows)[rows >= 0]
    hidden = np.zeros(len(ids), dtype=np.uint8)
    hidden[frame.loc[frame["reason"].isin(_HIDDEN), "row"].to_numpy()] = 1
    best = frame.sort_values(["row", "channel", "purpose", "allowed"], ascending=[True, True, True, False])
    best = best.drop_duplicates(["row", "channel", "purpose"])
    columns = ["channel", "purpose", "allowed", "reason"]
    told = best[columns].fillna("")
    codes = told.groupby(columns, sort=True).ngroup().to_numpy(dtype=np.int64)
    answers = told.drop_duplicates().sort_values(columns)
    listed = [list(row) for row in answers.itertuples(index=False, name=None)]
    own = best["row"].to_numpy(dtype=np.int64)
    arrays: dict[str, NDArray[Any]] = {
        "permission.starts": np.searchsorted(own, np.arange(len(ids) + 1)).astype(np.int64),
        "permission.codes": codes.astype(np.uint16),
        "hidden": hidden,
    }
    return arrays, [[str(c), str(p), bool(a), str(r)] for c, p, a, r in listed]


def _last_contacts(touchpoints: pd.DataFrame, ids: pd.Index[Any]) -> Arrays:
    """Time (20 characters) and channel of the last contact of each customer."""
    rows = ids.get_indexer(pd.Index(touchpoints["customer_id"]))
    frame = touchpoints.assign(row=rows)[(rows >= 0) & touchpoints["at"].notna().to_numpy()]
    last = frame.sort_values(["at", "source", "touchpoint_id"]).drop_duplicates("row", keep="last")
    at = np.zeros(len(ids), dtype="S20")
    at[last["row"].to_numpy()] = np.array(last["at"].str[:20].tolist(), dtype="S20")
    channels = sorted(touchpoints["channel"].dropna().unique().tolist())
    channel = np.full(len(ids), -1, dtype=np.int16)
    channel[last["row"].to_numpy()] = pd.Categorical(last["channel"], categories=channels).codes
    return {"last.at": at, "last.channel": channel}


def _people(relations: pd.DataFrame, ids: pd.Index[Any]) -> Arrays:
    """The people of each company."""
    works = relations[relations["kind"] == "works_at"]
    person = ids.get_indexer(pd.Index(works["left"])).astype(np.int64)
    company = ids.get_indexer(pd.Index(works["right"])).astype(np.int64)
    order = np.lexsort((person, company))
    order = order[(person[order] >= 0) & (company[order] >= 0)]
    return {
        "people.starts": np.searchsorted(company[order], np.arange(len(ids) + 1)).astype(np.int64),
        "people.rows": person[order].astype(np.int32),
    }
