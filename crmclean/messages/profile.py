"""Sentences of profile: key -> (English, German)."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    "profile.verdict.use": ("use", "verwenden"),
    "profile.verdict.repair": ("repair first", "erst reparieren"),
    "profile.verdict.leave_out": ("leave out", "weglassen"),
    "profile.sentence": ("{source}: {verdict}", "{source}: {verdict}"),
    "profile.evidence.none": ("nothing speaks against it", "nichts spricht dagegen"),
    "profile.evidence.no_rows": ("there are no rows", "es gibt keine Zeilen"),
    "profile.evidence.not_understood": (
        "its columns were not understood: name them in the configuration (crmclean init)",
        "die Spalten wurden nicht verstanden: in der Konfiguration benennen (crmclean init)",
    ),
    "profile.evidence.affected": (
        "{share} of the records have a wrong value",
        "{share} der Datensätze haben eine falsche Angabe",
    ),
    "profile.evidence.empty": (
        "{share} of the records hold no valid fact",
        "{share} der Datensätze enthalten keine gültige Angabe",
    ),
    "profile.evidence.duplicates": (
        "{share} of the records repeat a customer of the same source",
        "{share} der Datensätze wiederholen einen Kunden derselben Quelle",
    ),
    "profile.evidence.stale": (
        "{share} of the dated records gave no sign of life for five years",
        "{share} der datierten Datensätze geben seit fünf Jahren kein Lebenszeichen",
    ),
    "profile.evidence.only_here": (
        "only {share} of its customers are in no other source",
        "nur {share} ihrer Kunden stehen in keiner anderen Quelle",
    ),
    "profile.overlap": ("What each source adds", "Was jede Quelle beiträgt"),
    "profile.ages": (
        "Records by year of their last sign of life",
        "Datensätze nach dem Jahr des letzten Lebenszeichens",
    ),
    "profile.unknown_year": ("unknown", "unbekannt"),
    "profile.head.source": ("source", "Quelle"),
    "profile.head.column": ("column", "Spalte"),
    "profile.head.field": ("field", "Feld"),
    "profile.head.filled": ("filled", "gefüllt"),
    "profile.head.completeness": ("complete", "vollständig"),
    "profile.head.distinct": ("distinct", "verschieden"),
    "profile.head.valid": ("valid", "gültig"),
    "profile.head.outliers": ("outliers", "Ausreißer"),
    "profile.head.patterns": ("patterns", "Muster"),
    "profile.head.top_issue": ("top finding", "häufigster Befund"),
    "profile.head.roles": ("roles", "Rollen"),
    "profile.head.records": ("records", "Datensätze"),
    "profile.head.errors": ("errors", "Fehler"),
    "profile.head.warnings": ("warnings", "Warnungen"),
    "profile.head.affected": ("wrong", "falsch"),
    "profile.head.empty": ("empty", "leer"),
    "profile.head.stale": ("stale", "veraltet"),
    "profile.head.dated": ("dated", "datiert"),
    "profile.head.customers": ("customers", "Kunden"),
    "profile.head.only_here": ("only here", "nur hier"),
    "profile.head.duplicates": ("repeated", "doppelt"),
    "profile.head.new_contacts": ("own contacts", "eigene Kontaktwege"),
    "profile.head.code": ("finding", "Befund"),
    "profile.head.severity": ("severity", "Schwere"),
    "profile.head.count": ("count", "Anzahl"),
    "profile.head.examples": ("examples", "Beispiele"),
    "profile.head.raw": ("values", "Werte"),
}
