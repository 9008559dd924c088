"""Builders of small invented tables for the matching tests."""

from __future__ import annotations

import pandas as pd

from crmclean.tables import ADDRESSES, CONTACTS, PARTIES, Addresses, Contacts, Parties


def party(key: str, **values: object) -> dict[str, object]:
    """A party row; `key` is source:record, the kind is person unless given."""
    kind = str(values.pop("kind", "person"))
    source, _, record = key.partition(":")
    row = {"party": f"{key}/{kind}", "source": source, "record_id": record, "kind": kind, "is_test": False}
    return {**row, **values}


def parties(*rows: dict[str, object]) -> Parties:
    """The parties table of these rows."""
    return PARTIES.check(pd.DataFrame(list(rows)))


def contact(key: str, kind: str, value: str, **values: object) -> dict[str, object]:
    """A valid contact row of a person (or of the kind given as `owner`)."""
    owner = str(values.pop("owner", "person"))
    row = {"party": f"{key}/{owner}", "kind": kind, "value": value, "key": value, "raw": value, "valid": True}
    return {**row, **values}


def contacts(*rows: dict[str, object]) -> Contacts:
    """The contacts table of these rows."""
    return CONTACTS.check(pd.DataFrame(list(rows))) if rows else CONTACTS.empty()


def address(
    key: str, street: str, number: str, postal_code: str, city: str, owner: str = "person"
) -> dict[str, object]:
    """An address row."""
    parts = {"street": street, "house_number": number, "postal_code": postal_code, "city": city}
    return {"party": f"{key}/{owner}", **parts}


def addresses(*rows: dict[str, object]) -> Addresses:
    """The addresses table of these rows."""
    return ADDRESSES.check(pd.DataFrame(list(rows))) if rows else ADDRESSES.empty()


GIVEN = [
    "Anna",
    "Bernd",
    "Clara",
    "Dieter",
    "Emma",
    "Frank",
    "Greta",
    "Hans",
    "Ida",
    "Jan",
    "Karl",
    "Lena",
    "Max",
    "Nora",
    "Otto",
    "Paul",
    "Rosa",
    "Simon",
    "Tina",
    "Uwe",
]
FAMILY = [
    "Adler",
    "Brandt",
    "Conrad",
    "Dreher",
    "Eckert",
    "Fuhrmann",
    "Gerlach",
    "Hartwig",
    "Illner",
    "Jansen",
    "Kessler",
    "Lorenz",
    "Menzel",
    "Nagel",
]


def crowd(n: int = 120) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Unrelated people with addresses, so that frequencies mean something."""
    people, homes = [], []
    for i in range(n):
        key = f"crowd:{i:04d}"
        names = {"given_name": GIVEN[i % 20], "family_name": FAMILY[(i * 5) % 14] + ("mann" if i % 3 else "")}
        birth = f"{1940 + i % 50}-{1 + i % 12:02d}-{1 + (i * 7) % 28:02d}"
        people.append(party(key, birth_date=birth, **names))
        homes.append(address(key, f"Weg {i % 37}", str(i), f"{10000 + i * 97}", f"Ort {i % 29}"))
    return people, homes
