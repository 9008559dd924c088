"""Sentences of link, split, lock, undo and review: key -> (English, German)."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    "steward.same_already": (
        "both are customer {id} already",
        "beide sind schon der Kunde {id}",
    ),
    "steward.kinds": (
        "one is a person, the other an organization",
        "das eine ist eine Person, das andere eine Organisation",
    ),
    "steward.kinds_hint": (
        "they can be related, never merged",
        "sie können in Beziehung stehen, zusammengeführt werden sie nie",
    ),
    "steward.test_row": (
        "marked as a test row: {records}; test rows are never merged",
        "als Testzeile erkannt: {records}; Testzeilen werden nie zusammengeführt",
    ),
    "steward.test_row_hint": (
        "where it is somebody real, write the real name in the source and run again",
        "ist es doch ein echter Kunde, den echten Namen in der Quelle eintragen und neu laufen lassen",
    ),
    "steward.nothing_left": (
        "no record would be left in the customer",
        "im Kunden bliebe kein Datensatz übrig",
    ),
    "steward.nothing_left_hint": (
        "name the records that leave, not all of them; --each makes every one its own customer",
        "die Datensätze nennen, die hinaus sollen, nicht alle; --each macht jeden zu einem eigenen Kunden",
    ),
    "steward.no_record": (
        "the customer has no record {record}, or has it from several sources",
        "der Kunde hat keinen Datensatz {record} oder hat ihn aus mehreren Quellen",
    ),
    "steward.no_record_hint": ("its records: {records}", "seine Datensätze: {records}"),
    "steward.no_actor": ("nobody is named who decides", "es ist niemand genannt, der entscheidet"),
    "steward.no_actor_hint": (
        "--actor NAME says who; it is kept with the decision",
        "--actor NAME sagt, wer; es wird mit der Entscheidung aufbewahrt",
    ),
    "steward.no_field": (
        "customers have no field {field}",
        "Kunden haben kein Feld {field}",
    ),
    "steward.no_field_hint": ("fields: {fields}", "Felder: {fields}"),
    "steward.lock_value": (
        "say what holds: a value, or --record with the record whose value holds",
        "sagen, was gilt: ein Wert oder --record mit dem Datensatz, dessen Wert gilt",
    ),
    "steward.lock_group": (
        "the group {field} is pinned to a record, not to a value",
        "die Gruppe {field} wird an einen Datensatz gebunden, nicht an einen Wert",
    ),
    "steward.lock_group_hint": ("--record source:record_id", "--record quelle:datensatz"),
    "steward.not_locked": (
        "{field} of customer {id} is not locked",
        "{field} des Kunden {id} ist nicht gesperrt",
    ),
    "steward.nothing_to_undo": ("there is nothing to undo", "es gibt nichts rückgängig zu machen"),
    "steward.no_run": ("there is no run {run}", "es gibt keinen Lauf {run}"),
    "steward.no_run_hint": (
        "crmclean undo --list shows the runs",
        "crmclean undo --list zeigt die Läufe",
    ),
    "steward.said_since": (
        "all that run {run} said has been said anew since",
        "alles, was der Lauf {run} gesagt hat, wurde seither neu gesagt",
    ),
    "steward.dry": (
        "Nothing was changed. --apply does it.",
        "Nichts wurde geändert. --apply führt es aus.",
    ),
    "steward.done": ("Done.", "Ausgeführt."),
    "steward.unchanged": (
        "The customers stay as they are; only the word is kept.",
        "Die Kunden bleiben, wie sie sind; nur die Entscheidung wird aufbewahrt.",
    ),
    "steward.as_is": ("Now", "Jetzt"),
    "steward.to_be": ("Then", "Dann"),
    "steward.field": ("field", "Feld"),
    "steward.records": ("records", "Datensätze"),
    "steward.id.created": ("new id {id}, split from {other}", "neue Kennung {id}, abgespalten von {other}"),
    "steward.id.merged": ("{id} leads to {other}", "{id} führt zu {other}"),
    "steward.id.revived": ("{id} is a customer again", "{id} ist wieder ein Kunde"),
    "steward.id.retired": ("{id} has no records any more", "{id} hat keine Datensätze mehr"),
    "steward.id.split": ("{id} was split", "{id} wurde geteilt"),
    "steward.permissions": ("Permissions that change", "Erlaubnisse, die sich ändern"),
    "steward.permission_columns": (
        "customer channel purpose contact now then",
        "Kunde Kanal Zweck Kontakt jetzt dann",
    ),
    "steward.moved": (
        "another customer get: {tables}",
        "einen anderen Kunden bekommen: {tables}",
    ),
    "steward.others": (
        "values of {count} further customers change",
        "Werte von {count} weiteren Kunden ändern sich",
    ),
    "steward.replaced": (
        "{count} earlier decisions are overruled",
        "{count} frühere Entscheidungen werden aufgehoben",
    ),
    "steward.more": ("... and {count} more", "... und {count} weitere"),
    "steward.table.touchpoints": ("contacts", "Kontakte"),
    "steward.table.orders": ("orders", "Aufträge"),
    "steward.table.opportunities": ("sales cases", "Verkaufschancen"),
    "steward.table.tasks": ("tasks", "Aufgaben"),
    "steward.table.qualifications": ("segmenting facts", "Merkmale"),
    "steward.runs_columns": ("run at command records customers", "Lauf Zeit Befehl Datensätze Kunden"),
    "steward.back": (
        "The tables go back to before run {run} ({at}); runs after it go back with it: {count}",
        "Die Tabellen gehen auf den Stand vor dem Lauf {run} ({at}) zurück, spätere Läufe mit ihm: {count}",
    ),
    "steward.review.sheet": ("Review", "Prüfung"),
    "steward.review.column.number": ("No.", "Nr."),
    "steward.review.column.decision": ("Decision", "Entscheidung"),
    "steward.review.column.reason": ("Reason", "Begründung"),
    "steward.review.column.probability": ("Probability", "Wahrscheinlichkeit"),
    "steward.review.column.worth": ("Worth", "Wert"),
    "steward.review.column.why": ("What speaks for it", "Was dafür spricht"),
    "steward.review.column.record_l": ("Records A", "Datensätze A"),
    "steward.review.column.record_r": ("Records B", "Datensätze B"),
    "steward.review.column.pair": ("Pair", "Paar"),
    "steward.review.column.check": ("Check", "Prüfzeichen"),
    "steward.review.word.same": ("same", "gleich"),
    "steward.review.word.different": ("different", "verschieden"),
    "steward.review.word.open": ("open", "offen"),
    "steward.review.unknown_word": (
        "row {row}: {detail} is no decision; same, different or open",
        "Zeile {row}: {detail} ist keine Entscheidung; gleich, verschieden oder offen",
    ),
    "steward.review.changed": (
        "row {row}: records or key columns were changed",
        "Zeile {row}: Datensätze oder Schlüsselspalten wurden geändert",
    ),
    "steward.review.unknown_pair": (
        "row {row}: a record of this pair is not in the store any more",
        "Zeile {row}: ein Datensatz dieses Paares ist nicht mehr im Speicher",
    ),
    "steward.review.twice": (
        "row {row}: the same pair is decided otherwise in row {detail}",
        "Zeile {row}: dasselbe Paar ist in Zeile {detail} anders entschieden",
    ),
    "steward.review.contradiction": (
        "row {row}: different, but other rows make them one: {detail}",
        "Zeile {row}: verschieden, aber andere Zeilen machen sie zu einem: {detail}",
    ),
    "steward.review.not_ours": (
        "{file} is not a workbook of crmclean review export",
        "{file} ist keine Arbeitsmappe von crmclean review export",
    ),
    "steward.review.not_ours_hint": (
        "leave all columns in it, also the hidden ones",
        "alle Spalten darin lassen, auch die ausgeblendeten",
    ),
    "steward.review.written": (
        "{pairs} pairs written to {file}, the most valuable first: decide in the column {column}",
        "{pairs} Paare nach {file} geschrieben, die wertvollsten zuerst: in der Spalte {column} entscheiden",
    ),
    "steward.review.merged": ("one customer now; {reason}", "jetzt ein Kunde; {reason}"),
    "steward.review.none": ("There are no doubtful pairs.", "Es gibt keine zweifelhaften Paare."),
    "steward.review.said": (
        "{same} same, {different} different, {open} open",
        "{same} gleich, {different} verschieden, {open} offen",
    ),
    "steward.review.refused": (
        "{count} rows of {file} are wrong; nothing was applied",
        "{count} Zeilen von {file} sind falsch; nichts wurde ausgeführt",
    ),
    "steward.review.pair": (
        "Pair {number} of {all}, probability {probability}: {reason}",
        "Paar {number} von {all}, Wahrscheinlichkeit {probability}: {reason}",
    ),
    "steward.review.ask": (
        "[s]ame, [d]ifferent, [k] skip, [u]ndo, [q]uit",
        "[s] gleich, [d] verschieden, [k] überspringen, [u] zurück, [q] Ende",
    ),
    "steward.review.saving": (
        "saving {count} decisions ...",
        "{count} Entscheidungen werden gespeichert ...",
    ),
    "steward.review.result": (
        "{customers} customers, {decisions} pairs decided",
        "{customers} Kunden, {decisions} Paare entschieden",
    ),
}
