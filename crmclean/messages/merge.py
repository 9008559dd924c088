"""Sentences of merge, store and view: key -> (English, German)."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    "store.folder": ("{path} is a folder, not a store", "{path} ist ein Ordner, kein Speicher"),
    "store.none": ("there is no store {path}", "es gibt keinen Speicher {path}"),
    "store.none_hint": (
        "crmclean run makes one; --store FILE names another",
        "crmclean run legt einen an; --store DATEI nennt einen anderen",
    ),
    "store.no_folder": ("the folder {path} does not exist", "den Ordner {path} gibt es nicht"),
    "store.unreadable": ("{path} cannot be read", "{path} lässt sich nicht lesen"),
    "store.foreign": ("{path} is not a store of crmclean", "{path} ist kein Speicher von crmclean"),
    "store.foreign_hint": (
        "nothing was changed; name another file with --store",
        "nichts wurde geändert; mit --store eine andere Datei nennen",
    ),
    "store.newer": (
        "{path} was written by a newer crmclean (schema {found}, known here {known})",
        "{path} stammt von einem neueren crmclean (Schema {found}, hier bekannt {known})",
    ),
    "store.newer_hint": ("update crmclean", "crmclean aktualisieren"),
    "store.locked": (
        "{path} is in use by another program",
        "{path} wird gerade von einem anderen Programm benutzt",
    ),
    "store.locked_hint": (
        "wait until it has finished and try again; nothing was changed",
        "warten, bis es fertig ist, und noch einmal versuchen; nichts wurde geändert",
    ),
    "store.read_only": ("{path} cannot be written", "in {path} kann nicht geschrieben werden"),
    "store.read_only_hint": (
        "file or folder may be write-protected; --store FILE names another place",
        "Datei oder Ordner sind womöglich schreibgeschützt; --store DATEI nennt einen anderen Ort",
    ),
    "store.full": ("no room left while writing {path}", "kein Platz mehr beim Schreiben von {path}"),
    "store.full_hint": (
        "the last complete run is still there; make room and run again",
        "der letzte vollständige Lauf ist noch da; Platz schaffen und wiederholen",
    ),
    "store.damaged": ("{path} is damaged", "{path} ist beschädigt"),
    "store.damaged_hint": ("restore it from a backup", "aus einer Sicherung wiederherstellen"),
    "store.failed": ("{path}: SQLite says: {reason}", "{path}: SQLite meldet: {reason}"),
    "store.unknown_id": ("no customer has or had the id {id}", "kein Kunde hat oder hatte die Nummer {id}"),
}
