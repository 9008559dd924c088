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
    "ledger.unmatched": (
        "{number} entries of the list fit no customer; they are not kept",
        "{number} Einträge der Liste passen zu keinem Kunden; sie werden nicht gespeichert",
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
    "ledger.refused_hint": (
        "channels: {channels}, for a refusal any as well; purposes are paths such as marketing.newsletter",
        "Kanäle: {channels}, bei Ablehnungen auch any; Zwecke sind Pfade wie marketing.newsletter",
    ),
    "ledger.no_source": ("the store has no source {source}", "Der Bestand kennt keine Quelle {source}"),
    "ledger.no_source_hint": ("sources: {sources}", "Quellen: {sources}"),
    "ledger.need_point": (
        "a consent by {channel} needs the address or number that it is for",
        "Eine Einwilligung für {channel} braucht die Adresse oder Nummer, für die sie gilt",
    ),
    "ledger.need_point_hint": ("name it with --contact-point", "Mit --contact-point angeben"),
    "ledger.no_event": (
        "the ledger has no event {event}",
        "Das Buch enthält kein Ereignis {event}",
    ),
    "ledger.no_event_hint": (
        "crmclean consent check CUSTOMER names the events that an answer rests on",
        "crmclean consent check KUNDE nennt die Ereignisse, auf denen eine Antwort beruht",
    ),
    "ledger.corrected": (
        "booked: event {event} no longer counts; it stays in the ledger",
        "Gebucht: Ereignis {event} zählt nicht mehr; es bleibt im Buch stehen",
    ),
    "ledger.key_elsewhere": (
        "the key comes from {variable} and is replaced there",
        "Der Schlüssel kommt aus {variable} und wird dort ersetzt",
    ),
    "ledger.key_elsewhere_hint": (
        "put the new key first and keep the old one: {variable}=new:SECRET,old:SECRET",
        "Den neuen Schlüssel voranstellen, den alten behalten: {variable}=neu:GEHEIM,alt:GEHEIM",
    ),
    "ledger.key_short": (
        "a key in {place} has fewer than {least} characters",
        "Ein Schlüssel in {place} hat weniger als {least} Zeichen",
    ),
    "ledger.key_short_hint": (
        'take 64 random hexadecimal digits: python -c "import secrets; print(secrets.token_hex(32))"',
        '64 zufällige Hexadezimalziffern nehmen: python -c "import secrets; print(secrets.token_hex(32))"',
    ),
    "ledger.key_open": (
        "others may read the key in {path}",
        "Andere dürfen den Schlüssel in {path} lesen",
    ),
    "ledger.key_open_hint": ("chmod 600 {path}", "chmod 600 {path}"),
    "ledger.key_unreadable": (
        "the key in {path} cannot be read: {reason}",
        "Der Schlüssel in {path} lässt sich nicht lesen: {reason}",
    ),
    "ledger.key_unwritable": (
        "the key cannot be written to {path}: {reason}",
        "Der Schlüssel lässt sich nicht nach {path} schreiben: {reason}",
    ),
    "ledger.key_unwritable_hint": (
        "or put a key into the variable {variable}",
        "Oder einen Schlüssel in die Variable {variable} setzen",
    ),
    "ledger.key_missing": (
        "people were erased from this store, and the key {id} by which they are known again is not here",
        "Aus diesem Bestand wurden Personen gelöscht, und der Schlüssel {id}, an dem sie wiedererkannt werden, fehlt",
    ),
    "ledger.key_missing_hint": (
        "bring the key file of the user who erased them, or set {variable}; without it they would come back",
        "Die Schlüsseldatei der Person bereitstellen, die gelöscht hat, oder {variable} setzen; ohne ihn kämen die Gelöschten zurück",
    ),
    "ledger.key_made": (
        "a new key was made in {place}, readable by you alone: keep a copy, but not beside the store",
        "Ein neuer Schlüssel liegt in {place}, nur für Sie lesbar: eine Kopie aufbewahren, aber nicht beim Bestand",
    ),
    "ledger.key_used": ("key {id} from {place}", "Schlüssel {id} aus {place}"),
    "ledger.key_old": ("kept for older entries: {ids}", "Aufbewahrt für ältere Einträge: {ids}"),
    "ledger.key_none": (
        "there is no key yet; the first erasure makes one in {place}",
        "Es gibt noch keinen Schlüssel; die erste Löschung legt einen in {place} an",
    ),
    "ledger.forget.plan": (
        "would erase: {records} records, {events} consent events; nothing is erased yet",
        "Würde löschen: {records} Datensätze, {events} Einwilligungsereignisse; noch ist nichts gelöscht",
    ),
    "ledger.forget.done": (
        "erased: {records} records, {events} consent events, and what undo and search kept of them",
        "Gelöscht: {records} Datensätze, {events} Einwilligungsereignisse und was Rückgängig und Suche davon enthielten",
    ),
    "ledger.forget.record": ("  record {record}", "  Datensatz {record}"),
    "ledger.forget.hashes": (
        "remains: {number} keyed hashes, so that the person stays out of later imports (Art. 21 (3), 17 (3) (b) GDPR)",
        "Bleibt: {number} verschlüsselte Kennwerte, damit die Person aus späteren Importen draußen bleibt (Art. 21 Abs. 3, 17 Abs. 3 b DSGVO)",
    ),
    "ledger.forget.locked": (
        "remains, locked: {number} events that prove a consent to calls, until {until} (UWG 7a (2))",
        "Bleibt gesperrt: {number} Ereignisse, die eine Einwilligung in Anrufe beweisen, bis {until} (§ 7a Abs. 2 UWG)",
    ),
    "ledger.forget.chain": (
        "remains: the chain of the ledger, numbers and hashes without content; head {head}",
        "Bleibt: die Kette des Buchs, Nummern und Prüfwerte ohne Inhalt; Kopf {head}",
    ),
    "ledger.forget.elsewhere": (
        "not ours to erase: the source systems, files written earlier (output folders, reports, exports) and backups; run anew to replace the output folder",
        "Nicht von uns löschbar: die Quellsysteme, früher geschriebene Dateien (Ausgabeordner, Berichte, Exporte) und Sicherungen; ein neuer Lauf ersetzt den Ausgabeordner",
    ),
    "ledger.forget.company": (
        "the customer is a company: erasure is for people; its name stays personal only for a sole trader",
        "Der Kunde ist ein Unternehmen: Gelöscht werden Personen; nur bei Einzelunternehmern ist der Name personenbezogen",
    ),
    "ledger.forget.alike": (
        "perhaps the same person, and not erased with it: {customers}",
        "Vielleicht dieselbe Person, und nicht mit gelöscht: {customers}",
    ),
    "ledger.forget.others": (
        "these customers stand on the same records and lose them, too: {customers}",
        "Diese Kunden stehen auf denselben Datensätzen und verlieren sie mit: {customers}",
    ),
    "ledger.forget.remains": (
        "an address of the person still stands in: {places}",
        "Eine Adresse der Person steht noch in: {places}",
    ),
    "ledger.forget.ask": ("Erase {customer} for good?", "{customer} endgültig löschen?"),
    "ledger.retention.head": (
        "rule  events  may be deleted now  next day",
        "Regel  Ereignisse  jetzt löschbar  nächster Tag",
    ),
    "ledger.retention.refusal": (
        "refusals: no end, they must be obeyed",
        "Ablehnungen: ohne Ende, sie sind zu beachten",
    ),
    "ledger.retention.active": (
        "consents in use: while they hold",
        "Einwilligungen in Nutzung: solange sie gelten",
    ),
    "ledger.retention.calls": (
        "proofs of consents to calls: five years from the grant and each use (UWG 7a (2))",
        "Nachweise für Anrufe: fünf Jahre ab Erteilung und jeder Nutzung (§ 7a Abs. 2 UWG)",
    ),
    "ledger.retention.pending": (
        "sign-ups that nobody confirmed: as long as the confirmation is waited for",
        "Unbestätigte Anmeldungen: solange auf die Bestätigung gewartet wird",
    ),
    "ledger.retention.other": (
        "other proofs: to the end of the third calendar year after the last use or the end",
        "Andere Nachweise: bis zum Ende des dritten Kalenderjahres nach letzter Nutzung oder Ende",
    ),
    "ledger.retention.locked": (
        "locked proofs of erased people",
        "Gesperrte Nachweise gelöschter Personen",
    ),
    "ledger.retention.deleted": ("{number} events were erased", "{number} Ereignisse wurden gelöscht"),
}
