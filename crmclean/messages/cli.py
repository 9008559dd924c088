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
    "cli.timings.stage": ("stage", "Schritt"),
    "cli.timings.seconds": ("seconds", "Sekunden"),
    "cli.timings.memory": ("peak MiB", "Spitze MiB"),
    "cli.timings.total": ("total", "zusammen"),
    "cli.understood.title": ("Understood as", "Verstanden als"),
    "cli.understood.columns": (
        "file source roles rows format columns",
        "Datei Quelle Rolle Zeilen Format Spalten",
    ),
    "cli.mapping.title": ("Columns of {source}", "Spalten von {source}"),
    "cli.mapping.columns": ("column field confidence reason", "Spalte Feld Sicherheit Grund"),
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
    "cli.summary.excluded": (
        "{records} records were kept out of the customers, as configured (record_excluded in the findings)",
        "{records} Datensätze bleiben wie eingestellt außerhalb der Kunden (record_excluded in den Befunden)",
    ),
    "cli.summary.intake": (
        "source mode new changed unchanged gone",
        "Quelle Art neu geändert unverändert entfallen",
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
    "cli.summary.more": (
        "... and {number} more, see issues.csv",
        "... und {number} weitere, siehe issues.csv",
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
    "cli.init.written": (
        "{file} written: check it, then run crmclean run",
        "{file} geschrieben: prüfen, dann crmclean run aufrufen",
    ),
    "cli.consent.answer.yes": ("yes", "ja"),
    "cli.consent.answer.no": ("no", "nein"),
    "cli.find.id": ("customer", "Kunde"),
    "cli.find.name": ("name", "Name"),
    "cli.find.place": ("address", "Anschrift"),
    "cli.find.score": ("score", "Güte"),
    "cli.find.why": ("why", "warum"),
    "cli.find.none": ("no customer found", "kein Kunde gefunden"),
    "cli.profile.sources": ("Sources", "Quellen"),
    "cli.profile.columns": ("Columns", "Spalten"),
    "cli.profile.issues": ("Most frequent findings", "Häufigste Befunde"),
    "cli.evaluate.pairs": (
        "pairs: precision {precision}  recall {recall}  F1 {f1}",
        "Paare: Genauigkeit {precision}  Ausbeute {recall}  F1 {f1}",
    ),
    "cli.evaluate.counts": (
        "{true} pairs belong together, {found} were put together, {both} of them rightly",
        "{true} Paare gehören zusammen, {found} wurden zusammengeführt, {both} davon zu Recht",
    ),
    "cli.evaluate.b_cubed": (
        "B-cubed: precision {precision}  recall {recall}  F1 {f1}",
        "B-cubed: Genauigkeit {precision}  Ausbeute {recall}  F1 {f1}",
    ),
    "cli.evaluate.exact": (
        "{exact} of {clusters} true customers were found exactly",
        "{exact} von {clusters} wahren Kunden wurden genau getroffen",
    ),
    "cli.evaluate.unknown": (
        "{missing} labels name no record of the result, {unlabelled} records have no label and are left out",
        "{missing} Angaben nennen keinen Datensatz des Ergebnisses, {unlabelled} Datensätze ohne Angabe bleiben außer Betracht",
    ),
    "cli.evaluate.reliability": (
        "What probabilities mean: said by the model, and the share that is true",
        "Was die Wahrscheinlichkeiten bedeuten: Aussage des Modells und Anteil der richtigen",
    ),
    "cli.evaluate.error": (
        "expected calibration error above 0.5: {error}",
        "erwarteter Kalibrierungsfehler über 0,5: {error}",
    ),
    "cli.evaluate.threshold": (
        "F1 of scored pairs at the threshold in use {f1}; best possible {best_f1} at {best}",
        "F1 der bewerteten Paare an der benutzten Schwelle {f1}; bestenfalls {best_f1} bei {best}",
    ),
    "cli.evaluate.by_source": ("By sources", "Nach Quellen"),
    "cli.evaluate.by_kind": ("By kind", "Nach Art"),
    "cli.evaluate.by_level": (
        "By what differs, costliest first",
        "Nach dem, was sich unterscheidet, das Teuerste zuerst",
    ),
    "cli.evaluate.estimated_precision": (
        "precision about {value}, with 95 % certainty between {low} and {high}",
        "Genauigkeit etwa {value}, mit 95 % Sicherheit zwischen {low} und {high}",
    ),
    "cli.evaluate.estimated_recall": (
        "recall about {value}, with 95 % certainty between {low} and {high}",
        "Ausbeute etwa {value}, mit 95 % Sicherheit zwischen {low} und {high}",
    ),
    "cli.evaluate.estimated_from": (
        "estimated from {merged} merged pairs and {reviewed} reviewed ones",
        "geschätzt aus {merged} zusammengeführten und {reviewed} geprüften Paaren",
    ),
    "cli.evaluate.estimated_limits": (
        "The estimate trusts the model where nobody reviewed, and does not know of pairs that were never compared. Review pairs of every band to make it surer.",
        "Die Schätzung vertraut dem Modell, wo niemand geprüft hat, und weiß nichts von Paaren, die nie verglichen wurden. Geprüfte Paare aus jeder Stufe machen sie sicherer.",
    ),
    "cli.train.learned": (
        "{kind}: learned from {records} records",
        "{kind}: gelernt aus {records} Datensätzen",
    ),
    "cli.train.calibrated": (
        "{kind}: probabilities calibrated by {pairs} labelled pairs; calibration error on pairs held out: {before} without, {after} with it",
        "{kind}: Wahrscheinlichkeiten an {pairs} beurteilten Paaren kalibriert; Kalibrierungsfehler auf zurückgehaltenen Paaren: {before} ohne, {after} mit",
    ),
    "cli.train.uncalibrated": (
        "{kind}: probabilities left as learned, as there are too few labels to calibrate by, or they are right already",
        "{kind}: Wahrscheinlichkeiten wie gelernt, da zum Kalibrieren zu wenig beurteilt ist oder sie schon stimmen",
    ),
    "cli.evaluate.held_out": (
        "{kind}: the model was calibrated by {pairs} labelled pairs; its calibration error on pairs held out was {error}. If these labels are the same, the error above is too small.",
        "{kind}: Das Modell wurde an {pairs} beurteilten Paaren kalibriert; sein Kalibrierungsfehler auf zurückgehaltenen Paaren war {error}. Sind es dieselben Angaben, ist der Fehler oben zu klein.",
    ),
    "cli.train.written": ("model written to {file}", "Modell geschrieben nach {file}"),
    "cli.doubts.title": ("Doubtful (--strict ends on it):", "Zweifelhaft (--strict endet damit):"),
    "cli.doubts.clusters": (
        "{count} groups of records are implausible for one customer and were left unmerged",
        "{count} Gruppen von Datensätzen sind für einen Kunden unglaubhaft und blieben getrennt",
    ),
    "cli.kind.person": ("persons", "Personen"),
    "cli.kind.organization": ("organizations", "Organisationen"),
}
