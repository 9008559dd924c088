"""Rows of small sources for random months; a row is drawn as one number, so that long histories fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

SOURCES = ("erp", "shop")
NUMBERS = 12
GIVEN, FAMILY = ("Ida", "Ole", "Uwe", "Eva"), ("Köhler", "Brandt", "Winter")
# street, number, postcode, city: whole, silent in part, and one that contradicts the first two
PLACES = (
    ("Lindenweg", "4", "10115", "Berlin"),
    ("Hafenstr.", "12", "20095", "Hamburg"),
    ("Domplatz", "1", "50667", "Köln"),
    ("", "", "10115", "Berlin"),
    ("Hafenstr.", "12", "", ""),
    ("Lindenweg", "12", "20095", "Hamburg"),
)
MAILS = ("", "a@one.example", "b@two.example", "c@three.example")
BIRTHS = ("", "1980-05-01", "1991-12-24")
REVENUES = ("", "10,00", "25,50")
_WAYS = (len(SOURCES), NUMBERS, len(GIVEN), len(FAMILY), len(PLACES), len(MAILS), len(BIRTHS), len(REVENUES))
WAYS = 1
for _ways in _WAYS:
    WAYS *= _ways


@dataclass(frozen=True, slots=True)
class Row:
    """A record as its source has it."""

    source: str
    record_id: str
    given: str
    family: str
    place: tuple[str, str, str, str]
    mail: str
    birth: str
    revenue: str

    @property
    def key(self) -> tuple[str, str]:
        """Source and id."""
        return self.source, self.record_id


def row_of(number: int) -> Row:
    """The row that a number below WAYS stands for; near numbers are rows that have much in common."""
    digits = []
    for ways in reversed(_WAYS):
        number, digit = divmod(number, ways)
        digits.append(digit)
    revenue, birth, mail, place, family, given, key, source = digits
    erp = source == 0
    return Row(
        SOURCES[source],
        f"{'K' if erp else 'S'}{1001 + key}",
        GIVEN[given],
        FAMILY[family],
        PLACES[place],
        MAILS[mail],
        BIRTHS[birth],
        REVENUES[revenue] if erp else "",
    )


def frame_of(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows with the headers of an export."""
    made = [
        {
            "Kundennummer": row.record_id,
            "Vorname": row.given,
            "Nachname": row.family,
            "Straße": f"{row.place[0]} {row.place[1]}".strip(),
            "PLZ": row.place[2],
            "Ort": row.place[3],
            "E-Mail": row.mail,
            "Geburtsdatum": row.birth,
            "Umsatz": row.revenue,
        }
        for row in rows
    ]
    return pd.DataFrame(made)


def inputs_of(rows: Iterable[Row], *, deleted: bool = False) -> list[tuple[str, pd.DataFrame]]:
    """What the sources deliver; of a number that is there twice the last row counts."""
    last = {row.key: row for row in rows}
    found = []
    for source in SOURCES:
        frame = frame_of(row for key, row in last.items() if key[0] == source)
        if len(frame):
            found.append((source, frame.assign(_deleted="ja") if deleted else frame))
    return found


def events_of(mails: Iterable[tuple[str, str]], day: str) -> pd.DataFrame:
    """Consent events: address and granted or withdrawn."""
    made = [
        {
            "event_id": f"{day}-{number}",
            "contact": mail,
            "channel": "email",
            "purpose": "werbung",
            "event_type": event,
            "occurred_at": f"{day}T08:00:00",
            "recorded_at": f"{day}T08:00:00",
            "evidence": "Formular",
        }
        for number, (mail, event) in enumerate(mails)
    ]
    return pd.DataFrame(made)


def contacts_of(mails: Iterable[str], day: str) -> pd.DataFrame:
    """Touchpoints: somebody wrote from an address."""
    made = [
        {
            "touchpoint_id": f"T{day}-{number}",
            "at": f"{day}T09:00:00",
            "channel": "email",
            "direction": "in",
            "identifier": mail,
            "subject": "Frage",
        }
        for number, mail in enumerate(mails)
    ]
    return pd.DataFrame(made)
