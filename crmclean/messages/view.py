"""Sentences of the view of one customer, of finding and of the worklists."""

from __future__ import annotations

__all__ = ["SENTENCES"]

_VIEW: dict[str, tuple[str, str]] = {
    "why.typo": ("{field} differs by one letter", "{field} weicht um einen Buchstaben ab"),
    "why.nick": ("{field} is a short form", "{field} ist eine Kurzform"),
    "why.key": ("has a record with this key", "hat einen Datensatz mit diesem Schlüssel"),
    "why.local": ("has a number that ends so", "hat eine Nummer, die so endet"),
    "why.works_there": ("works at the company with this number", "arbeitet bei der Firma mit dieser Nummer"),
    "why.wrong_phone": (
        "had this number, which is wrong or old",
        "hatte diese Nummer, die falsch oder alt ist",
    ),
    "why.wrong_email": (
        "had this address, which is wrong or old",
        "hatte diese Adresse, die falsch oder alt ist",
    ),
    "why.wrong_handle": (
        "had this user name, which is wrong or old",
        "hatte diesen Nutzernamen, der falsch oder alt ist",
    ),
    "why.wrong_switchboard": (
        "had this switchboard, which is wrong or old",
        "hatte diese Zentrale, die falsch oder alt ist",
    ),
    "why.wrong_local": (
        "had a number that ends so, which is wrong or old",
        "hatte eine Nummer, die so endet und falsch oder alt ist",
    ),
    "hidden": ("(not shown: erased or suppressed)", "(nicht angezeigt: gelöscht oder gesperrt)"),
    "check.sure": ("known already", "schon bekannt"),
    "check.likely": (
        "probably known already: look before creating",
        "wahrscheinlich schon bekannt: vor dem Anlegen ansehen",
    ),
    "check.none": ("not known", "nicht bekannt"),
    "check.word.sure": ("sure", "sicher"),
    "check.word.likely": ("likely", "wahrscheinlich"),
    "colleague": ("colleague of", "Kollege oder Kollegin von"),
    "yes": ("yes", "ja"),
    "no": ("no", "nein"),
}
_WORKLIST: dict[str, tuple[str, str]] = {
    "none": ("nothing to do", "nichts zu tun"),
    "customer_id": ("customer", "Kunde"),
    "name": ("name", "Name"),
    "abc": ("class", "Klasse"),
    "field": ("field", "Feld"),
    "value": ("value", "Wert"),
    "state": ("state", "Stand"),
    "reason": ("reason", "Grund"),
    "last_confirmed": ("last confirmed", "zuletzt bestätigt"),
    "age_months": ("months", "Monate"),
    "currency": ("currency", "Aktualität"),
    "source": ("source", "Quelle"),
    "record_id": ("record", "Datensatz"),
    "kind": ("kind", "Art"),
    "values": ("values", "Werte"),
    "stale": ("stale", "veraltet"),
    "share": ("share", "Anteil"),
    "undated": ("undated", "ohne Datum"),
    "failed": ("failed", "unzustellbar"),
    "priority": ("priority", "Vorrang"),
    "completeness": ("complete", "vollständig"),
    "recency": ("recent", "frisch"),
    "interest": ("interest", "Interesse"),
    "allowed": ("allowed", "erlaubt"),
    "first_seen": ("since", "seit"),
    "last_contact": ("last contact", "letzter Kontakt"),
    "volume": ("volume", "Volumen"),
    "missing": ("missing", "fehlt"),
    "at": ("at", "wann"),
    "waiting": ("days", "Tage"),
    "channel": ("channel", "Kanal"),
    "subject": ("subject", "Betreff"),
    "candidates": ("candidates", "Kandidaten"),
    "identifier": ("identifier", "Kennung"),
    "agent": ("agent", "Bearbeitung"),
    "touchpoint_id": ("contact", "Kontakt"),
}
_COLUMNS: dict[str, tuple[str, str]] = {
    "find.consent": ("advertising", "Werbung"),
    "find.last": ("last contact", "letzter Kontakt"),
}
SENTENCES: dict[str, tuple[str, str]] = {
    **{f"view.{name}": pair for name, pair in _VIEW.items()},
    **{f"view.worklist.{name}": pair for name, pair in _WORKLIST.items()},
    **{f"cli.{name}": pair for name, pair in _COLUMNS.items()},
}
