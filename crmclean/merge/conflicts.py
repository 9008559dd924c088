"""Conflicts: a field in which a customer's records say different things, after folding.

Lists (several phones, several addresses) are no conflicts; two streets in one postcode are one: the same
address or moved within the town is for somebody to say.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmclean.merge.address import number_form, street_form
from crmclean.tables import ISSUES, Customers, Issues, Members
from crmclean.text.fold import fold, tokens

__all__ = ["CONFLICT_FIELDS", "STREET_FIELDS", "difference", "value_conflicts"]

CONFLICT_FIELDS = (
    "salutation", "given_name", "family_name", "birth_date", "organization", "legal_form", "vat_id",
    "register_no", "national_id",
)  # fmt: skip


def difference(winner: str, other: str) -> str:
    """How two values differ: "abbreviation" where one is the short form of the other, else "real".

    Example:
        >>> difference("Johannes", "J."), difference("1980-05-01", "1980"), difference("Anna", "Ute")
        ('abbreviation', 'abbreviation', 'real')
    """
    left, right = fold(winner), fold(other)
    if left.startswith(right.rstrip(".")) or right.startswith(left.rstrip(".")):
        return "abbreviation"
    short, long = sorted((tokens(winner), tokens(other)), key=len)
    return "abbreviation" if set(short) <= set(long) else "real"


STREET_FIELDS = ("street", "postal_code")
_ADDRESS = ["customer_id", "source", "record_id", "type"]


def _streets(customers: Customers) -> pd.DataFrame:
    """The streets of further addresses in the postcode of the primary one, of its type or of none."""
    rows = customers[customers["field"].isin(STREET_FIELDS).to_numpy()]
    own = rows["is_primary"].to_numpy(dtype=bool)
    told = rows[~own & rows["field"].eq("street").to_numpy()]
    codes = rows.loc[~own & rows["field"].eq("postal_code").to_numpy(), [*_ADDRESS, "value"]]
    if not len(told) or not len(codes):
        return told.head(0)
    # missing types are equal to one another
    told = told.merge(codes.rename(columns={"value": "code"}), on=_ADDRESS)
    main = rows[own & rows["field"].eq("street").to_numpy()]
    code = rows.loc[own & rows["field"].eq("postal_code").to_numpy(), ["customer_id", "value"]]
    main = main.merge(code.rename(columns={"value": "code"}), on="customer_id")
    pairs = told.merge(main, on=["customer_id", "field"], suffixes=("", "_won"))
    alike = pairs["type"].eq(pairs["type_won"]) | pairs["type"].isna() | pairs["type_won"].isna()
    pairs = pairs[(alike & pairs["code"].map(number_form).eq(pairs["code_won"].map(number_form))).to_numpy()]
    streets = pairs["value"].map(street_form), pairs["value_won"].map(street_form)
    pairs = pairs[streets[0].ne(streets[1]).to_numpy()]
    return pairs.drop_duplicates(["customer_id", "value"]).drop(columns=["code", "code_won"])


def value_conflicts(customers: Customers, members: Members, former: pd.DataFrame | None = None) -> Issues:
    """A `value_conflict` for each other value of a field that can have one value only.

    Record and raw value are those of the losing record; the proposal is the value that won, the
    detail its customer, how both differ, the winning record and the rule. Abbreviations are told
    as information, not as a warning. Employers, departments and roles of persons change and are
    no conflict. Of addresses another street in the postcode of the primary one is told, but not one
    that has ended: somebody moved.

    Args:
        customers: Uses all columns.
        members: Uses customer_id, kind.
        former: Streets of addresses that ended: source, record_id, value.
    """
    companies = members.loc[members["kind"].eq("organization"), "customer_id"]
    primary = customers["is_primary"].to_numpy(dtype=bool)
    asked = customers["field"].isin(CONFLICT_FIELDS).to_numpy()
    several: pd.DataFrame = customers.iloc[np.flatnonzero(asked & ~primary)]
    employer = several["field"].isin(("organization", "legal_form")) & ~several["customer_id"].isin(companies)
    several = several[~employer]
    rows = np.flatnonzero(asked & primary)
    owners = pd.Series(customers["customer_id"].array.take(rows))
    shown = customers.iloc[rows[owners.isin(several["customer_id"]).to_numpy()]]
    pairs = several.merge(shown, on=["customer_id", "field"], suffixes=("", "_won"))
    streets = _streets(customers)
    if former is not None and len(former) and len(streets):
        key = ["source", "record_id", "value"]
        streets = streets[~pd.MultiIndex.from_frame(streets[key]).isin(pd.MultiIndex.from_frame(former[key]))]
    pairs = pd.concat([part for part in (pairs, streets) if len(part)] or [pairs])
    if not len(pairs):
        return ISSUES.empty()
    kinds = pairs[["value_won", "value"]].drop_duplicates()
    kinds = kinds.assign(
        kind=[difference(w, v) for w, v in zip(kinds["value_won"], kinds["value"], strict=True)]
    )
    pairs = pairs.merge(kinds, on=["value_won", "value"], how="left")
    # a value that only a steward said has no record
    won = (" record=" + pairs["source_won"] + ":" + pairs["record_id_won"]).fillna("")
    detail = "customer=" + pairs["customer_id"] + " kind=" + pairs["kind"] + " rule=" + pairs["rule_won"]
    return ISSUES.check(
        pd.DataFrame(
            {
                "source": pairs["source"],
                "record_id": pairs["record_id"],
                "field": pairs["source_field"],
                "code": "value_conflict",
                "severity": np.where(pairs["kind"].eq("real"), "warning", "info"),
                "raw": pairs["value"],
                "proposal": pairs["value_won"],
                "detail": detail + won,
            },
        ),
    )
