"""What a run says of consents: how many customers may be contacted per channel, and why not the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmclean.consent.reasons import DENIED, REASONS, UNPROVEN, YES
from crmclean.tables import Permissions

__all__ = ["COUNTS", "consent_summary"]

COUNTS = ("consent", "existing_customer", "permitted", "unproven", "denied", "other", "none")


def consent_summary(permissions: Permissions) -> pd.DataFrame:
    """Customers per channel by the best answer any of their rows has.

    Columns: channel, customers, allowed (the first three together), and
    consent (by consent), existing_customer (as existing customers), permitted (else without
    consent: letters, presumed interest, Swiss customers), unproven (claims that prove nothing),
    denied (said no, blocked, erased), other (ended, another address, ...), none (nothing known).
    Of a customer's rows that are not allowed a denial counts before an unproven claim, that
    before anything else. Channels in the order in which they appear.
    """
    kind = permissions["reason"].map({reason: _kind(reason) for reason in REASONS}).fillna("other")
    order = {name: rank for rank, name in enumerate(_BY_WEIGHT)}
    best = (
        pd.DataFrame(
            {
                "channel": permissions["channel"],
                "customer_id": permissions["customer_id"],
                "rank": kind.map(order).astype("int64"),
            }
        )
        .groupby(["channel", "customer_id"], sort=False)["rank"]
        .min()
        .reset_index()
    )
    channels = list(dict.fromkeys(permissions["channel"]))
    counts = {
        name: [int(np.sum((best["channel"] == c) & (best["rank"] == order[name]))) for c in channels]
        for name in COUNTS
    }
    table = pd.DataFrame({"channel": pd.Series(channels, dtype="str"), **counts})
    table.insert(1, "customers", table[list(COUNTS)].sum(axis=1).astype("int64"))
    table.insert(2, "allowed", table[list(COUNTS[:3])].sum(axis=1).astype("int64"))
    return table


_BY_WEIGHT = ("consent", "existing_customer", "permitted", "denied", "unproven", "other", "none")


def _kind(reason: str) -> str:
    if reason in {"CONSENT", "EXISTING_CUSTOMER"}:
        return reason.lower()
    if reason in YES:
        return "permitted"
    if reason in DENIED:
        return "denied"
    if reason in UNPROVEN:
        return "unproven"
    return "none" if reason == "NO_CONSENT" else "other"
