"""The answers of all questions as one table, texts as codes of distinct texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crmclean.consent.certain import Parts
from crmclean.consent.clock import Moment
from crmclean.consent.holdings import Holdings
from crmclean.consent.policy import Policy
from crmclean.schema import coded_rows, codes_of, frame_of_rows, joined_rows
from crmclean.tables import PERMISSIONS

__all__ = ["answered_rows"]

_TEXT = pa.large_string()
_ASKED = ["customer_id", "channel", "purpose"]


def answered_rows(
    tables: list[pd.DataFrame],
    said: Sequence[tuple[str, str]],
    whose: tuple[Holdings, Parts],
    as_of: Moment,
    policy: Policy,
) -> pa.Table:
    """The rows of `permissions`, by customer; column by column, so that never two of them are in memory.

    Args:
        tables: Per question the answers, with the number of the customer and the contact point; emptied.
        said: Channel and purpose of each question.
        whose: The customers, and their parts.
        as_of: The day asked about.
        policy: That was decided by.
    """
    if not tables:
        return coded_rows(PERMISSIONS.empty())
    holdings, parts = whose
    number = np.repeat(np.arange(len(tables)), [len(t) for t in tables])
    customer = np.concatenate([t.pop("customer").to_numpy(dtype=np.int64) for t in tables])
    order = np.argsort(customer, kind="stable")
    columns = {"customer_id": _coded(customer[order], holdings.customers)}
    for place, title in enumerate(("channel", "purpose")):
        codes, texts = pd.factorize(pd.Series([pair[place] for pair in said], dtype="str"))
        columns[title] = _coded(codes[number[order]], texts)
    for name in list(tables[0].columns):
        column = pd.concat([t.pop(name) for t in tables], ignore_index=True).to_frame()
        columns[str(name)] = coded_rows(column)[str(name)].combine_chunks().take(pa.array(order))
    nothing = np.zeros(len(order), dtype=np.int64)
    for name, value in (("as_of", str(as_of)), ("policy", policy.name)):
        columns[name] = _coded(nothing, [value])
    rows = pa.table([columns[name] for name in PERMISSIONS.names], names=PERMISSIONS.names)
    return _whole(rows, parts) if len(parts.within) else rows


def _coded(codes: NDArray[np.int64], texts: Sequence[str] | pd.Index) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(texts, _TEXT))


def _whole(rows: pa.Table, parts: Parts) -> pa.Table:
    """The parts' answers as their customers': per contact point the best, else that of the lead."""
    codes, texts = codes_of(rows["customer_id"])
    split = pc.is_in(texts, value_set=pa.array(parts.within["part"].unique(), _TEXT))
    mine = split.to_numpy(zero_copy_only=False)[codes]
    best = coded_rows(PERMISSIONS.check(_best(frame_of_rows(rows.filter(pa.array(mine))), parts)))
    joined = joined_rows([rows.filter(pa.array(~mine)), best])
    codes, texts = codes_of(joined["customer_id"])
    rank = np.empty(len(texts), dtype=np.int64)
    rank[pc.sort_indices(texts).to_numpy()] = np.arange(len(texts))
    return joined.take(pa.array(np.argsort(rank[codes], kind="stable")))


def _best(several: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """The answers of customers of several parts, in the order of the rows."""
    part = several["customer_id"]
    several = several.assign(
        customer_id=parts.customers_of(pd.Index(part)),
        denied=~several["allowed"].to_numpy(dtype=bool),
        second=~part.isin(parts.leads).to_numpy(),
        pointed=several["contact_point"].notna(),
    )
    known = several.groupby(_ASKED)["pointed"].transform("any")
    kept = several[several["pointed"] | (~known & ~several["second"])]
    best = kept.sort_values(["denied", "second"], kind="stable").drop_duplicates([*_ASKED, "contact_point"])
    return best.drop(columns=["denied", "second", "pointed"]).sort_index()
