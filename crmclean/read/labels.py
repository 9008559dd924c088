"""Google's contact exports: the label beside a value says what it is, row by row.

``Phone 1 - Value`` is a mobile number on one row and a fax number on the next; ``Phone 1 - Label``
tells which. Several values stand in one cell (``a ::: b``), a label with ``*`` marks the one that is
preferred. A label that slid into a column of values is no value; it is reported. Source: header rows
and cells of public exports (new form `Label`, old form `Type`), read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from crmclean.fields import base_field
from crmclean.issues import severity_of
from crmclean.read.mapping import Understood
from crmclean.text.fold import fold

__all__ = ["LABELLED", "by_labels", "label_findings", "labelled_values"]

LABELLED = frozenset({"google_new", "google_old"})
"""Profiles whose values have labels."""
_JOINED = r"\s*:::\s*"
_COLUMN = re.compile(r"(?P<kind>Phone|E-?mail|Address) (?P<number>\d+) - (?P<part>.+)", re.IGNORECASE)
_FAX = re.compile(r"fax")
_MOBILE = re.compile(r"mobil|handy|\bcell|iphone|natel")
_CENTRAL = re.compile(r"zentrale|switchboard|company main|\bfirma\b.*haupt|haupt.*\bfirma\b")
_WORK = re.compile(r"\b(?:work|business|office)\b|arbeit|geschaeft|beruf|dienst|buero|firma")
_HOME = re.compile(r"\bhome\b|privat|zuhause|zu hause")
_PHONES = frozenset({"phone", "phone_work", "phone_home", "phone_central", "mobile", "fax"})
_WORDS = frozenset(
    {
        "mobile", "work", "home", "main", "other", "custom", "work fax", "home fax", "other fax", "pager",
        "work mobile", "company main", "obsolete", "mobil", "arbeit", "geschaeftlich", "privat", "sonstige",
        "andere", "hauptnummer", "fax geschaeftlich", "fax privat", "fax arbeit",
    }
)  # fmt: skip
_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "street": "street", "city": "city", "po box": "po_box", "region": "region", "country": "country",
        "postal code": "postal_code", "extended address": "address_addition",
    }
)  # fmt: skip
_VALUES = ["row", "column", "field", "value", "primary", "leaked"]


def field_of_label(label: str) -> str:
    """The field of a telephone number with this label; `phone` where it does not tell.

    Example:
        >>> field_of_label("* Work Fax"), field_of_label("Mobil"), field_of_label("Ferienhaus")
        ('fax', 'mobile', 'phone')
    """
    text = fold(label)
    kinds = (
        (_FAX, "fax"), (_MOBILE, "mobile"), (_CENTRAL, "phone_central"), (_WORK, "phone_work"), (_HOME, "phone_home"),
    )  # fmt: skip
    return next((field for pattern, field in kinds if pattern.search(text)), "phone")


def labelled_values(frame: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    """Telephone numbers and e-mail addresses of the table, one row per value.

    Args:
        frame: Raw cells.
        understood: The table they come from; columns that the configuration maps are left alone.

    Returns:
        Columns row, column, field, value, primary, leaked (the value is a label).
    """
    pairs = _pairs(understood)
    parts = [_long(frame, value, label, understood) for value, label in pairs]
    found = [part for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_VALUES)


def _pairs(understood: Understood) -> list[tuple[int, int | None]]:
    """Positions of a column of values and of its labels."""
    labels: dict[tuple[str, str], int] = {}
    values: dict[tuple[str, str], int] = {}
    for guess in understood.guesses:
        match = _COLUMN.fullmatch(guess.column)
        if match is None or match["kind"].lower() == "address":
            continue
        key, part = (match["kind"].lower(), match["number"]), match["part"].lower()
        field = base_field(guess.field) if guess.field else ""
        if part in {"label", "type"}:
            labels[key] = guess.position
        elif part == "value" and guess.reason != "config" and field in {*_PHONES, "email"}:
            values[key] = guess.position
    return [(position, labels.get(key)) for key, position in values.items()]


def _long(frame: pd.DataFrame, value: int, label: int | None, understood: Understood) -> pd.DataFrame:
    """The values of a column with their labels, split where a cell holds several."""
    cells = frame.iloc[:, value].reset_index(drop=True).dropna()
    several = cells.str.strip().str.split(_JOINED, regex=True).explode()
    long = pd.DataFrame({"row": several.index.to_numpy(), "value": several.to_numpy()}).astype(
        {"value": "str"}
    )
    long["label"] = _labels_of(long, frame, label)
    words = _WORDS | ({fold(x) for x in _single(frame, label)} if label is not None else set())
    names = {x: field_of_label(x) for x in long["label"].unique()}
    is_mail = (understood.guesses[value].field or "").startswith("email")
    bare = {x: fold(x.removeprefix("*")) in words for x in long["value"].unique()}
    return long.assign(
        column=str(frame.columns[value]),
        field="email" if is_mail else long["label"].map(names),
        primary=long["label"].str.startswith("*"),
        leaked=long["value"].map(bare).astype(bool),
    )[long["value"].ne("")][_VALUES]


def _single(frame: pd.DataFrame, label: int) -> list[str]:
    """The labels that a column uses; what holds digits or an @ is a value that slid."""
    texts = frame.iloc[:, label].dropna().str.split(_JOINED, regex=True).explode().str.lstrip("* ")
    return [x for x in texts.unique() if x and not re.search(r"[\d@]", x)]


def _labels_of(long: pd.DataFrame, frame: pd.DataFrame, label: int | None) -> pd.Series:
    """The label of each value: its own where there are as many labels as values, else the cell's."""
    if label is None:
        return pd.Series("", index=long.index, dtype="str")
    cells = frame.iloc[:, label].reset_index(drop=True).fillna("").str.strip()
    whole = cells.take(long["row"].to_numpy()).reset_index(drop=True)
    own = cells.loc[cells.str.contains(":::", regex=False)].str.split(_JOINED, regex=True).explode()
    if own.empty:
        return whole
    table = pd.DataFrame({"row": own.index.to_numpy(), "own": own.to_numpy()})
    table["at"], table["of"] = table.groupby("row").cumcount(), table.groupby("row")["row"].transform("size")
    sizes = long.groupby("row")["row"].transform("size")
    asked = pd.DataFrame({"row": long["row"], "at": long.groupby("row").cumcount(), "of": sizes})
    return asked.merge(table, on=["row", "at", "of"], how="left")["own"].astype("str").fillna(whole)


def by_labels(wide: pd.DataFrame, frame: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    """The records with numbers under the field that their label names, addresses under their place.

    Args:
        wide: Rows under field names.
        frame: Raw cells.
        understood: The table they come from.
    """
    values = labelled_values(frame, understood)
    columns = set(values["column"])
    old = [g.field for g in understood.guesses if g.column in columns and g.field in wide.columns]
    out = wide.drop(columns=old)
    kept = values[~values["leaked"].astype(bool)].drop_duplicates(["row", "field", "value"])
    kept = kept.sort_values("primary", ascending=False, kind="stable").sort_values("row", kind="stable")
    ranks = kept.groupby(["row", "field"]).cumcount()
    for (field, _), rows in kept.groupby(["field", ranks], sort=True):
        cells = pd.Series(rows["value"].to_numpy(), index=rows["row"].to_numpy(), dtype="str")
        out = out.assign(**{_free(str(field), out.columns): cells.reindex(out.index)})
    return _addresses(out, frame, understood)


def _free(field: str, taken: Sequence[str] | pd.Index) -> str:
    return next(n for n in (field, *(f"{field}_{i}" for i in range(2, 100))) if n not in taken)


def _addresses(wide: pd.DataFrame, frame: pd.DataFrame, understood: Understood) -> pd.DataFrame:
    """The records with each address at the place of its label, else at the plain one; a third of a kind is left out."""
    numbers: dict[int, dict[str, int]] = {}
    for guess in understood.guesses:
        match = _COLUMN.fullmatch(guess.column)
        if match and match["kind"].lower() == "address":
            if guess.reason == "config":
                return wide
            numbers.setdefault(int(match["number"]), {})[match["part"].lower()] = guess.position
    filled = {
        n: parts for n, parts in sorted(numbers.items())
        if {"label", "type"} & set(parts) and any(frame.iloc[:, parts[p]].notna().any() for p in _PARTS if p in parts)
    }  # fmt: skip
    if not filled:
        return wide
    ours = {parts[p] for parts in filled.values() for p in parts}
    out = wide.drop(columns=[g.field for g in understood.guesses if g.position in ours and g.field in wide])
    taken = pd.DataFrame(False, index=wide.index, columns=["", "work_", "home_"])
    for parts in filled.values():
        out = _placed(out, frame, parts, taken)
    return out


def _placed(
    wide: pd.DataFrame, frame: pd.DataFrame, parts: Mapping[str, int], taken: pd.DataFrame
) -> pd.DataFrame:
    """The records with one more address; `taken` notes which places are filled."""
    cells = {
        field: frame.iloc[:, parts[p]].reset_index(drop=True) for p, field in _PARTS.items() if p in parts
    }
    block = pd.DataFrame(cells, index=wide.index)
    open_ = block.notna().any(axis=1)
    label = frame.iloc[:, parts["label" if "label" in parts else "type"]].reset_index(drop=True).fillna("")
    names = {x: "work_" if _WORK.search(fold(x)) else "home_" if _HOME.search(fold(x)) else "" for x in label}
    wanted = label.map(names)
    out = wide
    for place, first in (("work_", True), ("home_", True), ("", False)):
        rows = open_ & ~taken[place] & (wanted.eq(place) if first else True)
        open_ = open_ & ~rows
        taken.loc[rows, place] = True
        if rows.any():
            columns = {place + str(f): block[f] for f in block}
            old = {f: out[f] if f in out else columns[f].where(rows) for f in columns}
            out = out.assign(**{f: old[f].where(~rows, cells) for f, cells in columns.items()})
    return out


def label_findings(frame: pd.DataFrame, understood: Understood, place: pd.DataFrame) -> pd.DataFrame:
    """One finding per label that stands among the values.

    Args:
        frame: Raw cells.
        understood: The table they come from.
        place: Source, record id, file and line of its rows.
    """
    values = labelled_values(frame, understood)
    leaked = values[values["leaked"].astype(bool)]
    found = place.iloc[leaked["row"].to_numpy(dtype="int64")][["source", "record_id", "file", "row"]]
    return found.assign(
        field=leaked["column"].to_numpy(), raw=leaked["value"].to_numpy(), code="value_in_wrong_field",
        severity=severity_of("value_in_wrong_field"), detail="label",
    )  # fmt: skip
