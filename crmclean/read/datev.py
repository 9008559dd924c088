"""DATEV's debtors and creditors: the kind of addressee says which of three name columns holds, row by row.

Source: documentation of the DATEV format, category debtors and creditors (columns Adressattyp, formerly
Adressatentyp, EU-Land and EU-UStID), read 2026-11-22: 0 says nothing, 1 a natural person, 2 a
company; an empty one means a company. The VAT id is written without its country, which has a column.
"""

from __future__ import annotations

import re

import pandas as pd

from crmclean.issues import issue_table, severity_of
from crmclean.read.mapping import Understood

__all__ = ["PROFILE", "addressee_findings", "by_addressee"]

PROFILE = "datev_debitoren"
_KIND = re.compile(r"adress(?:at|aten)typ", re.IGNORECASE)
_LAND = re.compile(r"eu-(?:land|mitglied(?:s)?staat)", re.IGNORECASE)
_NAMES = {"0": ("full_name",), "1": ("family_name", "given_name"), "2": ("organization",)}
"""Kind of addressee -> the fields of its name."""


def _column(frame: pd.DataFrame, understood: Understood, pattern: re.Pattern[str]) -> pd.Series | None:
    found = [g.position for g in understood.guesses if pattern.fullmatch(g.column.strip())]
    return frame.iloc[:, found[0]].reset_index(drop=True).str.strip() if found else None


def _foreign(wide: pd.DataFrame, kinds: pd.Series) -> dict[str, pd.Series]:
    """Name field -> rows on which another kind of name is said, and there.

    Without a kind a company is meant; one that repeats the person's name is the person. Two different
    names without a kind are both kept.
    """
    fields = [f for names in _NAMES.values() for f in names if f in wide]
    empty = pd.Series(False, index=wide.index)
    said = {k: wide[[f for f in names if f in wide]].notna().any(axis=1) for k, names in _NAMES.items()}
    person = _joined(wide, ("given_name", "family_name")), _joined(wide, ("family_name", "given_name"))
    same = wide["organization"].isin([""]) if "organization" in wide else empty
    if "organization" in wide and "family_name" in wide:
        plain = wide["organization"].str.replace(",", "", regex=False).str.strip()
        same = said["1"] & (
            plain.eq(person[0]) | plain.eq(person[1]) | plain.eq(wide["family_name"].str.strip())
        )
    told = kinds.fillna("").where(kinds.isin(list(_NAMES)), "").mask(kinds.isna() & same, "1")
    return {
        field: pd.Series(
            sum((told.eq(k) & said[k] for k, names in _NAMES.items() if field not in names), empty), dtype=bool
        ) & wide[field].notna()
        for field in fields
    }  # fmt: skip


def _joined(wide: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    parts = [wide[n].fillna("").str.strip() for n in names if n in wide]
    return (parts[0] + " " + parts[1]).str.strip() if len(parts) == 2 else pd.Series("", index=wide.index)


def by_addressee(wide: pd.DataFrame, frame: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    """The records with the name of their kind alone, and VAT ids with their country.

    Args:
        wide: Rows under field names.
        frame: Raw cells.
        understood: The table they come from.
    """
    kinds, land = _column(frame, understood, _KIND), _column(frame, understood, _LAND)
    out = wide
    if kinds is not None:
        out = out.assign(**{f: wide[f].mask(rows) for f, rows in _foreign(wide, kinds).items()})
    if land is not None and "vat_id" in out:
        land, number = land.str.upper(), out["vat_id"].str.strip()
        bare = ~number.str.match(r"[A-Za-z]{2}", na=False) | (
            land.eq("FR") & ~number.str.match(r"(?i:FR)", na=False)
        )
        fits = bare & land.str.fullmatch(r"[A-Z]{2}", na=False) & number.notna()
        out = out.assign(vat_id=out["vat_id"].where(~fits, land.replace("GR", "EL") + number))
    return out


def addressee_findings(
    wide: pd.DataFrame, frame: pd.DataFrame, understood: Understood, place: pd.DataFrame
) -> pd.DataFrame:
    """One finding per name that stands in the column of another kind of addressee and was left out.

    Args:
        wide: Rows under field names, before `by_addressee`.
        frame: Raw cells.
        understood: The table they come from.
        place: Source, record id, file and line of its rows.
    """
    kinds = _column(frame, understood, _KIND)
    kept = by_addressee(wide, frame, understood)
    names = {f for fields in _NAMES.values() for f in fields}
    told: list[pd.DataFrame] = [issue_table([])]
    if kinds is None:
        return told[0]
    for field, rows in _foreign(wide, kinds).items():
        others = [kept[f].fillna("") for f in names if f in kept]
        repeated = pd.concat([o.eq(wide[field]) for o in others], axis=1).any(axis=1)
        at = rows & ~repeated & kinds.notna()
        found = place.loc[at.to_numpy(), ["source", "record_id", "file", "row"]]
        told.append(
            found.assign(
                field=field, raw=wide.loc[at, field].to_numpy(), code="value_in_wrong_field",
                severity=severity_of("value_in_wrong_field"), detail="Adressattyp",
            )
        )  # fmt: skip
    return pd.concat(told, ignore_index=True)
