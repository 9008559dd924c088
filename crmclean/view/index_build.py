"""The tables of a run become the arrays of an index; whole columns at a time.

Uses customers, members, contacts, identities, relations, permissions, touchpoints and orders, and the
columns of them that are named below; no table is needed beside customers and members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.schema import coded_rows, codes_of, frame_of_rows, ranked_codes
from crmclean.tables import TABLES
from crmclean.view.abc_classes import class_bounds
from crmclean.view.arrays import Arrays, key_numbers, texts_of
from crmclean.view.bounces import undeliverable
from crmclean.view.terms import NAMES, PLACES, name_terms, place_terms
from crmclean.view.vocabulary import vocabulary_arrays

__all__ = [
    "FORMAT",
    "TABLES_USED",
    "compact",
    "failed_digest",
    "index_arrays",
    "last_contacts",
    "permission_codes",
]

FORMAT = 2
TABLES_USED = (
    "customers", "members", "contacts", "identities", "relations", "permissions", "touchpoints", "orders",
)  # fmt: skip
_DIGESTED = 262_144  # rows digested at once
_HIDDEN = ("SUPPRESSED", "ERASED")
_LOCAL = 7  # last digits by which a number without its area code is found
_SHOWN = ("street", "house_number", "postal_code", "city")
_TITLES = ("title", "given_name", "name_prefix", "family_name", "name_suffix")
Ints = NDArray[np.int64]
_NOT_WORD = r"[\W_]+"


def index_arrays(
    tables: Mapping[str, pd.DataFrame | pa.Table], before: tuple[Arrays, Mapping[str, Any]] | None = None
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays of an index, and its facts.

    Args:
        tables: Tables of a run by name; those that are missing are taken as empty. Texts of customers may
            be codes (`crmclean.merge.merge_coded`).
        before: Arrays and facts of an index made before: what its tables and these have in common, names
            and places or keys, is taken over. Most runs bring contacts and consents and leave the names.
    """
    have: dict[str, Any] = {
        table.name: tables.get(table.name, table.empty()) for table in TABLES if table.name in TABLES_USED
    }
    members = have["members"]
    ids = pd.Index(members["customer_id"].drop_duplicates().sort_values())
    kinds = members.drop_duplicates("customer_id").set_index("customer_id")["kind"].reindex(ids)
    values = _values_of(have["customers"], ids)
    codes, reasons = permission_codes(have["permissions"], ids)
    digests = _digests(have)
    kept = _kept(before, digests)
    arrays: dict[str, NDArray[Any]] = {
        **_named("ids", texts_of(ids.to_series())),
        "organization": kinds.eq("organization").to_numpy(dtype=np.uint8),
        **kept,
        **({} if "names.rows" in kept else {**_shown(values, len(ids)), **_words(values)}),
        **({} if "keys" in kept else _keys(have, values, ids)),
        **codes,
        **last_contacts(have["touchpoints"], ids),
        **_people(have["relations"], ids),
    }
    facts = {
        "format": FORMAT,
        "customers": len(ids),
        "probe": int(key_numbers(["crmclean"])[0]),
        "digests": digests,
        "failed": failed_digest(have["touchpoints"]),
        "abc": class_bounds(have["orders"]),
        "permissions": reasons,
        "channels": sorted(have["touchpoints"]["channel"].dropna().unique().tolist()),
    }
    return arrays, facts


@dataclass(frozen=True, slots=True)
class _Values:
    """Rows of customers that have a customer, as codes: its number, field, text; whether it is primary."""

    row: NDArray[np.int32]
    field: NDArray[np.int32]
    fields: Sequence[str]
    text: NDArray[np.int32]
    texts: pa.Array
    primary: NDArray[np.bool_]

    def of(self, field: str, *, primary: bool = False) -> tuple[Ints, Ints]:
        """Customers and codes of the texts of a field."""
        here = self.field == (self.fields.index(field) if field in self.fields else -1)
        at = np.flatnonzero(here & self.primary if primary else here)
        return self.row[at].astype(np.int64), self.text[at].astype(np.int64)


_USED = ["customer_id", "field", "value", "is_primary"]


def _values_of(customers: pd.DataFrame | pa.Table, ids: pd.Index[Any]) -> _Values:
    rows = customers if isinstance(customers, pa.Table) else coded_rows(customers[_USED])
    owner, field, value = (rows[name].combine_chunks() for name in _USED[:3])
    known = ids.get_indexer(pd.Index(pd.array(owner.dictionary, dtype="str"))).astype(np.int64)
    row = known[owner.indices.to_numpy()]
    at = np.flatnonzero(row >= 0)
    return _Values(
        row=row[at].astype(np.int32),
        field=field.indices.to_numpy()[at],
        fields=field.dictionary.to_pylist(),
        text=value.indices.to_numpy()[at],
        texts=value.dictionary,
        primary=rows["is_primary"].to_numpy()[at],
    )


def _digests(have: Mapping[str, Any]) -> dict[str, str]:
    """What the names and places are made of, and what the keys are made of, each as a number."""
    failed = undeliverable(have["touchpoints"]).sort_index()
    names = _digest(
        have["customers"][_USED]
        if isinstance(have["customers"], pd.DataFrame)
        else have["customers"].select(_USED),
        have["members"][["customer_id", "party", "kind", "source", "record_id", "is_primary"]],
    )
    keys = _digest(
        have["contacts"][["party", "kind", "key", "valid"]],
        have["identities"][["customer_id", "merged_into"]],
        pd.DataFrame({"key": failed.index.astype("str")}),
    )
    return {"names": names, "keys": f"{names} {keys}"}


def failed_digest(touchpoints: pd.DataFrame) -> str:
    """The addresses and numbers that failed, as a number."""
    failed = undeliverable(touchpoints).sort_index()
    return _digest(pd.DataFrame({"key": failed.index.astype("str")}))


def _digest(*tables: pd.DataFrame | pa.Table) -> str:
    """A digest of the columns of tables, in the order of their rows."""
    found = hashlib.blake2b(digest_size=16)
    for table in tables:
        for start in range(0, len(table), _DIGESTED):
            if isinstance(table, pd.DataFrame):
                frame = table.iloc[start : start + _DIGESTED]
            else:
                frame = frame_of_rows(table.slice(start, _DIGESTED))
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


def _shown(values: _Values, count: int) -> Arrays:
    """Name, street, postcode and town of every customer as they are shown."""
    columns = {}
    for field in (*_TITLES, "organization", *_SHOWN):
        rows, codes = values.of(field, primary=True)
        text = np.full(count, -1, dtype=np.int64)
        text[rows[::-1]] = codes[::-1]  # of several the first
        columns[field] = values.texts.take(pa.array(text, mask=text < 0))
    person = _joined([columns[field] for field in _TITLES])
    name = pc.coalesce(person, columns["organization"])
    street = _joined([columns[field] for field in ("street", "house_number")])
    shown = {"name": name, "street": street, "postal_code": columns["postal_code"], "city": columns["city"]}
    found: dict[str, NDArray[Any]] = {}
    for field, texts in shown.items():
        found.update(_named(f"shown.{field}", texts_of(pd.Series(pd.array(texts, dtype="str")))))
    return found


def _joined(columns: Sequence[pa.Array]) -> pa.Array:
    """The texts of each row joined by blanks, missing ones left out; missing where all are."""
    empty, blank = (pa.scalar(text, pa.large_string()) for text in ("", " "))
    whole = pc.fill_null(columns[0], empty)
    for column in columns[1:]:
        further = pc.fill_null(column, empty)
        both = pc.and_(pc.not_equal(whole, empty), pc.not_equal(further, empty))
        whole = pc.binary_join_element_wise(whole, pc.if_else(both, blank, empty), further, empty)
    return pc.if_else(pc.equal(whole, empty), pa.scalar(None, pa.large_string()), whole)


def compact(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Customer numbers without blanks and signs, in capitals."""
    return texts.str.replace(_NOT_WORD, "", regex=True).str.upper()


def _keys(have: Mapping[str, Any], values: _Values, ids: pd.Index[Any]) -> Arrays:
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
    numbered, numbers = values.of("customer_no")
    first = members["is_primary"].to_numpy(dtype=bool)
    record = "record:" + members["source"] + ":" + members["record_id"]
    former, survivor = _former(have["identities"], ids)
    parts: list[tuple[pd.Series[Any], Ints, NDArray[np.bool_] | None]] = [
        (kind + ":" + reached["key"], rows, bad),
        (local, rows[phones], bad[phones]),
        ("customer_no:" + compact(_series(values.texts.take(pa.array(numbers)))), numbered, None),
        (record[first], owner.to_numpy(dtype=np.int64)[first], None),
        ("key:" + members.loc[first, "record_id"].str.upper(), owner.to_numpy(dtype=np.int64)[first], None),
        ("id:" + ids.to_series().astype("str"), np.arange(len(ids)), None),
        ("former:" + former, survivor, None),
    ]
    keys = np.concatenate([_key_numbers(texts) for texts, _, _ in parts])
    owners = np.concatenate([np.asarray(rows, dtype=np.int64) for _, rows, _ in parts])
    ranks = np.concatenate(
        [np.zeros(len(rows), dtype=bool) if wrong is None else wrong for _, rows, wrong in parts]
    )
    return _keyed(keys, owners, ranks)


def _key_numbers(texts: pd.Series[Any]) -> NDArray[np.uint64]:
    """The number of each text; some at a time, for each is an object meanwhile."""
    steps = range(0, len(texts), _DIGESTED)
    return np.concatenate(
        [key_numbers(texts.iloc[at : at + _DIGESTED].tolist()) for at in steps] or [key_numbers([])]
    )


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


def _series(texts: pa.Array) -> pd.Series[Any]:
    return pd.Series(pd.array(texts, dtype="str"))


def _words(values: _Values) -> Arrays:
    """The vocabularies of names and of places."""
    found: dict[str, NDArray[Any]] = {}
    for name, fields in (("names", NAMES), ("places", PLACES)):
        known: dict[str, int] = {}  # number of each word
        words, rows, numbers = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint8)]
        for number, field in enumerate(fields):
            owner, texts = values.of(field)
            used, codes = np.unique(texts, return_inverse=True)
            terms = [
                name_terms(text) if name == "names" else place_terms(field, text)
                for text in values.texts.take(pa.array(used)).to_pylist()
            ]
            counts = np.array([len(t) for t in terms], dtype=np.int64)
            flat = np.array(
                [known.setdefault(t, len(known)) for group in terms for t in group], dtype=np.int64
            )
            starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
            repeat = counts[codes]
            inside = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
            words.append(flat[np.repeat(starts[codes], repeat) + inside])
            rows.append(np.repeat(owner.astype(np.int32), repeat))
            numbers.append(np.full(int(repeat.sum()), number, dtype=np.uint8))
        coded = np.concatenate(words)
        found.update(
            vocabulary_arrays(name, list(known), coded, (np.concatenate(rows), np.concatenate(numbers)))
        )
    return found


def permission_codes(
    permissions: pd.DataFrame | pa.Table, ids: pd.Index[Any]
) -> tuple[Arrays, list[list[str | bool]]]:
    """Per customer the numbers of its answers, and the answers; who is hidden.

    Of several contact points of a channel the one that is allowed answers.
    """
    rows = coded_rows(permissions, ["customer_id", "channel", "purpose", "allowed", "reason"])
    owner, customers = codes_of(rows["customer_id"])
    places = ids.get_indexer(pd.Index(pd.array(customers, dtype="str"))).astype(np.int64)
    row = np.append(places, -1)[owner]
    (channel, channels), (purpose, purposes), (reason, reasons) = (
        ranked_codes(rows[name]) for name in ("channel", "purpose", "reason")
    )
    allowed = rows["allowed"].to_numpy().astype(bool)
    hidden = np.zeros(len(ids), dtype=np.uint8)
    hidden[row[np.isin(reasons, _HIDDEN)[reason] & (row >= 0)]] = 1
    asked = channel * len(purposes) + purpose
    key = row * (len(channels) * len(purposes)) + asked
    order = np.lexsort((~allowed, key))
    order = order[row[order] >= 0]
    best = order[np.flatnonzero(np.diff(key[order], prepend=-1))]
    answer = (asked[best] * 2 + allowed[best]) * len(reasons) + reason[best]
    answers, codes = np.unique(answer, return_inverse=True)
    arrays: dict[str, NDArray[Any]] = {
        "permission.starts": np.searchsorted(row[best], np.arange(len(ids) + 1)).astype(np.int64),
        "permission.codes": codes.astype(np.uint16),
        "hidden": hidden,
    }
    listed: list[list[str | bool]] = []
    for number in answers.tolist():
        on, why = divmod(number, len(reasons))
        question, may = divmod(on, 2)
        listed.append(
            [channels[question // len(purposes)], purposes[question % len(purposes)], bool(may), reasons[why]]
        )
    return arrays, listed


def last_contacts(touchpoints: pd.DataFrame, ids: pd.Index[Any]) -> Arrays:
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
