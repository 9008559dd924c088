"""Sentences of the command line: key -> (English, German)."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    "cli.channel.email": ("e-mail", "E-Mail"),
    "cli.channel.phone": ("phone", "Telefon"),
    "cli.channel.sms": ("SMS", "SMS"),
    "cli.channel.messenger": ("messenger", "Messenger"),
    "cli.channel.fax": ("fax", "Fax"),
    "cli.channel.robocall": ("robocall", "Anrufautomat"),
    "cli.channel.post": ("letter", "Brief"),
    "cli.channel.push": ("push message", "Push-Nachricht"),
    "cli.channel.visit": ("visit", "Besuch"),
    "cli.stage.read": ("reading", "Lesen"),
    "cli.stage.normalize": ("normalising", "Normalisieren"),
    "cli.stage.match": ("finding duplicates", "Dubletten suchen"),
    "cli.stage.merge": ("merging", "Zusammenführen"),
    "cli.stage.consent": ("deciding consents", "Einwilligungen prüfen"),
    "cli.stage.store": ("saving to the store", "Speichern"),
    "cli.stage.write": ("writing", "Schreiben"),
    "cli.understood.title": ("Understood as", "Verstanden als"),
    "cli.understood.columns": (
        "file source roles rows format columns",
        "Datei Quelle Rolle Zeilen Format Spalten",
    ),
    "cli.mapping.title": ("Columns of {source}", "Spalten von {source}"),
    "cli.left_out": (
        "{source}: not used: {columns}",
        "{source}: nicht verwendet: {columns}",
    ),
    "cli.unread_columns": (
        "{source}: left unread because sensitive or free text: {columns}",
        "{source}: nicht gelesen, weil sensibel oder Freitext: {columns}",
    ),
    "cli.summary.records": (
        "{records} records from {files} files -> {customers} customers ({persons} persons, {organizations} organizations), {review} pairs to review",
        "{records} Datensätze aus {files} Dateien -> {customers} Kunden ({persons} Personen, {organizations} Organisationen), {review} Paare zur Prüfung",
    ),
    "cli.summary.permissions": ("May be contacted (customers)", "Dürfen kontaktiert werden (Kunden)"),
    "cli.permission.channel": ("channel", "Kanal"),
    "cli.permission.purpose": ("purpose", "Zweck"),
    "cli.permission.consent": ("by consent", "mit Einwilligung"),
    "cli.permission.other": ("without consent, by law", "ohne Einwilligung, nach Gesetz"),
    "cli.permission.claims": ("unproven claims", "unbewiesene Angaben"),
    "cli.permission.denied": ("denied", "untersagt"),
    "cli.permission.rest": ("nothing on record", "nichts vermerkt"),
    "cli.summary.touchpoints": (
        "{linked} of {all} contacts have a known customer",
        "{linked} von {all} Kontakten gehören zu einem bekannten Kunden",
    ),
    "cli.summary.issues": (
        "data quality: {errors} errors, {warnings} warnings, {infos} notes",
        "Datenqualität: {errors} Fehler, {warnings} Warnungen, {infos} Hinweise",
    ),
    "cli.summary.policy": (
        "decided under policy {policy} as of {as_of}",
        "entschieden nach Regelwerk {policy} zum Stand {as_of}",
    ),
    "cli.summary.risky": (
        "The riskiest automatic merges",
        "Die unsichersten automatischen Zusammenführungen",
    ),
    "cli.summary.written": ("written to {target}: {files}", "geschrieben nach {target}: {files}"),
    "cli.summary.store": ("store: {store}", "Speicher: {store}"),
    "cli.dedupe.summary": (
        "{records} records -> {customers} customers, {match} pairs merged, {review} pairs to review",
        "{records} Datensätze -> {customers} Kunden, {match} Paare zusammengeführt, {review} Paare zur Prüfung",
    ),
    "cli.normalize.summary": (
        "{records} records normalised, {issues} findings in {file}",
        "{records} Datensätze normalisiert, {issues} Befunde in {file}",
    ),
    "cli.init.written": ("{file} written: check it, then run crmclean run", "{file} geschrieben: prüfen, dann crmclean run aufrufen"),
    "cli.consent.answer.yes": ("yes", "ja"),
    "cli.consent.answer.no": ("no", "nein"),
    "cli.find.id": ("customer", "Kunde"),
    "cli.find.name": ("name", "Name"),
    "cli.find.place": ("address", "Anschrift"),
    "cli.find.score": ("score", "Güte"),
    "cli.find.why": ("why", "warum"),
    "cli.find.none": ("no customer found", "kein Kunde gefunden"),
    "cli.explain.why_not": ("These two are not one customer: {reason}", "Diese beiden sind nicht ein Kunde: {reason}"),
    "cli.explain.why": ("These two are one customer: {reason}", "Diese beiden sind ein Kunde: {reason}"),
    "cli.explain.related": (
        "They belong together and are two customers with probability {probability}.",
        "Sie gehören zusammen und sind mit Wahrscheinlichkeit {probability} zwei Kunden.",
    ),
    "cli.explain.indirect": (
        "They are in one cluster through other records.",
        "Sie sind über andere Datensätze in einer Gruppe.",
    ),
    "cli.explain.apart": (
        "They are two customers: compared alone they would not be merged, or another record contradicts.",
        "Sie sind zwei Kunden: Allein verglichen würden sie nicht zusammengeführt, oder ein anderer Datensatz widerspricht.",
    ),
    "cli.profile.sources": ("Sources", "Quellen"),
    "cli.profile.columns": ("Columns", "Spalten"),
    "cli.profile.issues": ("Most frequent findings", "Häufigste Befunde"),
}
