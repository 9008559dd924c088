"""Customers to vCard 4.0: one card per customer, the same bytes for the same tables.

UID is the customer id as a URN, REV the last time that any value of the customer was seen: no clock
takes part. Who lives together is RELATED;TYPE=co-resident, a company's people are its contacts
(RELATED;TYPE=contact), a company is RELATED without a type to its people and branches, because
the registry has no word for an employer. MEMBER stands on cards of KIND:group alone, so there is none.
What no property holds (customer numbers, figures, handles) is left out.
Source: RFC 6350, sections 3.2 (folding), 3.4 (escaping), 5.3 and 5.6 (PREF, TYPE), 6 (properties).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from crmclean.tables import Customers, Members, Relations

__all__ = ["vcard_chunks", "write_vcard"]

Row = Mapping[str, str]
_USED = ("field", "value", "type", "source", "record_id", "source_field", "last_seen")
_ADDRESS = ("po_box", "addition", "street", "city", "region", "postal_code", "country")
_PLACED = frozenset({*_ADDRESS, "house_number", "care_of", "district"})
_CONTACTS = {"email": "EMAIL", "phone": "TEL", "mobile": "TEL", "fax": "TEL", "web": "URL"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED = re.compile(r"[\\,;\n]")
_LIMIT = 75
_MANY = 50_000
_RELATED = {
    ("household", "left"): ";TYPE=co-resident",
    ("household", "right"): ";TYPE=co-resident",
    ("works_at", "left"): "",
    ("works_at", "right"): ";TYPE=contact",
    ("branch_of", "left"): "",
    ("branch_of", "right"): "",
}


def write_vcard(
    customers: Customers, members: Members, relations: Relations | None, target: Path | str
) -> None:
    """Writes one card per customer, sorted by id, to a file; see `vcard_chunks`."""
    with Path(target).open("wb") as file:
        file.writelines(vcard_chunks(customers, members, relations))


def vcard_chunks(
    customers: Customers, members: Members, relations: Relations | None = None
) -> Iterator[bytes]:
    """The bytes of each card, sorted by customer id.

    Args:
        customers: One value per row; primary ones are preferred (PREF=1).
        members: Says of which kind a customer is.
        relations: Households, employers and branches.
    """
    kinds = members.drop_duplicates("customer_id").set_index("customer_id")["kind"].sort_index()
    related = _related(relations)
    values = _rows_of(customers)
    waiting = next(values, None)
    for customer_id, kind in kinds.items():
        while waiting is not None and waiting[0] < str(customer_id):
            waiting = next(values, None)
        mine = waiting is not None and waiting[0] == str(customer_id)
        rows = waiting[1] if mine and waiting is not None else []
        lines = _card(str(customer_id), str(kind), rows, related.get(str(customer_id), []))
        yield b"".join(_folded(line) for line in lines)


def _rows_of(customers: Customers) -> Iterator[tuple[str, list[Row]]]:
    """The values of each customer, primary ones first, in an order that no row order changes."""
    names = ["customer_id", *_USED]
    ordered = customers.sort_values(
        ["customer_id", "is_primary", *_USED], ascending=[True, False, *[True] * len(_USED)], kind="stable"
    )
    parts = (ordered[names].iloc[first : first + _MANY] for first in range(0, len(ordered), _MANY))
    rows = chain.from_iterable(
        zip(*(part[name].fillna("").tolist() for name in names), strict=True) for part in parts
    )
    for customer_id, group in groupby(rows, key=itemgetter(0)):
        yield str(customer_id), [dict(zip(_USED, row[1:], strict=True)) for row in group]


def _related(relations: Relations | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if relations is None:
        return found
    for left, right, kind in relations[["left", "right", "kind"]].itertuples(index=False, name=None):
        for owner, other, side in ((left, right, "left"), (right, left, "right")):
            parameter = _RELATED.get((kind, side))
            if parameter is not None:
                found.setdefault(owner, []).append(f"RELATED{parameter}:urn:uuid:{other}")
    return {owner: sorted(set(lines)) for owner, lines in found.items()}


def _card(customer_id: str, kind: str, rows: Sequence[Row], related: Sequence[str]) -> Iterator[str]:
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row["field"], row["value"])
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield f"UID:urn:uuid:{customer_id}"
    yield f"KIND:{'org' if kind == 'organization' else 'individual'}"
    yield f"FN:{_text(_full_name(first, kind) or customer_id)}"
    if kind != "organization":
        yield f"N:{_components(_name(first))}"
    if first.get("organization"):
        units = [first["organization"], *filter(None, [first.get("department", "")])]
        yield f"ORG:{_components(units)}"
    if first.get("role"):
        yield f"TITLE:{_text(first['role'])}"
    yield from _contacts(rows)
    yield from _addresses(rows)
    if first.get("birth_date"):
        yield f"BDAY:{_date(first['birth_date'])}"
    if first.get("language"):
        yield f"LANG:{_text(first['language'])}"
    yield from related
    seen = max((row["last_seen"] for row in rows), default="")
    if len(seen) >= 10:
        yield f"REV:{_time(seen)}"
    yield "END:VCARD"


def _name(first: Row) -> list[str]:
    family = " ".join(filter(None, (first.get("name_prefix"), first.get("family_name"))))
    parts = (first.get(field, "") for field in ("given_name", "middle_names", "title", "name_suffix"))
    return [family, *parts]


def _full_name(first: Row, kind: str) -> str:
    """The name in full; where there is none, the firm or what the customer is reached by."""
    family, given, middle, title, suffix = _name(first)
    person = " ".join(filter(None, (title, given, middle, family, suffix)))
    names = (first.get("organization", ""), person) if kind == "organization" else (person,)
    others = (first.get(field, "") for field in ("organization", "email", "phone", "mobile", "handle"))
    return next(filter(None, (*names, *others)), "")


def _contacts(rows: Sequence[Row]) -> Iterator[str]:
    told: set[str] = set()
    for row in rows:
        name = _CONTACTS.get(row["field"])
        if name is None or not row["value"]:
            continue
        rank = "" if name in told else ";PREF=1"
        told.add(name)
        kind = _contact_type(row["field"], row["type"])
        if name == "EMAIL":
            yield f"EMAIL{kind}{rank}:{_text(row['value'])}"
        elif name == "TEL" and row["value"].startswith("+"):
            yield f"TEL;VALUE=uri{kind}{rank}:tel:{_plain(row['value']).replace(' ', '')}"
        elif name == "TEL":
            yield f"TEL{kind}{rank}:{_text(row['value'])}"
        else:
            yield f"URL{kind}{rank}:{_plain(row['value'])}"


def _contact_type(field: str, type_: str) -> str:
    place = {"work": "work", "home": "home", "central": "work", "role": "work"}.get(type_, "")
    if field in {"phone", "mobile", "fax"}:
        way = "fax" if field == "fax" else "cell" if field == "mobile" or type_ == "mobile" else "voice"
        place = ",".join(filter(None, (place, way)))
    return f";TYPE={place}" if place else ""


def _addresses(rows: Sequence[Row]) -> Iterator[str]:
    """One ADR per address: its parts come from one place of one record."""
    found: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for row in rows:
        if row["field"] in _PLACED:
            place = row["source_field"].rpartition(row["field"])[0]
            key = (row["source"], row["record_id"], row["type"], place)
            found.setdefault(key, {}).setdefault(row["field"], row["value"])
    told: set[str] = set()
    for (_, _, type_, _), parts in found.items():
        kind = f";TYPE={type_}" if type_ in {"work", "home"} else ""
        street = " ".join(filter(None, (parts.get("street"), parts.get("house_number"))))
        extended = ", ".join(filter(None, (parts.get("care_of"), parts.get("addition"))))
        city = parts.get("city") or parts.get("district", "")
        made = _components(
            [{**parts, "street": street, "addition": extended, "city": city}.get(p, "") for p in _ADDRESS]
        )
        if f"{kind}:{made}" in told:
            continue
        rank = "" if told else ";PREF=1"
        told.add(f"{kind}:{made}")
        yield f"ADR{kind}{rank}:{made}"


def _plain(text: str) -> str:
    """The text of a URI or address: on one line, without control characters."""
    return _CONTROL.sub("", text).replace("\r", "").replace("\n", " ").replace("\t", " ")


def _text(text: str) -> str:
    """A text value, escaped (section 3.4)."""
    lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPED.sub(lambda found: "\\n" if found[0] == "\n" else "\\" + found[0], lines)


def _components(parts: Sequence[str]) -> str:
    return ";".join(map(_text, parts))


def _date(text: str) -> str:
    """A date in the basic form: 19800305; year and month, or the year alone, stay as they are."""
    return text.replace("-", "") if len(text) == 10 else text


def _time(text: str) -> str:
    """A timestamp in the basic form, UTC; a date is its midnight."""
    day, _, clock = text.partition("T")
    digits = clock.rstrip("Z").partition(".")[0].replace(":", "")
    return f"{day.replace('-', '')}T{digits.ljust(6, '0')}Z"


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets; no character is split."""
    data = line.encode("utf-8")
    pieces: list[bytes] = []
    while len(data) > _LIMIT - bool(pieces):
        cut = _LIMIT - bool(pieces)
        while data[cut] & 0xC0 == 0x80:  # the rest of a character
            cut -= 1
        pieces.append(data[:cut])
        data = data[cut:]
    return b"\r\n ".join([*pieces, data]) + b"\r\n"
