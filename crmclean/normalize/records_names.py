"""Who stands on a record: persons, an organization, or both, each read once per distinct spelling.

A company field that holds a person (``Uwe Hoffmann`` with the salutation Herr) makes a person, a
name field that holds a company makes an organization; couples make two persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from crmclean.normalize.company import Company, normalize_company
from crmclean.normalize.person import Person, looks_like_company, looks_like_person, normalize_person
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
from crmclean.normalize.text import is_placeholder
from crmclean.text.fold import fold
from crmclean.values import Finding

__all__ = ["Names", "read_names"]

STRUCTURED = (
    "salutation", "title", "given_name", "middle_names", "name_prefix", "family_name", "name_suffix",
    "birth_name", "sex",
)  # fmt: skip
_COMPANY = 0.7  # from here on a name field holds a company; a digit in a name alone scores 0.6
_PERSON = 0.6  # from here on a company field without further hints holds a person
_PERSON_ADDRESSED = 0.3  # the same where the salutation is Herr or Frau
_WHO = frozenset({"mr", "ms", "diverse"})


@dataclass(frozen=True, slots=True)
class Names:
    """Persons and organizations of the records.

    Args:
        person_rows: Record number per person.
        persons: Their names.
        second: Whether it is the second person of its record.
        company_rows: Record number per organization.
        companies: Their names.
        is_test: Per record: a test row.
        notes: Findings per record.
    """

    person_rows: Ints
    persons: list[Person]
    second: np.ndarray[Any, np.dtype[np.bool_]]
    company_rows: Ints
    companies: list[Company]
    is_test: np.ndarray[Any, np.dtype[np.bool_]]
    notes: list[pd.DataFrame]


@dataclass(frozen=True, slots=True)
class _Read:
    """What the name columns of one distinct tuple say."""

    persons: tuple[Person, ...] = ()
    company: str | None = None
    salutation: str | None = None
    findings: tuple[Finding, ...] = ()


def _known(text: str | None) -> str | None:
    return text if text is not None and _says(text) else None


@lru_cache(maxsize=1 << 16)
def _says(text: str) -> bool:
    return bool(text.strip()) and not is_placeholder(text)


def _code(salutation: str | None) -> str | None:
    value = normalize_salutation(salutation).value if salutation else None
    return value.code if value is not None else None


@lru_cache(maxsize=1 << 16)
def _odd(text: str) -> bool:
    """Whether a given or family name beside the other may be a company; one plain word is not."""
    return not text.replace("-", "").isalpha() and looks_like_company(text) >= _COMPANY


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
    certain = parts[0] is not None and parts[2] is not None and not (_odd(parts[0]) or _odd(parts[2]))
    if code not in _WHO and not certain and looks_like_company(whole) >= _COMPANY:
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
    """Persons and organizations of all records, each distinct spelling read once."""
    who = distinct(_with_numbered(records), ["full_name", *STRUCTURED])
    reads = [_read_name(v) for v in who.values]
    work = pd.DataFrame({"who": _as_text(who.codes)})
    for column in ("organization", "organization_2"):
        if column in records.columns:
            work[column] = records[column]
    both = distinct(work, ["who", "organization", "organization_2"])
    choices = []
    for number, first, second in both.values:
        at = -1 if number is None else int(number)
        read = reads[at] if at >= 0 else _Read()
        structured = at >= 0 and any(_known(who.values[at][i]) for i in (3, 6))
        name = None if at < 0 or structured else _known(who.values[at][0])
        title = who.values[at][2] if at >= 0 else None
        choices.append(_choose(read, name, (first, second), title))
    return _spread(records, both, choices, _read_companies(both, choices, countries), _raws(both, who))


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


def _read_companies(both: Distinct, choices: Sequence[_Choice], countries: pd.Series[Any]) -> Distinct:
    """Distinct (name, second line, country) of the companies, coded per record."""
    name = take_text([c.company[0] if c.company else None for c in choices], both.codes)
    second = take_text([c.company[1] if c.company else None for c in choices], both.codes)
    frame = pd.DataFrame({"name": name, "second": second, "country": countries.mask(name.isna())})
    return distinct(frame, ["name", "second", "country"])


def _spread(
    records: pd.DataFrame, both: Distinct, choices: list[_Choice], firms: Distinct, raws: list[str]
) -> Names:
    cleaned = [normalize_company(a, text_2=b, country=c) for a, b, c in firms.values]
    has_company = np.array([*(c.value is not None for c in cleaned), False])[firms.codes]
    rows = np.flatnonzero(has_company)
    companies = [cleaned[c].value for c in firms.codes[rows].tolist()]
    counts = np.array([*(min(len(c.persons), 2) for c in choices), 0])[both.codes]
    person_rows = np.repeat(np.arange(len(records)), counts).astype(np.int64)
    starts = np.cumsum(counts) - counts
    second = np.arange(len(person_rows)) - starts[person_rows] > 0
    coded = both.codes[person_rows].tolist()
    persons = [choices[c].persons[int(s)] for c, s in zip(coded, second.tolist(), strict=True)]
    notes = [
        notes_of(both, [c.findings for c in choices], "full_name", raws),
        notes_of(firms, [c.issues for c in cleaned], "organization", joined([v[:2] for v in firms.values])),
    ]
    test = np.zeros(len(records), dtype=bool)
    for note in notes:
        test[note.loc[note["code"] == "test_data", "row"].to_numpy(dtype=np.int64)] = True
    return Names(
        person_rows,
        persons,
        second,
        rows.astype(np.int64),
        [c for c in companies if c is not None],
        test,
        notes,
    )
