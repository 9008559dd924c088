"""Sentences of the consent ledger and of its commands: key -> (English, German)."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    "ledger.head": (
        "consent ledger: {events} events, head {head}",
        "Einwilligungsbuch: {events} Ereignisse, Kopf {head}",
    ),
    "ledger.imported": (
        "{read} events read: {added} new, {known} known already, {refused} refused",
        "{read} Ereignisse gelesen: {added} neu, {known} schon bekannt, {refused} abgewiesen",
    ),
    "ledger.none_imported": (
        "nothing was imported: {refused} of {read} events are refused, the first in {file}, line {row} ({code})",
        "Nichts wurde übernommen: {refused} von {read} Ereignissen sind abgewiesen, das erste in {file}, Zeile {row} ({code})",
    ),
    "ledger.none_imported_hint": (
        "correct the lines, or leave out --all-or-nothing",
        "Die Zeilen berichtigen oder --all-or-nothing weglassen",
    ),
    "ledger.no_events": (
        "{files}: no consent events were recognised",
        "{files}: Es wurden keine Einwilligungsereignisse erkannt",
    ),
    "ledger.no_events_hint": (
        "the file needs columns for event, channel or purpose, and record or address; --event, --channel and --purpose say what the file does not",
        "Die Datei braucht Spalten für Ereignis, Kanal oder Zweck sowie Datensatz oder Adresse; --event, --channel und --purpose sagen, was in der Datei fehlt",
    ),
    "ledger.line": ("{file}, line {row}: {code}: {sentence}", "{file}, Zeile {row}: {code}: {sentence}"),
    "ledger.more": ("... and {number} more", "... und {number} weitere"),
    "ledger.verified": (
        "the ledger holds: {events} events, {erased} erased, {locked} locked; head {head}",
        "Das Buch ist unversehrt: {events} Ereignisse, {erased} gelöscht, {locked} gesperrt; Kopf {head}",
    ),
    "ledger.empty": ("the ledger is empty", "Das Buch ist leer"),
    "ledger.broken": (
        "the ledger is broken at entry {seq}, event {event}: {what}",
        "Das Buch ist verletzt bei Eintrag {seq}, Ereignis {event}: {what}",
    ),
    "ledger.broken.gap": (
        "the entry is missing",
        "der Eintrag fehlt",
    ),
    "ledger.broken.link": (
        "the entry does not follow from the one before",
        "der Eintrag folgt nicht aus dem vorigen",
    ),
    "ledger.broken.missing": (
        "the event is gone, and no erasure says so",
        "das Ereignis ist weg, und keine Löschung nennt es",
    ),
    "ledger.broken.changed": (
        "the event says something else than when it was sealed",
        "das Ereignis sagt etwas anderes als bei der Versiegelung",
    ),
    "ledger.broken.note": (
        "the note of an erasure was changed",
        "der Vermerk einer Löschung wurde geändert",
    ),
    "ledger.broken.unsealed": (
        "the event was added past the ledger",
        "das Ereignis wurde am Buch vorbei hinzugefügt",
    ),
    "ledger.broken.head": (
        "a head noted earlier is not in the chain: entries were cut off or rewritten",
        "ein früher vermerkter Kopf ist nicht in der Kette: Einträge wurden abgeschnitten oder neu geschrieben",
    ),
    "ledger.booked": (
        "booked: {event} on {channel} for {purpose}, {number} events",
        "Gebucht: {event} auf {channel} für {purpose}, {number} Ereignisse",
    ),
    "ledger.booked_before": (
        "nothing new: the ledger holds this already",
        "Nichts Neues: Das Buch enthält dies schon",
    ),
    "ledger.nobody": (
        "no customer has this address or number; it is booked on the address alone",
        "Kein Kunde hat diese Adresse oder Nummer; gebucht wird auf die Adresse allein",
    ),
    "ledger.shared": (
        "{number} customers have this address or number; it is booked on the address alone",
        "{number} Kunden haben diese Adresse oder Nummer; gebucht wird auf die Adresse allein",
    ),
    "ledger.refused": (
        "the event is refused: {sentence}",
        "Das Ereignis ist abgewiesen: {sentence}",
    ),
    "ledger.need_point": (
        "a consent by {channel} needs the address or number that it is for",
        "Eine Einwilligung für {channel} braucht die Adresse oder Nummer, für die sie gilt",
    ),
    "ledger.need_point_hint": ("name it with --contact-point", "Mit --contact-point angeben"),
    "ledger.not_theirs": (
        "no contact point of this kind is known of the customer as given",
        "Dieser Kontakt ist beim Kunden nicht bekannt",
    ),
}
