"""An index with some customers made anew: what is said of all others is taken over, array by array.

The arrays come out as `index_arrays` makes them of all customers. They are sorted by key or word and then by
customer, customers are numbered in the order of their ids; so the numbers of those who stay keep their order,
and what is new is put in between. `permissions` and the contacts may be given for all customers: then they are
made of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.tables import TABLES
from crmclean.view.abc_classes import class_bounds
from crmclean.view.arrays import Arrays, texts_of
from crmclean.view.index_build import (
    TABLES_USED,
    failed_digest,
    index_arrays,
    last_contacts,
    permission_codes,
)

__all__ = ["Renewed", "patched_arrays"]

Ints = NDArray[np.int64]
_SHOWN = ("name", "street", "postal_code", "city")
_CODES = ("slip", "sound", "nick")


@dataclass(frozen=True, slots=True)
class Renewed:
    """The customers that are made anew, and what is known of them now.

    Args:
        customers: Their ids, before and now.
        tables: `customers`, `members`, `contacts` and `relations` of those that there are now; `permissions` of
            those that were decided anew; `identities`, `touchpoints` and `orders` of all.
        decided: The customers of the permissions, and those that are made anew; None: all.
    """

    customers: pd.Index[Any]
    tables: Mapping[str, pd.DataFrame | pa.Table]
    decided: pd.Index[Any] | None


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers of the customers: of those who stay, by their old ones (-1: made anew); of those made anew."""

    stay: Ints
    anew: Ints
    ids: pa.Array


def patched_arrays(
    before: tuple[Arrays, Mapping[str, Any]], now: Renewed
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
    """Arrays and facts of the index; None where an address or number of others failed or works again.

    Args:
        before: Arrays and facts of the index before.
        now: The customers that are made anew.
    """
    have: dict[str, Any] = {
        table.name: now.tables.get(table.name, table.empty()) for table in TABLES if table.name in TABLES_USED
    }
    failed = failed_digest(have["touchpoints"])
    if before[1].get("failed") != failed:
        return None
    fresh, _ = index_arrays({name: table for name, table in have.items() if name != "permissions"})
    numbers = _numbers(before[0], fresh, now.customers)
    ids = pd.Index(pd.array(numbers.ids, dtype="str"))
    codes, reasons = permission_codes(have["permissions"], ids)
    if now.decided is not None:
        anew = np.asarray(ids.isin(now.decided), dtype=bool)
        codes, reasons = _permissions(before, (codes, reasons), numbers, anew)
    arrays: dict[str, NDArray[Any]] = {
        **{f"ids.{name}": array for name, array in texts_of(numbers.ids).items()},
        "organization": _by_customer("organization", before[0], fresh, numbers),
        **_shown(before[0], fresh, numbers),
        **_words("names", before[0], fresh, numbers),
        **_words("places", before[0], fresh, numbers),
        **_keys(before[0], fresh, numbers),
        **codes,
        **last_contacts(have["touchpoints"], ids),
        **_people(before[0], have["relations"], ids, numbers),
    }
    facts = {
        **before[1],
        "customers": len(ids),
        "digests": {},
        "abc": class_bounds(have["orders"]),
        "permissions": reasons,
        "channels": sorted(have["touchpoints"]["channel"].dropna().unique().tolist()),
    }
    return arrays, facts


def _listed(arrays: Arrays, name: str) -> pa.Array:
    """A list of texts as Arrow holds it; nothing is copied."""
    starts, data = (np.ascontiguousarray(arrays[f"{name}.{part}"]) for part in ("starts", "data"))
    buffers = [None, pa.py_buffer(starts), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(starts) - 1, buffers)


def _numbers(old: Arrays, fresh: Arrays, touched: pd.Index[Any]) -> _Numbers:
    """The customers that stay and those made anew, in the order of their ids."""
    stored, made = _listed(old, "ids"), _listed(fresh, "ids")
    asked = pa.array(touched.astype("str").array, pa.large_string())
    gone = pc.is_in(stored, value_set=pa.concat_arrays([asked, made])).to_numpy(zero_copy_only=False)
    kept = np.flatnonzero(~gone)
    rest = stored.take(pa.array(kept))
    order = pc.sort_indices(pa.concat_arrays([rest, made])).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    stay = np.full(len(stored), -1, dtype=np.int64)
    stay[kept] = place[: len(kept)]
    ids = pa.concat_arrays([rest, made]).take(pa.array(order))
    return _Numbers(stay, place[len(kept) :], ids)


def _by_customer(name: str, old: Arrays, fresh: Arrays, numbers: _Numbers) -> NDArray[Any]:
    """A figure of each customer."""
    found = np.zeros(len(numbers.ids), dtype=old[name].dtype)
    kept = numbers.stay >= 0
    found[numbers.stay[kept]] = old[name][kept]
    found[numbers.anew] = fresh[name]
    return found


def _from(numbers: _Numbers) -> Ints:
    """For each customer its place in the old list with the new one behind it."""
    place = np.empty(len(numbers.ids), dtype=np.int64)
    kept = np.flatnonzero(numbers.stay >= 0)
    place[numbers.stay[kept]] = kept
    place[numbers.anew] = len(numbers.stay) + np.arange(len(numbers.anew))
    return place


def _shown(old: Arrays, fresh: Arrays, numbers: _Numbers) -> Arrays:
    found: dict[str, NDArray[Any]] = {}
    place = pa.array(_from(numbers))
    for field in _SHOWN:
        both = pa.concat_arrays([_listed(old, f"shown.{field}"), _listed(fresh, f"shown.{field}")])
        for name, array in texts_of(both.take(place)).items():
            found[f"shown.{field}.{name}"] = array
    return found


def _places(major: NDArray[Any], minor: Ints, further: NDArray[Any], behind: Ints) -> Ints:
    """Where further rows go among rows sorted by two columns, so that these stay sorted."""
    first, end = (np.searchsorted(major, further, side=side) for side in ("left", "right"))
    for row in np.flatnonzero(first < end).tolist():
        first[row] += np.searchsorted(minor[first[row] : end[row]], behind[row])
    return first.astype(np.int64)


def _keys(old: Arrays, fresh: Arrays, numbers: _Numbers) -> Arrays:
    owner = numbers.stay[old["key_rows"]]
    kept = owner >= 0
    keys, owner, ranks = old["keys"][kept], owner[kept], old["key_ranks"][kept]
    added = numbers.anew[fresh["key_rows"]]
    at = _places(keys, owner, fresh["keys"], added)
    return {
        "keys": np.insert(keys, at, fresh["keys"]),
        "key_rows": np.insert(owner, at, added).astype(np.int32),
        "key_ranks": np.insert(ranks, at, fresh["key_ranks"]),
    }


def _words(name: str, old: Arrays, fresh: Arrays, numbers: _Numbers) -> Arrays:
    """A vocabulary without the words that nobody has any more, and with the new ones."""
    rows = numbers.stay[old[f"{name}.rows"]]
    word = np.repeat(np.arange(len(old[f"{name}.starts"]) - 1), np.diff(old[f"{name}.starts"]))
    kept = rows >= 0
    rows, word, fields = rows[kept], word[kept], old[f"{name}.fields"][kept]
    had = np.zeros(len(old[f"{name}.starts"]) - 1, dtype=bool)
    had[word] = True
    known, more = _listed(old, f"{name}.words"), _listed(fresh, f"{name}.words")
    left = known.take(pa.array(np.flatnonzero(had)))
    new = ~pc.is_in(more, value_set=left).to_numpy(zero_copy_only=False)
    both = pa.concat_arrays([left, more.take(pa.array(np.flatnonzero(new)))])
    order = pc.sort_indices(both).to_numpy()
    texts = both.take(pa.array(order))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    old_place = np.full(len(known), -1, dtype=np.int64)
    old_place[had] = place[: len(left)]
    new_place = pc.index_in(more, value_set=texts).to_numpy(zero_copy_only=False).astype(np.int64)
    width = len(numbers.ids) + 1
    fresh_word = np.repeat(np.arange(len(more)), np.diff(fresh[f"{name}.starts"]))
    added = new_place[fresh_word] * width + numbers.anew[fresh[f"{name}.rows"]]
    entry = np.argsort(added, kind="stable")
    whole = old_place[word] * width + rows
    at = np.searchsorted(whole, added[entry])
    joined = np.insert(whole, at, added[entry])
    found: dict[str, NDArray[Any]] = {f"words.{part}": array for part, array in texts_of(texts).items()}
    found["starts"] = np.searchsorted(joined // width, np.arange(len(texts) + 1)).astype(np.int64)
    found["rows"] = (joined % width).astype(np.int32)
    found["fields"] = np.insert(fields, at, fresh[f"{name}.fields"][entry])
    for code in _CODES:
        found.update(_coded(f"{name}.{code}", code, (old, old_place), (fresh, np.where(new, new_place, -1))))
    return {f"{name}.{key}": array for key, array in found.items()}


def _coded(place: str, code: str, old: tuple[Arrays, Ints], fresh: tuple[Arrays, Ints]) -> Arrays:
    """The codes of the words that are left and of the new ones, sorted by code and then by word."""
    parts = []
    for arrays, words in (old, fresh):
        owner = words[arrays[f"{place}.words"]]
        parts.append((arrays[f"{place}.keys"][owner >= 0], owner[owner >= 0]))
    (keys, owner), (more, behind) = parts
    order = np.lexsort((behind, more))
    more, behind = more[order], behind[order]
    at = _places(keys, owner, more, behind)
    return {
        f"{code}.keys": np.insert(keys, at, more),
        f"{code}.words": np.insert(owner, at, behind).astype(np.int32),
    }


def _permissions(
    old: tuple[Arrays, Mapping[str, Any]],
    fresh: tuple[Arrays, Sequence[Sequence[str | bool]]],
    numbers: _Numbers,
    anew: NDArray[np.bool_],
) -> tuple[Arrays, list[list[str | bool]]]:
    """The answers per customer, of those decided anew and of the others; those that nobody has are dropped."""
    arrays, listed = old[0], old[1]["permissions"]
    every = sorted({tuple(answer) for answers in (listed, fresh[1]) for answer in answers})
    rank = {answer: number for number, answer in enumerate(every)}
    stays = np.append(~anew, False)[numbers.stay] & (numbers.stay >= 0)
    parts = []
    for found, answers, place in (
        (arrays, listed, np.where(stays, numbers.stay, -1)),
        (fresh[0], fresh[1], np.where(anew, np.arange(len(anew)), -1)),
    ):
        owner = np.repeat(place, np.diff(found["permission.starts"]))
        number = np.array([*(rank[tuple(answer)] for answer in answers), 0], dtype=np.int64)
        parts.append((owner[owner >= 0], number[found["permission.codes"]][owner >= 0]))
    row, code = (np.concatenate([part[n] for part in parts]) for n in (0, 1))
    order = np.argsort(row, kind="stable")
    row, code = row[order], code[order]
    used, code = np.unique(code, return_inverse=True)
    hidden = fresh[0]["hidden"].copy()
    hidden[numbers.stay[stays]] = arrays["hidden"][stays]
    joined: dict[str, NDArray[Any]] = {
        "permission.starts": np.searchsorted(row, np.arange(len(anew) + 1)).astype(np.int64),
        "permission.codes": code.astype(np.uint16),
        "hidden": hidden,
    }
    return joined, [list(every[at]) for at in used.tolist()]


def _people(old: Arrays, relations: pd.DataFrame, ids: pd.Index[Any], numbers: _Numbers) -> Arrays:
    """The people of each company: those of before where both stay, and those who are told of anew."""
    works = relations[relations["kind"] == "works_at"]
    person = np.concatenate([numbers.stay[old["people.rows"]], _of(ids, works["left"])])
    company = np.concatenate(
        [np.repeat(numbers.stay, np.diff(old["people.starts"])), _of(ids, works["right"])]
    )
    order = np.lexsort((person, company))
    order = order[(person[order] >= 0) & (company[order] >= 0)]
    return {
        "people.starts": np.searchsorted(company[order], np.arange(len(ids) + 1)).astype(np.int64),
        "people.rows": person[order].astype(np.int32),
    }


def _of(ids: pd.Index[Any], names: pd.Series[Any]) -> Ints:
    return ids.get_indexer(pd.Index(names)).astype(np.int64)
