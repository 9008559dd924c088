"""Who stands on a record: persons, an organization, or both, each read once per distinct spelling.

A company field that holds a person (``Uwe Hoffmann`` with the salutation Herr) makes a person, a
name field that holds a company makes an organization; couples make two persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.normalize.company import Company, normalize_company
from crmclean.normalize.person import Person, looks_like_company, looks_like_person, normalize_person
from crmclean.normalize.person_columns import Beside, PlainPersons, plain_alone, plain_pairs, plain_texts
from crmclean.normalize.person_fast import COMPANY, is_said, may_be_company
from crmclean.normalize.records_arrow import constant, join, picked, series, texts
from crmclean.normalize.records_columns import (
    Distinct,
    Ints,
    columns_of,
    distinct,
    joined,
    notes_of,
    take_text,
)
from crmclean.normalize.salutation import normalize_salutation
from crmclean.text.fold import fold
from crmclean.values import Finding

__all__ = ["NAME_PARTS", "Names", "read_names", "rows_only"]

NAME_PARTS = (
    "salutation", "gender", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix",
    "birth_name", "nickname",
)  # fmt: skip

STRUCTURED = (
    "salutation", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix",
    "birth_name", "sex",
)  # fmt: skip
_COMPANIES = ("organization", "organization_2")
_RARE = ("middle_names", "name_prefix", "name_suffix", "birth_name")
_PERSON = 0.6  # from here on a company field without further hints holds a person
_PERSON_ADDRESSED = 0.3  # the same where the salutation is Herr or Frau
_WHO = frozenset({"mr", "ms", "diverse"})


@dataclass(frozen=True, slots=True)
class Names:
    """Persons and organizations of the records.

    Args:
        person_rows: Record number per person.
        persons: Their names, as columns of the parties table.
        second: Whether it is the second person of its record.
        company_rows: Record number per organization.
        companies: Their names, likewise.
        is_test: Per record: a test row.
        notes: Findings per record.
    """

    person_rows: Ints
    persons: pd.DataFrame
    second: np.ndarray[Any, np.dtype[np.bool_]]
    company_rows: Ints
    companies: pd.DataFrame
    is_test: np.ndarray[Any, np.dtype[np.bool_]]
    notes: list[pd.DataFrame]


def rows_only(names: Names) -> Names:
    """The same without the names themselves: which records name whom."""
    return replace(names, persons=names.persons.iloc[:0], companies=names.companies.iloc[:0], notes=[])


@dataclass(frozen=True, slots=True)
class _Read:
    """What the name columns of one distinct tuple say."""

    persons: tuple[Person, ...] = ()
    company: str | None = None
    salutation: str | None = None
    findings: tuple[Finding, ...] = ()


def _known(text: str | None) -> str | None:
    return text if text is not None and is_said(text) else None


def _code(salutation: str | None) -> str | None:
    value = normalize_salutation(salutation).value if salutation else None
    return value.code if value is not None else None


def _read_name(cells: tuple[str | None, ...]) -> _Read:
    text, *rest = cells
    given = dict(zip(STRUCTURED, rest, strict=True))
    code = _code(given["salutation"])
    parts = [_known(given[name]) for name in ("given_name", "name_prefix", "family_name")]
    if any(parts):
        whole = " ".join(p for p in parts if p)
        text = None
    else:
        whole = _known(text) or ""
        given = {
            k: v if k in {"salutation", "title", "sex", "birth_name"} else None for k, v in given.items()
        }
    if not whole:
        return _Read(salutation=code)
    certain = (
        parts[0] is not None
        and parts[2] is not None
        and not (may_be_company(parts[0]) or may_be_company(parts[2]))
    )
    if code not in _WHO and not certain and looks_like_company(whole) >= COMPANY:
        return _Read(company=whole, salutation=code, findings=(Finding("name_is_company", whole, 0.8),))
    cleaned = normalize_person(
        text, salutation=given["salutation"], title=given["title"], given_name=given["given_name"],
        middle_names=given["middle_names"], name_prefix=given["name_prefix"], family_name=given["family_name"],
        name_suffix=given["name_suffix"], birth_name=given["birth_name"], sex=given["sex"],
    )  # fmt: skip
    if cleaned.value:
        return _Read(cleaned.value, salutation=code, findings=cleaned.issues)
    return _Read(salutation=code or _code(whole), findings=cleaned.issues)


def _is_person(text: str, salutation: str | None, title: str | None) -> bool:
    """Whether a company field without a name beside it holds a person."""
    if salutation == "company":
        return False
    score = looks_like_person(text)
    bar = _PERSON_ADDRESSED if salutation in _WHO or _known(title) else _PERSON
    return score >= bar and score > looks_like_company(text)


@dataclass(slots=True)
class _Choice:
    """Per distinct combination of name and company: what is taken from which."""

    persons: tuple[Person, ...] = ()
    company: tuple[str, str | None] | None = None
    findings: tuple[Finding, ...] = ()


def _choose(
    read: _Read, full_name: str | None, organization: tuple[str | None, str | None], title: str | None
) -> _Choice:
    """Persons and company of a row whose name columns and company columns are these."""
    first, second = (_known(v) for v in organization)
    company = (first or second or "", second if first else None) if first or second else None
    if company is None:
        if read.company is not None:
            return _Choice(company=(read.company, None), findings=read.findings)
        return _Choice(read.persons, None, read.findings)
    whole = " ".join(c for c in company if c)
    same = full_name is not None and fold(full_name) == fold(whole)
    if same or (not read.persons and read.company is None):
        if read.findings and read.findings[0].code == "name_is_company":
            return _Choice(company=company)
        if _is_person(whole, read.salutation, title):
            cleaned = (
                normalize_person(whole, salutation=read.salutation, title=title)
                if not same or not read.persons
                else None
            )
            persons = read.persons if cleaned is None else cleaned.value or ()
            if persons:
                return _Choice(
                    persons, None, (Finding("company_is_person", field="organization", confidence=0.8),)
                )
        return _Choice(company=company, findings=() if same else read.findings)
    if read.company is not None:
        return _Choice(company=company, findings=read.findings)
    return _Choice(read.persons, company, read.findings)


def read_names(records: pd.DataFrame, countries: pd.Series[Any]) -> Names:
    """Persons and organizations of all records: plain names as columns, other spellings once each."""
    columns = _with_numbered(records)
    for field in _COMPANIES:
        if field in records.columns:
            columns[field] = records[field]
    plain = _plain(columns)
    left = np.ones(len(records), dtype=np.bool_)
    for found in plain:
        left[found.rows] = False
    rows = np.flatnonzero(left)
    work = columns.take(rows).reset_index(drop=True)
    who = distinct(work, ["full_name", *STRUCTURED])
    reads = [_read_name(v) for v in who.values]
    both = distinct(work.assign(who=_as_text(who.codes)), ["who", *_COMPANIES])
    choices = []
    for number, first, second in both.values:
        at = -1 if number is None else int(number)
        read = reads[at] if at >= 0 else _Read()
        structured = at >= 0 and any(_known(who.values[at][i]) for i in (3, 6))
        name = None if at < 0 or structured else _known(who.values[at][0])
        title = who.values[at][2] if at >= 0 else None
        choices.append(_choose(read, name, (first, second), title))
    chosen = (rows, both, choices, _raws(both, who))
    return _spread(columns, countries, plain, chosen)


def _plain(columns: pd.DataFrame) -> list[PlainPersons]:
    """The plain names: given and family name, or this alone, in columns of their own, or both in one text."""
    empty = {c: columns[c].isna().to_numpy(dtype=np.bool_) for c in columns.columns}
    nothing = np.ones(len(columns), dtype=np.bool_)
    bare = np.logical_and.reduce([empty.get(c, nothing) for c in _RARE])
    given, family = empty.get("given_name", nothing), empty.get("family_name", nothing)
    no_company = np.logical_and.reduce([empty.get(c, nothing) for c in _COMPANIES])
    pairs = np.flatnonzero(bare & ~given & ~family)
    whole = np.flatnonzero(
        bare & given & family & ~empty.get("full_name", nothing) & empty.get("title", nothing) & no_company
    )
    alone = np.flatnonzero(bare & given & ~family)
    found = []
    if len(alone):
        text = texts(columns["family_name"]).take(pa.array(alone))
        found.append(plain_alone(alone, text, _beside(columns, alone), _is_who))
    if len(pairs):
        one, two = (texts(columns[c]).take(pa.array(pairs)) for c in ("given_name", "family_name"))
        found.append(plain_pairs(pairs, one, two, _beside(columns, pairs), _is_who))
    if len(whole):
        text = texts(columns["full_name"]).take(pa.array(whole))
        found.append(plain_texts(whole, text, _beside(columns, whole), _is_who))
    return [f for f in found if len(f.rows)]


def _beside(columns: pd.DataFrame, rows: Ints) -> Beside:
    side = ["salutation", "title", "sex"]
    part = columns[[c for c in side if c in columns.columns]].take(rows)
    found = distinct(part, side)
    return found.codes, [(a, b, c) for a, b, c in found.values]


def _is_who(salutation: str) -> bool:
    return _code(salutation) in _WHO


def _with_numbered(records: pd.DataFrame) -> pd.DataFrame:
    """The name columns, numbered ones joined to the first: family_name and family_name_2."""
    columns = {}
    for field in ("full_name", *STRUCTURED):
        first, *more = columns_of(records, field) or [""]
        if not first:
            continue
        column = records[first]
        for name in more:
            column = column.str.cat(records[name], sep=" ", na_rep="").str.strip().replace("", None)
        columns[field] = column
    return pd.DataFrame(columns, index=records.index)


def _as_text(codes: Ints) -> pd.Series[Any]:
    return take_text(list(map(str, range(int(codes.max(initial=-1)) + 1))), codes)


def _raws(both: Distinct, who: Distinct) -> list[str]:
    texts = []
    for number, *rest in both.values:
        name = who.values[int(number)] if number is not None else ()
        texts.append("|".join(c for c in (*name, *rest) if c))
    return texts


def _read_companies(
    columns: pd.DataFrame, rows: Ints, both: Distinct, choices: Sequence[_Choice], countries: pd.Series[Any]
) -> Distinct:
    """Distinct (name, second line, country) of the companies, coded per record.

    Args:
        columns: The name columns.
        rows: Records whose company was chosen by reading.
        both: Their tuples, by which `choices` are numbered.
        choices: What was chosen.
        countries: Country per record.
    """
    if not set(_COMPANIES) & set(columns.columns) and not any(c.company for c in choices):
        return Distinct(np.full(len(columns), -1, dtype=np.int64), [])
    name, second = _own_companies(columns)
    chosen = np.array([*(n is not None for n in (c.company for c in choices)), False])[both.codes]
    for target, place in ((name, 0), (second, 1)):
        target[rows] = None
        values = [c.company[place] if c.company else None for c in choices]
        target[rows[chosen]] = [values[c] for c in both.codes[chosen].tolist()]
    frame = pd.DataFrame({"name": name, "second": second}, dtype="str")
    frame["country"] = countries.mask(frame["name"].isna())
    return distinct(frame, ["name", "second", "country"])


def _own_companies(columns: pd.DataFrame) -> tuple[Any, Any]:
    """First and second line of the company columns, fillers left out: what stands beside plain names."""
    lines = []
    for field in _COMPANIES:
        if field not in columns.columns:
            lines.append(np.full(len(columns), None, dtype=object))
            continue
        codes, values = pd.factorize(columns[field])
        kept = np.array([*(_known(str(v)) for v in values), None], dtype=object)
        lines.append(kept[codes])
    one, two = lines
    lack = pd.isna(one)
    one[lack], two[lack] = two[lack], None
    return one, two


def _plain_notes(plain: PlainPersons, columns: pd.DataFrame) -> list[pd.DataFrame]:
    order = [c for c in ("full_name", *STRUCTURED, *_COMPANIES) if c in columns.columns]
    notes = []
    for code, field, confidence, rows in plain.notes:
        raw = join([texts(columns[c]).take(pa.array(rows)) for c in order], "|")
        note = pd.DataFrame({"row": rows, "raw": series(raw)})
        notes.append(
            note.assign(
                field=field or "full_name", code=code, proposal=None, confidence=confidence, detail=None
            )
        )
    return notes


_Chosen = tuple[Ints, Distinct, list[_Choice], list[str]]


def _spread(
    columns: pd.DataFrame, countries: pd.Series[Any], plain: list[PlainPersons], chosen: _Chosen
) -> Names:
    rows, both, choices, raws = chosen
    firms = _read_companies(columns, rows, both, choices, countries)
    cleaned = [normalize_company(a, text_2=b, country=c) for a, b, c in firms.values]
    has_company = np.array([*(c.value is not None for c in cleaned), False])[firms.codes]
    company_rows = np.flatnonzero(has_company)
    counts = np.array([*(min(len(c.persons), 2) for c in choices), 0])[both.codes]
    at = np.repeat(np.arange(len(rows)), counts).astype(np.int64)
    second = np.arange(len(at)) - (np.cumsum(counts) - counts)[at] > 0
    people = [p for c in choices for p in c.persons[:2]]
    sizes = np.array([min(len(c.persons), 2) for c in choices], dtype=np.int64)
    place = (np.cumsum(sizes) - sizes)[both.codes[at]] + second
    persons = {part: picked([getattr(p, part) or None for p in people], place) for part in NAME_PARTS}
    note = notes_of(both, [c.findings for c in choices], "full_name", raws)
    note["row"] = rows[note["row"].to_numpy(dtype=np.int64)]
    shown = joined([v[:2] for v in firms.values])
    notes = [note, notes_of(firms, [c.issues for c in cleaned], "organization", shown)]
    test = np.zeros(len(columns), dtype=bool)
    for found in notes:
        test[found.loc[found["code"] == "test_data", "row"].to_numpy(dtype=np.int64)] = True
    frames = [*(f.parts for f in plain), pd.DataFrame(persons)]
    return Names(
        np.concatenate([*(f.rows for f in plain), rows[at]]),
        _parts(frames),
        np.concatenate([*(np.zeros(len(f.rows), dtype=np.bool_) for f in plain), second]),
        company_rows.astype(np.int64),
        _companies([c.value for c in cleaned], firms.codes[company_rows]),
        test,
        [*notes, *(n for f in plain for n in _plain_notes(f, columns))],
    )


def _parts(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The parts of names of all frames, one below the other; those that a frame lacks are missing."""
    data = {}
    for name in NAME_PARTS:
        pieces = [texts(f[name]) if name in f else constant(None, len(f)) for f in frames]
        data[name] = series(pa.concat_arrays(pieces))
    return pd.DataFrame(data, copy=False)


def _companies(found: Sequence[Company | None], codes: Ints) -> pd.DataFrame:
    """Columns of the parties table."""
    return pd.DataFrame(
        {
            "organization": picked([c.name if c is not None else None for c in found], codes),
            "org_base": picked([c.base if c is not None else None for c in found], codes),
            "legal_form": picked([c.legal_form if c is not None else None for c in found], codes),
        }
    )
